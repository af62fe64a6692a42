package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What people are told once of an operation beside its card, by one replica, and after a crash too (notify.TellOnce).
const (
	kindReminder = "reminder"
	kindPassed   = "passed"
	kindConcerns = "concerns"

	tellEvery = 20 * time.Second // between two looks for that, and for claims that have ended

	remindAfter = 15 * time.Minute // from the send of an operation of which nobody knows what became
	remindFor   = 24 * time.Hour   // then nobody is reminded any more
)

// tellHolder tells whoever holds the lock that an emergency has passed: once, by one replica. The card says so too, in
// front of everybody. The sweep looks after it, because a process may die before it was written down. It may be given
// late: then it says nothing of how things stand that may have changed since.
func (e *Engine) tellHolder(ctx context.Context, o op.Operation) error {
	if o.Plan.Passed == nil || o.State != op.Succeeded && o.State != op.Unknown {
		return nil
	}
	what := op.L(o.Plan.Title, ", by ", op.Who(o.Requester), " in ", op.In(o.Channel), ", through your lock.")
	if o.State == op.Unknown {
		what = op.L(what, " No answer had come by then; the card says what becomes of it.")
	}
	return e.notify.TellOnce(ctx, notify.Said{Key: kindPassed + "/" + o.ID, Of: o.ID, Ends: o.Sent.Add(remindFor)},
		op.Address{Person: o.Plan.Passed.Holder, FromHome: true},
		op.Answer{Mark: op.MarkLocked, Title: what,
			Lines: []op.Line{op.L("This left your lock as it was: until ", op.At(o.Plan.Passed.Until), ".")}})
}

// tellConcerned tells whoever an outcome speaks to, where they do not see its card: they are not in its channel.
func (e *Engine) tellConcerned(ctx context.Context, o op.Operation) error {
	outcome := outcomeOf(o)
	if outcome.Concerns == "" || o.State != op.Succeeded {
		return nil
	}
	return e.notify.TellOnce(ctx, notify.Said{Key: kindConcerns + "/" + o.ID, Of: o.ID, Ends: o.Sent.Add(remindFor)},
		op.Address{Person: outcome.Concerns, FromHome: true},
		op.Answer{Mark: op.MarkLocked, Title: outcome.Text,
			Lines: []op.Line{op.L("This stands in ", op.In(o.Channel), ", where you are not.")}})
}

// tellBesides tells those whom the card alone does not reach.
func (e *Engine) tellBesides(ctx context.Context, o op.Operation) error {
	return errors.Join(e.tellHolder(ctx, o), e.tellConcerned(ctx, o))
}

// remind tells whoever asked for an operation, and whoever decided it, that nobody knows yet what became of it: once,
// by one replica, in a direct message, because the card may be far up.
func (e *Engine) remind(ctx context.Context) error {
	known, err := e.notify.Known(ctx)
	if err != nil {
		return err
	}
	open, err := e.store.List(ctx,
		store.Query{States: []op.State{op.Unknown}, Alone: true, Since: e.now().Add(-remindFor), Limit: 200})
	for _, o := range open {
		if o.Card == "" || e.now().Sub(o.Sent) < remindAfter {
			continue
		}
		for _, person := range slices.Compact([]string{o.Requester, o.DecidedBy}) {
			said := notify.Said{Key: kindReminder + "/" + o.ID + "/" + person, Of: o.ID, Ends: o.Sent.Add(remindFor)}
			if person != "" && !known(said) {
				err = errors.Join(err, e.notify.TellOnce(ctx, said, op.Address{Person: person}, reminder(o, e.now())))
			}
		}
	}
	return err
}

// stillDue reports that somebody may be told still what is said once. Of a lock nobody hears who is nowhere any more
// that may touch its studio. An error says that Slack does not tell.
func (e *Engine) stillDue(ctx context.Context, said notify.Said, person string) (bool, error) {
	o, err := e.store.Get(ctx, said.Of)
	if err != nil {
		return false, err
	}
	switch kind, _, _ := strings.Cut(said.Key, "/"); kind {
	case kindReminder:
		return e.stillToRemind(ctx, o, person)
	case kindConcerns:
		if there, err := e.authz.Present(ctx, o.Channel, person); err != nil || there { // the card has called them
			return false, err
		}
	}
	return e.authz.Reaches(ctx, o, person)
}

// stillToRemind reports somebody who may see to an operation of which nobody knows what became.
func (e *Engine) stillToRemind(ctx context.Context, o op.Operation, person string) (bool, error) {
	if o.State != op.Unknown {
		return false, nil
	}
	v, err := e.authz.Check(ctx, authz.Reminds(o, person))
	if v.Ground == authz.Unknown {
		return false, err
	}
	return err == nil, nil
}

// reminder stays in a direct message for good, so it says of when it is.
func reminder(o op.Operation, now time.Time) op.Answer {
	return op.Answer{
		Mark: op.MarkUnknown, Title: op.L(o.Plan.Title, ": at ", op.At(now), " it was still not known whether it happened."),
		Lines: []op.Line{op.L("If its card still asks, look at the studio or the stream, then settle it: ",
			op.Message(o.Channel, o.Card, "its card"), " in ", op.In(o.Channel), ".")},
	}
}
