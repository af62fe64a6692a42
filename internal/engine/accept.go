package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/failpoint"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// Kinds of rows in the inbox.
const (
	kindCommand = "command"
	kindClick   = "click"
)

// Accepted is what the engine makes of a request or a click within the time that an acknowledgement has.
type Accepted struct {
	Reply *op.Answer            // to be given at once, in private
	Form  *op.Form              // to be opened at once, still without options
	Work  func(context.Context) // to be run after the acknowledgement; nil when there is nothing more to do
	Drop  func(context.Context) // to be run in place of Work when that cannot be run: forgets what was taken; may be nil
	// Urgent: it is an emergency, which waits behind no look and is not counted among what a channel has under way
	Urgent bool
}

// Accept takes a command as it arrived. It does only what fits before an acknowledgement: understand it, refuse what
// can be refused at once, and make a change durable in the inbox. An error means that the store cannot write: nothing
// was taken.
func (e *Engine) Accept(ctx context.Context, r op.Request) (Accepted, error) {
	r, err := e.browse.ApplyPick(r)
	if err != nil {
		return Accepted{Reply: e.answerFor(err)}, nil
	}
	parsed, err := e.understand(r)
	later := err == nil && parsed.Command.Urgent && !parsed.Help && len(parsed.Missing) == 0
	there := authz.Question{Person: r.Person, Channel: r.Channel,
		Outside: r.FromHome && !later} // of an emergency it is asked after the acknowledgement
	if err := e.authz.InChannel(ctx, there); err != nil {
		return Accepted{Reply: e.answerFor(err), Work: func(ctx context.Context) {
			e.recordMismatch(ctx, op.Operation{Channel: r.Channel}, r.Origin)
		}}, nil
	}
	if err != nil {
		return Accepted{Reply: e.answerFor(err)}, nil
	}
	if parsed.Help {
		a := e.help(r, parsed)
		if a.Work != nil {
			a = e.persistLook(ctx, r.Key, kindCommand, r, a.Work)
		}
		return a, nil
	}
	q := authz.TriesTyped(r, parsed)
	unseen := later && r.FromHome // what a channel allows is not told to who may have left it
	if v, known := e.authz.AtHand(q); known && !v.Allowed && !unseen {
		return Accepted{Reply: e.answerFor(authz.Refusal(v.Decision)), Work: func(ctx context.Context) {
			e.authz.Record(ctx, q, v)
		}}, nil
	}
	if len(parsed.Missing) > 0 {
		form := e.browse.Form(parsed, r)
		return Accepted{Form: &form}, nil
	}
	if parsed.Command.Effect == op.Read {
		return e.ask(ctx, r, parsed), nil
	}
	return e.take(ctx, r, parsed)
}

// Urgent reports whether a request is for an emergency, as far as its words tell.
func (e *Engine) Urgent(r op.Request) bool {
	picked, unfit := e.browse.ApplyPick(r)
	parsed, err := e.understand(picked)
	return unfit == nil && err == nil && parsed.Command.Urgent && !parsed.Help
}

// help answers within the acknowledgement where facts are at hand.
func (e *Engine) help(r op.Request, p grammar.Parsed) Accepted {
	if facts, ok := e.authz.Glance(authz.Uses(r, op.Command{})); ok {
		answer := e.browse.Help(facts, p)
		return Accepted{Reply: &answer}
	}
	return Accepted{Work: func(ctx context.Context) { e.notify.ReplyTo(ctx, r, e.helped(ctx, r, p)) }}
}

// helped is help by the rights of now. Whoever asked a while ago has to be in the channel still, as for any answer.
func (e *Engine) helped(ctx context.Context, r op.Request, p grammar.Parsed) op.Answer {
	q := authz.Tries(r, op.Command{})
	if err := e.authz.InChannel(ctx, q); err != nil {
		return *e.answerFor(err)
	}
	facts, err := e.authz.Look(ctx, q)
	if err != nil {
		return *e.answerFor(err)
	}
	return e.browse.Help(facts, p)
}

// take makes a change durable before it is acknowledged. Its place among what was pressed it has before that: the store
// takes its time, and takes what waits for it in any order.
func (e *Engine) take(ctx context.Context, r op.Request, parsed grammar.Parsed) (Accepted, error) {
	place := e.arrives(r, parsed.Command)
	fresh, err := e.persist(ctx, r.Key, kindCommand, r)
	if err != nil || !fresh {
		e.arrivals.drop(place)
		return Accepted{}, err
	}
	a := e.arrived(r.Channel, r.Key, func(ctx context.Context) { e.submit(ctx, r, parsed) })
	a.Urgent = parsed.Command.Urgent
	return a, nil
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

// persist makes a command or a click durable, and reports whether it is new. One that was refused because it could not
// be written down may be sent again, as a form is. When the refused one is there after all, nobody works it off, so the
// second is refused too.
func (e *Engine) persist(ctx context.Context, key, kind string, what any) (fresh bool, err error) {
	body, err := json.Marshal(what)
	if err == nil {
		failpoint.At("k0")
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
	failpoint.At("k1")
	return fresh, nil
}

// persistLook keeps a command or a click that only looks too, so that somebody answers it should this process die.
// Looking goes on when nothing can be written.
func (e *Engine) persistLook(ctx context.Context, key, kind string, what any, look func(context.Context)) Accepted {
	body, err := json.Marshal(what)
	if err != nil {
		return Accepted{Work: look}
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	fresh, err := e.store.Receive(ctx, key, kind, body)
	switch {
	case err != nil:
		e.log.Warn("a look is not kept", "error", err)
	case !fresh:
		return Accepted{}
	}
	return Accepted{Drop: e.settler(key), Work: func(ctx context.Context) {
		look(ctx)
		e.inflight.unsettled.Store(key, time.Time{})
	}}
}

// understand reads a command and fills in the channel's default. Words that fit no usage as they stand may do so with
// names in them, which are known only later.
func (e *Engine) understand(r op.Request) (grammar.Parsed, error) {
	p, err := grammar.Parse(*e.table, r.Text)
	if err != nil && len(p.Others) > 0 {
		p.Unfit, err = err, nil
		return p, nil
	}
	if scope, ok := e.authz.Scope(r.Channel); ok && err == nil {
		fillDefault(&p, scope.Default)
	}
	return p, err
}

// fillDefault puts the channel's default in place of an argument that was left out, unless the person asked to choose.
func fillDefault(p *grammar.Parsed, defaults op.Args) {
	if len(p.Missing) == 1 && !p.Asks && defaults[p.Missing[0]] != "" {
		p.Filled, p.Missing = p.Missing[0], nil
		p.Args[p.Filled] = defaults[p.Filled]
	}
}

// read answers a command that only looks.
func (e *Engine) read(ctx context.Context, r op.Request, parsed grammar.Parsed) {
	e.notify.ReplyTo(ctx, r, e.looked(ctx, r, parsed, e.notify.Patient))
}

// readAgain answers anew what could not be answered when it was asked: rights, names and what is seen are those of now.
func (e *Engine) readAgain(ctx context.Context, r op.Request) op.Answer {
	parsed, err := e.understand(r)
	switch {
	case err == nil && parsed.Help:
		return e.helped(ctx, r, parsed)
	case err != nil || len(parsed.Missing) > 0 || parsed.Command.Effect != op.Read:
		return *e.answerFor(late(r))
	}
	return e.looked(ctx, r, parsed, func(ctx context.Context, _ op.Address) (context.Context, func()) {
		return ctx, func() {} // nobody is told that it takes long
	})
}

// looked is the answer of a command that only looks, or why there is none.
func (e *Engine) looked(ctx context.Context, r op.Request, parsed grammar.Parsed, patient patience) op.Answer {
	answer, err := e.look(ctx, r, parsed, patient)
	if err != nil {
		return *e.answerFor(err, "verb", parsed.Command.Verb)
	}
	return answer
}

// patience tells people that a look takes long, until what it gives is called.
type patience func(context.Context, op.Address) (context.Context, func())

func (e *Engine) look(ctx context.Context, r op.Request, parsed grammar.Parsed, patient patience) (op.Answer, error) {
	ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Read, Person: r.Person}), lookWithin)
	defer cancel()
	ctx, answered := patient(ctx, r.Address)
	defer answered()
	v, err := e.authz.Check(ctx, authz.TriesTyped(r, parsed))
	if err != nil {
		return op.Answer{}, err
	}
	if parsed, err = e.browse.Meant(ctx, r, parsed, v.Decision); err != nil {
		return op.Answer{}, err
	}
	scope, _ := e.authz.Scope(r.Channel)
	scope.URLs = v.URLs
	answer, err := parsed.Command.Read(ctx, e.authz.Call(ctx, parsed.Command, r.Person, r.PersonTeam, parsed.Args, scope))
	if err != nil {
		return answer, e.browse.WithPicker(ctx, r, err, parsed)
	}
	return e.authz.Offered(ctx, r, answer), nil
}
