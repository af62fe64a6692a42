package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/failpoint"
	"casterbot/internal/grammar"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// submit turns a durable request into a pending operation with a card, or tells the asker why not.
func (e *Engine) submit(ctx context.Context, r op.Request, parsed grammar.Parsed) {
	failpoint.At("k2")
	err := e.tryPropose(ctx, r, parsed)
	if err == nil { // creating the operation has settled the request
		return
	}
	if !errors.Is(err, store.ErrExists) {
		e.replyError(ctx, r.Address, e.browse.WithPicker(ctx, r, err, parsed), "verb", parsed.Command.Verb)
	}
	e.settler(r.Key)(ctx)
}

func (e *Engine) tryPropose(ctx context.Context, r op.Request, parsed grammar.Parsed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a panic at a request: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Asked, Person: r.Person}), 2*lookWithin)
	defer cancel()
	if !parsed.Command.Urgent { // an emergency waits for nobody's look: the store lets one press make it
		defer e.oneByOne(ctx, r.Button)()
	}
	ctx, answered := e.notify.Patient(ctx, r.Address)
	defer answered()
	return e.propose(ctx, r, parsed)
}

func (e *Engine) propose(ctx context.Context, r op.Request, parsed grammar.Parsed) error {
	if e.now().Sub(r.At) > lateAfter && !parsed.Command.Urgent { // what becomes of an emergency everybody is told
		return late(r)
	}
	scope, _ := e.authz.Scope(r.Channel)
	first, err := e.authz.Check(ctx, authz.TriesTyped(r, parsed))
	if first.Ground == authz.Away && r.FromHome {
		e.recordMismatch(ctx, op.Operation{Channel: r.Channel}, r.Origin)
	}
	if err != nil {
		return err
	}
	scope.URLs = first.URLs
	if parsed, err = e.browse.Meant(ctx, r, parsed, first.Decision); err != nil {
		return err
	}
	key, err := e.onceKey(ctx, r)
	if err != nil {
		return err
	}
	if !parsed.Command.Urgent {
		if err := e.checkQuota(ctx, r, 1); err != nil {
			return err
		}
	}
	if len(parsed.Several) > 0 {
		found, err := e.expand(ctx, r, &parsed, scope)
		if err != nil {
			return err
		}
		if len(found) > 1 {
			return e.proposeSeveral(ctx, r, key, parsed, scope, found)
		}
	}
	call := e.authz.Call(ctx, parsed.Command, r.Person, r.PersonTeam, parsed.Args, scope)
	plan, err := parsed.Command.Plan(ctx, call)
	if err != nil {
		return err
	}
	v, err := e.authz.Check(ctx, authz.Asks(r, parsed.Command, plan))
	if err != nil {
		return err
	}
	e.warnOfSame(ctx, r, parsed.Command, &plan)
	d := e.warn(ctx, r, parsed.Command, &plan, v.Decision)
	return e.create(ctx, r, key, parsed.Command, plan, d)
}

// checkQuota refuses n more changes when too many wait already, so that one person or script cannot bury a channel in
// cards, nor have hundreds of changes open behind a few of them.
func (e *Engine) checkQuota(ctx context.Context, r op.Request, n int) error {
	open := []op.State{op.Pending, op.Queued, op.Running}
	waiting, err := e.store.List(ctx, store.Query{States: open, Channel: r.Channel, Alone: true, Limit: openPerChannel})
	if err != nil {
		return err
	}
	mine := slices.DeleteFunc(slices.Clone(waiting), func(o op.Operation) bool { return o.Requester != r.Person })
	for _, limit := range []struct {
		words             op.Text
		waiting           []op.Operation
		requests, changes int
	}{
		{"You have ", mine, openPerPerson, changesPerPerson}, {"There are ", waiting, openPerChannel, changesPerChannel},
	} {
		if len(limit.waiting) >= limit.requests {
			return tooManyOpen(op.L(limit.words, op.N(len(limit.waiting)),
				" requests open in this channel already, so nothing was done."))
		}
		if open := changesOf(limit.waiting); open+n > limit.changes {
			return tooManyOpen(op.L(limit.words, op.HowMany(open, " change", " changes"),
				" open in this channel, of ", op.N(limit.changes), " at most, so nothing was done."))
		}
	}
	return nil
}

func tooManyOpen(title op.Line) error {
	return op.Refuse(title, op.L("Confirm or cancel some of them first; unanswered ones expire by themselves."))
}

// changesOf counts what requests would change: each target of several.
func changesOf(waiting []op.Operation) int {
	n := 0
	for _, o := range waiting {
		n += max(1, len(o.Plan.Parts))
	}
	return n
}

// warnOfSame puts on the card that the same waits for a confirmation already.
func (e *Engine) warnOfSame(ctx context.Context, r op.Request, c op.Command, plan *op.Plan) {
	waiting, err := e.store.List(ctx, store.Query{
		States: []op.State{op.Pending, op.Queued}, Channel: r.Channel, Alone: true, Newest: true, Limit: openPerChannel,
	})
	if err != nil {
		e.log.Error("look for the same that waits", "error", err)
	}
	for _, o := range waiting {
		if o.Command == c.Usage && maps.Equal(o.Plan.Args, plan.Args) {
			plan.Warnings = append(plan.Warnings, op.L("The same is asked already: ", op.Code("op "+o.Ref()), ", by ",
				op.Who(o.Requester), " at ", op.At(o.Created), "."))
			return
		}
	}
}

func (e *Engine) create(ctx context.Context, r op.Request, key string, c op.Command, plan op.Plan,
	d op.Decision) error {
	now := e.now()
	if d.Expires <= 0 {
		d.Expires = confirmWithin
	}
	o := op.Operation{
		ID: op.NewID(), Key: key, State: op.Pending, Command: c.Usage, Verb: c.Verb, Effect: c.Effect,
		Text: asTyped(c, plan), Team: r.Team, Channel: r.Channel, Thread: r.Thread, Requester: r.Person,
		Plan: plan, Decision: d, Token: op.NewID(), Created: now, Expires: now.Add(d.Expires),
	}
	if d.Confirm == op.ConfirmNone {
		o.State, o.DecidedBy, o.Expires = op.Queued, r.Person, now.Add(startWithin)
	}
	var why error // nothing of it may be sent
	switch {
	case o.State == op.Queued:
		if why = e.awaitEarlier(ctx, r.Address, r.Key, o); why != nil && !c.Urgent {
			return why
		}
		if c.Urgent {
			o.Expires = r.At.Add(startWithin)
		}
		if why != nil {
			o.Expires = now.Add(-time.Millisecond) // should this process die before it is ended
		}
	case now.Sub(r.At) > lateAfter:
		return late(r)
	}
	o, err := e.store.Create(ctx, o, e.event(op.EventReceived, r.Person, r.PersonTeam, o), worksOff(r, key)...)
	if errors.Is(err, store.ErrExists) && o.ID != "" && key != r.Key {
		return alreadyAsked(o, r.Person)
	}
	if err != nil {
		return fmt.Errorf("create %s: %w", o.Ref(), err)
	}
	e.log.Info("asked", "op", o.Ref(), "verb", o.Verb, "channel", o.Channel, "person", o.Requester, "rule", d.Rule)
	if c.Urgent && why == nil { // by the time somebody has confirmed it, its session is there
		e.prepareSession(o, c)
	}
	switch {
	case why != nil:
		return e.abort(ctx, o, why)
	case o.State == op.Pending:
		e.notify.EnqueueCard(o.ID)
	default:
		e.notify.EnqueueCardWithin(o.ID, notify.ButtonsWithin)
		e.start(o, r.Address, r.Key)
	}
	return nil
}

// asTyped is a planned command as a person could type it.
func asTyped(c op.Command, plan op.Plan) string {
	if len(plan.Parts) > 0 {
		return grammar.FormatSeveral(c.Usage, grammar.SplitSeveral(plan.Args[c.Many.Of]))
	}
	return grammar.Format(c.Usage, plan.Args)
}

// worksOff names the row of the inbox that a request came with, unless its operation has the same key.
func worksOff(r op.Request, key string) []string {
	if key == r.Key {
		return nil
	}
	return []string{r.Key}
}

func (e *Engine) event(name, actor, team string, o op.Operation) op.Event {
	return o.Event(e.now(), name, actor, team)
}
