package engine

import (
	"context"
	"sync"
	"time"

	"casterbot/internal/op"
)

// since is how fresh facts have to be that a click rests on.
func since(c op.Click) time.Time { return c.At.Add(-clickWithin) }

// judge asks the policy with what is known of the person and the channel now. Where fresh facts are wanted, those at hand may
// refuse, but not allow: whoever has no right costs Slack nothing, however often they press. A refusal rests on facts of the last
// ten seconds, so that a right that was given a moment ago counts although Slack's word of it got lost.
func (e *Engine) judge(ctx context.Context, r op.Request, c op.Command, target op.Target, since time.Time) (op.Decision, op.Channel, error) {
	if !since.IsZero() {
		if d, channel, ok := e.glance(r, c.Verb, c.Effect, target); ok && !d.Allowed {
			return d, channel, nil
		}
	}
	person, channel, err := e.lookUp(ctx, r, since)
	if err != nil {
		return op.Decision{}, op.Channel{}, err
	}
	return e.policy.Decide(person, channel, c.Verb, c.Effect, target), channel, nil
}

// glance asks the policy with facts at hand that may refuse; false when there are none.
func (e *Engine) glance(r op.Request, verb string, effect op.Effect, target op.Target) (op.Decision, op.Channel, bool) {
	person, channel, ok := e.dir.Peek(r.Person, r.PersonTeam, r.Channel, e.now().Add(-denyWithin))
	if !ok {
		return op.Decision{}, op.Channel{}, false
	}
	return e.policy.Decide(person, channel, verb, effect, target), channel, true
}

// lookUp gives who asks and where, asked for side by side.
func (e *Engine) lookUp(ctx context.Context, r op.Request, since time.Time) (op.Person, op.Channel, error) {
	who := e.asking(ctx, r.Person, r.PersonTeam, since)
	channel, err := e.dir.Channel(ctx, r.Channel, since)
	person, unknown := who()
	if unknown != nil {
		e.log.Warn("look a person up", "person", r.Person, "error", unknown)
		return person, channel, rightsUnknown(unknown)
	}
	if err != nil {
		return person, channel, rightsUnknown(err)
	}
	return person, channel, nil
}

// asking looks a person up while the caller does something else; what it gives waits for the answer.
func (e *Engine) asking(ctx context.Context, id, team string, since time.Time) func() (op.Person, error) {
	var person op.Person
	var err error
	var asked sync.WaitGroup
	asked.Go(func() { person, err = e.dir.Person(ctx, id, team, since) })
	return func() (op.Person, error) {
		asked.Wait()
		return person, err
	}
}

// mayApprove holds the second person, as they are since the moment given, against the policy in force.
func (e *Engine) mayApprove(ctx context.Context, now op.Decision, o op.Operation, person, team string, since time.Time) error {
	if err := e.deniesApproval(now, o, person, team); err != nil {
		return err
	}
	p, err := e.dir.Person(ctx, person, team, since)
	if err != nil {
		return rightsUnknown(err)
	}
	return e.approves(now, o, p)
}

func (e *Engine) approves(now op.Decision, o op.Operation, p op.Person) error {
	if ok, why := e.policy.Approves(now, o.Requester, p); !ok {
		return &op.Refusal{Answer: op.Answer{Mark: op.MarkDenied, Title: why}}
	}
	return nil
}

// deniesApproval refuses a second person with facts at hand; nil when they do not refuse.
func (e *Engine) deniesApproval(now op.Decision, o op.Operation, person, team string) error {
	p, _, ok := e.dir.Peek(person, team, o.Channel, e.now().Add(-denyWithin))
	if !ok {
		return nil
	}
	return e.approves(now, o, p)
}

// judgeBoth is judgeAsker and mayApprove at once. The facts about both people are asked for side by side; when those at hand say
// that this is no second person, nobody is asked.
func (e *Engine) judgeBoth(ctx context.Context, o op.Operation, reader, second, team string, since time.Time) (now op.Decision, asker, other error) {
	r := op.Request{Origin: o.Origin()}
	now, _, known := e.glance(r, o.Verb, o.Effect, o.Plan.Target)
	if now = now.For(o.Plan); known && now.Allowed && now.Confirm == op.ConfirmOther {
		if err := e.deniesApproval(now, o, second, team); err != nil {
			return now, nil, err
		}
	}
	who := e.asking(ctx, second, team, since)
	now, asker = e.judgeAsker(ctx, o, reader, since)
	p, err := who()
	if err != nil {
		return now, asker, rightsUnknown(err)
	}
	if asker == nil {
		err = e.approves(now, o, p)
	}
	return now, asker, err
}
