// Package desk is what the bot itself knows and can be asked for, without any look at the cloud: who holds a studio (LockBook),
// which channels have an on-air board (BoardBook), what was asked and what became of it (History), and what the policy says and why (Why, Who).
//
// It keeps true that a lock has one holder at a time, that it ends by the store's clock, and that every change of one is in the
// audit trail, written together with it. What it tells of rights is what the policy in force decides, with the facts that the
// engine would use: it never decides anything itself, and whether a lock forbids a call is asked by the engine.
//
// It must not know Slack, the cloud or how people type: it takes and gives the nouns of op.
package desk

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/store"
)

// Directory tells who people are and what channels are; the engine's Directory is one.
type Directory interface {
	Person(ctx context.Context, id, team string, since time.Time) (op.Person, error)
	Channel(ctx context.Context, id string, since time.Time) (op.Channel, error)
}

// Desk answers from the store and the policy.
type Desk struct {
	LockBook
	BoardBook
	store  *store.Store
	policy *policy.Keeper
	people Directory
}

// New makes a desk.
func New(s *store.Store, p *policy.Keeper, people Directory) *Desk {
	return &Desk{LockBook: NewLockBook(s), BoardBook: NewBoardBook(s), store: s, policy: p, people: people}
}

// open are the states of operations that wait for somebody or something.
var open = []op.State{op.Pending, op.Queued, op.Running, op.Unknown}

// History gives up to n operations of a target or, when there is none, of a channel: those that are open first, then the
// newest. It says whether there are older ones. Of several with one press a channel sees the one request, a target its own part.
func (d *Desk) History(ctx context.Context, target op.Target, channel string, n int) (list []op.Operation, more bool, err error) {
	query := store.Query{Target: target.Key(), Newest: true, Limit: n + 1}
	if query.Target == "" {
		query.Channel, query.Alone = channel, true // several with one card are one request
	}
	last, err := d.store.List(ctx, query)
	if err != nil {
		return nil, false, err
	}
	query.States = open
	list, err = d.store.List(ctx, query)
	if err != nil {
		return nil, false, err
	}
	for _, o := range last {
		if !slices.ContainsFunc(list, func(known op.Operation) bool { return known.ID == o.ID }) {
			list = append(list, o)
		}
	}
	return list[:min(n, len(list))], len(list) > n, nil
}

// Why says what the policy decides about a person, a verb and a target in a channel, and the lines of the policy that it read on
// the way. Whoever belongs to another organisation is shown no lines.
func (d *Desk) Why(ctx context.Context, reader op.Person, person, channel, verb string, effect op.Effect, target op.Target) (op.Decision, []op.Line, error) {
	meant := reader
	if person != "" && person != reader.ID {
		var err error
		if meant, err = d.people.Person(ctx, person, "", time.Time{}); err != nil {
			return op.Decision{}, nil, err
		}
	}
	place, err := d.people.Channel(ctx, channel, time.Time{})
	if err != nil {
		return op.Decision{}, nil, err
	}
	e := d.policy.Explain(meant, place, verb, effect, target)
	if reader.External {
		return e.Decision, nil, nil
	}
	return e.Decision, e.Steps, nil
}

// Who says who may use a verb on a target: in the channel, then in others.
func (d *Desk) Who(reader op.Person, channel, verb string, effect op.Effect, target op.Target) []op.Line {
	return d.policy.Who(reader, channel, verb, effect, target)
}
