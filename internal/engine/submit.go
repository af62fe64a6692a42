package engine

import (
	"context"
	"errors"
	"fmt"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// submit turns a durable request into a pending operation with a card, or tells the asker why not.
func (e *Engine) submit(ctx context.Context, r op.Request, parsed op.Parsed) {
	err := e.propose(ctx, r, parsed)
	if err == nil { // creating the operation has settled the request
		return
	}
	if !errors.Is(err, store.ErrExists) {
		e.sayError(ctx, r.Address(), chooser(err, parsed), "verb", parsed.Command.Verb)
	}
	if err := e.store.Settle(ctx, r.Key); err != nil {
		e.log.Error("settle a refused request", "error", err)
	}
}

func (e *Engine) propose(ctx context.Context, r op.Request, parsed op.Parsed) error {
	if age := e.now().Sub(r.At); age > lateAfter {
		return late(r)
	}
	scope, _ := e.policy.Scope(r.Channel)
	if err := e.allowed(ctx, r, parsed.Command, op.Target{}); err != nil {
		return err
	}
	plan, err := parsed.Command.Plan(ctx, op.Call{Args: parsed.Args, Scope: scope})
	if err != nil {
		return err
	}
	d, channel, err := e.judge(ctx, r, parsed.Command, plan.Target, false)
	if err != nil {
		return err
	}
	if !d.Allowed {
		return e.deny(ctx, r, parsed.Command.Verb, d)
	}
	if !channel.Member {
		return notInChannel()
	}
	e.warnOfOpen(ctx, &plan)
	return e.create(ctx, r, parsed.Command, plan, d)
}

func (e *Engine) allowed(ctx context.Context, r op.Request, c op.Command, target op.Target) error {
	d, _, err := e.judge(ctx, r, c, target, false)
	if err != nil {
		return err
	}
	if !d.Allowed {
		return e.deny(ctx, r, c.Verb, d)
	}
	return nil
}

func (e *Engine) deny(ctx context.Context, r op.Request, verb string, d op.Decision) error {
	e.recordDenied(ctx, r, verb, d)
	return &op.Refusal{Answer: *denied(d)}
}

// warnOfOpen puts on the card that an earlier operation on the same target has an unknown outcome.
func (e *Engine) warnOfOpen(ctx context.Context, plan *op.Plan) {
	open, err := e.store.List(ctx, store.Query{States: []op.State{op.Unknown}, Target: plan.Target.Key(), Newest: true, Limit: 1})
	if err != nil || len(open) == 0 {
		return
	}
	plan.Facts = append(plan.Facts, op.L("It is not known what became of an earlier operation: ",
		op.Code("op "+open[0].Ref()), ", ", open[0].Plan.Title, ". Settle that one first if you can."))
}

func (e *Engine) create(ctx context.Context, r op.Request, c op.Command, plan op.Plan, d op.Decision) error {
	now := e.now()
	o := op.Operation{
		ID: op.NewID(), Key: r.Key, State: op.Pending, Command: c.Usage, Verb: c.Verb, Effect: c.Effect,
		Text: op.Format(c.Usage, plan.Args), Team: r.Team, Channel: r.Channel, Thread: r.Thread, Asker: r.Person,
		Plan: plan, Decision: d, Token: op.NewID(), Created: now, Expires: now.Add(d.Expires),
	}
	if d.Confirm == op.ConfirmNone {
		o.State, o.By, o.Confirmed, o.Expires = op.Queued, r.Person, now, now.Add(startWithin)
	}
	o, err := e.store.Create(ctx, o, e.event(op.EventReceived, r.Person, r.PersonTeam, o))
	if err != nil {
		return fmt.Errorf("create %s: %w", o.Ref(), err)
	}
	e.log.Info("asked", "op", o.Ref(), "verb", o.Verb, "channel", o.Channel, "person", o.Asker, "rule", d.Rule)
	e.owe(o.ID)
	if o.State == op.Queued {
		e.spawn(func(ctx context.Context) { e.run(ctx, o.ID) })
	}
	return nil
}

func (e *Engine) event(name, actor, team string, o op.Operation) op.Event {
	return op.Event{
		Operation: o.ID, At: e.now(), Name: name, Actor: actor, Team: team, Channel: o.Channel,
		Detail: map[string]string{"verb": o.Verb, "target": o.Plan.Target.Key(), "rule": o.Decision.Rule, "policy": o.Decision.Policy},
	}
}
