package quota

import (
	"context"
	"slices"
	"sync"
	"time"
)

// line is one operation: its turns, and those who wait for one.
type line struct {
	quota *Quota
	name  string
	most  int // turns of all replicas together

	mu      sync.Mutex
	slots   []*slot // those of this process
	waiting []*waiter
	served  map[turn]int // when somebody was served last, by number
	grants  int
	used    time.Time // when a call left last
	slow    slow
	timer   *time.Timer
	lease   *lease // nil: the turns are not shared
}

// slot is a turn: with it a request may leave once in a second and a little.
type slot struct {
	taken  bool // given away, and no request has left with it yet
	gone   bool // other replicas may have it now
	scarce bool // not one of those that are shared
	free   time.Time
	user   *Permit // whose answer is still awaited
}

func newLine(q *Quota, operation string) *line {
	shared := q.config.Book != nil
	l := &line{quota: q, name: operation, most: slotsOf(operation, q.config.Share, shared), served: map[turn]int{}}
	if shared {
		l.lease = &lease{scarce: &slot{scarce: true}, more: make(chan struct{}, 1)}
		return l
	}
	l.add(l.most)
	for _, s := range l.slots {
		if !q.config.Began.IsZero() {
			s.free = q.config.Began.Add(second + mostSpread)
		}
	}
	return l
}

func (l *line) add(n int) {
	for range n {
		l.slots = append(l.slots, &slot{})
	}
}

// serve gives away the turns that can be given away now, and wakes up again for the next one. The caller holds mu.
func (l *line) serve(now time.Time) {
	for len(l.waiting) > 0 {
		s, from := l.next(now)
		if s == nil {
			l.later(now, time.Time{})
			return
		}
		w := l.first(now, from.Sub(now))
		if w == nil {
			l.later(now, from)
			return
		}
		l.grant(w, s, from, now)
	}
}

// next is the turn that comes first, and when it does. Of the turns of this process so many stay unused as it may not
// use now; those that rest are the ones that have rested longest.
func (l *line) next(now time.Time) (*slot, time.Time) {
	slots, usable := l.usable(now)
	idle := make([]*slot, 0, len(slots))
	for _, s := range slots {
		if !s.taken {
			idle = append(idle, s)
		}
	}
	resting := max(0, len(slots)-usable)
	if len(idle) <= resting {
		return nil, time.Time{}
	}
	slices.SortFunc(idle, func(a, b *slot) int { return a.free.Compare(b.free) })
	s := idle[resting]
	if s.free.Before(now) {
		return s, now
	}
	return s, s.free
}

// usable are the turns of this process, and how many of them may be used in one second.
func (l *line) usable(now time.Time) ([]*slot, int) {
	if l.lease != nil && (!l.lease.good(now) || len(l.slots) == 0) {
		return l.spare()
	}
	n := l.slow.most(len(l.slots), now)
	if l.lease != nil {
		n = min(n, l.lease.target)
	}
	return l.slots, n
}

func (l *line) grant(w *waiter, s *slot, from, now time.Time) {
	s.taken, s.user = true, nil
	w.permit = &Permit{line: l, slot: s, from: from}
	l.grants++
	l.served[w.turn()] = l.grants
	l.used = now
	l.drop(w)
	close(w.done)
}

// drop takes somebody out of the line.
func (l *line) drop(w *waiter) bool {
	i := slices.Index(l.waiting, w)
	if i < 0 {
		return false
	}
	if l.waiting = slices.Delete(l.waiting, i, i+1); len(l.waiting) == 0 {
		clear(l.served)
	}
	return true
}

// later wakes the line up when the turn that comes at a time may be given away, or when more turns may be used.
func (l *line) later(now, from time.Time) {
	var at time.Time
	if !from.IsZero() {
		at = from.Add(-l.farthest())
	}
	if more := l.slow.more(l.most, now); !more.IsZero() && (at.IsZero() || more.Before(at)) {
		at = more
	}
	if at.IsZero() {
		return
	}
	if l.timer == nil {
		l.timer = time.AfterFunc(at.Sub(now), l.wake)
		return
	}
	l.timer.Reset(at.Sub(now))
}

func (l *line) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serve(time.Now())
}

// enter puts somebody into the line.
func (l *line) enter(c Caller, ahead time.Duration) *waiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	w := &waiter{caller: c, ahead: ahead, since: now, done: make(chan struct{})}
	l.waiting = append(l.waiting, w)
	l.serve(now)
	if l.lease != nil {
		l.keep(now)
	}
	return w
}

// await waits for a turn. Whoever waits for a second is told how things stand, and once more every second.
func (l *line) await(ctx context.Context, w *waiter) (*Permit, error) {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case <-w.done:
			return w.permit, w.err
		case <-ctx.Done():
			l.mu.Lock()
			waited := l.drop(w)
			l.mu.Unlock()
			if !waited && w.err == nil {
				w.permit.Return()
			}
			return nil, ctx.Err()
		case <-ticker.C:
			l.tell(w)
		}
	}
}

func (l *line) tell(w *waiter) {
	if w.caller.Waiting == nil {
		return
	}
	l.mu.Lock()
	before, about := l.before(w), time.Duration(0)
	if before >= 0 {
		about = l.about(before, time.Now())
	}
	l.mu.Unlock()
	if before >= 0 {
		w.caller.Waiting(before, about)
	}
}

// slow is what a throttling answer leaves: half of the turns, and one more every second from then on.
type slow struct {
	since time.Time // of the last answer that counted; zero: there was none
	left  int       // turns that were left then
}

func (s slow) most(n int, now time.Time) int {
	if s.since.IsZero() {
		return n
	}
	return min(n, s.left+int(now.Sub(s.since)/time.Second))
}

// more is when one more turn may be used; zero when all may.
func (s slow) more(n int, now time.Time) time.Time {
	if s.since.IsZero() || s.most(n, now) == n {
		return time.Time{}
	}
	return s.since.Add((now.Sub(s.since)/time.Second + 1) * time.Second)
}

// throttled takes half of the turns away. Answers to requests that had left before that belong to the same burst.
func (l *line) throttled(left, now time.Time) {
	if !l.slow.since.IsZero() && !left.After(l.slow.since) {
		return
	}
	n := l.slow.most(len(l.slots), now)
	l.slow = slow{since: now, left: max(1, n/2)}
}
