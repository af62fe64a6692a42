package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"

	"golang.org/x/mod/sumdb/tlog"
)

// Archive is where the oldest entries go: a folder as Tiles writes it, with a checkpoint of what is in it. The hashes
// of its tiles stay in the database, so the tree goes on as if nothing had been moved.
type Archive struct {
	Dir  string        // empty: nothing is moved
	Keep time.Duration // what is older is moved
}

const (
	// moveAtOnce is how many entries one transaction moves at most: whoever wants to write meanwhile waits for it.
	moveAtOnce = 4 * tileWidth
	movePause  = time.Second
	moveEvery  = time.Hour
)

// Details of an event of the name op.EventArchived, beside how many entries the archive has from then on.
const (
	detailUntil  = "until"         // the time of the last of them
	detailPolicy = op.DetailPolicy // the policy that was in force then
	archivedLast = `SELECT ` + eventColumns + ` FROM events e WHERE e.name = $1 ORDER BY e.seq DESC LIMIT 1`
)

// archived is how many entries are in the archive.
func archived(ctx context.Context, db querier) (n int64, err error) {
	_, err = one(ctx, db, `SELECT COALESCE(MAX(n), -1) + 1 FROM audit_archived WHERE n >= $1`, []any{0}, &n)
	return n, err
}

// lastArchived is the event that says how much was moved, the newest one.
func lastArchived(ctx context.Context, db querier) (e op.Event, entries int64, err error) {
	err = each(ctx, db, func(rows *sql.Rows) (err error) {
		e, err = scanEvent(rows)
		return err
	}, archivedLast, op.EventArchived)
	entries, _ = strconv.ParseInt(e.Detail[DetailEntries], 10, 64)
	return e, entries, err
}

// archiving moves what has become too old, until ctx ends.
func (l *Log) archiving(ctx context.Context) {
	last := ""
	for wait := movePause; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		more, err := l.MoveSome(ctx)
		wait = moveEvery
		if more {
			wait = movePause
		}
		if last = l.tell(ctx, err, last); err != nil {
			wait = moveEvery / 12
		}
	}
}

// MoveSome moves the oldest entries to the archive when they are too old, whole tiles of them. More says that there may
// be further ones. Only what the checkpoints that came to other places cover is moved.
func (l *Log) MoveSome(ctx context.Context) (more bool, err error) {
	if l.Archive.Dir == "" || l.Key == nil {
		return false, nil
	}
	m := move{log: l}
	if err := m.find(ctx); err != nil || m.until == m.from {
		return false, err
	}
	if err := m.fill(ctx); err != nil {
		return false, fmt.Errorf("write the archive %s: %w", l.Archive.Dir, err)
	}
	if err := m.take(ctx); err != nil {
		return false, fmt.Errorf("move entries to the archive: %w", err)
	}
	l.Log.Info("entries were moved to the archive", "entries", m.until, "folder", l.Archive.Dir)
	return m.until-m.from == moveAtOnce, nil
}

// move is one step to the archive.
type move struct {
	log         *Log
	from, until int64
	checkpoint  Checkpoint // of all up to until
	erased      int64      // of its entries name nobody
	last        time.Time  // the time of the last one
}

// find finds what may be moved.
func (m *move) find(ctx context.Context) error {
	l, db := m.log, m.log.Store.Reader()
	h, err := readHead(ctx, db)
	if err != nil || h.holder != l.Store.Replica() {
		return err
	}
	limit, err := l.covered(ctx, db)
	if err != nil {
		return err
	}
	if m.from, err = archived(ctx, db); err != nil {
		return err
	}
	old := l.Store.Now().Add(-l.Archive.Keep).UnixMilli()
	for m.until = m.from; m.until-m.from < moveAtOnce && m.until+tileWidth <= limit; m.until += tileWidth {
		const tile = `SELECT COUNT(*), COALESCE(MAX(e.at), 0), COALESCE(MAX(e.seq), 0)
			FROM audit_leaves l JOIN events e ON e.seq = l.event WHERE l.n >= $1 AND l.n < $2`
		var count, at, seq int64
		_, err := one(ctx, db, tile, []any{m.until, m.until + tileWidth}, &count, &at, &seq)
		if err != nil || count < tileWidth || at >= old || seq > h.low {
			return err
		}
	}
	return nil
}

// covered is up to where all places that have ever got a checkpoint have one.
func (l *Log) covered(ctx context.Context, db querier) (int64, error) {
	last, err := lastCheckpoint(ctx, db)
	if err != nil {
		return 0, err
	}
	limit := last.size
	for _, p := range l.places {
		var size int64
		ok, err := one(ctx, db, `SELECT size FROM audit_outside WHERE place = $1`, []any{p.Name()}, &size)
		if err != nil {
			return 0, err
		}
		if ok {
			limit = min(limit, size)
		}
	}
	return limit, nil
}

// fill writes them into the folder, with a checkpoint of all that is in it then, and reads them there again.
func (m *move) fill(ctx context.Context) error {
	l, db := m.log, m.log.Store.Reader()
	root, err := treeOf(ctx, db).root(m.until)
	if err != nil {
		return err
	}
	if m.checkpoint, err = l.Key.Sign(m.until, root); err != nil {
		return err
	}
	f := Tiles{Dir: l.Archive.Dir, Key: l.Key.Verifier(), Public: l.Key.Public()}
	if err := f.Has(m.from); err != nil {
		return err
	}
	if err := f.write(ctx, db, m.from, m.checkpoint); err != nil {
		return err
	}
	for n := m.from; n < m.until; n += tileWidth {
		list, err := readTile(f.Dir, n/tileWidth)
		if err != nil {
			return err
		}
		for _, entry := range list {
			if hash, err := entry.hash(); err != nil || hash != entry.hashes[0] {
				return fmt.Errorf("entry %d is not there as it was written", entry.n)
			}
			if m.last = entry.event.At; entry.who != "" {
				m.erased++
			}
		}
	}
	return nil
}

// errElsewhere says that entries are missing that were moved before.
var errElsewhere = errors.New("what was moved before is not there: it is in another folder")

// Has demands that a folder has all up to a number of entries that were moved to it, as far as that shows without
// reading them all.
func (f Tiles) Has(entries int64) error {
	if entries == 0 {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(f.Dir, checkpointFile))
	if err != nil {
		return errors.Join(errElsewhere, err)
	}
	c, err := ParseCheckpoint(string(text), f.Key)
	if err != nil {
		return err
	}
	if c.Size < entries {
		return fmt.Errorf("%w: it has %d entries, and should have %d", errElsewhere, c.Size, entries)
	}
	_, err = readTile(f.Dir, entries/tileWidth-1)
	return err
}

// errMeanwhile says that entries are not any more what was written.
var errMeanwhile = errors.New("a person was taken out of them meanwhile: they are written anew")

// take takes them out of the database, and leaves the hashes of their tiles there. What was emptied since it was
// written is not taken.
func (m *move) take(ctx context.Context) error {
	return m.log.Store.ChangeWith(ctx, func(x store.Tx) (op.Event, error) {
		policy, err := m.policy(ctx, x)
		if err != nil {
			return op.Event{}, err
		}
		const keep = `INSERT INTO audit_archived (n, hashes)
			SELECT n, hashes FROM audit_leaves WHERE n >= $1 AND n < $2 AND n % 256 = 255`
		const events = `DELETE FROM events WHERE seq IN (SELECT event FROM audit_leaves WHERE n >= $1 AND n < $2)`
		const full = `DELETE FROM audit_leaves WHERE n >= $1 AND n < $2 AND who = ''`
		const emptied = `DELETE FROM audit_leaves WHERE n >= $1 AND n < $2 AND who <> ''`
		all := m.until - m.from
		for _, s := range []struct {
			text string
			rows int64
		}{{keep, all / tileWidth}, {events, all}, {full, all - m.erased}, {emptied, m.erased}} {
			if rows, err := x.Exec(s.text, m.from, m.until); err != nil || rows != s.rows {
				return op.Event{}, errors.Join(err, errMeanwhile)
			}
		}
		const note = `INSERT INTO audit_checkpoints (size, at, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING`
		if _, err := x.Exec(note, m.until, x.Now().UnixMilli(), m.checkpoint.Note); err != nil {
			return op.Event{}, err
		}
		if _, err := x.Exec(`DELETE FROM audit_checkpoints WHERE size < $1`, m.until); err != nil {
			return op.Event{}, err
		}
		return op.Event{Name: op.EventArchived, Detail: map[string]string{DetailEntries: strconv.FormatInt(m.until, 10),
			detailUntil: m.last.Format(time.RFC3339), detailPolicy: policy}}, nil
	})
}

// policy is the one that was in force when the last of them happened.
func (m *move) policy(ctx context.Context, x store.Tx) (hash string, err error) {
	const last = `SELECT ` + eventColumns + ` FROM events e JOIN audit_leaves l ON l.event = e.seq
		WHERE e.name = $1 AND l.n >= $2 AND l.n < $3 ORDER BY l.n DESC LIMIT 1`
	err = each(ctx, x, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		hash = e.Detail[op.DetailPolicy]
		return err
	}, last, op.EventPolicy, m.from, m.until)
	if err != nil || hash != "" {
		return hash, err
	}
	e, _, err := lastArchived(ctx, x)
	return e.Detail[detailPolicy], err
}

// stays is a tree of which only as much is known as the database has of what it moved.
func stays(t *tree, size int64) (f frontier, err error) {
	f.size = size
	for level := 0; size>>level > 0; level++ {
		f.whole = append(f.whole, tlog.Hash{})
		if size>>level&1 == 0 {
			continue
		}
		hashes, err := t.ReadHashes([]int64{tlog.StoredHashIndex(level, size>>level-1)})
		if err != nil {
			return f, err
		}
		f.whole[level] = hashes[0]
	}
	return f, nil
}
