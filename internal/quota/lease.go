package quota

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Book is where replicas write down who has how many turns of an operation: one page for each, which is only ever
// written in place of the version that was read. Now is the clock of the book, the same for all.
type Book interface {
	Page(ctx context.Context, operation string) (page string, version int64, now time.Time, err error)
	// SetPage reports whether it was written. After an error it may have been, or may yet be.
	SetPage(ctx context.Context, operation, page string, version int64) (bool, error)
}

// How often the book is asked while there is work, and when there is none any more.
const (
	askWithin  = 2 * time.Second
	renewEvery = 2 * time.Second
	retryEvery = time.Second            // when it could not be asked
	hurryEvery = 400 * time.Millisecond // while others still have what this process should have, or the other way round
	idleFor    = 1500 * time.Millisecond
	askTries   = 5 // when somebody else has written meanwhile
)

// lease is the part of a line's turns that this process has of those that replicas share. A turn is used only while the
// lease surely holds: it is counted from before the asking. What is given back has rested by then, and an end that
// others see comes later than the one that this process keeps to; so whoever has a turn next uses it a second after its
// last use at the earliest.
type lease struct {
	until   time.Time
	asked   time.Time // when the book was asked last
	needs   int       // what was said then
	wanted  bool      // others had work for more turns than they had then
	target  int       // how many turns it should have: when others need the rest, no more are used
	keeping bool      // somebody keeps it up
	failed  bool      // the book could not be asked when it was asked last
	scarce  *slot
	more    chan struct{}
}

// good: by the monotonic and by the wall clock, for a machine that was suspended.
func (s *lease) good(now time.Time) bool {
	return now.Before(s.until) && now.Round(0).Before(s.until.Round(0))
}

// holds reports that a turn may be used now.
func (l *line) holds(s *slot, now time.Time) bool {
	return l.lease == nil || !s.gone && l.lease.good(now)
}

// spare is what can be used without a turn of the share: nothing, or for looks one turn a second out of what the share
// leaves free. It is for when the book cannot be asked, and when others have all turns: one that has just died has them
// for some seconds still, and who starts in its place must not be blind meanwhile.
func (l *line) spare() ([]*slot, int) {
	none := l.lease.failed || l.lease.good(time.Now()) && len(l.slots) == 0
	if !none || limits[l.name].changes {
		return nil, 0
	}
	return []*slot{l.lease.scarce}, 1
}

// keep sees to it that the lease is kept up as long as there is work. The caller holds mu.
func (l *line) keep(now time.Time) {
	s := l.lease
	switch {
	case len(l.waiting) == 0:
	case l.quota.ctx.Err() != nil:
		l.refuse()
	case s.keeping:
		select {
		case s.more <- struct{}{}:
		default:
		}
	case !s.good(now) || len(l.slots) < l.most:
		s.keeping = true
		l.quota.work.Go(l.keeping)
	}
}

// refuse answers everybody who waits that there is no turn.
func (l *line) refuse() {
	for _, w := range l.waiting {
		w.err = ErrAlone
		close(w.done)
	}
	l.waiting = nil
	clear(l.served)
}

// keeping asks for turns until there has been nothing to do for a while, and gives them back then.
func (l *line) keeping() {
	ctx := l.quota.ctx
	for l.renew(ctx) {
		for at := l.due(); time.Until(at) > 0 && ctx.Err() == nil; at = l.due() {
			timer := time.NewTimer(time.Until(at))
			select {
			case <-timer.C:
			case <-l.lease.more:
			case <-ctx.Done():
			}
			timer.Stop()
		}
		if ctx.Err() != nil {
			l.end(context.WithoutCancel(ctx))
			return
		}
	}
}

// due is when the book should be asked next.
func (l *line) due() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, now := l.lease, time.Now()
	needs := l.needs(now)
	switch {
	case s.failed:
		return s.asked.Add(retryEvery)
	case len(l.slots) > s.target, s.wanted && needs < len(l.slots),
		len(l.waiting) > 0 && (len(l.slots) < s.target || needs > s.needs):
		return s.asked.Add(hurryEvery)
	case needs == 0:
		return l.used.Add(idleFor)
	}
	return s.asked.Add(renewEvery)
}

// needs is for how many turns there is work.
func (l *line) needs(now time.Time) int {
	n := len(l.waiting)
	for _, s := range l.slots {
		if s.taken || s.free.After(now) {
			n++
		}
	}
	if n == 0 && now.Sub(l.used) < idleFor {
		n = 1
	}
	return min(n, l.most)
}

// renew asks once, and reports whether there is a reason to ask again.
func (l *line) renew(ctx context.Context) bool {
	err := l.ask(ctx, false)
	l.mu.Lock()
	defer l.mu.Unlock()
	s, now := l.lease, time.Now()
	s.failed = err != nil
	if err != nil {
		l.quota.config.Log.Warn("the turns that all replicas share cannot be asked for", "operation", l.name, "error", err)
		if limits[l.name].changes && !s.good(now) {
			l.refuse()
		}
	}
	l.serve(now)
	s.keeping = len(l.waiting) > 0 || err == nil && len(l.slots) > 0
	return s.keeping
}

// end gives everything back that can be given back.
func (l *line) end(ctx context.Context) {
	if err := l.ask(ctx, true); err != nil {
		l.quota.config.Log.Warn("the others have the turns of this process after a while only", "operation", l.name,
			"error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lease.keeping = false
	l.refuse()
}

// ask renews the lease, with more turns or with fewer.
func (l *line) ask(ctx context.Context, ends bool) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	book, begun := l.quota.config.Book, time.Now()
	l.mu.Lock()
	l.lease.asked = begun
	l.mu.Unlock()
	for range askTries {
		begun = time.Now()
		text, version, now, err := book.Page(ctx, l.name)
		if err != nil {
			return err
		}
		p := page{}
		if text != "" {
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				return fmt.Errorf("the page of %s: %w", l.name, err)
			}
		}
		held := l.plan(p, now, ends)
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if ok, err := book.SetPage(ctx, l.name, string(body), version); err != nil {
			return err
		} else if ok {
			l.have(held, begun)
			return nil
		}
	}
	return fmt.Errorf("the page of %s changes too often", l.name)
}

// plan writes this process's part into a page, and says how many turns it will have. Those that it gives up are not
// used from here on, whatever becomes of the page.
func (l *line) plan(p page, now time.Time, ends bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	q, s, here := l.quota, l.lease, time.Now()
	p.settle(now)
	l.revoke(p[q.config.Replica].Held)
	needs := l.needs(here)
	if ends {
		needs = 0
	}
	target, can := p.share(q.config.Replica, needs, l.most, q.config.Peers(), now)
	s.target, s.needs, s.wanted = target, needs, p.wanted(q.config.Replica, now)
	l.release(target, here)
	held := max(len(l.slots), can)
	if held == 0 && needs == 0 {
		delete(p, q.config.Replica)
	} else {
		p[q.config.Replica] = part{Held: held, Needs: needs, Until: now.Add(leaseFor).UnixMicro()}
	}
	return held
}

// revoke takes away what the book does not know of any more: the lease has ended long ago.
func (l *line) revoke(n int) {
	for len(l.slots) > n {
		l.slots[n].gone = true
		l.slots = slices.Delete(l.slots, n, n+1)
	}
}

// release gives up turns beyond a number that have rested and that nobody has.
func (l *line) release(n int, now time.Time) {
	for i := len(l.slots) - 1; i >= 0 && len(l.slots) > n; i-- {
		if s := l.slots[i]; !s.taken && !s.free.After(now) {
			s.gone = true
			l.slots = slices.Delete(l.slots, i, i+1)
		}
	}
}

// have takes what was written down for this process.
func (l *line) have(held int, begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(held - len(l.slots))
	l.lease.until = begun.Add(leaseFor)
	l.serve(time.Now())
}
