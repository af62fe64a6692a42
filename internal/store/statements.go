package store

// storedColumns are those of an operation that values writes, and columns those that scan reads, both in their order. A
// member of several has no card of its own, so what it shows is always up to date.
const storedColumns = `id, key, state, command, verb, effect, typed, team, channel, thread, asker, person, closer,
	plan, decision, outcome, token, claim, sends,
	created, expires, confirmed, sent, ended, looked, looks, card, version, shown, member_of`

const columns = storedColumns + `, turn`

// The statements. $1 and so on may stand in any order and more than once, for both databases. Where nothing else shows
// PostgreSQL that an argument is a BIGINT, a CAST does.
const (
	insertOperation = `INSERT INTO operations (` + storedColumns + `, target, turn)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
			$14, $15, $16, $17, $18, $19,
			$20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31,
			CASE WHEN $3 = 'queued' THEN (` + nextTurn + `) ELSE 0 END)
		ON CONFLICT DO NOTHING
		RETURNING ` + columns

	moveOperation = `UPDATE operations SET
			state = $3,
			version = version + 1,
			shown = CASE WHEN member_of <> '' THEN version + 1 ELSE shown END,
			person = CASE WHEN $5 <> '' THEN $5 ELSE person END,
			closer = CASE WHEN $6 <> '' THEN $6 ELSE closer END,
			claim = CASE WHEN $7 <> '' THEN $7 ELSE claim END,
			outcome = COALESCE($8, outcome),
			plan = COALESCE($9, plan),
			target = COALESCE($10, target),
			decision = COALESCE($11, decision),
			expires = CASE WHEN CAST($12 AS BIGINT) > 0 THEN CAST($12 AS BIGINT) ELSE expires END,
			sent = CASE WHEN $13 > 0 THEN $4 ELSE sent END,
			sends = sends + $13,
			confirmed = CASE WHEN $14 > 0 THEN $4 ELSE confirmed END,
			ended = CASE WHEN $15 > 0 THEN $4 ELSE ended END,
			turn = CASE WHEN $14 > 0 THEN (` + nextTurn + `) ELSE turn END
		WHERE id = $1 AND state = $2 AND ($16 = 0 OR expires > $4) AND ($3 <> 'running' OR target = '' OR NOT EXISTS (
			SELECT 1 FROM operations AS p WHERE p.target = operations.target AND p.ended = 0
				AND p.state = 'queued' AND p.turn < operations.turn AND p.expires > $4))
		RETURNING ` + columns

	// The number of the next turn: one more than that of the newest event. Every confirmation leaves an event, and whoever
	// takes a turn is alone with the target until their transaction ends (dialect.turn), so the turns of a target grow for
	// ever, in the order in which confirmations become visible.
	nextTurn = `SELECT COALESCE(MAX(seq), 0) + 1 FROM events`

	// The number of an operation's first event grows in the order in which operations are created.
	creation = `(SELECT MIN(seq) FROM events WHERE events.operation = operations.id)`

	// What stands before an operation on its target at the time $2: what runs, and what was confirmed earlier and may yet
	// start.
	countAhead = `SELECT COUNT(*) FROM operations AS o JOIN operations AS p ON p.target = o.target AND p.id <> o.id
		WHERE o.id = $1 AND o.target <> '' AND p.ended = 0
			AND (p.state = 'running' OR p.state = 'queued' AND p.turn < o.turn AND p.expires > $2)`

	noteOperation = `UPDATE operations SET
			version = version + 1,
			shown = CASE WHEN member_of <> '' THEN version + 1 ELSE shown END,
			looked = CASE WHEN $10 > 0 THEN $3 ELSE looked END,
			looks = looks + $4,
			sends = sends + $5,
			outcome = COALESCE($6, outcome),
			decision = COALESCE($11, decision),
			claim = CASE WHEN $7 <> '' THEN $7 ELSE claim END,
			expires = CASE WHEN CAST($9 AS BIGINT) > expires THEN CAST($9 AS BIGINT) ELSE expires END
		WHERE id = $1 AND state = $2 AND (CAST($8 AS BIGINT) = 0 OR version = CAST($8 AS BIGINT))
		RETURNING ` + columns

	showOperation = `UPDATE operations SET
			shown = CASE WHEN shown <= $2 THEN $2 ELSE 0 END,
			card = CASE WHEN $3 <> '' THEN $3 ELSE card END,
			drawer = ''
		WHERE id = $1`

	unshowOperation = `UPDATE operations SET shown = version - 1
		WHERE id = $1 AND shown = version AND member_of = ''`

	touchOperation = `UPDATE operations SET version = version + 1 WHERE id = $1`

	// its card is behind, and no other replica that lives draws it
	isUndrawn = `shown < version AND (drawer IN ('', $2) OR drawer NOT IN (` + selectAlive + `))`

	selectOperations = `SELECT ` + columns + ` FROM operations`
	selectByID       = selectOperations + ` WHERE id = $1`
	selectByKey      = selectOperations + ` WHERE key = $1`

	// When something ended, or the end of all time: what was not over at a moment is then one range of an index. The
	// indexes of migration 5 have the same words; with others they are of no use.
	operationEnd = `CASE WHEN ended = 0 THEN 9223372036854775807 ELSE ended END`
	documentEnd  = `CASE WHEN ends = 0 THEN 9223372036854775807 ELSE ends END`

	insertEvent = `INSERT INTO events (operation, at, name, actor, team, channel, detail, mark, seal)
		VALUES (NULLIF($1, ''), $2, $3, $4, $5, $6, $7, $8, $9)`
	selectEvent = `SELECT seq, COALESCE(operation, ''), at, name, actor, team, channel, detail, seal FROM events`
	// A mark is looked for seconds after it was written, so the newest events are enough.
	selectMark = `SELECT COUNT(*) FROM events WHERE seq > (SELECT COALESCE(MAX(seq), 0) - 10000 FROM events) AND mark = $1`

	insertReceived = `INSERT INTO inbox (key, kind, body, at, mark, replica, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (key) DO NOTHING`
	settleReceived = `UPDATE inbox SET settled = $2, body = '' WHERE key = $1 AND settled = 0`
	pruneReceived  = `DELETE FROM inbox WHERE settled > 0 AND at < $1`

	selectReceivedMark = `SELECT mark FROM inbox WHERE key = $1`
	selectUnsettled    = `SELECT key, kind, body, at, seal FROM inbox WHERE settled = 0 ORDER BY at, key LIMIT $1`

	documentColumns = `key, kind, body, version, at, ends`

	// The version under a key never goes back while the row is there, so what was read before can never be taken for what
	// stands there now.
	insertDocument = `INSERT INTO memos (` + documentColumns + `, mark) VALUES ($1, $2, $3, 1, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, body = excluded.body, version = memos.version + 1,
			at = excluded.at, ends = excluded.ends, mark = excluded.mark
		WHERE memos.ends > 0 AND memos.ends <= excluded.at
		RETURNING ` + documentColumns
	updateDocument = `UPDATE memos SET kind = $2, body = $3, version = version + 1, at = $4, ends = $5, mark = $6
		WHERE key = $1 AND version = $7 AND (ends = 0 OR ends > $4)
		RETURNING ` + documentColumns
	endDocument = `UPDATE memos SET version = version + 1, ends = $2, mark = $3
		WHERE key = $1 AND version = $4 AND (ends = 0 OR ends > $2)
		RETURNING ` + documentColumns
	pruneDocuments = `DELETE FROM memos WHERE ends > 0 AND ends < $1`

	selectLast      = `SELECT ` + documentColumns + ` FROM memos WHERE key = $1`
	selectDocument  = selectLast + ` AND (ends = 0 OR ends > $2)`
	selectDocuments = `SELECT ` + documentColumns + ` FROM memos WHERE kind = $1 AND ` + documentEnd +
		` > $2 ORDER BY key`
	selectDocumentMark = `SELECT ` + documentColumns + ` FROM memos WHERE key = $1 AND mark = $2`

	setProbe = `INSERT INTO probe (id, replica, at) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET replica = excluded.replica, at = excluded.at`

	setBeat = `INSERT INTO replicas (id, started, beat) VALUES ($1, $2, $2)
		ON CONFLICT (id) DO UPDATE SET beat = excluded.beat`
	countPeers    = `SELECT COUNT(*) FROM replicas WHERE id <> $1 AND beat >= $2`
	deleteBeat    = `DELETE FROM replicas WHERE id = $1`
	pruneReplicas = `DELETE FROM replicas WHERE beat < $1`

	// In the statements about what replicas left, $2 is this replica and $3 the time of the oldest heartbeat that counts.
	selectAlive   = `SELECT id FROM replicas WHERE beat >= $3`
	selectOrphans = selectOperations + ` WHERE ended = 0 AND state IN ('queued', 'running')
			AND (claim = $2 OR claim NOT IN (` + selectAlive + `))
		ORDER BY created, id LIMIT $1`
	adoptReceived = `UPDATE inbox SET replica = $2, mark = $4
		WHERE settled = 0 AND replica <> $2 AND replica NOT IN (` + selectAlive + `) AND key IN (
			SELECT key FROM inbox WHERE settled = 0 AND replica <> $2 AND replica NOT IN (` + selectAlive + `)
			AND ($5 = '' OR key = $5) ORDER BY at, key LIMIT $1)
		RETURNING key, kind, body, at, seal`
	selectLeft = `SELECT key, kind, body, at, seal FROM inbox
		WHERE settled = 0 AND replica <> $2 AND replica NOT IN (` + selectAlive + `) ORDER BY at, key LIMIT $1`
	selectAdopted = `SELECT key, kind, body, at, seal FROM inbox WHERE settled = 0 AND mark = $1`

	insertMigration = `INSERT INTO migrations (number, name, at) VALUES ($1, $2, $3)`
	selectMigrated  = `SELECT COALESCE(MAX(number), 0) FROM migrations`
)
