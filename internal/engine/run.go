package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/crash"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// run takes a queued operation to its end. This is the only place in casterbot that makes a changing call, and it makes it
// after claim has written `running`; a crash anywhere behind that leaves a row that says so.
func (e *Engine) run(ctx context.Context, id string) {
	if _, busy := e.runs.LoadOrStore(id, true); busy {
		return
	}
	defer e.runs.Delete(id)
	crash.At("k2")
	o, command, marked, err := e.claim(ctx, id)
	if err != nil {
		e.log.Error("claim", "op", op.Ref(id), "error", err)
		return
	}
	if o.State != op.Running {
		return
	}
	crash.At("k3")
	outcome := e.send(ctx, o, command, marked)
	crash.At("k5")
	o, err = e.finish(ctx, o, outcome)
	if err != nil {
		e.unwritten.Store(id, outcome)
		e.log.Error("record the outcome", "op", o.Ref(), "outcome", outcome.State, "requestId", outcome.RequestID, "error", err)
		return
	}
	if o.State == op.Succeeded {
		e.check(ctx, o, command)
	}
}

// claim brings a queued operation to `running`, or ends it without sending: when what was seen has changed, when the asker
// or the approver may no longer, or when its turn did not come in time.
func (e *Engine) claim(ctx context.Context, id string) (o op.Operation, command op.Command, marked time.Time, err error) {
	for {
		o, err = e.store.Get(ctx, id)
		if err != nil {
			return o, op.Command{}, marked, err
		}
		command, known := e.table.Find(o.Command)
		if o.State != op.Queued {
			return o, command, marked, nil
		}
		if !known {
			return o, command, marked, e.drop(ctx, o, op.Refuse(op.L("this command is no longer known.")))
		}
		plan, why := e.reconsider(ctx, o, command)
		if why != nil {
			return o, command, marked, e.drop(ctx, o, why)
		}
		marked = time.Now()
		o, err = e.mark(ctx, o, plan)
		if !errors.Is(err, store.ErrTargetBusy) {
			return o, command, marked, err
		}
		if err := e.awaitTurn(ctx, o); err != nil {
			return o, command, marked, err
		}
	}
}

// awaitTurn waits until no operation of the target runs, or the time to start is over.
func (e *Engine) awaitTurn(ctx context.Context, o op.Operation) error {
	for !e.now().After(o.Expires) {
		if !e.pause(ctx, targetRetry) {
			return ctx.Err()
		}
		running, err := e.store.List(ctx, store.Query{States: []op.State{op.Running}, Target: o.Plan.Target.Key(), Limit: 1})
		if err != nil {
			return err
		}
		if len(running) == 0 {
			return nil
		}
	}
	return nil
}

// mark writes `running` durably. Whoever gets the row back as running owns the one send.
func (e *Engine) mark(ctx context.Context, o op.Operation, plan op.Plan) (op.Operation, error) {
	now, err := e.store.Move(ctx, store.Move{
		ID: o.ID, From: op.Queued, To: op.Running, Claim: e.replica, Fresh: true, Send: true, Plan: &plan,
		Event: e.event(op.EventSent, o.By, o.Team, o),
	})
	if errors.Is(err, store.ErrLost) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("mark %s as sent: %w", o.Ref(), err)
	}
	e.owe(o.ID)
	return now, nil
}

// stalled reports that more than sendWithin has passed by the monotonic or by the wall clock: a suspended machine stops one
// of them.
func stalled(since time.Time) bool {
	now := time.Now()
	return now.Sub(since) > sendWithin || now.Round(0).Sub(since.Round(0)) > sendWithin
}

// send makes the call: once, or for a repeatable command up to repeatAtMost times with the same token, as long as answers fail
// to come quickly. Once a call is unknown only a success can tell what became of it: a refusal speaks of the repetition.
func (e *Engine) send(ctx context.Context, o op.Operation, command op.Command, marked time.Time) op.Outcome {
	stop := e.tellWaiting(ctx, o, command)
	defer stop()
	began := time.Now()
	outcome := e.apply(ctx, o, command, marked)
	for n := 1; outcome.State == op.Unknown && command.Repeatable && n < repeatAtMost && time.Since(began) < repeatQuickly; n++ {
		if !e.pause(ctx, time.Duration(n)*time.Second) || e.stillAllowed(ctx, o) != nil {
			return outcome
		}
		marked = time.Now()
		if e.note(ctx, o, store.Note{Send: true}, op.EventSent) != nil {
			return outcome
		}
		if again := e.apply(ctx, o, command, marked); again.State == op.Succeeded {
			return again
		}
	}
	return outcome
}

// apply calls the command once, unless this process stood still since the mark was about to be written: by now others may
// have taken over, so nothing is sent. A panic or a missing state is an unknown outcome: the call may have left.
func (e *Engine) apply(ctx context.Context, o op.Operation, command op.Command, marked time.Time) (outcome op.Outcome) {
	if stalled(marked) {
		return op.Outcome{State: op.Failed, Text: op.L(o.Plan.Title, ": this machine stood still just before the call, so I did not make it. Nothing was changed.")}
	}
	ctx, cancel := context.WithTimeout(ctx, crash.Within(answerWithin))
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("a command panicked", "op", o.Ref(), "panic", p)
			outcome = op.Outcome{State: op.Unknown, Text: op.L("I broke while making the call.")}
		}
	}()
	outcome = command.Apply(ctx, o.Plan, o.Token)
	if !op.CanMove(op.Running, outcome.State) {
		outcome.State = op.Unknown
	}
	return outcome
}

// tellWaiting puts "still waiting" on the card when no answer has come after tellWaiting.
func (e *Engine) tellWaiting(ctx context.Context, o op.Operation, command op.Command) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	words := op.L("Still waiting for an answer. I will not send it again.")
	if command.Repeatable {
		words = op.L("Still waiting for an answer.")
	}
	go func() {
		if !e.pause(ctx, tellWaiting) {
			return
		}
		waiting := op.Outcome{State: op.Running, Evidence: words}
		if err := e.note(ctx, o, store.Note{Outcome: &waiting}, op.EventWaiting); err == nil {
			e.owe(o.ID)
		}
	}()
	return stop
}

// note writes something about an operation that does not change its state.
func (e *Engine) note(ctx context.Context, o op.Operation, n store.Note, event string) error {
	n.From = o.State
	return e.store.Note(ctx, o.ID, n, e.event(event, "", "", o))
}

// finish records what became of a running operation.
func (e *Engine) finish(ctx context.Context, o op.Operation, outcome op.Outcome) (op.Operation, error) {
	event := e.event(op.EventAnswered, "", "", o)
	event.Detail["outcome"], event.Detail["code"], event.Detail["requestId"] = string(outcome.State), outcome.Code, outcome.RequestID
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	now, err := e.store.Move(ctx, store.Move{ID: o.ID, From: op.Running, To: outcome.State, Outcome: &outcome, Event: event})
	if errors.Is(err, store.ErrLost) {
		return now, e.answerCame(ctx, now, outcome, event)
	}
	if err != nil {
		return o, fmt.Errorf("finish %s: %w", o.Ref(), err)
	}
	e.log.Info("answered", "op", o.Ref(), "verb", o.Verb, "outcome", outcome.State, "code", outcome.Code, "requestId", outcome.RequestID)
	crash.At("k6")
	e.owe(o.ID)
	return now, nil
}

// answerCame takes an answer after somebody gave up on it. It settles an unknown operation, a refusal only if there was but one
// call; what a person has settled stays, with the answer beside it.
func (e *Engine) answerCame(ctx context.Context, now op.Operation, outcome op.Outcome, event op.Event) error {
	definite := outcome.State == op.Succeeded || outcome.State == op.Failed && now.Sends == 1
	if now.State == op.Unknown && definite {
		return e.settle(ctx, now, outcome, op.EventAnswered, op.Click{})
	}
	if outcome.State == op.Unknown || now.Outcome == nil {
		return nil
	}
	known := *now.Outcome
	known.RequestID, known.Evidence = outcome.RequestID, op.L("An answer came late: ", outcome.Text)
	err := e.store.Note(ctx, now.ID, store.Note{From: now.State, Outcome: &known}, event)
	e.owe(now.ID)
	return err
}

// looksAfterAnswer are the waits before each look that should confirm an answer.
var looksAfterAnswer = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}

// check looks whether what the API accepted really took effect, and says on the card what was seen.
func (e *Engine) check(ctx context.Context, o op.Operation, command op.Command) {
	if command.Verify == nil {
		return
	}
	outcome := *o.Outcome
	for _, wait := range looksAfterAnswer {
		if !e.pause(ctx, wait) {
			return
		}
		seen, err := verify(ctx, command, o)
		if err != nil {
			outcome.Evidence = op.L("I could not look whether it took effect.")
			continue
		}
		outcome.Evidence, outcome.Checked = seen.Seen, seen.Happened
		if seen.Happened {
			break
		}
	}
	if err := e.note(ctx, o, store.Note{Outcome: &outcome}, op.EventReconciled); err != nil {
		e.log.Error("record what was seen", "op", o.Ref(), "error", err)
	}
	e.owe(o.ID)
}
