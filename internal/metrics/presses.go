package metrics

import (
	"sync"
	"time"

	"casterbot/internal/op"
)

const (
	mostPresses = 1000             // that are waited for at once
	forgetAfter = 10 * time.Minute // one of which nothing was heard
)

// Presses measures how long it takes from a click that confirms to its call and to its card. Another replica's calls
// and cards it does not see: what it waits for in vain it forgets.
type Presses struct {
	to *Metrics

	mu   sync.Mutex
	open map[string]*press // by operation
}

// press is one click that has won.
type press struct {
	came          time.Time
	called, shown bool
}

// NewPresses makes one that counts for some metrics.
func NewPresses(to *Metrics) *Presses { return &Presses{to: to, open: map[string]*press{}} }

// Confirmed notes a click that has won, and when it arrived; one from before a restart has no time, and is left out.
func (p *Presses) Confirmed(id string, came time.Time) {
	if came.IsZero() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) >= mostPresses {
		p.forget(time.Now().Add(-forgetAfter))
	}
	if len(p.open) < mostPresses {
		p.open[id] = &press{came: came}
	}
}

// forget drops what is older. The caller holds mu.
func (p *Presses) forget(than time.Time) {
	for id, x := range p.open {
		if x.came.Before(than) {
			delete(p.open, id)
		}
	}
}

// Leaves notes that a call is out of hand. Of several calls the first counts.
func (p *Presses) Leaves(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := p.open[id]
	if x == nil || x.called {
		return
	}
	x.called = true
	p.to.Observe(ClickToCall, time.Since(x.came))
	if x.shown {
		delete(p.open, id)
	}
}

// Shown notes that a card shows how its operation stands, which may be from before the click.
func (p *Presses) Shown(o op.Operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := p.open[o.ID]
	if x == nil || o.State == op.Pending {
		return
	}
	if !x.shown {
		x.shown = true
		p.to.Observe(ClickToCard, time.Since(x.came))
	}
	if x.called || o.State.Final() { // what has ended without a call makes none any more
		delete(p.open, o.ID)
	}
}
