package quota

import (
	"cmp"
	"time"
)

// Times and numbers of the order of service.
const (
	tellEvery  = time.Second
	longWait   = 2 * time.Second // from then on it may be its turn whatever its class
	oldestEach = 10              // of so many turns one goes to whoever waits longest, if that is long
)

// waiter is somebody in a line.
type waiter struct {
	caller Caller
	ahead  time.Duration
	since  time.Time
	done   chan struct{} // closed when one of the following is set
	permit *Permit
	err    error
}

// turn is what people of one class take turns by.
type turn struct {
	class  Class
	person string
}

func (w *waiter) turn() turn { return turn{w.caller.Class, w.caller.Person} }

// rank is the class, with what is on air before the rest of what is confirmed.
func (w *waiter) rank() int {
	r := 2 * int(w.caller.Class)
	if w.caller.Class == Confirmed && w.caller.OnAir {
		r--
	}
	return r
}

// first is who is served next with a turn that comes in a while: the lowest class, then whoever was served longest ago,
// then whoever came first. Now and then it is whoever has waited longest.
func (l *line) first(now time.Time, in time.Duration) *waiter {
	var best *waiter
	for _, w := range l.waiting { // in the order in which they came
		if w.ahead < in {
			continue
		}
		if best == nil && l.grants%oldestEach == oldestEach-1 && now.Sub(w.since) > longWait {
			return w
		}
		if best == nil || l.compare(w, best) < 0 {
			best = w
		}
	}
	return best
}

func (l *line) compare(a, b *waiter) int {
	return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(l.served[a.turn()], l.served[b.turn()]))
}

// farthest is how far ahead somebody in the line takes a turn.
func (l *line) farthest() (most time.Duration) {
	for _, w := range l.waiting {
		most = max(most, w.ahead)
	}
	return most
}

// before is about how many are served before somebody; less than 0 for one who does not wait any more.
func (l *line) before(w *waiter) int {
	n, own, others, waits := 0, 0, map[string]int{}, false
	for _, x := range l.waiting {
		switch {
		case x == w:
			waits = true
		case x.rank() < w.rank():
			n++
		case x.rank() > w.rank():
		case x.caller.Person != w.caller.Person:
			others[x.caller.Person]++
		case !waits:
			own++
		}
	}
	if !waits {
		return -1
	}
	for person, all := range others { // each takes a turn between two of one's own
		earlier := 0
		if l.served[turn{w.caller.Class, person}] <= l.served[w.turn()] {
			earlier = 1
		}
		n += min(all, own+earlier)
	}
	return n + own
}

// about is how long it takes until so many have been served.
func (l *line) about(before int, now time.Time) time.Duration {
	_, usable := l.usable(now)
	usable = max(1, usable)
	wait := time.Duration(before/usable) * (second + leastSpread)
	if s, from := l.next(now); s != nil {
		return wait + from.Sub(now)
	}
	return wait + second
}
