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
		e.giveUpAnswers(ctx, o, command)
		e.pauseUntil(ctx, end)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// giveUpAfter is how long a change waits for the answer to a call that left before it and that it could not make worse.
// No call takes as long to leave, so what is given up has left by then, or never will.
const giveUpAfter = sendWithin + time.Second

// giveUpAnswers stops waiting for answers that hold up what they have nothing to do with, or an emergency. What was
// called is unknown from then on, until its answer comes, late: that holds up no more than it would have anyway. Only
// for an emergency it gives up a call that was put off and may yet be sent again.
func (e *Engine) giveUpAnswers(ctx context.Context, o op.Operation, command op.Command) {
	running, err := e.store.List(ctx, store.Query{States: []op.State{op.Running}, Target: o.Plan.Target.Key()})
	if err != nil {
		e.log.Warn("look what holds an operation up", "op", o.Ref(), "error", err)
	}
	for _, hangs := range running {
		mine := command.Urgent || !e.crosses(o, hangs) && !outcomeOf(hangs).PutOff
		if !mine || e.now().Sub(hangs.Sent) < giveUpAfter {
			continue
		}
		outcome := op.Outcome{State: op.Unknown,
			Text: op.L("No answer had come when something else on it was to go, so I stopped waiting for one.")}
		if _, err := e.finish(ctx, hangs, outcome); err != nil {
			e.log.Warn("give up an answer", "op", hangs.Ref(), "error", err)
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
