package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/failpoint"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// reconcile looks for positive evidence. A look that sees nothing proves nothing, so it never writes `failed`. A person
// may ask for one that is not due.
func (e *Engine) reconcile(ctx context.Context, o op.Operation, due bool) error {
	command, ok := e.table.Find(o.Command)
	if !ok {
		return e.recordLook(ctx, o, false, op.L("This version of casterbot does not know the command any more, so it cannot look."))
	}
	if mayRepeat(o, command, e.now()) {
		if _, err := e.stillAllowed(ctx, o); err == nil {
			return e.repeat(ctx, o, command)
		}
	}
	if command.Verify == nil {
		return e.recordLook(ctx, o, due, op.L("There is nothing to look at for this command: ", command.NoVerify))
	}
	seen, err := verify(ctx, command, o)
	if err != nil {
		return e.recordLook(ctx, o, false, op.L("casterbot looked, and could not see it."))
	}
	if !seen.Happened {
		return e.recordLook(ctx, o, due, seen.Seen)
	}
	if !seen.Own && !seen.Dated && e.now().Sub(o.Sent) > creditWithin {
		return e.recordLook(ctx, o, due, op.L(seen.Seen, " That was seen too long after the call to count as its effect."))
	}
	if alone, err := e.soleCause(ctx, o, seen); err != nil || !alone {
		return errors.Join(err,
			e.recordLook(ctx, o, due, op.L(seen.Seen, " Another operation may have caused this, so it is no proof.")))
	}
	outcome := op.Outcome{State: op.Succeeded, Checked: true,
		Text: op.L(o.Plan.Title, ": done, although ApsaraVideo Live did not say so.")}
	if may, err := e.authz.TellsOf(ctx, o); err == nil && may {
		outcome.Evidence = seen.Seen
	}
	return e.settle(ctx, o, outcome, e.event(op.EventReconciled, "", "", o), op.Click{})
}

// listsLag is how long the cloud's lists may take to show what an operation did. What has been seen there is there.
const listsLag = 2 * time.Minute

// soleCause reports that what is seen now can be nobody else's doing of ours: no other operation of the target that
// touches the same things can have acted since this one was sent. What is its own in any case, as a token's, needs no
// such proof.
func (e *Engine) soleCause(ctx context.Context, o op.Operation, seen op.Evidence) (bool, error) {
	if seen.Own {
		return true, nil
	}
	if o.Claim == retired {
		return false, nil
	}
	asked := store.Query{Target: o.Plan.Target.Key(), ActedSince: o.Sent.Add(-listsLag), Newest: true}
	if asked.Target == "" { // it changes something of its channel
		asked.Channel, asked.Untargeted = o.Channel, true
	}
	others, err := e.store.List(ctx, asked)
	for _, other := range others {
		refused := other.State == op.Failed && other.SettledBy == ""
		shown := !other.Ended.IsZero() && other.Ended.Before(o.Sent) && outcomeOf(other).Checked
		if other.ID != o.ID && !refused && !shown && e.touchesTheSame(o, other) {
			return false, nil
		}
	}
	return err == nil, err
}

// touchesTheSame reports whether an operation can have brought about what another one of the same target was to: of the
// bot's own records whatever changes those too, of the cloud what starts or ends the same things.
func (e *Engine) touchesTheSame(o, other op.Operation) bool {
	one, two := e.use(o).Command, e.use(other).Command
	if one.Sends == "" {
		return two.Sends == ""
	}
	return e.crosses(o, other)
}

// verify looks whether the operation took effect; a panic is a look that could not see.
func verify(ctx context.Context, command op.Command, o op.Operation) (seen op.Evidence, err error) {
	ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Checked, Person: o.Requester}),
		lookWithin)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("look at %s: a panic: %v", o.Ref(), p)
		}
	}()
	return command.Verify(ctx, attempt(o))
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

// mayRepeat: only a command whose token makes a second call harmless, only while the token is young, and not out of a
// backup.
func mayRepeat(o op.Operation, command op.Command, now time.Time) bool {
	return command.Repeatable && o.Claim != retired && o.Sends < repeatAtMost && now.Sub(o.Sent) < repeatWithin
}

// repeat sends an unknown operation again, with its token. It is written down when the request is about to leave, and
// only if nobody has settled the operation, or sent it again, by then.
func (e *Engine) repeat(ctx context.Context, o op.Operation, command op.Command) error {
	timely, cancel := context.WithTimeout(ctx, failpoint.Within(answerWithin))
	defer cancel()
	timely = quota.With(timely, confirmed(o))
	permit, err := e.admitNow(timely, command)
	if err != nil {
		return e.recordLook(ctx, o, false, op.L("No answer yet."))
	}
	defer permit.Return()
	leaves := func() error {
		err := e.note(timely, o, store.Note{Send: true, Version: o.Version}, op.EventSent)
		if err == nil {
			o.Version++
		}
		return err
	}
	guard := &sendGuard{patient: e.work.patient, since: time.Now(), left: true, again: leaves}
	outcome := e.apply(quota.Carry(timely, permit), o, command, guard, func(op.Line, time.Duration) {})
	switch outcome.State {
	case op.Succeeded:
		_, err := e.finish(ctx, o, outcome)
		return err
	case op.Failed:
		return e.recordLook(ctx, o, false,
			op.L("Asking again with the same token was refused or not possible; that says nothing about the first call."))
	}
	return e.recordLook(ctx, o, false, op.L("No answer yet."))
}

func (e *Engine) settle(ctx context.Context, o op.Operation, outcome op.Outcome, ev op.Event, c op.Click) error {
	outcome = e.withNext(o, outcome)
	ev.Detail["outcome"] = string(outcome.State)
	if outcome.RequestID != "" {
		ev.Detail["requestId"] = outcome.RequestID
	}
	now, err := e.store.Move(ctx,
		store.Move{ID: o.ID, From: op.Unknown, To: outcome.State, Closer: c.Person, Outcome: &outcome, Event: ev})
	defer e.notify.EnqueueCard(o.ID) // at the end: what was ended long ago is drawn as that at once
	if errors.Is(err, store.ErrLost) && c.Person != "" {
		return e.staleClick(now, c)
	}
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	if err == nil {
		e.turns.told()
		err = e.endClaims(ctx, now)
	}
	return err
}

// maySettle: whoever may use the verb here now may look again or close an unknown outcome.
func (e *Engine) maySettle(ctx context.Context, o op.Operation, c op.Click) (authz.Verdict, error) {
	if o.State != op.Unknown || o.IsSeveral() { // of several each is settled on its own
		return authz.Verdict{}, e.staleClick(o, c)
	}
	return e.authz.Check(ctx, authz.Settles(o, c))
}

func (e *Engine) lookAgain(ctx context.Context, o op.Operation, c op.Click) error {
	if _, err := e.maySettle(ctx, o, c); err != nil {
		return err
	}
	err := e.reconcile(ctx, o, false)
	if errors.Is(err, store.ErrUnwritten) {
		e.log.Error("record a look", "op", o.Ref(), "error", err)
		return op.Refuse(op.L("What is seen now cannot be written down. Look again later."))
	}
	return err
}

func (e *Engine) itHappened(ctx context.Context, o op.Operation, c op.Click) error {
	return e.closeByPerson(ctx, o, c, op.Succeeded, " says that it happened.")
}

func (e *Engine) itDidNot(ctx context.Context, o op.Operation, c op.Click) error {
	return e.closeByPerson(ctx, o, c, op.Failed, " says that it did not happen.")
}

// closeByPerson writes a person's statement; the text says that it is one.
func (e *Engine) closeByPerson(ctx context.Context, o op.Operation, c op.Click, state op.State, words op.Text) error {
	v, err := e.maySettle(ctx, o, c)
	if err != nil {
		return err
	}
	outcome := outcomeOf(o)
	outcome.Next = nil
	outcome.State, outcome.Text = state, op.L(o.Plan.Title, ": ApsaraVideo Live said neither yes nor no. ",
		op.Who(c.Person), words)
	return e.settle(ctx, o, outcome, e.acted(op.EventClosed, o, c, v), c)
}

// Repeats tells a chat whether an unknown operation is still being sent again with its own token.
func Repeats(table op.Table, now func() time.Time) func(op.Operation) bool {
	return func(o op.Operation) bool {
		command, ok := table.Find(o.Command)
		return ok && mayRepeat(o, command, now())
	}
}

// Urgent tells a chat whether an operation is for an emergency.
func Urgent(table op.Table) func(op.Operation) bool {
	return func(o op.Operation) bool {
		command, ok := table.Find(o.Command)
		return ok && command.Urgent
	}
}
