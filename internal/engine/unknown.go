package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// looksAfterSilence are the times after the send at which an operation without an answer is looked at; after the last one it
// waits for a person.
var looksAfterSilence = []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 3 * time.Minute}

// lookDue reports whether an unknown operation should be looked at now.
func lookDue(o op.Operation, now time.Time) bool {
	return o.Looks < len(looksAfterSilence) && now.Sub(o.Sent) >= looksAfterSilence[o.Looks]
}

// reconcile looks for positive evidence. A look that sees nothing proves nothing, so it never writes `failed`.
func (e *Engine) reconcile(ctx context.Context, o op.Operation) error {
	command, ok := e.table.Find(o.Command)
	if !ok {
		return nil
	}
	if mayRepeat(o, command, e.now()) {
		return e.repeat(ctx, o, command)
	}
	if command.Verify == nil {
		return e.looked(ctx, o, op.L("There is nothing to look at for this command: ", command.NoVerify))
	}
	seen, err := command.Verify(ctx, attempt(o))
	if err != nil {
		return e.looked(ctx, o, op.L("I looked, and could not see."))
	}
	if !seen.Happened {
		return e.looked(ctx, o, seen.Seen)
	}
	return e.settle(ctx, o, op.Outcome{
		State: op.Succeeded, Text: op.L(o.Plan.Title, ": done, although no answer came."), Evidence: seen.Seen, Checked: true,
	}, op.EventReconciled, op.Click{})
}

func attempt(o op.Operation) op.Attempt {
	return op.Attempt{Plan: o.Plan, Token: o.Token, Outcome: outcomeOf(o), Sent: o.Sent}
}

func outcomeOf(o op.Operation) op.Outcome {
	if o.Outcome == nil {
		return op.Outcome{}
	}
	return *o.Outcome
}

// mayRepeat: only a command whose token makes a second call harmless, only while the token is young.
func mayRepeat(o op.Operation, command op.Command, now time.Time) bool {
	return command.Repeatable && o.Sends < repeatAtMost && now.Sub(o.Sent) < repeatWithin
}

func (e *Engine) repeat(ctx context.Context, o op.Operation, command op.Command) error {
	if err := e.note(ctx, o, store.Note{Send: true}, op.EventSent); err != nil {
		return fmt.Errorf("repeat %s: %w", o.Ref(), err)
	}
	outcome := e.apply(ctx, o, command)
	if outcome.State != op.Succeeded {
		return e.looked(ctx, o, op.L("No answer yet."))
	}
	return e.settle(ctx, o, outcome, op.EventAnswered, op.Click{})
}

func (e *Engine) looked(ctx context.Context, o op.Operation, seen op.Line) error {
	outcome := outcomeOf(o)
	outcome.State, outcome.Evidence = op.Unknown, seen
	err := e.note(ctx, o, store.Note{Look: true, Outcome: &outcome}, op.EventReconciled)
	e.owe(o.ID)
	return err
}

func (e *Engine) settle(ctx context.Context, o op.Operation, outcome op.Outcome, event string, c op.Click) error {
	ev := e.event(event, c.Person, c.PersonTeam, o)
	ev.Detail["outcome"] = string(outcome.State)
	now, err := e.store.Move(ctx, store.Move{ID: o.ID, From: op.Unknown, To: outcome.State, Closer: c.Person, Outcome: &outcome, Event: ev})
	e.owe(o.ID)
	if errors.Is(err, store.ErrLost) && c.Person != "" {
		return e.tooLate(now, c)
	}
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	return err
}

// maySettle: whoever may use the verb here now may look again or close an unknown outcome.
func (e *Engine) maySettle(ctx context.Context, o op.Operation, c op.Click) error {
	if o.State != op.Unknown {
		return e.tooLate(o, c)
	}
	command, ok := e.table.Find(o.Command)
	if !ok {
		return nil
	}
	person, err := e.dir.Person(ctx, c.Person, c.PersonTeam, true)
	if err != nil {
		return rightsUnknown(err)
	}
	channel, err := e.dir.Channel(ctx, o.Channel, false)
	if err != nil {
		return rightsUnknown(err)
	}
	d := e.policy.Decide(person, channel, o.Verb, command.Effect, o.Plan.Target)
	if !d.Allowed {
		return e.deny(ctx, op.Request{Person: c.Person, PersonTeam: c.PersonTeam, Channel: c.Channel}, o.Verb, d)
	}
	return nil
}

func (e *Engine) lookAgain(ctx context.Context, o op.Operation, c op.Click) error {
	if err := e.maySettle(ctx, o, c); err != nil {
		return err
	}
	return e.reconcile(ctx, o)
}

func (e *Engine) itHappened(ctx context.Context, o op.Operation, c op.Click) error {
	return e.closeByPerson(ctx, o, c, op.Succeeded, " says that it happened.")
}

func (e *Engine) itDidNot(ctx context.Context, o op.Operation, c op.Click) error {
	return e.closeByPerson(ctx, o, c, op.Failed, " says that it did not happen.")
}

// closeByPerson writes a person's statement; the text says that it is one.
func (e *Engine) closeByPerson(ctx context.Context, o op.Operation, c op.Click, state op.State, words string) error {
	if err := e.maySettle(ctx, o, c); err != nil {
		return err
	}
	outcome := outcomeOf(o)
	outcome.State, outcome.Text = state, op.L(o.Plan.Title, ": no answer came. ", op.Who(c.Person), words)
	return e.settle(ctx, o, outcome, op.EventClosed, c)
}

// Repeats tells a chat whether an unknown operation is still being sent again with its own token.
func Repeats(table op.Table, now func() time.Time) func(op.Operation) bool {
	return func(o op.Operation) bool {
		command, ok := table.Find(o.Command)
		return ok && mayRepeat(o, command, now())
	}
}
