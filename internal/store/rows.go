package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
)

// scanner is a row: the only one of a query, or the present one of many.
type scanner interface{ Scan(...any) error }

// instant reads a time of the store, in which 0 means none.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// millis writes a time for the store.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// number writes a yes as 1 and a no as 0.
func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// timeOf is a time that is written to the store, and read from it, as milliseconds.
type timeOf struct{ field *time.Time }

func (t timeOf) Value() (driver.Value, error) { return millis(*t.field), nil }

func (t timeOf) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("%T is no time", v)
	}
	*t.field = instant(ms)
	return nil
}

// jsonOf is a value that is written to the store, and read from it, as JSON; a nil pointer as NULL.
type jsonOf struct{ field any }

func (j jsonOf) Value() (driver.Value, error) {
	text, err := json.Marshal(j.field)
	if err != nil || string(text) == "null" {
		return nil, err
	}
	return string(text), nil
}

func (j jsonOf) Scan(v any) error {
	if v == nil {
		return nil
	}
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("%T is no JSON", v)
	}
	return json.Unmarshal([]byte(text), j.field)
}

// fields are what storedColumns are written from and read into, in their order, and what stands behind them.
func fields(o *op.Operation, last any) []any {
	return []any{
		&o.ID, &o.Key, &o.State, &o.Command, &o.Verb, &o.Effect, &o.Text, &o.Team, &o.Channel, &o.Thread, &o.Requester,
		&o.DecidedBy, &o.SettledBy, jsonOf{&o.Plan}, jsonOf{&o.Decision}, jsonOf{&o.Outcome}, &o.Token, &o.Claim, &o.Sends,
		timeOf{&o.Created}, timeOf{&o.Expires}, timeOf{&o.Confirmed}, timeOf{&o.Sent}, timeOf{&o.Ended}, timeOf{&o.Looked},
		&o.Looks, &o.Card, &o.Version, &o.Shown, &o.Group, last,
	}
}

// values gives the arguments of moveOperation.
func (m Move) values(now int64) []any {
	var target any
	if m.Plan != nil {
		target = m.Plan.Target.Key()
	}
	return []any{
		m.ID, m.From, m.To, now, m.By, m.Closer, m.Claim, jsonOf{m.Outcome}, jsonOf{m.Plan}, target, jsonOf{m.Decision},
		timeOf{&m.Expires}, number(m.Send), number(m.To == op.Queued), number(m.To.Final()), number(m.Fresh),
	}
}

// scan reads an operation; a row that is not there is ErrNotFound.
func scan(row scanner) (o op.Operation, err error) {
	if err = row.Scan(fields(&o, &o.Turn)...); err != nil && o.ID != "" {
		return op.Operation{}, fmt.Errorf("read %s: %w", o.Ref(), err)
	}
	return o, notFound(err)
}

// notFound gives the store's own word for a row that is not there.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// list reads all rows that a query finds; what names them in an error.
func list[T any](ctx context.Context, s *Store, what string, read func(scanner) (T, error), query string,
	args ...any) ([]T, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	found, err := all(ctx, s.reader, read, query, args...)
	return found, wrap(err, "%s", what)
}

// wrap says what an error was met at; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// text reads a row of one text.
func text(row scanner) (found string, err error) {
	err = row.Scan(&found)
	return found, err
}

// all reads every row that a query finds.
func all[T any](ctx context.Context, db interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
