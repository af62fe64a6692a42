package engine

import (
	"context"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// turns wakes those who wait for their turn on a target when an operation of it ends in this process. It decides
// nothing: who is woken asks the store, and who is not, because the operation was another replica's, asks every
// targetRetry.
type turns struct {
	mu   sync.Mutex
	ends map[string]chan struct{} // by target
}

func (t *turns) init() { t.ends = map[string]chan struct{}{} }

// end is closed when the next operation of the target ends.
func (t *turns) end(target string) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ends[target] == nil {
		t.ends[target] = make(chan struct{})
	}
	return t.ends[target]
}

// over says that an operation does not stand before others any more.
func (t *turns) over(o op.Operation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	target := o.Plan.Target.Key()
	if end := t.ends[target]; end != nil {
		close(end)
		delete(t.ends, target)
	}
}

// awaitTurn waits until all that was confirmed earlier on the target has ended, or the time to start is over. Nothing
// is looked at before: what those change would make it old.
func (e *Engine) awaitTurn(ctx context.Context, o op.Operation, command op.Command) error {
	target := o.Plan.Target.Key()
	for target != "" && !e.now().After(o.Expires) {
		end := e.turns.end(target) // first: what ends after the question is not missed
		ahead, err := e.store.Ahead(ctx, o.ID)
		if err != nil || ahead == 0 {
			return err
		}
		if command.Urgent {
			e.giveUpAnswers(ctx, target)
		}
		e.pauseUntil(ctx, end)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// giveUpAfter is how long an emergency waits for the answer to a call that left before it. No call takes as long to
// leave, so what is given up has left by then, or never will.
const giveUpAfter = sendWithin + time.Second

// giveUpAnswers stops waiting for answers that hold up an emergency. What was called is unknown from then on, until its
// answer comes, late.
func (e *Engine) giveUpAnswers(ctx context.Context, target string) {
	running, err := e.store.List(ctx, store.Query{States: []op.State{op.Running}, Target: target})
	if err != nil {
		e.log.Warn("look what holds up an emergency", "target", target, "error", err)
	}
	for _, o := range running {
		if e.now().Sub(o.Sent) < giveUpAfter {
			continue
		}
		outcome := op.Outcome{State: op.Unknown,
			Text: op.L("No answer had come when an emergency on it was to go first, so I stopped waiting for one.")}
		if _, err := e.finish(ctx, o, outcome); err != nil {
			e.log.Warn("give up an answer", "op", o.Ref(), "error", err)
		}
	}
}

// pauseUntil waits for targetRetry, or until something ends.
func (e *Engine) pauseUntil(ctx context.Context, end <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-end:
		case <-ctx.Done():
		}
	}()
	e.pause(ctx, targetRetry)
}
