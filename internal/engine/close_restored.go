package engine

import (
	"context"
	"errors"
	"fmt"
	"math"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// retired is the claim of an operation that was open in a backup. Whatever is seen in the world now may be the doing of
// an operation that the backup does not know, so it proves nothing, and nothing of such an operation is sent again.
const retired = "restored"

// CloseRestored ends what is open in a database that comes out of a backup, before any process works with it. The world
// went on after the backup: what waited in it may have been confirmed and done since, or called off. So a confirmation
// of then counts for nothing now, what was under way is unknown, and what had only arrived is dropped.
func CloseRestored(ctx context.Context, db *store.Store) error {
	taken := db.Now()
	if newest, err := db.Recent(ctx, 1); err != nil {
		return fmt.Errorf("retire: %w", err)
	} else if len(newest) > 0 {
		taken = newest[0].At
	}
	words := op.L("casterbot's records were restored from a backup, whose last entry is from ", op.At(taken), ".")
	for _, state := range []op.State{op.Pending, op.Queued, op.Running, op.Unknown} {
		if err := retireAll(ctx, db, state, words); err != nil {
			return fmt.Errorf("retire what is %s: %w", state, err)
		}
	}
	if err := dropReceived(ctx, db); err != nil {
		return fmt.Errorf("drop what had only arrived: %w", err)
	}
	return db.Record(ctx, op.Event{Name: op.EventRestored})
}

// retireAll ends every operation in a state; what is unknown stays so.
func retireAll(ctx context.Context, db *store.Store, state op.State, words op.Line) error {
	left, err := db.List(ctx, store.Query{States: []op.State{state}, Limit: math.MaxInt32})
	for _, o := range left {
		if err == nil && o.Claim != retired {
			err = retireOne(ctx, db, o, words)
		}
	}
	return err
}

func retireOne(ctx context.Context, db *store.Store, o op.Operation, words op.Line) error {
	event := op.Event{Name: op.EventRestored, Detail: map[string]string{"verb": o.Verb, "target": o.Plan.Target.Key()}}
	outcome := op.Outcome{State: op.Expired, Text: op.L(o.Plan.Title, ": ", words,
		" Nothing had been sent by then. What became of it afterwards is not known; it will not be done now.")}
	switch o.State {
	case op.Unknown:
		return db.Note(ctx, o.ID, store.Note{Claim: retired}, event)
	case op.Running:
		outcome = op.Outcome{State: op.Unknown,
			Text: op.L("this call was under way when the backup was made that casterbot was restored from.")}
	}
	_, err := db.Move(ctx,
		store.Move{ID: o.ID, From: o.State, To: outcome.State, Claim: retired, Outcome: &outcome, Event: event})
	return err
}

// dropReceived takes off the inbox what an earlier process would have worked off.
func dropReceived(ctx context.Context, db *store.Store) error {
	for {
		left, err := db.Unsettled(ctx, 1000)
		if err != nil || len(left) == 0 {
			return err
		}
		for _, row := range left {
			err = errors.Join(err, db.Done(ctx, row.Key))
		}
		if err != nil {
			return err
		}
	}
}
