package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sleep"
)

// patience is how long a store waits that is not told otherwise.
const patience = 5 * time.Second

// whole is how long a transaction on a database elsewhere may take in all: longer than one statement may take there, so
// that the server's own answer comes first.
func (s *Store) whole() time.Duration { return s.patience * 8 / 5 }

// transaction is one that has begun.
type transaction struct {
	*sql.Tx
	ctx    context.Context
	store  *Store
	stmts  map[string]*sql.Stmt // of the store, as they were used here
	now    int64                // the store's time
	number string               // of the transaction, where the database gives one
	end    func()               // gives the connection back
}

// prepared gives one of the store's prepared statements for this transaction; nil when it is none of them. It is looked
// for once: to find the connection's own takes a server a round trip.
func (t *transaction) prepared(query string) *sql.Stmt {
	if stmt := t.store.stmts[query]; stmt != nil && t.stmts[query] == nil {
		t.stmts[query] = t.StmtContext(t.ctx, stmt)
	}
	return t.stmts[query]
}

// exec runs a statement and gives how many rows it changed.
func (t *transaction) exec(query string, args ...any) (int64, error) {
	run := func(ctx context.Context, args ...any) (sql.Result, error) { return t.ExecContext(ctx, query, args...) }
	if prepared := t.prepared(query); prepared != nil {
		run = prepared.ExecContext
	}
	result, err := run(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row asks for one row.
func (t *transaction) row(query string, args ...any) *sql.Row {
	if prepared := t.prepared(query); prepared != nil {
		return prepared.QueryRowContext(t.ctx, args...)
	}
	return t.QueryRowContext(t.ctx, query, args...)
}

// exec is write for one statement.
func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	return s.write(ctx, func(t *transaction) error {
		_, err := t.exec(query, args...)
		return err
	})
}

// write runs one transaction on a writer. It gives up waiting when the context ends; what has begun is finished, so
// that an impatient caller does not leave a question behind. An error of the transaction's end says nothing about
// whether it took effect.
func (s *Store) write(ctx context.Context, do func(*transaction) error) error {
	return s.writeWithin(ctx, s.whole(), do)
}

func (s *Store) writeWithin(ctx context.Context, limit time.Duration, do func(*transaction) error) (err error) {
	began := time.Now()
	defer func() {
		s.watch.Took(Writes, time.Since(began), err != nil && !definite(err) && !errors.Is(err, context.Canceled))
	}()
	t, err := s.begin(ctx, limit)
	if err != nil {
		return unwritten(err)
	}
	defer t.end()
	if err := do(t); err != nil {
		_ = t.Rollback()
		return unwritten(err)
	}
	if err := s.commit(t.Tx); err != nil {
		return unwritten(&unsure{err, t.number})
	}
	return nil
}

// unsure is the error of a COMMIT, after which the transaction may have taken effect or not.
type unsure struct {
	error
	number string // of the transaction, where the database gives one
}

func (u *unsure) Unwrap() error { return u.error }

// begin begins a transaction. Nothing has happened when that fails, so a connection that turns out to be dead is left
// for another one.
func (s *Store) begin(ctx context.Context, limit time.Duration) (t *transaction, err error) {
	wait, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for range 3 {
		if t, err = s.beginOnce(wait, limit); err == nil || !s.dialect.remote || wait.Err() != nil {
			break
		}
	}
	return t, err
}

func (s *Store) beginOnce(wait context.Context, limit time.Duration) (*transaction, error) {
	conn, err := s.writer.Conn(wait)
	if err != nil {
		return nil, fmt.Errorf("wait for the writer: %w", err)
	}
	ctx, cancel := context.WithoutCancel(wait), func() {}
	if s.dialect.remote {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	t := &transaction{ctx: ctx, store: s, stmts: map[string]*sql.Stmt{}, end: func() { cancel(); _ = conn.Close() }}
	if t.Tx, err = conn.BeginTx(ctx, nil); err != nil {
		t.end()
		return nil, fmt.Errorf("begin: %w", err)
	}
	if t.now, t.number, err = s.stamp(ctx, t.Tx); err != nil {
		_ = t.Rollback()
		t.end()
		return nil, fmt.Errorf("read the clock of the database: %w", err)
	}
	return t, nil
}

// look asks, after a write that failed, for the mark that it would have left. It waits until the transaction is no
// longer under way: the server may still be about to end it when the connection is gone, and a look would come too
// early.
func (s *Store) look(ctx context.Context, failed error, ask func(context.Context) error) error {
	u := &unsure{}
	wait := errors.As(failed, &u) && u.number != ""
	return s.insist(ctx, func(ctx context.Context) error {
		if wait {
			var ended bool
			if err := s.reader.QueryRowContext(ctx, s.dialect.ended, u.number).Scan(&ended); err != nil {
				return err
			}
			if !ended {
				return errors.New("the transaction is still under way")
			}
		}
		return ask(ctx)
	})
}

// insist asks until there is an answer or patience is at its end. A file that cannot be read is asked once.
func (s *Store) insist(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil || errors.Is(err, ErrNotFound) || !s.dialect.remote {
			return err
		}
		if sleep.For(ctx, 100*time.Millisecond) != nil {
			return err
		}
	}
}

// soon bounds a read, so that a database that does not answer does not hold its caller. The read ends with end.
func (s *Store) soon(ctx context.Context) (bounded context.Context, end func()) {
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, s.patience)
	return bounded, func() {
		cancel()
		s.watch.Took(Reads, time.Since(began), false)
	}
}

// prepare lets the databases read those statements once that every operation runs.
func (s *Store) prepare(ctx context.Context) error {
	s.stmts = map[string]*sql.Stmt{}
	for _, query := range []string{
		insertReceived, settleReceived, insertOperation, moveOperation, noteOperation, showOperation, insertEvent,
	} {
		stmt, err := s.writer.PrepareContext(ctx, query)
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		s.stmts[query] = stmt
	}
	var err error
	s.byID, err = s.reader.PrepareContext(ctx, selectByID)
	return wrap(err, "prepare")
}

// sure is write, but when the end of the transaction says nothing it asks for the mark that it would have left. found
// says that it is there, in spite of the error.
func (s *Store) sure(ctx context.Context, do func(*transaction) error,
	ask func(context.Context) error) (found bool, err error) {
	err = s.write(ctx, do)
	if err == nil || definite(err) {
		return false, err
	}
	look := s.look(context.WithoutCancel(ctx), err, ask)
	return look == nil, undecided(err, look)
}

// change runs one change of an operation and its event in one transaction. When that fails, the event's own mark, which
// is in the trail exactly when the transaction took effect, says whether the change counts as done.
func (s *Store) change(ctx context.Context, e op.Event, do func(*transaction) (op.Operation, error)) (op.Operation,
	error) {
	if e.Name == "" {
		return op.Operation{}, fmt.Errorf("name of the event: %w", ErrIncomplete)
	}
	var o op.Operation
	mark := op.NewID()
	found, err := s.sure(ctx, func(t *transaction) (err error) {
		if o, err = do(t); err != nil {
			return err
		}
		if err := t.touchGroup(o); err != nil {
			return err
		}
		return t.appendEvent(about(e, o), mark)
	}, s.inTrail(mark))
	switch {
	case found:
		return s.after(ctx, o, err)
	case err != nil && !definite(err):
		return op.Operation{}, err
	}
	return o, err
}

// definite reports whether an error is a refusal: decided before anything was written.
func definite(err error) bool {
	refusals := []error{ErrNotFound, ErrExists, ErrLost, ErrTargetBusy, ErrNoArrow, ErrIncomplete}
	return slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) })
}

// inTrail asks whether the trail holds a mark: nil when it does, ErrNotFound when it does not.
func (s *Store) inTrail(mark string) func(context.Context) error {
	return func(ctx context.Context) error {
		var found int
		err := s.reader.QueryRowContext(ctx, selectMark, mark).Scan(&found)
		if err == nil && found == 0 {
			return ErrNotFound
		}
		return err
	}
}

// after gives an operation whose change turned out to be done in spite of an error. When somebody else has moved it on
// since, the change is over and the caller has lost it.
func (s *Store) after(ctx context.Context, done op.Operation, failed error) (op.Operation, error) {
	var now op.Operation
	err := s.insist(context.WithoutCancel(ctx), func(ctx context.Context) (err error) {
		now, err = scan(s.byID.QueryRowContext(ctx, done.ID))
		return err
	})
	if err != nil {
		return op.Operation{}, errors.Join(ErrUnsure, failed, err)
	}
	if now.State != done.State {
		return now, ErrLost
	}
	return now, nil
}
