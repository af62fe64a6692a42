package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
)

// patience is how long a write waits for its turn, and a look after an error for its answer.
const patience = 5 * time.Second

// write runs one transaction on the writer. It gives up waiting when the context ends; what has begun is finished, so
// that an impatient caller does not leave a question behind. An error of the transaction's end says nothing about
// whether it took effect.
func (s *Store) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := s.writer.Conn(wait)
	if err != nil {
		return fmt.Errorf("wait for the writer: %w", err)
	}
	defer conn.Close()
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(ctx, tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return s.commit(tx)
}

// prepare lets the databases read those statements once that every operation runs.
func (s *Store) prepare(ctx context.Context) error {
	s.stmts = map[string]*sql.Stmt{}
	for query, db := range map[string]*sql.DB{
		insertReceived: s.writer, settleReceived: s.writer, insertOperation: s.writer, moveOperation: s.writer,
		noteOperation: s.writer, showOperation: s.writer, insertEvent: s.writer, selectByID: s.reader,
	} {
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		s.stmts[query] = stmt
	}
	return nil
}

// in gives a prepared statement for use in a transaction.
func (s *Store) in(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	return tx.StmtContext(ctx, s.stmts[query])
}

// change runs one change of an operation and its event in one transaction. When that fails, the event's own mark, which
// is in the trail exactly when the transaction took effect, says whether the change counts as done.
func (s *Store) change(ctx context.Context, e op.Event,
	do func(context.Context, *sql.Tx, int64) (op.Operation, error)) (op.Operation, error) {
	if e.Name == "" {
		return op.Operation{}, fmt.Errorf("name of the event: %w", ErrIncomplete)
	}
	var o op.Operation
	mark := op.NewID()
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		now := s.millis()
		if o, err = do(ctx, tx, now); err != nil {
			return err
		}
		return s.appendEvent(ctx, tx, about(e, o), mark, now)
	})
	if err == nil || definite(err) {
		return o, err
	}
	if !s.marked(ctx, mark) {
		return op.Operation{}, err
	}
	return s.after(ctx, o, err)
}

// definite reports whether an error was decided before anything was written.
func definite(err error) bool {
	for _, known := range []error{ErrNotFound, ErrExists, ErrLost, ErrTargetBusy} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// marked looks whether the trail holds the mark.
func (s *Store) marked(ctx context.Context, mark string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var found int
	err := s.reader.QueryRowContext(ctx, selectMark, mark).Scan(&found)
	return err == nil && found > 0
}

// after gives an operation whose change turned out to be done in spite of an error. When somebody else has moved it on
// since, the change is over and the caller has lost it.
func (s *Store) after(ctx context.Context, done op.Operation, failed error) (op.Operation, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	now, err := scan(s.stmts[selectByID].QueryRowContext(ctx, done.ID))
	if err != nil {
		return op.Operation{}, errors.Join(failed, err)
	}
	if now.State != done.State {
		return now, ErrLost
	}
	return now, nil
}

// about fills in what an event takes from its operation.
func about(e op.Event, o op.Operation) op.Event {
	e.Operation = o.ID
	if e.Team == "" {
		e.Team = o.Team
	}
	if e.Channel == "" {
		e.Channel = o.Channel
	}
	return e
}
