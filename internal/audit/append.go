package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	batch = 256
	// lease is how long the log belongs to the replica that has appended last. It only saves the others the trying: what
	// keeps two from appending at once is the row that each has to change first. So it is short, and an event of one that
	// died is a leaf soon. Where one process at a time has the database, what an earlier one took counts for nothing.
	lease = time.Second
	// longest is how far ahead a lease may end that counts: one that ends later nobody has taken.
	longest = time.Minute
	// settled is how old an event is when none with a smaller number can appear any more: transactions end in seconds.
	settled = 5 * time.Minute
	// countedBy is how long after its minute a row that counts denials is done: whoever has begun by then has ended.
	countedBy = 15 * time.Second
)

// pending are the events that are no leaves yet. $1: all up to this number are; $2: from this time on a row that counts
// denials may still change.
//
// The leaves need no lower end to be right, but without it PostgreSQL reads all of them, to merge them with the events.
const pending = ` FROM events e WHERE e.seq > $1
	AND NOT EXISTS (SELECT 1 FROM audit_leaves l WHERE l.event = e.seq AND l.event > $1)
	AND (e.name <> '` + op.EventDeniedMore + `' OR e.at < $2)`

// head is the one row that says how far the log is.
type head struct {
	size, low int64
	holder    string
	until     int64
}

func readHead(ctx context.Context, db querier) (h head, err error) {
	_, err = one(ctx, db, `SELECT size, low, holder, until FROM audit_log WHERE id = $1`, []any{1}, &h.size, &h.low,
		&h.holder, &h.until)
	return h, err
}

// taken reports that the log is another replica's now.
func (h head) taken(by string, now time.Time) bool {
	return h.holder != by && h.until > now.UnixMilli() && h.until <= now.Add(longest).UnixMilli()
}

// bounded holds the head against the log: what it says of events behind the newest entry is not so.
func (h head) bounded(ctx context.Context, db querier) (head, error) {
	newest := h.low
	_, err := one(ctx, db, `SELECT COALESCE(MAX(event), $1) FROM audit_leaves`, []any{h.low}, &newest)
	h.low = min(h.low, newest)
	return h, err
}

// countsUntil is the end of the last minute in which denials are not counted any more.
func countsUntil(now time.Time) int64 {
	return now.Add(-countedBy).Truncate(time.Minute).UnixMilli()
}

// due asks, without writing, whether there is something to do that no other replica does.
func (l *Log) due(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	db, now := l.Store.Reader(), l.Store.Now()
	h, err := readHead(ctx, db)
	if err != nil || h.taken(l.Store.Replica(), now) && !l.Store.Exclusive() {
		return false, err
	}
	if h, err = h.bounded(ctx, db); err != nil {
		return false, err
	}
	var seq int64
	waits, err := one(ctx, db, `SELECT e.seq`+pending+` LIMIT 1`, []any{h.low, countsUntil(now)}, &seq)
	if err != nil || waits || l.Key == nil {
		return waits, err
	}
	last, err := lastCheckpoint(ctx, db)
	return checkpointDue(last, h.size, now), err
}

// errTaken says that another replica has the log.
var errTaken = errors.New("another replica has the log")

// appendBatch appends the next events in one transaction, and a checkpoint when one is due or wanted. More says that
// there may be further ones. When the end of the transaction is not known, the next one finds out by itself: what was
// written is there, and what was not is not.
func (l *Log) appendBatch(ctx context.Context, last bool) (more bool, err error) {
	err = l.Store.Change(ctx, func(x store.Tx) error {
		h, err := l.take(ctx, x)
		if err != nil {
			return err
		}
		events, err := nextEvents(ctx, x, h, x.Now())
		if err != nil {
			return err
		}
		t := treeOf(ctx, x)
		if err := insertLeaves(x, t, h.size, events); err != nil {
			return err
		}
		h.size, more = h.size+int64(len(events)), len(events) == batch
		if err := h.advance(ctx, x, events); err != nil {
			return err
		}
		return l.checkpoint(ctx, x, t, h.size, last && !more)
	})
	if errors.Is(err, errTaken) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("append: %w", err)
	}
	return more, nil
}

// take makes the log this replica's until the transaction ends, and for a while after.
func (l *Log) take(ctx context.Context, x store.Tx) (head, error) {
	const first = `INSERT INTO audit_log (id, size, low, holder, until) VALUES ($1, 0, 0, '', 0) ON CONFLICT (id) DO NOTHING`
	const take = `UPDATE audit_log SET holder = $2, until = $3 WHERE id = $1 AND (holder = $2 OR until <= $4 OR until > $5)`
	if _, err := x.Exec(first, 1); err != nil {
		return head{}, err
	}
	now := x.Now()
	free := now.UnixMilli()
	if l.Store.Exclusive() {
		free = math.MaxInt64
	}
	rows, err := x.Exec(take, 1, l.Store.Replica(), now.Add(lease).UnixMilli(), free,
		now.Add(longest).UnixMilli())
	if err != nil {
		return head{}, err
	}
	if rows == 0 {
		return head{}, errTaken
	}
	h, err := readHead(ctx, x)
	if err != nil {
		return h, err
	}
	return h.bounded(ctx, x)
}

// release lets another replica take the log at once.
func (l *Log) release(ctx context.Context) error {
	return l.Store.Change(ctx, func(x store.Tx) error {
		_, err := x.Exec(`UPDATE audit_log SET until = 0 WHERE id = $1 AND holder = $2`, 1, l.Store.Replica())
		return err
	})
}

// nextEvents are those that are committed and no leaves yet, by their numbers. A number is drawn after everything that
// its transaction knows of, so what was committed before another event began comes before it.
func nextEvents(ctx context.Context, db querier, h head, now time.Time) (events []op.Event, err error) {
	err = each(ctx, db, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		events = append(events, e)
		return err
	}, `SELECT `+eventColumns+pending+` ORDER BY e.seq LIMIT $3`, h.low, countsUntil(now), batch)
	return events, err
}

// insertLeaves makes leaves of events, the first with a number. A statement writes some of them: each is a round trip
// to a server, and SQLite looks for the names of its arguments one after the other.
func insertLeaves(x store.Tx, t *tree, n int64, events []op.Event) error {
	const atOnce = 32
	for some := range slices.Chunk(events, atOnce) {
		var rows []string
		var args []any
		for _, e := range some {
			l := newLeaf(n, e)
			hash, err := l.hash()
			if err != nil {
				return err
			}
			if l.hashes, err = t.add(n, hash); err != nil {
				return err
			}
			rows = append(rows, places(len(args), 7))
			args = append(args, l.n, l.number, l.format, l.salt, l.who, l.whoSalt, pack(l.hashes))
			n++
		}
		_, err := x.Exec(`INSERT INTO audit_leaves (n, event, format, salt, who, who_salt, hashes) VALUES `+
			strings.Join(rows, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// places are those of so many arguments behind others.
func places(behind, n int) string {
	var all []string
	for i := range n {
		all = append(all, "$"+strconv.Itoa(behind+i+1))
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// advance writes down how far the log is. All events up to low are leaves, and none with a smaller number can come: low
// is the number of an event, and that and all before it are older than settled.
func (h head) advance(ctx context.Context, x store.Tx, done []op.Event) error {
	const old = `SELECT COALESCE(MAX(seq), $1) FROM events WHERE seq > $1
		AND seq < COALESCE((SELECT MIN(seq) FROM events WHERE seq > $1 AND at >= $2), 9223372036854775807)`
	const update = `UPDATE audit_log SET size = $2, low = $3 WHERE id = $1`
	low, cutoff := h.low, x.Now().Add(-settled)
	switch {
	case len(done) < batch:
		if _, err := one(ctx, x, old, []any{h.low, cutoff.UnixMilli()}, &low); err != nil {
			return err
		}
	case done[batch-1].At.Before(cutoff):
		low = done[batch-1].Seq
	}
	_, err := x.Exec(update, 1, h.size, max(low, h.low))
	return err
}
