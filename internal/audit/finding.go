package audit

import (
	"cmp"
	"fmt"
)

// Kind is what somebody has done to a log.
type Kind string

// The kinds.
const (
	Edited    Kind = "edited"
	Removed   Kind = "removed"
	Inserted  Kind = "inserted"
	Reordered Kind = "reordered"
	CutOff    Kind = "cut off"
	Forked    Kind = "forked after a restore"
	Unsealed  Kind = "not written by casterbot"
	Unsigned  Kind = "a checkpoint with another key"
)

// Finding is something that is wrong, with the first entry of which it is so.
type Finding struct {
	Kind  Kind
	N     int64  // number of the entry; -1: it is about none
	Until int64  // one of the entries from N to this one; as N: it is that one
	Text  string // what is seen
}

// String is the finding for people.
func (f Finding) String() string {
	switch {
	case f.N < 0:
		return fmt.Sprintf("%s: %s", f.Kind, f.Text)
	case f.Until > f.N:
		return fmt.Sprintf("entries %d to %d: %s: %s", f.N, f.Until, f.Kind, f.Text)
	}
	return fmt.Sprintf("entry %d: %s: %s", f.N, f.Kind, f.Text)
}

// found ends the walk.
func (w *verifier) found(kind Kind, n, until int64, format string, args ...any) error {
	return w.give(Finding{kind, n, until, fmt.Sprintf(format, args...)})
}

// give ends the walk with a finding, or with one that was made before and waited for what comes.
func (w *verifier) give(f Finding) error {
	w.report.Findings = append(w.report.Findings, *cmp.Or(w.split, &f))
	w.split = nil
	return errFound
}

// forked ends the walk of a log that is not that of a checkpoint from elsewhere, though all its entries are sealed.
func (w *verifier) forked(signed bool) error {
	f := *w.split
	if signed {
		f.Kind = Forked
		f.Text = "all of them are casterbot's own, and it has signed another log with as many entries: a backup was put back, or " +
			"entries were taken out, and it went on"
	}
	w.split = nil
	return w.give(f)
}

// narrow names the one entry of some that is not sealed, when there is such a one.
func (w *verifier) narrow(kind Kind, from, until int64, text string) Finding {
	if w.unsealed != nil && *w.unsealed >= from {
		return Finding{kind, *w.unsealed, *w.unsealed, "it has no seal of the log's key; " + text}
	}
	return Finding{kind, from, until, text}
}

// loose reports an entry that the log took though casterbot did not write it.
func (w *verifier) loose() error {
	if w.unsealed == nil {
		return nil
	}
	return w.found(Unsealed, *w.unsealed, *w.unsealed,
		"it has no seal of the log's key: somebody wrote it into the database, or a casterbot without the key did")
}
