// Package records is what the bot itself knows and can be asked for, without any look at the cloud: who holds a studio
// (LockBook), which channels have an on-air board (BoardBook), what it has changed itself, with what looks have shown
// of it since (Changes), and what was asked and what became of it (History).
//
// It keeps true that a lock has one holder at a time, that it ends by the store's clock, and that every change of one
// is in the audit trail, written together with it. It never decides anything itself: whether a lock forbids a call is
// for authz to say.
//
// It must not know Slack, the cloud or how people type: it takes and gives the nouns of op.
package records

import (
	"context"
	"slices"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Records answers from the store.
type Records struct {
	LockBook
	BoardBook
	CareBook
	*Changes
	store *store.Store
}

// New makes the records; the table says what the commands start and end, and may be filled in later.
func New(s *store.Store, table *op.Table) *Records {
	return &Records{LockBook: NewLockBook(s), BoardBook: NewBoardBook(s), CareBook: NewCareBook(s),
		Changes: NewChanges(s, table), store: s}
}

// open are the states of operations that wait for somebody or something.
var open = []op.State{op.Pending, op.Queued, op.Running, op.Unknown}

// History gives up to n operations of a target or, when there is none, of a channel: those that are open first, then
// the newest. It says whether there are older ones. Of several with one press a channel sees the one request, a target
// its own part.
func (d *Records) History(ctx context.Context, target op.Target, channel string, n int) (list []op.Operation, more bool,
	err error) {
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
