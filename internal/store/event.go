package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strconv"

	"casterbot/internal/op"
)

// Record writes an event that belongs to no operation: a denial. Those of a person that come too fast are counted.
func (s *Store) Record(ctx context.Context, e op.Event) error {
	if e.Name == "" {
		return fmt.Errorf("record: name of the event: %w", ErrIncomplete)
	}
	mark := op.NewID()
	found, err := s.sure(ctx, func(t *transaction) error {
		if e.Name == op.EventDenied {
			return t.appendDenial(e, mark)
		}
		return t.appendEvent(e, mark)
	}, s.inTrail(mark))
	if found {
		return nil
	}
	return wrap(err, "record %s", e.Name)
}

// Events gives the trail of one operation, the oldest first.
func (s *Store) Events(ctx context.Context, operation string) ([]op.Event, error) {
	return list(ctx, s, "events", scanEvent, selectEvent+` WHERE operation = $1 ORDER BY seq`, operation)
}

// Recent gives the newest events of all, the newest first, at most so many.
func (s *Store) Recent(ctx context.Context, limit int) ([]op.Event, error) {
	return list(ctx, s, "events", scanEvent, selectEvent+` ORDER BY seq DESC LIMIT $1`, limit)
}

func scanEvent(row scanner) (e op.Event, err error) {
	err = row.Scan(&e.Seq, &e.Operation, timeOf{&e.At}, &e.Name, &e.Actor, &e.Team, &e.Channel, jsonOf{&e.Detail},
		&e.Seal)
	return e, notFound(err)
}

// appendEvent writes an event at the end of the trail, at the store's time, by this replica.
func (t *transaction) appendEvent(e op.Event, mark string) error {
	e.At, e.Detail = instant(t.now), maps.Clone(e.Detail)
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail["replica"] = t.store.replica
	if t.store.version != "" {
		e.Detail["version"] = t.store.version
	}
	_, err := t.exec(insertEvent, e.Operation, t.now, e.Name, e.Actor, e.Team, e.Channel, jsonOf{e.Detail}, mark,
		t.store.seal(e))
	return err
}

// about fills in what an event takes from its operation, as that stands after it: what it wants, by which line, where
// it stands, and what the cloud answered. What the event says itself counts.
func about(e op.Event, o op.Operation) op.Event {
	e.Operation = o.ID
	e.Team, e.Channel = cmp.Or(e.Team, o.Team), cmp.Or(e.Channel, o.Channel)
	detail := map[string]string{
		op.DetailVerb: o.Verb, op.DetailTarget: o.Plan.Target.Key(), op.DetailParams: o.Params(),
		op.DetailRule: o.Decision.Rule, op.DetailRole: o.Decision.Role, op.DetailPolicy: o.Decision.Policy,
		op.DetailState: string(o.State),
	}
	if o.Sends > 0 {
		detail[op.DetailAttempt] = strconv.Itoa(o.Sends)
	}
	if o.Outcome != nil && (o.State.Final() || o.State == op.Unknown) {
		detail[op.DetailCode], detail[op.DetailRequest] = o.Outcome.Code, o.Outcome.RequestID
	}
	if e.Actor != o.Requester { // the role is theirs
		delete(detail, op.DetailRole)
	}
	maps.Copy(detail, e.Detail)
	maps.DeleteFunc(detail, func(_, value string) bool { return value == "" })
	e.Detail = detail
	return e
}
