package engine

import (
	"context"
	"sync"

	"casterbot/internal/op"
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
func (e *Engine) awaitTurn(ctx context.Context, o op.Operation) error {
	target := o.Plan.Target.Key()
	for target != "" && !e.now().After(o.Expires) {
		end := e.turns.end(target) // first: what ends after the question is not missed
		ahead, err := e.store.Ahead(ctx, o.ID)
		if err != nil || ahead == 0 {
			return err
		}
		e.pauseUntil(ctx, end)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
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
