package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What people are told once of an operation beside its card, by one replica, and after a crash too.
const (
	kindReminder = "reminder"
	kindPassed   = "passed"

	tellEvery = 20 * time.Second // between two looks for that, and for claims that have ended

	remindAfter = 15 * time.Minute // from the send of an operation of which nobody knows what became
	remindFor   = 24 * time.Hour   // then nobody is reminded any more
)

// tellHolder tells whoever holds the lock that an emergency has passed: once, by one replica. The card says so too, in
// front of everybody. The sweep looks after it, because a process may die before it has told.
func (e *Engine) tellHolder(ctx context.Context, o op.Operation) error {
	if o.Plan.Passed == nil || o.State != op.Succeeded && o.State != op.Unknown {
		return nil
	}
	first, err := e.firstToSay(ctx, kindPassed, o)
	if !first {
		return err
	}
	what := op.L(o.Plan.Title, ", by ", op.Who(o.Requester), " in ", op.In(o.Channel), ", through your lock.")
	if o.State == op.Unknown {
		what = op.L(what, " No answer came yet; the card says what becomes of it.")
	}
	e.notify.Reply(ctx, op.Address{Person: o.Plan.Passed.Holder, At: e.now(), FromHome: true},
		op.Answer{Mark: op.MarkLocked, Title: what,
			Lines: []op.Line{op.L("Your lock stands until ", op.At(o.Plan.Passed.Until), ".")}})
	return nil
}

// firstToSay reports whether nobody has said something of an operation that is said once. Of what was sent a day ago
// nothing is said any more.
func (e *Engine) firstToSay(ctx context.Context, kind string, o op.Operation) (bool, error) {
	ends := o.Sent.Add(remindFor)
	if !e.now().Before(ends) {
		return false, nil
	}
	said := store.Collection[time.Time]{Store: e.store, Kind: kind}
	_, first, err := said.Put(ctx, kind+"/"+o.ID, e.now(), 0, ends, op.Event{})
	return first, err
}

// remind tells whoever asked for an operation, and whoever decided it, that nobody knows yet what became of it: once,
// by one replica, in a direct message, because the card may be far up.
func (e *Engine) remind(ctx context.Context) error {
	said, err := e.store.Documents(ctx, kindReminder)
	if err != nil {
		return err
	}
	open, err := e.store.List(ctx,
		store.Query{States: []op.State{op.Unknown}, Alone: true, Since: e.now().Add(-remindFor), Limit: 200})
	for _, o := range open {
		done := slices.ContainsFunc(said, func(d store.Document) bool { return d.Key == kindReminder+"/"+o.ID })
		if o.Card != "" && !done && e.now().Sub(o.Sent) >= remindAfter {
			err = errors.Join(err, e.remindOf(ctx, o))
		}
	}
	return err
}

// remindOf tells those who may see to it still. As long as Slack does not tell who may, nobody is told.
func (e *Engine) remindOf(ctx context.Context, o op.Operation) error {
	var to []string
	for _, person := range slices.Compact([]string{o.Requester, o.DecidedBy}) {
		if person == "" {
			continue
		}
		switch v, err := e.authz.Check(ctx, authz.Reminds(o, person)); {
		case err == nil:
			to = append(to, person)
		case v.Ground == authz.Unknown:
			return nil
		}
	}
	first, err := e.firstToSay(ctx, kindReminder, o)
	if !first {
		return err
	}
	for _, person := range to {
		e.notify.Reply(ctx, op.Address{Person: person, At: e.now()}, reminder(o))
	}
	return nil
}

func reminder(o op.Operation) op.Answer {
	return op.Answer{
		Mark: op.MarkUnknown, Title: op.L(o.Plan.Title, ": it is still not known whether it happened."),
		Lines: []op.Line{op.L("Look at the studio or the stream, then settle it: ",
			op.Message(o.Channel, o.Card, "its card"), " in ", op.In(o.Channel), ".")},
	}
}
