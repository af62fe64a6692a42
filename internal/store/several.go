package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// Begin takes a confirmed operation of several to running and creates its members, all of them queued, in one
// transaction: either each target has an operation of its own from then on, or none. The event is that of the
// operation, and also the first of every member. ErrLost comes with the operation as it is now.
func (s *Store) Begin(ctx context.Context, m Move, members []op.Operation) (op.Operation, error) {
	m.From, m.To, m.Claim = op.Queued, op.Running, s.replica
	o, err := s.change(ctx, m.Event, func(t *transaction) (op.Operation, error) {
		o, err := t.guarded(m.ID, moveOperation, m.values(t.now)...)
		if err != nil {
			return o, err
		}
		return o, t.join(o, members, m.Event)
	})
	return o, wrap(err, "begin %s", op.Ref(m.ID))
}

// join creates the members in the order of their targets, so that two that begin at once never wait for each other's
// turns.
func (t *transaction) join(o op.Operation, members []op.Operation, e op.Event) error {
	members = slices.SortedFunc(slices.Values(members), func(a, b op.Operation) int {
		return strings.Compare(a.Plan.Target.Key(), b.Plan.Target.Key())
	})
	e.Detail = map[string]string{"of": o.ID} // the first event of a member says which operation it belongs to
	for _, member := range members {
		member.Group, member.Confirmed = o.ID, o.Confirmed
		made, err := t.insert(t.store.born(member), nil)
		if err != nil {
			return fmt.Errorf("member %s: %w", member.Text, err)
		}
		if err := t.appendEvent(about(e, made), op.NewID()); err != nil {
			return err
		}
	}
	return nil
}

// Members gives the members of an operation of several in the order of its parts.
func (s *Store) Members(ctx context.Context, id string) ([]op.Operation, error) {
	all, err := s.List(ctx, Query{Group: id, Limit: op.MostAtOnce})
	slices.SortFunc(all, func(a, b op.Operation) int { return strings.Compare(a.Key, b.Key) })
	return all, err
}

// touchGroup lets the card of an operation of several be drawn anew, because a member has changed.
func (t *transaction) touchGroup(o op.Operation) error {
	if o.Group == "" {
		return nil
	}
	_, err := t.exec(touchOperation, o.Group)
	return err
}
