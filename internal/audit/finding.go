package audit

import "fmt"

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
