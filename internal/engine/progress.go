package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// A pause is worth an edit of the card when it is not over at once, and when the call has been held up noticeably by
// its end.
const (
	shortestTold = time.Second
	noticeable   = 2 * time.Second
)

// progress puts on the card of a running operation why there is no answer yet: that it waits for its turn, and how
// long; and after tellWaiting that it is still waited for. Each new state of things is written down once, so the card
// is edited at most once a second.
type progress struct {
	e     *Engine
	o     op.Operation
	ctx   context.Context // ends with the call
	began time.Time
	all   sync.WaitGroup

	pauses atomic.Int64 // how many there were: only of the last one is told

	mu   sync.Mutex
	turn op.Line // why it pauses now; empty while it does not
	long bool    // tellWaiting is over
}

// follow begins to tell of a call; the function that it gives ends that, and nothing is told after it has returned.
func (e *Engine) follow(ctx context.Context, o op.Operation, command op.Command) (*progress, func()) {
	ctx, cancel := context.WithCancel(ctx)
	p := &progress{e: e, o: o, ctx: ctx, began: time.Now()}
	p.all.Go(func() {
		if e.pause(ctx, tellWaiting) {
			p.sayLong()
		}
	})
	return p, func() {
		cancel()
		p.all.Wait()
	}
}

// worthTelling: a pause that begins after the call has been under way for some time.
func worthTelling(after, pause time.Duration) bool {
	return pause >= shortestTold && after+pause >= noticeable
}

// wait is told before a pause of the call. When the pause is over the card says so, unless another one has begun.
func (p *progress) wait(why op.Line, d time.Duration) {
	if !worthTelling(time.Since(p.began), d) {
		return
	}
	n := p.pauses.Add(1)
	p.all.Go(func() {
		p.sayTurn(n, why)
		if pause(p.ctx, d) {
			p.sayTurn(n, nil)
		}
	})
}

func (p *progress) sayTurn(n int64, why op.Line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pauses.Load() == n {
		p.turn = why
		p.say()
	}
}

func (p *progress) sayLong() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.long = true; len(p.turn) == 0 {
		p.say()
	}
}

// say writes down how things stand. The caller holds mu.
func (p *progress) say() {
	if p.ctx.Err() != nil {
		return
	}
	words := p.turn
	if len(words) == 0 && p.long {
		words = op.L("Still waiting for an answer.") // not that it is not sent again: what is put off is
	}
	state := op.Outcome{State: op.Running, Evidence: words, PutOff: len(p.turn) > 0}
	if err := p.e.note(p.ctx, p.o, store.Note{Outcome: &state}, op.EventWaiting); err != nil {
		p.e.log.Warn("say on the card what the call waits for", "op", p.o.Ref(), "error", err)
		return
	}
	p.e.notify.EnqueueCard(p.o.ID)
}
