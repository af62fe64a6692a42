package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"strconv"
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
	case len(next.hashes) > 0 && next.n == s.n:
		return w.found(Inserted, s.n, s.n, "two rows have its number")
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
	if err := cmp.Or(w.surplus(ctx), w.waiting(ctx, h)); err != nil {
		return err
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

// waiting counts what is not in the log yet: whoever keeps casterbot from appending could remove it unseen.
func (w *verifier) waiting(ctx context.Context, h head) error {
	var oldest int64
	_, err := one(ctx, w.db, `SELECT COUNT(*), COALESCE(MIN(e.at), 0)`+pending, []any{h.low, int64(math.MaxInt64)},
		&w.report.Waiting, &oldest)
	w.report.Since = instant(oldest)
	return err
}

// surplus looks for rows of the log that are none of its entries: an event could hide behind one.
func (w *verifier) surplus(ctx context.Context) error {
	base, err := archived(ctx, w.db)
	if err != nil {
		return err
	}
	var rows, n int64
	if _, err := one(ctx, w.db, `SELECT COUNT(*), COALESCE(MIN(n), 0) FROM audit_leaves WHERE n < $1`,
		[]any{w.tree.size}, &rows, &n); err != nil || rows == w.tree.size-base {
		return err
	}
	return w.found(Inserted, -1, -1,
		"the table audit_leaves has %d rows that are no entries: its first number is %d, and the log has %d to %d",
		rows-(w.tree.size-base), n, base, w.tree.size-1)
}

// seen is what is kept of all entries, to know one that comes again.
type seen struct {
	seed     maphash.Seed
	seals    map[uint64]int64 // by the seal, which entry it is
	newest   map[uint64]int64 // by the operation, the number of its newest event
	policies map[string]int64 // by its hash, where a policy came into force first
}

func newSeen() seen {
	return seen{maphash.MakeSeed(), map[uint64]int64{}, map[uint64]int64{}, map[string]int64{}}
}

// again finds an event that was copied, seal and all, and one whose number was changed, so that others read it in
// another place of its operation's trail. It looks at events that say how an operation stands, or what casterbot did to
// the log: no two of them are alike.
func (w *verifier) again(l leaf) error {
	e := l.event
	if e.Name == op.EventPolicy {
		if _, known := w.seen.policies[e.Detail[op.DetailPolicy]]; !known {
			w.seen.policies[e.Detail[op.DetailPolicy]] = l.n
		}
	}
	states := e.Operation != "" && e.Detail[op.DetailState] != ""
	if l.who == "" && l.checked.sealed && (states || e.Name == op.EventErased || e.Name == op.EventArchived) {
		seal := maphash.String(w.seen.seed, e.Seal)
		if n, twice := w.seen.seals[seal]; twice {
			return w.found(Inserted, l.n, l.n, "it is entry %d once more (%s)", n, describe(l))
		}
		w.seen.seals[seal] = l.n
	}
	if !states || l.archived {
		return nil
	}
	operation := maphash.String(w.seen.seed, e.Operation)
	if l.number < w.seen.newest[operation] {
		return w.found(Reordered, l.n, l.n, "by the number of its event it comes before an older one of its operation (%s)",
			describe(l))
	}
	w.seen.newest[operation] = l.number
	return nil
}

// empties counts what an event says that casterbot has emptied.
func (w *verifier) empties(e op.Event, sealed bool) {
	entries, err := strconv.ParseInt(e.Detail[DetailEntries], 10, 64)
	if err != nil || e.Name != op.EventErased || w.Key != nil && !sealed {
		return
	}
	if w.emptied.all += entries; e.Detail[detailWhere] != "" {
		w.emptied.there += entries
	}
}

// erased demands that as many entries name nobody as casterbot has emptied. One that died while it emptied an archive
// may have emptied fewer there.
func (w *verifier) erased(ctx context.Context) error {
	// An event that says so may be no entry yet: what it has emptied is empty with it.
	err := each(ctx, w.db, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		if err == nil {
			w.empties(e, w.Key != nil && IsSealed(w.Key, e))
		}
		return err
	}, `SELECT `+eventColumns+` FROM events e WHERE e.name = $1 AND NOT EXISTS (SELECT 1 FROM audit_leaves l
		WHERE l.event = e.seq)`, op.EventErased)
	if err != nil {
		return err
	}
	have, want := w.report.Erased, w.emptied
	switch {
	case have > want.all:
		return w.found(Edited, -1, -1, "%d entries name nobody any more, and by the record %d were emptied", have, want.all)
	case have < want.all-want.there && w.report.Moved == 0:
		return w.found(Edited, -1, -1,
			"by the record %d entries were emptied of a person, and %d are: the others name somebody again", want.all, have)
	}
	return nil
}

// policies holds the policy files that are kept against their hashes, which the entries have.
func (w *verifier) policies(ctx context.Context) error {
	kept := map[string]bool{}
	err := each(ctx, w.db, func(rows *sql.Rows) error {
		hash, body := "", ""
		if err := rows.Scan(&hash, &body); err != nil {
			return err
		}
		if sum := sha256.Sum256([]byte(body)); hex.EncodeToString(sum[:]) != hash {
			return w.found(Edited, -1, -1, "the policy file that is kept as %s is not that one", hash)
		}
		kept[hash] = true
		return nil
	}, `SELECT hash, body FROM audit_policies WHERE hash <> $1 ORDER BY at, hash`, "")
	for hash, n := range w.seen.policies {
		if err == nil && !kept[hash] {
			err = w.found(Removed, n, n, "the policy file %s that came into force then is not kept any more", hash)
		}
	}
	return err
}
