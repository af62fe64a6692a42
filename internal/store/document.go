package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
)

// Memo is a small document that is kept beside the operations: a lock, a board, an alert, a lease. Whoever changes one names
// the version that they have read; of many who do so at once exactly one wins.
type Memo struct {
	Key     string
	Kind    string // what it is, for lists
	Body    string // its text; the store does not read it
	Version int64  // grows with every change, never twice the same under one key
	At      time.Time
	Ends    time.Time // from then on it counts as gone; zero: it never ends by itself
}

// PutMemo writes a memo: a new one when its version is 0 (there must be none under the key, or one that has ended), else in
// place of the version that it names, which must not have ended. It gives the memo as it is stored. ErrLost comes with the one
// that stands there now. The event goes into the trail in the same transaction; one without a name is left out.
func (s *Store) PutMemo(ctx context.Context, m Memo, e op.Event) (Memo, error) {
	if m.Key == "" || m.Kind == "" {
		return Memo{}, fmt.Errorf("put a memo: key and kind: %w", ErrIncomplete)
	}
	query := insertMemo
	if m.Version > 0 {
		query = updateMemo
	}
	return s.memo(ctx, m.Key, e, func(ctx context.Context, tx *sql.Tx, mark string, now int64) (Memo, error) {
		args := []any{m.Key, m.Kind, m.Body, now, millis(m.Ends), mark}
		if m.Version > 0 {
			args = append(args, m.Version)
		}
		return scanMemo(tx.QueryRowContext(ctx, query, args...))
	})
}

// DropMemo ends a memo now, at this version only; ErrLost comes with the one that stands there instead.
func (s *Store) DropMemo(ctx context.Context, key string, version int64, e op.Event) error {
	_, err := s.memo(ctx, key, e, func(ctx context.Context, tx *sql.Tx, mark string, now int64) (Memo, error) {
		return scanMemo(tx.QueryRowContext(ctx, endMemo, key, now, mark, version))
	})
	return err
}

// memo runs one guarded change of a memo and its event in one transaction. After an error the row's own mark says whether the
// change took effect.
func (s *Store) memo(ctx context.Context, key string, e op.Event,
	do func(context.Context, *sql.Tx, string, int64) (Memo, error)) (Memo, error) {
	var m Memo
	mark := op.NewID()
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, now int64) (err error) {
		if m, err = do(ctx, tx, mark, now); errors.Is(err, ErrNotFound) {
			m, err = standing(ctx, tx, key, now)
		}
		if err != nil || e.Name == "" {
			return err
		}
		return s.appendEvent(ctx, tx, e, mark, now)
	})
	if err == nil || definite(err) {
		return m, err
	}
	found, look := s.memoMarked(ctx, key, mark, err)
	if look == nil {
		return found, nil
	}
	return Memo{}, fmt.Errorf("write memo %s: %w", key, undecided(err, look))
}

// standing gives what stood in the way of a change.
func standing(ctx context.Context, tx *sql.Tx, key string, now int64) (Memo, error) {
	m, err := scanMemo(tx.QueryRowContext(ctx, selectMemo, key, now))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Memo{}, err
	}
	return m, ErrLost
}

func (s *Store) memoMarked(ctx context.Context, key, mark string, failed error) (Memo, error) {
	var m Memo
	err := s.look(context.WithoutCancel(ctx), failed, func(ctx context.Context) (err error) {
		m, err = scanMemo(s.reader.QueryRowContext(ctx, selectMemoMark, key, mark))
		if errors.Is(err, ErrNotFound) {
			return sql.ErrNoRows
		}
		return err
	})
	return m, err
}

// Memo gives the memo under a key; ErrNotFound when there is none, or it has ended.
func (s *Store) Memo(ctx context.Context, key string) (Memo, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	m, err := scanMemo(s.reader.QueryRowContext(ctx, selectMemo, key, s.now().UnixMilli()))
	if err != nil {
		return Memo{}, fmt.Errorf("memo %s: %w", key, err)
	}
	return m, nil
}

// Memos gives all memos of a kind that have not ended, by key.
func (s *Store) Memos(ctx context.Context, kind string) ([]Memo, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	rows, err := s.reader.QueryContext(ctx, selectMemos, kind, s.now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("memos of kind %s: %w", kind, err)
	}
	return collect(rows, scanMemo)
}

func scanMemo(row scanner) (Memo, error) {
	var (
		m        Memo
		at, ends int64
	)
	err := row.Scan(&m.Key, &m.Kind, &m.Body, &m.Version, &at, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return Memo{}, ErrNotFound
	}
	m.At, m.Ends = instant(at), instant(ends)
	return m, err
}
