package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// run takes a queued operation to its end. This is the only place in casterbot that makes a changing call, and it makes it
// after claim has written `running`; a crash anywhere behind that leaves a row that says so.
func (e *Engine) run(ctx context.Context, id string) {
	o, command, err := e.claim(ctx, id)
	if err != nil {
		e.log.Error("claim", "op", op.Ref(id), "error", err)
		return
	}
	if o.State != op.Running {
		return
	}
	outcome := e.send(ctx, o, command)
	o, err = e.finish(ctx, o, outcome)
	if err != nil {
		e.log.Error("record the outcome", "op", o.Ref(), "outcome", outcome.State, "requestId", outcome.RequestID, "error", err)
		return
	}
	if o.State == op.Succeeded {
		e.check(ctx, o, command)
	}
}

// claim brings a queued operation to `running`, or ends it without sending: when what was seen has changed, when the asker
// or the approver may no longer, or when its turn did not come in time.
func (e *Engine) claim(ctx context.Context, id string) (op.Operation, op.Command, error) {
	for {
		o, err := e.store.Get(ctx, id)
		if err != nil {
			return o, op.Command{}, err
		}
		command, known := e.table.Find(o.Command)
		if o.State != op.Queued {
			return o, command, nil
		}
		if !known {
			return o, command, e.drop(ctx, o, op.L("This command is no longer known."))
		}
		if why := e.reconsider(ctx, o, command); why != nil {
			return o, command, e.drop(ctx, o, why)
		}
		o, err = e.mark(ctx, o)
		if errors.Is(err, store.ErrTargetBusy) {
			if !e.pause(ctx, targetRetry) {
				return o, command, ctx.Err()
			}
			continue
		}
		return o, command, err
	}
}

// reconsider plans again and asks the policy again; nil means that all is as it was when the person confirmed.
func (e *Engine) reconsider(ctx context.Context, o op.Operation, command op.Command) op.Line {
	if e.now().After(o.Expires) {
		return op.L("Its turn did not come in time.")
	}
	scope, _ := e.policy.Scope(o.Channel)
	plan, err := command.Plan(ctx, op.Call{Args: o.Plan.Args, Scope: scope})
	if err != nil {
		return e.answerFor(err, "op", o.Ref()).Title
	}
	if plan.Fingerprint != o.Plan.Fingerprint {
		return op.L("Something changed since you asked: ", changes(o.Plan, plan))
	}
	now, err := e.judgeAsker(ctx, o)
	if err != nil {
		return e.answerFor(err, "op", o.Ref()).Title
	}
	if now.Confirm != op.ConfirmOther {
		if now.Confirm != o.Decision.Confirm {
			return policyChanged(o).Answer.Title
		}
		return nil
	}
	if err := e.mayApprove(ctx, now, o, o.By, o.Team); err != nil {
		return e.answerFor(err, "op", o.Ref()).Title
	}
	return nil
}

// changes lists the facts that are on the card now and were not before.
func changes(before, now op.Plan) op.Line {
	known := map[string]bool{}
	for _, fact := range before.Facts {
		known[fact.Plain()] = true
	}
	line := op.Line{}
	for _, fact := range now.Facts {
		if !known[fact.Plain()] {
			line = append(append(line, fact...), op.Span{Text: " "})
		}
	}
	if len(line) == 0 {
		return op.L("its state is another one.")
	}
	return line
}

// drop ends a queued operation of which nothing was sent.
func (e *Engine) drop(ctx context.Context, o op.Operation, why op.Line) error {
	outcome := op.Outcome{State: op.Failed, Text: op.L(why, " Nothing was sent, nothing changed.")}
	_, err := e.store.Move(ctx, store.Move{ID: o.ID, From: op.Queued, To: op.Failed, Outcome: &outcome, Event: e.event(op.EventClosed, "", "", o)})
	e.owe(o.ID)
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	return err
}

// mark writes `running` durably. Whoever gets the row back as running owns the one send.
func (e *Engine) mark(ctx context.Context, o op.Operation) (op.Operation, error) {
	before := time.Now()
	now, err := e.store.Move(ctx, store.Move{
		ID: o.ID, From: op.Queued, To: op.Running, Claim: e.replica, Fresh: true, Send: true, Event: e.event(op.EventSent, o.By, o.Team, o),
	})
	if errors.Is(err, store.ErrLost) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("mark %s as sent: %w", o.Ref(), err)
	}
	e.owe(o.ID)
	if stalled(before) {
		outcome := op.Outcome{State: op.Unknown, Text: op.L("This machine stood still just before the call, so I did not make it.")}
		now, err = e.finish(ctx, now, outcome)
	}
	return now, err
}

// stalled reports that more than sendWithin has passed by the monotonic or by the wall clock: a suspended machine stops one
// of them.
func stalled(since time.Time) bool {
	now := time.Now()
	return now.Sub(since) > sendWithin || now.Round(0).Sub(since.Round(0)) > sendWithin
}

// send makes the call: once, or for a repeatable command up to repeatAtMost times with the same token.
func (e *Engine) send(ctx context.Context, o op.Operation, command op.Command) op.Outcome {
	stop := e.tellWaiting(ctx, o)
	defer stop()
	outcome := e.apply(ctx, o, command)
	for n := 1; outcome.State == op.Unknown && command.Repeatable && n < repeatAtMost; n++ {
		if !e.pause(ctx, time.Duration(n)*time.Second) || e.note(ctx, o, store.Note{Send: true}, op.EventSent) != nil {
			return outcome
		}
		outcome = e.apply(ctx, o, command)
	}
	return outcome
}

// apply calls the command once. A panic or a missing state is an unknown outcome: the call may have left.
func (e *Engine) apply(ctx context.Context, o op.Operation, command op.Command) (outcome op.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
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
func (e *Engine) tellWaiting(ctx context.Context, o op.Operation) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	go func() {
		if !e.pause(ctx, tellWaiting) {
			return
		}
		waiting := op.Outcome{State: op.Running, Evidence: op.L("Still waiting for an answer. I will not send it again.")}
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
	if err != nil {
		return o, fmt.Errorf("finish %s: %w", o.Ref(), err)
	}
	e.log.Info("answered", "op", o.Ref(), "verb", o.Verb, "outcome", outcome.State, "code", outcome.Code, "requestId", outcome.RequestID)
	e.owe(o.ID)
	return now, nil
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
		seen, err := command.Verify(ctx, attempt(o))
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
