package store

import (
	"context"
	"encoding/json"
	"fmt"

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
	err = row.Scan(&e.Seq, &e.Operation, timeOf{&e.At}, &e.Name, &e.Actor, &e.Team, &e.Channel, jsonOf{&e.Detail})
	return e, err
}

// appendEvent writes an event at the end of the trail, at the store's time.
func (t *transaction) appendEvent(e op.Event, mark string) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("detail of %s: %w", e.Name, err)
	}
	_, err = t.exec(insertEvent, e.Operation, t.now, e.Name, e.Actor, e.Team, e.Channel, string(detail), mark)
	return err
}
