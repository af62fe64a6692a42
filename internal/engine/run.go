package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/failpoint"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// execute takes a queued operation to its end. This is the only place in casterbot that makes a changing call, and it
// makes it after claim has written `running`; a crash anywhere behind that leaves a row that says so.
func (e *Engine) execute(ctx context.Context, id string) {
	if _, busy := e.inflight.runs.LoadOrStore(id, true); busy {
		return
	}
	defer e.inflight.runs.Delete(id)
	failpoint.At("k2")
	if o, err := e.store.Get(ctx, id); err == nil && o.IsSeveral() {
		if err := e.beginSeveral(ctx, o); err != nil {
			e.log.Error("begin several", "op", o.Ref(), "error", err)
		}
		return
	}
	o, command, t, err := e.claim(ctx, id)
	defer t.permit.Return()
	if err != nil {
		e.log.Error("claim", "op", op.Ref(id), "error", err)
		return
	}
	if !t.mine {
		return
	}
	failpoint.At("k3")
	outcome := e.send(ctx, o, command, t)
	e.browse.Expire(o.Plan.Target)
	failpoint.At("k5")
	o, err = e.finish(ctx, o, outcome)
	if err != nil {
		e.inflight.unwritten.Store(id, outcome)
		e.log.Error("record the outcome", "op", o.Ref(), "outcome", outcome.State, "requestId", outcome.RequestID,
			"error", err)
		return
	}
	if o.State == op.Succeeded {
		e.confirmEffect(ctx, o, command)
	}
}

// claim brings a queued operation to `running`, or ends it without sending: when what was seen has changed, when the
// asker or the approver may no longer, or when its turn did not come in time.
func (e *Engine) claim(ctx context.Context, id string) (o op.Operation, command op.Command, t turn, err error) {
	for {
		o, err = e.store.Get(ctx, id)
		if err != nil {
			return o, op.Command{}, t, err
		}
		command, known := e.table.Find(o.Command)
		if o.State != op.Queued {
			return o, command, t, nil
		}
		if !known {
			return o, command, t, e.abort(ctx, o, op.Refuse(op.L("this command is no longer known.")))
		}
		e.prepareSession(o, command)
		if err := e.awaitTurn(ctx, o, command); err != nil {
			return o, command, t, err
		}
		if t.permit, o, err = e.admit(ctx, o, command); err != nil {
			return o, command, t, e.unadmitted(ctx, o, err)
		}
		if o.State != op.Queued {
			return o, command, t, nil
		}
		e.schedule(ctx, o, command) // first: a slow store must not make what is found out next old
		plan, why := e.revalidate(quota.With(ctx, confirmed(o)), o, command)
		if why != nil {
			return o, command, t, e.abort(ctx, o, why)
		}
		t.marked = time.Now()
		o, err = e.markRunning(ctx, o, plan)
		if !errors.Is(err, store.ErrTargetBusy) {
			t.mine = err == nil && o.State == op.Running
			return o, command, t, err
		}
		t.permit.Return()
		if !e.pause(ctx, targetRetry) {
			return o, command, t, ctx.Err()
		}
	}
}

// markRunning writes `running` durably. Whoever gets the row back as running owns the one send.
func (e *Engine) markRunning(ctx context.Context, o op.Operation, plan op.Plan) (op.Operation, error) {
	move := store.Move{
		ID: o.ID, From: op.Queued, To: op.Running, Claim: e.replica, Fresh: true, Send: true, Plan: &plan,
		Event: e.event(op.EventSent, o.DecidedBy, o.Team, o),
	}
	if plan.Passed != nil {
		move.Event.Detail["pastLockOf"] = plan.Passed.Holder
	}
	if !plan.RightsAsOf.IsZero() {
		move.Event.Detail["rightsAsOf"] = plan.RightsAsOf.UTC().Format(time.RFC3339)
	}
	if o.Outcome != nil { // it waits no more
		move.Outcome = &op.Outcome{State: op.Running}
	}
	now, err := e.store.Move(ctx, move)
	if errors.Is(err, store.ErrLost) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("mark %s as sent: %w", o.Ref(), err)
	}
	e.notify.EnqueueCardWithin(o.ID, notify.ButtonsWithin)
	return now, nil
}

// send makes the call: once, or for a repeatable command up to repeatsAtOnce times with the same token, as long as
// answers fail to come quickly; everything together takes no longer than one call may. Once a call is unknown only a
// success can tell what became of it: a refusal speaks of the repetition.
func (e *Engine) send(ctx context.Context, o op.Operation, command op.Command, t turn) op.Outcome {
	ctx, cancel := context.WithTimeout(quota.With(ctx, confirmed(o)), failpoint.Within(answerWithin))
	defer cancel()
	if why := e.authz.CheckLock(ctx, command, o.Plan, o.Requester, o.DecidedBy); why != nil {
		return op.Outcome{State: op.Failed, Text: e.unsent(o, why)}
	}
	p, stop := e.follow(ctx, o, command)
	defer stop()
	again := func() error { return e.mayLeaveAgain(ctx, o) }
	guard := &sendGuard{patient: e.work.patient, since: t.marked, again: again}
	outcome := e.apply(quota.Carry(ctx, t.permit), o, command, guard, p.wait)
	for n := 1; outcome.State == op.Unknown && command.Repeatable && n < repeatsAtOnce &&
		time.Since(p.began) < repeatQuickly; n++ {
		if !e.pause(ctx, time.Duration(n)*time.Second) {
			return outcome
		}
		if _, err := e.stillAllowed(ctx, o); err != nil {
			return outcome
		}
		next, err := e.onceMore(ctx, o, command, &sendGuard{patient: e.work.patient, again: again}, p.wait)
		if err != nil {
			return outcome
		}
		if next.State == op.Succeeded {
			return next
		}
	}
	return outcome
}

// mayLeaveAgain asks, before a request that was put off leaves once more, what was asked before the first one. The note
// is guarded by the state: nothing leaves once somebody has given the operation up, or closed it.
func (e *Engine) mayLeaveAgain(ctx context.Context, o op.Operation) error {
	if _, err := e.stillAllowed(ctx, o); err != nil {
		return err
	}
	return e.note(ctx, o, store.Note{}, op.EventSent)
}

// apply calls the command once, unless the gate is closed: then nothing leaves. A panic or a missing state is an
// unknown outcome: the call may have left.
func (e *Engine) apply(ctx context.Context, o op.Operation, command op.Command, g *sendGuard,
	told func(op.Line, time.Duration)) (outcome op.Outcome) {
	if err := g.open(); err != nil {
		return op.Outcome{State: op.Failed, Text: e.heldBack(o, g, err)}
	}
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("a command panicked", "op", o.Ref(), "panic", p)
			outcome = op.Outcome{State: op.Unknown, Text: op.L("casterbot failed during the call.")}
		}
	}()
	leave := func() error {
		err := g.permit()
		if err == nil {
			e.inflight.watch.Leaves(cmp.Or(o.Group, o.ID))
		}
		return err
	}
	permit := op.NewSendPermit(leave, func(why op.Line, d time.Duration) {
		g.wait(d)
		told(why, d)
	})
	used := ""
	outcome = command.Apply(ctx, o.Plan, o.Token, permit.In(op.Session{Name: o.Session(), AtOnce: command.Urgent,
		Used: func(name string) { used = name }}))
	if used != "" {
		outcome.Record = &op.CloudRecord{Session: used, Shared: used != o.Session()}
	}
	if !op.CanMove(op.Running, outcome.State) {
		outcome.State = op.Unknown
	}
	switch why := g.why(); {
	case outcome.State != op.Failed:
	case why != nil:
		outcome.Text, outcome.NothingChanged = e.heldBack(o, g, why), false
	case len(outcome.Text) == 0:
		outcome.NothingChanged = true
	}
	return outcome
}

// note writes something about an operation that does not change its state.
func (e *Engine) note(ctx context.Context, o op.Operation, n store.Note, event string) error {
	n.From = o.State
	return e.store.Note(ctx, o.ID, n, e.event(event, "", "", o))
}

// finish records what became of an operation: of a running one, or of an unknown one that was sent again.
func (e *Engine) finish(ctx context.Context, o op.Operation, outcome op.Outcome) (op.Operation, error) {
	if !e.mayPlay(o) {
		outcome.Play = ""
	}
	outcome = e.withNext(o, outcome)
	event := e.event(op.EventAnswered, "", "", o)
	event.Detail["outcome"], event.Detail["code"], event.Detail["requestId"] = string(outcome.State), outcome.Code,
		outcome.RequestID
	session := ""
	if outcome.Record != nil {
		session = outcome.Record.Session
		event.Detail["session"] = session
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	now, err := e.store.Move(ctx, store.Move{ID: o.ID, From: o.State, To: outcome.State, Outcome: &outcome, Event: event})
	e.turns.over(o)
	if errors.Is(err, store.ErrLost) {
		return now, e.lateAnswer(ctx, now, outcome, event)
	}
	if err != nil {
		return o, fmt.Errorf("finish %s: %w", o.Ref(), err)
	}
	e.log.Info("answered", "op", o.Ref(), "verb", o.Verb, "outcome", outcome.State, "code", outcome.Code, "requestId",
		outcome.RequestID, "session", session)
	failpoint.At("k6")
	if o.State == op.Running && now.State == op.Succeeded {
		e.notify.EnqueueCardWithin(o.ID, notify.CheckWithin)
	} else {
		e.notify.EnqueueCard(o.ID)
	}
	if now.Plan.Passed != nil || outcome.Concerns != "" {
		e.spawn(func(ctx context.Context) {
			if err := e.tellBesides(ctx, now); err != nil {
				e.log.Warn("tell the holder of the lock", "op", o.Ref(), "error", err)
			}
		})
	}
	if err := e.endClaims(ctx, now); err != nil {
		e.log.Warn("say on older cards what has ended", "op", o.Ref(), "error", err)
	}
	return now, nil
}

// mayPlay reports whether the asker may see addresses for playback, when they asked and now. It goes by what is at
// hand: nobody is waited for before an outcome is written down.
func (e *Engine) mayPlay(o op.Operation) bool {
	v, known := e.authz.AtHand(authz.Plays(o))
	return known && o.Decision.URLs && v.URLs
}

// lateAnswer takes an answer after somebody gave up on it. It settles an unknown operation, a refusal only if no other
// call can have been made; what a person has settled stays, with the answer beside it.
func (e *Engine) lateAnswer(ctx context.Context, now op.Operation, outcome op.Outcome, event op.Event) error {
	command, found := e.table.Find(now.Command)
	alone := found && !command.Repeatable && now.Sends == 1
	definite := outcome.State == op.Succeeded || outcome.State == op.Failed && alone
	if now.State == op.Unknown && definite {
		return e.settle(ctx, now, outcome, e.event(op.EventAnswered, "", "", now), op.Click{})
	}
	if outcome.State == op.Unknown || now.Outcome == nil {
		return nil
	}
	own := now.State == outcome.State && now.Outcome.RequestID == outcome.RequestID && now.Outcome.Code == outcome.Code
	if own || outcome.State == op.Failed && !alone { // written after all; or it speaks of a repetition
		return nil
	}
	known := *now.Outcome
	known.RequestID, known.Evidence = outcome.RequestID, op.L("An answer came late: ", outcome.Text)
	err := e.store.Note(ctx, now.ID, store.Note{From: now.State, Outcome: &known}, event)
	e.notify.EnqueueCard(now.ID)
	return err
}
