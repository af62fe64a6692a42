package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// A card that says how something stands ("is on standby", "is locked") goes on saying so. When a later operation ends
// that, or starts it anew, the card says so once and loses its buttons. This is done at once, and looked after by the
// sweep, because a process may die in between; both may do it again.
const (
	claimsWithin = 10 * time.Minute
	claimsBefore = 30 // operations on the target that are looked through
)

// endOldClaims does what a process that died has left undone, also for the holder of a lock that was passed.
func (e *Engine) endOldClaims(ctx context.Context) error {
	all, err := e.store.List(ctx, store.Query{ActedSince: e.now().Add(-claimsWithin), Limit: 500})
	for _, o := range all {
		err = errors.Join(err, e.endClaims(ctx, o), e.tellHolder(ctx, o))
	}
	return err
}

// endClaims says on the cards of earlier operations what this one has ended.
func (e *Engine) endClaims(ctx context.Context, o op.Operation) error {
	command, known := e.table.Find(o.Command)
	if !known || o.State != op.Succeeded || len(command.Starts)+len(command.Ends) == 0 || o.Plan.Target.Key() == "" {
		return nil
	}
	earlier, err := e.store.List(ctx, store.Query{Target: o.Plan.Target.Key(), Newest: true, Limit: claimsBefore})
	if err != nil {
		return err
	}
	for _, claim := range earlier {
		by, known := e.table.Find(claim.Command)
		if !known || claim.State != op.Succeeded || claim.Group != "" || claim.Turn >= o.Turn || outcomeOf(claim).Ended() ||
			!ended(claim, by, o, command) {
			continue
		}
		err = errors.Join(err, e.overBy(ctx, claim, op.L("Ended ", op.At(o.Sent), " by ", op.Who(o.Requester), " (op ",
			op.V(o.Ref()), ")", e.titleIn(o, claim.Channel), ".")))
	}
	return err
}

// ended reports whether what an operation claims has been ended, or started anew, by a later one.
func ended(claim op.Operation, by op.Command, o op.Operation, command op.Command) bool {
	return slices.ContainsFunc(by.Starts, func(x op.Condition) bool {
		return command.Touches(x) && x.Same(claim.Plan, o.Plan)
	})
}

// overBy says on a card that what it claims has ended. Who says so first has said it.
func (e *Engine) overBy(ctx context.Context, o op.Operation, why op.Line) error {
	outcome := outcomeOf(o)
	outcome.Over, outcome.Next = why, nil
	err := e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventFollowed)
	e.notify.EnqueueCard(o.ID)
	if errors.Is(err, store.ErrLost) { // something else was written: the sweep comes back to it
		return nil
	}
	return err
}
