package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Report is what a log was found to be.
type Report struct {
	Entries  int64
	Root     tlog.Hash
	Compared int   // checkpoints that it was compared with
	Covered  int64 // entries that a checkpoint from outside covers
	Sealed   int64
	Erased   int64     // entries that name nobody any more
	Moved    int64     // entries in an archive, of which nothing but the hashes of their tiles was looked at
	Older    int       // checkpoints of only such entries
	Waiting  int64     // events that are no entries yet
	Since    time.Time // of the oldest of them
	Findings []Finding
}

// Verification is how a log is verified. Without a key nothing shows that somebody has made the whole of it anew.
type Verification struct {
	Key     note.Verifier
	Notes   []string // checkpoints, as they were kept outside
	Archive string   // the folder with what was moved; empty: that is not looked at
}

// verifier is a verification under way.
type verifier struct {
	Verification
	db     querier
	report Report

	tree     frontier
	points   []point // by size; those that were met are gone
	good     int64   // up to this size it agrees with a checkpoint
	outside  int64   // and up to this one with one from outside
	split    *Finding
	seen     seen
	previous leaf
	emptied  emptied
	sealed   bool   // an entry was sealed: from here on all are
	restored *int64 // the first entry since the last checkpoint from outside that says that a backup was put back
	unsealed *int64 // the first entry since good that is not sealed
	disorder *int64 // the first entry since good that is older than the one before it
	shifted  *shift
}

// emptied is how many entries casterbot has emptied, by its own events, of a person; there: in an archive.
type emptied struct{ all, there int64 }

// point is a checkpoint to compare with. One from outside also counts for what came after a backup that was put back,
// those of the database went back with it.
type point struct {
	Checkpoint
	outside bool
}

// Verify recomputes all of a log and compares it with the checkpoints. It stops at the first entry that is wrong.
func (v Verification) Verify(ctx context.Context, db querier) (Report, error) {
	w := &verifier{Verification: v, db: db, seen: newSeen()}
	if err := w.collect(ctx); err != nil {
		return w.report, err
	}
	err := w.moved(ctx)
	if err == nil {
		err = leaves(ctx, db, w.tree.size, w.entries)
	}
	if err != nil && !errors.Is(err, errFound) {
		return w.report, err
	}
	w.report.Entries, w.report.Root, w.report.Covered = w.tree.size, w.tree.root(), w.outside
	if err == nil {
		w.end()
	}
	for _, look := range []func(context.Context) error{w.erased, w.policies, w.beside} {
		if len(w.report.Findings) == 0 {
			err = look(ctx)
		}
	}
	if errors.Is(err, errFound) {
		err = nil
	}
	return w.report, err
}

func bySize(a, b point) int { return cmp.Compare(a.Size, b.Size) }

// collect reads the checkpoints: those from outside, and those of the database, which count as they are signed.
func (w *verifier) collect(ctx context.Context) error {
	if w.Key == nil {
		return nil
	}
	own, err := checkpoints(ctx, w.db)
	if err != nil {
		return err
	}
	for _, text := range w.Notes {
		c, err := ParseCheckpoint(text, w.Key)
		if err != nil {
			_ = w.found(Unsigned, -1, -1, "of those from outside: %v", err)
			continue
		}
		w.points = append(w.points, point{c, true})
	}
	for _, s := range own {
		c, err := ParseCheckpoint(s.note, w.Key)
		if err != nil || c.Size != s.size {
			_ = w.found(Unsigned, -1, -1, "that of %d entries in the database: %v", s.size, err)
			continue
		}
		w.points = append(w.points, point{c, false})
	}
	slices.SortStableFunc(w.points, bySize)
	return nil
}

// entry looks at the next row.
func (w *verifier) entry(l leaf) error {
	n := w.tree.size
	switch {
	case w.shifted != nil:
		return w.classify(l)
	case l.n < n:
		return w.found(Inserted, l.n, l.n, "two rows have its number")
	case l.n > n:
		return w.found(Removed, n, l.n-1, "there is no such row any more")
	case l.missing:
		return w.found(Removed, n, n, "its event, number %d, is gone", l.number)
	}
	if l.checked.err != nil {
		return l.checked.err
	}
	if l.checked.hash != l.hashes[0] {
		w.shifted = &shift{n: n, by: l.shift(), event: describe(l)}
		return nil // what comes next tells how it is wrong
	}
	w.remember(l)
	if err := cmp.Or(w.hashed(l), w.again(l)); err != nil {
		return err
	}
	return w.met()
}

// hashed adds a leaf to the tree, and holds what the row has of the tree against it.
func (w *verifier) hashed(l leaf) error {
	n := w.tree.size
	hashes := w.tree.add(l.hashes[0])
	if l.archived && len(l.hashes) == 1 { // what its tile completes is with the last of it
		return nil
	}
	if len(hashes) != len(l.hashes) {
		return w.found(Edited, n, n, "it has %d hashes of the tree, and should have %d", len(l.hashes), len(hashes))
	}
	for level, hash := range hashes {
		if hash != l.hashes[level] {
			return w.give(w.narrow(Edited, n-1<<level+1, n, "its hash was made anew, and does not fit the tree"))
		}
	}
	return nil
}

// remember keeps what may tell later how a log was changed, when a checkpoint says that it was.
func (w *verifier) remember(l leaf) {
	n := l.n
	first := func(at **int64) {
		if *at == nil {
			*at = &n
		}
	}
	if l.who != "" {
		w.report.Erased++
	}
	w.empties(l.event, l.checked.sealed)
	if l.event.Name == op.EventRestored && l.event.Operation == "" {
		first(&w.restored)
	}
	if n > 0 && l.event.At.Before(w.previous.event.At.Add(-concurrent)) && l.event.Name != op.EventDeniedMore {
		first(&w.disorder)
	}
	if w.Key != nil && l.who == "" {
		if l.checked.sealed {
			w.sealed = true
			w.report.Sealed++
		} else if w.sealed {
			first(&w.unsealed)
		}
	}
	if l.event.Name != op.EventDeniedMore {
		w.previous = l
	}
}

// met compares the tree with the checkpoints of its size.
func (w *verifier) met() error {
	for len(w.points) > 0 && w.points[0].Size <= w.tree.size {
		c := w.points[0]
		w.points = w.points[1:]
		same := w.tree.root() == c.Root
		switch {
		case w.split != nil && c.outside: // of the other log too, or of neither
			continue
		case w.split != nil:
			return w.forked(same)
		case !same:
			if err := w.another(c); err != nil {
				return err
			}
			continue
		}
		if err := w.agrees(c); err != nil {
			return err
		}
	}
	return nil
}

// agrees notes that the log is as a checkpoint says.
func (w *verifier) agrees(c point) error {
	if w.report.Compared++; c.outside {
		w.restored, w.outside = nil, c.Size
	}
	if c.Size == w.good {
		return nil
	}
	if err := w.loose(); err != nil {
		return err
	}
	if w.good = c.Size; c.outside || !slices.ContainsFunc(w.points, func(p point) bool { return p.outside }) {
		w.disorder = nil
	}
	return nil
}

// another says how the log came to be another one than that of a checkpoint, as far as that shows. What checkpoints of
// the database said before counts for nothing against one from elsewhere: they may be of the other log.
func (w *verifier) another(c point) error {
	from, last := w.good, c.Size-1
	if c.outside {
		from = w.outside
	}
	switch {
	case w.restored != nil:
		return w.found(Forked, *w.restored, *w.restored,
			"a backup was put back; the log of the checkpoint of %d entries went on otherwise from here", c.Size)
	case w.disorder != nil:
		return w.found(Reordered, *w.disorder, *w.disorder,
			"it is older than the one before it, and the checkpoint of %d entries has another order", c.Size)
	}
	f := w.narrow(Edited, from, last,
		fmt.Sprintf("they agree with each other, but not with the checkpoint of %d entries: something was edited, removed or inserted, and all hashes made anew", c.Size))
	if !c.outside || !w.sealed || w.unsealed != nil {
		return w.give(f)
	}
	w.split = &f // whether casterbot itself went on so, its next checkpoint tells
	return nil
}

// end looks at what only the end of the log shows.
func (w *verifier) end() {
	if w.shifted != nil {
		_ = w.classify(leaf{})
		return
	}
	if w.split != nil {
		_ = w.give(*w.split)
		return
	}
	if len(w.points) == 0 {
		_ = w.loose()
		return
	}
	longest := w.points[len(w.points)-1].Size
	if w.restored != nil {
		_ = w.found(Forked, *w.restored, *w.restored,
			"a backup was put back; the log had come to %d entries by a checkpoint, and went on otherwise from here", longest)
		return
	}
	_ = w.found(CutOff, w.tree.size, longest-1, "the log ends before them, and by a checkpoint it had %d entries", longest)
}
