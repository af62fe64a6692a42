package quota

import (
	"maps"
	"slices"
	"time"
)

// String is the class in a word.
func (c Class) String() string {
	if c < Confirmed || c > Background {
		return "none"
	}
	return [...]string{"confirmed", "asked", "checked", "read", "suggested", "background"}[c-Confirmed]
}

// Classes lists them in their order.
func Classes() []Class { return []Class{Confirmed, Asked, Checked, Read, Suggested, Background} }

// Use is how the calls of an operation stand in this process.
type Use struct {
	Operation string
	Limit     int           // calls that the account allows in a second
	InUse     int           // calls that count in this second, or are about to be made
	Waiting   map[Class]int // calls that wait for a turn
}

// Use says how every operation stands now.
func (q *Quota) Use() []Use {
	var all []Use
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		u := Use{Operation: name, Limit: Limit(name), Waiting: map[Class]int{}}
		if l := q.begun(name); l != nil {
			l.count(&u, time.Now())
		}
		all = append(all, u)
	}
	return all
}

// begun is the line of an operation that was called before.
func (q *Quota) begun(operation string) *line {
	if q == nil {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lines[operation]
}

func (l *line) count(u *Use, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.waiting {
		u.Waiting[w.caller.Class]++
	}
	for _, s := range l.slots {
		if s.taken || s.free.After(now) {
			u.InUse++
		}
	}
}
