package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
)

// errFound ends a walk at the first thing that is wrong.
var errFound = errors.New("found")

// concurrent is how much older than the entry before it one may be: two that ran at once may stand in either order.
const concurrent = 15 * time.Second

// farthest is how far from its place an entry is looked for.
const farthest = 1000

// shift is an entry that its row's hash is not of.
type shift struct {
	n     int64
	by    int64 // as which other entry it would be right; 0: as none near
	event string
}

// shift says how far from its place the row of an entry was.
func (l leaf) shift() int64 {
	is := func(n int64) bool {
		there := l
		there.n = n
		hash, err := there.hash()
		return n >= 0 && err == nil && hash == l.hashes[0]
	}
	for by := int64(1); by <= farthest; by++ {
		switch {
		case is(l.n + by):
			return by
		case is(l.n - by):
			return -by
		}
	}
	return 0
}

// describe names an event.
func describe(l leaf) string {
	text := fmt.Sprintf("%s at %s", l.event.Name, l.event.At.UTC().Format(time.RFC3339))
	if l.event.Operation != "" {
		text += ", op " + op.Ref(l.event.Operation)
	}
	return text
}

// classify says how the entry is wrong that is not in its place, by the one after it: where rows were taken out or put
// in, all that follow have moved alike.
func (w *verifier) classify(next leaf) error {
	s := *w.shifted
	alike := len(next.hashes) == 0
	if !alike && !next.missing {
		alike = next.shift() == s.by
	}
	switch {
	case s.by == 0:
		return w.found(Edited, s.n, s.n, "it is not what the log has (%s)", s.event)
	case s.by > 0 && alike:
		return w.found(Removed, s.n, s.n+s.by-1, "entry %d has moved here (%s)", s.n+s.by, s.event)
	case s.by < 0 && alike:
		return w.found(Inserted, s.n+s.by, s.n-1, "entry %d has moved to %d (%s)", s.n+s.by, s.n, s.event)
	}
	return w.found(Reordered, s.n, s.n, "entry %d stands here (%s)", s.n+s.by, s.event)
}

// beside looks for events that are in their table and should be in the log: each that is old, or before one that is.
func (w *verifier) beside(ctx context.Context) error {
	h, err := readHead(ctx, w.db)
	if err != nil {
		return err
	}
	if h.size != w.tree.size {
		return w.found(CutOff, w.tree.size, max(h.size-1, w.tree.size),
			"the log says that it has %d entries, and has %d", h.size, w.tree.size)
	}
	var newest int64
	if _, err := one(ctx, w.db, `SELECT COALESCE(MAX(seq), 0) FROM events WHERE seq > $1`, []any{0}, &newest); err != nil {
		return err
	}
	const many = 20000
	old := w.previous.event.At.Add(-settled)
	for from := int64(0); from < newest; from += many {
		err := each(ctx, w.db, func(rows *sql.Rows) error {
			e, err := scanEvent(rows)
			if err != nil {
				return err
			}
			return w.found(Inserted, -1, -1, "event %d (%s) is in the table events, but not in the log", e.Seq,
				describe(leaf{event: e}))
		}, `SELECT `+eventColumns+` FROM events e WHERE e.seq > $1 AND e.seq <= $2 AND (e.seq <= $3 OR e.at < $4)
			AND NOT EXISTS (SELECT 1 FROM audit_leaves l WHERE l.event = e.seq) ORDER BY e.seq LIMIT 1`,
			from, from+many, h.low, old.UnixMilli())
		if err != nil {
			return err
		}
	}
	return nil
}
