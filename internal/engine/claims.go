package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// A card that says how something stands ("is on standby", "is locked") goes on saying so. When a later operation ends
// that, or starts it anew, the card says so once and loses its buttons, but for one that is for emergencies. This is
// done at once, and looked after by the sweep, because a process may die in between; both may do it again.
const (
	claimsWithin = 10 * time.Minute
	claimsBefore = 24 * time.Hour      // the same when a process begins: it may have been down for long
	claimsFor    = 30 * 24 * time.Hour // a card that is older is not looked for
)

// endOldClaims does what a process that died has left undone, also for the holder of a lock.
func (e *Engine) endOldClaims(ctx context.Context) error {
	within := claimsWithin
	if !e.sweeper.begun {
		within = claimsBefore
	}
	all, err := e.store.List(ctx, store.Query{ActedSince: e.now().Add(-within), Newest: true, Limit: 500})
	for _, o := range all {
		err = errors.Join(err, e.endClaims(ctx, o), e.tellBesides(ctx, o))
	}
	e.sweeper.begun = e.sweeper.begun || err == nil
	return err
}

// endClaims says on the cards of earlier operations what this one has ended, and on its own card what a later one has
// ended already: an outcome may come to be known long after.
func (e *Engine) endClaims(ctx context.Context, o op.Operation) error {
	command, known := e.table.Find(o.Command)
	if !known || o.State != op.Succeeded || o.Plan.Target.Key() == "" {
		return nil
	}
	earlier, err := e.successes(ctx, store.Query{Target: o.Plan.Target.Key(), Standing: true, Newest: true,
		Since: o.Sent.Add(-claimsFor)}, command.MayOutdate)
	for _, claim := range earlier {
		if claim.Turn < o.Turn && e.use(o).Outdates(e.use(claim)) {
			err = errors.Join(err, e.endedBy(ctx, claim, o))
		}
	}
	if outcomeOf(o).Ended() {
		return err
	}
	later, failed := e.successes(ctx, store.Query{Target: o.Plan.Target.Key(), ActedSince: o.Sent},
		func(c op.Command) bool { return c.MayOutdate(command) })
	err = errors.Join(err, failed)
	for _, by := range later {
		if by.Turn > o.Turn && e.use(by).Outdates(e.use(o)) {
			return errors.Join(err, e.endedBy(ctx, o, by))
		}
	}
	return err
}

// successes are those of a query whose command is of a kind.
func (e *Engine) successes(ctx context.Context, q store.Query, of func(op.Command) bool) ([]op.Operation, error) {
	if q.Commands = e.usages(of); len(q.Commands) == 0 {
		return nil, nil
	}
	q.States = []op.State{op.Succeeded}
	return e.store.List(ctx, q)
}

// usages are those of the commands of a kind.
func (e *Engine) usages(of func(op.Command) bool) (all []string) {
	for _, c := range e.table.Commands {
		if of(c) {
			all = append(all, c.Usage)
		}
	}
	return all
}

// endedBy says on a card which operation has ended what it claims.
func (e *Engine) endedBy(ctx context.Context, claim, o op.Operation) error {
	return e.overBy(ctx, claim, op.L("Ended ", op.At(o.Sent), " by ", op.Who(o.Requester), " (op ", op.V(o.Ref()), ")",
		e.titleIn(o, claim.Channel), "."))
}

// overBy says on a card that what it claims has ended. Who says so first has said it. A channel that may not be told
// how things stand, or of which that is not known, does not hear by whom and by what.
func (e *Engine) overBy(ctx context.Context, o op.Operation, why op.Line) error {
	if may, err := e.authz.TellsOf(ctx, o); err != nil || !may {
		why = op.L("It has ended.")
	}
	outcome := outcomeOf(o)
	outcome.Over, outcome.Next = why, e.emergencies(outcome.Next)
	err := e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventFollowed)
	if err == nil && o.Group != "" {
		err = e.leadOn(ctx, o.Group)
	}
	e.notify.EnqueueCard(o.ID)
	if errors.Is(err, store.ErrLost) { // something else was written: the sweep comes back to it
		return nil
	}
	return err
}

// emergencies are those ways on that are for emergencies: whoever presses one in haste shall not have looked for the
// newest card before.
func (e *Engine) emergencies(all []op.Next) []op.Next {
	return slices.DeleteFunc(slices.Clone(all), func(n op.Next) bool {
		parsed, err := grammar.Parse(*e.table, n.Text)
		return err != nil || !parsed.Command.Urgent
	})
}

// leadOn lets the card of several lead on only for those of its members whose claims stand. Whoever loses to another
// one here had seen no more than that one.
func (e *Engine) leadOn(ctx context.Context, id string) error {
	o, err := e.store.Get(ctx, id)
	if err != nil || !o.State.Final() {
		return err
	}
	members, err := e.notify.Members(ctx, o)
	if err != nil {
		return err
	}
	outcome := outcomeOf(o)
	outcome.Next = e.together(o, members).Next
	return e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventFollowed)
}
