package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"casterbot/internal/op"
)

// Record writes an event that belongs to no operation: a denial.
func (s *Store) Record(ctx context.Context, e op.Event) error {
	if e.Name == "" {
		return fmt.Errorf("record: name of the event: %w", ErrIncomplete)
	}
	mark := op.NewID()
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, now int64) error {
		return s.appendEvent(ctx, tx, e, mark, now)
	})
	if err != nil && s.marked(ctx, mark, err) != nil {
		return fmt.Errorf("record %s: %w", e.Name, err)
	}
	return nil
}

// Events gives the trail of one operation, the oldest first.
func (s *Store) Events(ctx context.Context, operation string) ([]op.Event, error) {
	return list(ctx, s, "events", scanEvent, selectEvent+` WHERE operation = $1 ORDER BY seq`, operation)
}

// Recent gives the newest events of all, the newest first, at most so many.
func (s *Store) Recent(ctx context.Context, limit int) ([]op.Event, error) {
	return list(ctx, s, "events", scanEvent, selectEvent+` ORDER BY seq DESC LIMIT $1`, limit)
}

func scanEvent(row scanner) (op.Event, error) {
	var (
		e      op.Event
		at     int64
		detail string
	)
	err := row.Scan(&e.Seq, &e.Operation, &at, &e.Name, &e.Actor, &e.Team, &e.Channel, &detail)
	if err != nil {
		return e, err
	}
	e.At = instant(at)
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}

// appendEvent writes an event at the end of the trail, at the store's time.
func (s *Store) appendEvent(ctx context.Context, tx *sql.Tx, e op.Event, mark string, now int64) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("detail of %s: %w", e.Name, err)
	}
	_, err = s.in(ctx, tx, insertEvent).ExecContext(ctx, e.Operation, now, e.Name, e.Actor, e.Team, e.Channel,
		string(detail), mark)
	return err
}
