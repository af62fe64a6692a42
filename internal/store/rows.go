package store

import (
	"context"
	"database/sql"
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

// asJSON writes a value as JSON, nothing as NULL.
func asJSON[T any](v *T) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// values gives the arguments of insertOperation.
func values(o op.Operation) ([]any, error) {
	plan, err1 := asJSON(&o.Plan)
	decision, err2 := asJSON(&o.Decision)
	outcome, err3 := asJSON(o.Outcome)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", o.Ref(), err)
	}
	return []any{
		o.ID, o.Key, string(o.State), o.Command, o.Verb, string(o.Effect), o.Text, o.Team, o.Channel, o.Thread,
		o.Requester, o.DecidedBy, o.SettledBy, plan, decision, outcome, o.Token, o.Claim, o.Sends,
		millis(o.Created), millis(o.Expires), millis(o.Confirmed), millis(o.Sent), millis(o.Ended), millis(o.Looked),
		o.Looks, o.Card, o.Version, o.Shown, o.Group, o.Plan.Target.Key(),
	}, nil
}

// values gives the arguments of moveOperation.
func (m Move) values(now int64) ([]any, error) {
	outcome, err1 := asJSON(m.Outcome)
	plan, err2 := asJSON(m.Plan)
	decision, err3 := asJSON(m.Decision)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("write as JSON: %w", err)
	}
	var target any
	if m.Plan != nil {
		target = m.Plan.Target.Key()
	}
	return []any{
		m.ID, string(m.From), string(m.To), now, m.By, m.Closer, m.Claim, outcome, plan, target, decision,
		millis(m.Expires), number(m.Send), number(m.To == op.Queued), number(m.To.Final()), number(m.Fresh),
	}, nil
}

// values gives the arguments of noteOperation.
func (n Note) values(id string, now int64) ([]any, error) {
	outcome, err := asJSON(n.Outcome)
	if err != nil {
		return nil, fmt.Errorf("write as JSON: %w", err)
	}
	return []any{id, string(n.From), now, number(n.Look), number(n.Send), outcome, n.Claim, n.Version,
		millis(n.Expires), number(n.Look || n.Tried)}, nil
}

// scan reads an operation; a row that is not there is ErrNotFound.
func scan(row scanner) (op.Operation, error) {
	var (
		o                                                op.Operation
		plan, decision                                   string
		outcome                                          sql.NullString
		created, expires, confirmed, sent, ended, looked int64
	)
	err := row.Scan(&o.ID, &o.Key, &o.State, &o.Command, &o.Verb, &o.Effect, &o.Text, &o.Team, &o.Channel, &o.Thread,
		&o.Requester, &o.DecidedBy, &o.SettledBy, &plan, &decision, &outcome, &o.Token, &o.Claim, &o.Sends,
		&created, &expires, &confirmed, &sent, &ended, &looked, &o.Looks, &o.Card, &o.Version, &o.Shown, &o.Group, &o.Turn)
	if errors.Is(err, sql.ErrNoRows) {
		return op.Operation{}, ErrNotFound
	}
	if err != nil {
		return op.Operation{}, err
	}
	o.Created, o.Expires, o.Confirmed = instant(created), instant(expires), instant(confirmed)
	o.Sent, o.Ended, o.Looked = instant(sent), instant(ended), instant(looked)
	return o, fromJSON(&o, plan, decision, outcome)
}

func fromJSON(o *op.Operation, plan, decision string, outcome sql.NullString) error {
	err := errors.Join(json.Unmarshal([]byte(plan), &o.Plan), json.Unmarshal([]byte(decision), &o.Decision))
	if outcome.Valid {
		o.Outcome = &op.Outcome{}
		err = errors.Join(err, json.Unmarshal([]byte(outcome.String), o.Outcome))
	}
	if err != nil {
		return fmt.Errorf("read %s out of JSON: %w", o.Ref(), err)
	}
	return nil
}

// one reads the operation that a query finds.
func (s *Store) one(ctx context.Context, query string, arg any) (op.Operation, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	if prepared := s.stmts[query]; prepared != nil {
		return scan(prepared.QueryRowContext(ctx, arg))
	}
	return scan(s.reader.QueryRowContext(ctx, query, arg))
}

// list reads all rows that a query finds; what names them in an error.
func list[T any](ctx context.Context, s *Store, what string, read func(scanner) (T, error), query string,
	args ...any) ([]T, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return collect(rows, read)
}

// wrap says what an error was met at; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, read func(scanner) (T, error)) ([]T, error) {
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
