package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/crash"
	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// Kinds of rows in the inbox.
const (
	kindCommand = "command"
	kindClick   = "click"
)

// Accept takes a command as it arrived. It does only what fits before an acknowledgement: understand it, refuse what can be
// refused at once, and make a change durable in the inbox. An error means that the store cannot write: nothing was taken.
func (e *Engine) Accept(ctx context.Context, r op.Request) (Accepted, error) {
	r, err := e.picked(r)
	if err != nil {
		return Accepted{Reply: e.answerFor(err)}, nil
	}
	if err := e.present(ctx, r); err != nil {
		return Accepted{Reply: e.answerFor(err), Work: func(ctx context.Context) {
			e.recordMismatch(ctx, op.Operation{Channel: r.Channel}, r.Origin)
		}}, nil
	}
	parsed, err := e.table.Parse(r.Text)
	if err != nil {
		return Accepted{Reply: e.answerFor(err)}, nil
	}
	if parsed.Help {
		a := e.help(r, parsed)
		if a.Work != nil {
			a = e.keepLook(ctx, r, a.Work)
		}
		return a, nil
	}
	e.fillDefaults(&parsed, r.Channel)
	if person, channel, ok := e.dir.Peek(r.Person, r.PersonTeam, r.Channel, anytime); ok {
		d := e.policy.Decide(person, channel, parsed.Command.Verb, parsed.Command.Effect, op.Target{})
		if !d.Allowed {
			return Accepted{Reply: denied(d), Work: func(ctx context.Context) { e.recordDenied(ctx, r, parsed.Command.Verb, d) }}, nil
		}
	}
	if len(parsed.Missing) > 0 {
		form := e.form(parsed, r)
		return Accepted{Form: &form}, nil
	}
	if parsed.Command.Effect == op.Read {
		return e.ask(ctx, r, parsed), nil
	}
	return e.take(ctx, r, parsed)
}

// take makes a change durable before it is acknowledged.
func (e *Engine) take(ctx context.Context, r op.Request, parsed op.Parsed) (Accepted, error) {
	fresh, err := e.keep(ctx, r.Key, kindCommand, r)
	if err != nil || !fresh {
		return Accepted{}, err
	}
	e.arrives(r, parsed.Command)
	return e.arrived(r.Channel, r.Key, func(ctx context.Context) { e.submit(ctx, r, parsed) }), nil
}

// arrived is work on something that was written down, after which it is in line or will never be.
func (e *Engine) arrived(channel, key string, work func(context.Context)) Accepted {
	return Accepted{
		Work: func(ctx context.Context) {
			defer e.arrivals.leave(channel, key)
			work(ctx)
		},
		Drop: func(ctx context.Context) {
			e.arrivals.leave(channel, key)
			e.settler(key)(ctx)
		},
	}
}

var errRefusedBefore = errors.New("it was refused before, but may have been written down then")

// keep makes a command or a click durable, and reports whether it is new. One that was refused because it could not be written
// down may be sent again, as a form is. When the refused one is there after all, nobody works it off, so the second is refused too.
func (e *Engine) keep(ctx context.Context, key, kind string, what any) (fresh bool, err error) {
	body, err := json.Marshal(what)
	if err == nil {
		crash.At("k0")
		fresh, err = e.store.Receive(ctx, key, kind, body)
	}
	if err != nil {
		e.inflight.unsettled.Store(key, e.now().Add(lateAfter))
		return false, fmt.Errorf("keep %s %s: %w", kind, key, err)
	}
	if until, left := e.inflight.unsettled.Load(key); !fresh && left && !until.(time.Time).IsZero() {
		return false, fmt.Errorf("keep %s %s: %w", kind, key, errRefusedBefore)
	}
	if fresh {
		e.inflight.unsettled.Delete(key)
	}
	crash.At("k1")
	return fresh, nil
}

// keepLook keeps a command that only looks too, so that somebody answers it should this process die. Looking goes on when
// nothing can be written.
func (e *Engine) keepLook(ctx context.Context, r op.Request, look func(context.Context)) Accepted {
	body, err := json.Marshal(r)
	if err != nil {
		return Accepted{Work: look}
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	fresh, err := e.store.Receive(ctx, r.Key, kindCommand, body)
	switch {
	case err != nil:
		e.log.Warn("a look is not kept", "error", err)
	case !fresh:
		return Accepted{}
	}
	return Accepted{Drop: e.settler(r.Key), Work: func(ctx context.Context) {
		look(ctx)
		e.inflight.unsettled.Store(r.Key, time.Time{})
	}}
}

// fillDefaults puts the channel's default in place of an argument that was left out, unless the person asked to choose.
func (e *Engine) fillDefaults(p *op.Parsed, channel string) {
	scope, ok := e.policy.Scope(channel)
	if !ok || p.Asks {
		return
	}
	var missing []string
	for _, name := range p.Missing {
		if value := scope.Default[name]; value != "" && len(p.Missing) == 1 {
			p.Args[name] = value
			continue
		}
		missing = append(missing, name)
	}
	p.Missing = missing
}

// read answers a command that only looks.
func (e *Engine) read(ctx context.Context, r op.Request, parsed op.Parsed) {
	answer, err := e.look(ctx, r, parsed)
	if err != nil {
		e.replyError(ctx, r.Address, err, "verb", parsed.Command.Verb)
		return
	}
	e.Say(ctx, r.Address, answer)
}

func (e *Engine) look(ctx context.Context, r op.Request, parsed op.Parsed) (op.Answer, error) {
	ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Read, Person: r.Person}), lookWithin)
	defer cancel()
	ctx, answered := e.notify.Patient(ctx, r.Address)
	defer answered()
	d, _, err := e.judge(ctx, r, parsed.Command, op.Target{}, anytime)
	if err != nil {
		return op.Answer{}, err
	}
	if !d.Allowed {
		e.recordDenied(ctx, r, parsed.Command.Verb, d)
		return *denied(d), nil
	}
	scope, _ := e.policy.Scope(r.Channel)
	scope.URLs = d.URLs
	answer, err := parsed.Command.Read(ctx, e.call(ctx, r.Person, r.PersonTeam, parsed.Args, scope))
	if err != nil {
		return answer, e.chooser(ctx, r, err, parsed)
	}
	return e.offered(ctx, r, answer), nil
}

// offered leaves only those ways on that the person may take here: no button leads to a refusal by the policy.
func (e *Engine) offered(ctx context.Context, r op.Request, a op.Answer) op.Answer {
	may := func(n op.Next) bool {
		parsed, err := e.table.Parse(n.Text)
		if err != nil || parsed.Help {
			return true
		}
		d, _, err := e.judge(ctx, r, parsed.Command, op.Target{}, anytime)
		return err == nil && d.Allowed
	}
	a.Next = slices.DeleteFunc(slices.Clone(a.Next), func(n op.Next) bool { return !may(n) })
	a.Items = slices.Clone(a.Items)
	for i := range a.Items {
		a.Items[i].Next = slices.DeleteFunc(slices.Clone(a.Items[i].Next), func(n op.Next) bool { return !may(n) })
	}
	return a
}

func (e *Engine) recordDenied(ctx context.Context, r op.Request, verb string, d op.Decision) {
	err := e.store.Record(ctx, op.Event{
		At: e.now(), Name: op.EventDenied, Actor: r.Person, Team: r.PersonTeam, Channel: r.Channel,
		Detail: map[string]string{"verb": verb, "rule": d.Rule, "policy": d.Policy},
	})
	if err != nil {
		e.log.Error("record a denial", "error", err)
	}
}
