package quota

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/sleep"
)

// A turn is free again a second after its request left, and some more: the cloud counts when requests arrive, and one
// may have been under way for longer than the next. An answer bounds how long that was.
const (
	second      = time.Second
	leastSpread = 50 * time.Millisecond
	mostSpread  = 100 * time.Millisecond
)

// errEarly and errLapsed say that a request may not leave with this permit. It may with another one.
var (
	errEarly  = errors.New("its turn has not come yet")
	errLapsed = errors.New("its turn is over: other replicas may have it now")
)

// Permit is the right to make one call. Until the call has left, or the permit is returned, nobody else has its turn,
// however long that takes. A nil one is for calls without limits.
type Permit struct {
	line *line
	slot *slot
	from time.Time // it may be used
	left time.Time // when the request left
	gone bool      // returned
	used bool      // somebody has taken it out of the context
}

// Wait waits until the permit may be used.
func (p *Permit) Wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	if wait := time.Until(p.from); wait > 0 {
		return sleep.For(ctx, wait)
	}
	return ctx.Err()
}

// Left is called at the moment at which the request is out of hand, and again if that happens again. With an error
// nothing may leave.
func (p *Permit) Left() error {
	if p == nil {
		return nil
	}
	l := p.line
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	switch {
	case now.Before(p.from):
		return errEarly
	case p.gone || !p.slot.scarce && !l.holds(p.slot, now), !p.left.IsZero() && p.slot.user != p:
		return errLapsed
	}
	p.left = now
	p.slot.user, p.slot.taken = p, false
	p.slot.free = now.Add(second + mostSpread)
	l.used = now
	l.serve(now)
	return nil
}

// Answered is called when the call has ended, with whether its answer was that there were too many.
func (p *Permit) Answered(throttled bool) {
	if p == nil {
		return
	}
	l := p.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.left.IsZero() {
		return
	}
	now := time.Now()
	if p.slot.user == p {
		p.slot.user = nil
		p.slot.free = p.left.Add(second + min(max(now.Sub(p.left), leastSpread), mostSpread))
	}
	if throttled {
		l.throttled(p.left, now)
	}
	l.serve(now)
}

// Return gives an unused permit back. One that was used stays used.
func (p *Permit) Return() {
	if p == nil {
		return
	}
	l := p.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.gone || !p.left.IsZero() {
		return
	}
	p.gone, p.slot.taken = true, false
	l.serve(time.Now())
}

type permitKey struct{}

// Carry gives a context with a permit for the first call of its operation that is made with it.
func Carry(ctx context.Context, p *Permit) context.Context {
	if p == nil {
		return ctx
	}
	return context.WithValue(ctx, permitKey{}, p)
}

// Carried gives the permit that a context carries for an operation, once.
func Carried(ctx context.Context, operation string) (*Permit, bool) {
	p, _ := ctx.Value(permitKey{}).(*Permit)
	if p == nil || p.line.name != operation {
		return nil, false
	}
	p.line.mu.Lock()
	defer p.line.mu.Unlock()
	if p.used || p.gone {
		return nil, false
	}
	p.used = true
	return p, true
}
