package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/op"
)

// Move is one arrow of the chart. Empty fields leave what is stored as it is. Becoming queued sets the time of
// confirmation, a final state that of the end.
type Move struct {
	ID       string
	From, To op.State
	Event    op.Event // its name is needed; operation, time and, when empty, team and channel are filled in
	By       string   // who confirmed, approved or called off
	Closer   string   // who settled an unknown one
	Claim    string   // who looks after it; empty on the way to queued and running takes Options.Replica
	Outcome  *op.Outcome
	Plan     *op.Plan
	Decision *op.Decision
	Expires  time.Time
	Fresh    bool // only while the time of expiry is ahead
	Send     bool // sets the time of sending and counts one more
}

// Note is a change that leaves the state as it is.
type Note struct {
	From    op.State // only in this state; empty means unknown
	Version int64    // only at this version; 0 means any
	Look    bool     // a look was made: sets its time and counts one more
	Send    bool     // the call is given to the network once more: counts one more, the first time stays
	Outcome *op.Outcome
	Claim   string
	Expires time.Time // later than now: it expires then
}

// Create stores a new operation, pending or queued, with its first event, and settles the row of the inbox that has its
// key. Id, token and time of creation are made when they are empty. When the key is taken it gives ErrExists and the
// operation that has it.
func (s *Store) Create(ctx context.Context, o op.Operation, e op.Event) (op.Operation, error) {
	if o.Key == "" {
		return op.Operation{}, fmt.Errorf("create: key: %w", ErrIncomplete)
	}
	if o.State != op.Pending && o.State != op.Queued {
		return op.Operation{}, fmt.Errorf("create as %q: %w", o.State, ErrNoArrow)
	}
	o = s.born(o)
	made, err := s.change(ctx, e, func(ctx context.Context, tx *sql.Tx, now int64) (op.Operation, error) {
		return s.insert(ctx, tx, o, now)
	})
	if err != nil {
		return made, fmt.Errorf("create %s: %w", o.Ref(), err)
	}
	return made, nil
}

func (s *Store) born(o op.Operation) op.Operation {
	now := s.now()
	if o.ID == "" {
		o.ID = op.NewID()
	}
	if o.Token == "" {
		o.Token = op.NewID()
	}
	if o.Created.IsZero() {
		o.Created = now
	}
	if o.State == op.Queued && o.Confirmed.IsZero() {
		o.Confirmed = now
	}
	if o.State == op.Queued && o.Claim == "" {
		o.Claim = s.replica
	}
	o.Version, o.Shown, o.Ended = 1, 0, time.Time{}
	return o
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, o op.Operation, now int64) (op.Operation, error) {
	args, err := values(o)
	if err != nil {
		return op.Operation{}, err
	}
	made, err := scan(s.in(ctx, tx, insertOperation).QueryRowContext(ctx, args...))
	if errors.Is(err, ErrNotFound) {
		held, err := scan(tx.QueryRowContext(ctx, selectByKey, o.Key))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return op.Operation{}, err
		}
		return held, ErrExists
	}
	if err != nil {
		return op.Operation{}, err
	}
	_, err = s.in(ctx, tx, settleReceived).ExecContext(ctx, o.Key, now)
	return made, err
}

// Get gives the operation with this id.
func (s *Store) Get(ctx context.Context, id string) (op.Operation, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	o, err := scan(s.stmts[selectByID].QueryRowContext(ctx, id))
	if err != nil {
		return op.Operation{}, fmt.Errorf("get %s: %w", op.Ref(id), err)
	}
	return o, nil
}

// ByRef gives the operation with this short reference, the newest if there are several; a whole id will do too.
func (s *Store) ByRef(ctx context.Context, ref string) (op.Operation, error) {
	id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(ref)), "op-")
	query := selectByRef
	if len(id) > len(op.Ref(id)) {
		query = selectByID
	}
	ctx, cancel := s.soon(ctx)
	defer cancel()
	o, err := scan(s.reader.QueryRowContext(ctx, query, id))
	if err != nil {
		return op.Operation{}, fmt.Errorf("find %q: %w", ref, err)
	}
	return o, nil
}

// Move takes an operation along one arrow of the chart and gives it as it is after that. ErrLost comes with the operation
// as it is now; ErrTargetBusy says that another operation of the same target runs.
func (s *Store) Move(ctx context.Context, m Move) (op.Operation, error) {
	if !op.CanMove(m.From, m.To) {
		return op.Operation{}, fmt.Errorf("move %s from %q to %q: %w", op.Ref(m.ID), m.From, m.To, ErrNoArrow)
	}
	if m.Claim == "" && (m.To == op.Queued || m.To == op.Running) {
		m.Claim = s.replica
	}
	o, err := s.change(ctx, m.Event, func(ctx context.Context, tx *sql.Tx, now int64) (op.Operation, error) {
		args, err := m.values(now)
		if err != nil {
			return op.Operation{}, err
		}
		return s.guarded(ctx, tx, m.ID, moveOperation, args)
	})
	if err != nil {
		return o, fmt.Errorf("move %s from %s to %s: %w", op.Ref(m.ID), m.From, m.To, err)
	}
	return o, nil
}

// Note records something about an operation that stays in its state. ErrLost says that it is in another one.
func (s *Store) Note(ctx context.Context, id string, n Note, e op.Event) error {
	if n.From == "" {
		n.From = op.Unknown
	}
	_, err := s.change(ctx, e, func(ctx context.Context, tx *sql.Tx, now int64) (op.Operation, error) {
		args, err := n.values(id, now)
		if err != nil {
			return op.Operation{}, err
		}
		return s.guarded(ctx, tx, id, noteOperation, args)
	})
	if err != nil {
		return fmt.Errorf("note on %s: %w", op.Ref(id), err)
	}
	return nil
}

// guarded runs an UPDATE that gives the changed row, or ErrLost with the row as it is when the guard did not match.
func (s *Store) guarded(ctx context.Context, tx *sql.Tx, id, query string, args []any) (op.Operation, error) {
	o, err := scan(s.in(ctx, tx, query).QueryRowContext(ctx, args...))
	if s.dialect.busy(err) {
		return op.Operation{}, ErrTargetBusy
	}
	if !errors.Is(err, ErrNotFound) {
		return o, err
	}
	if o, err = scan(tx.QueryRowContext(ctx, selectByID, id)); err != nil {
		return op.Operation{}, err
	}
	return o, ErrLost
}

// Unshown records that a card may have gone back to an older version, so that it is drawn once more.
func (s *Store) Unshown(ctx context.Context, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, _ int64) error {
		_, err := tx.ExecContext(ctx, unshowOperation, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("unshown %s: %w", op.Ref(id), err)
	}
	return nil
}

// Shown records which version of an operation its card shows, and the message id of the card unless that is empty. Whoever brings
// an older version than the one recorded has drawn over a newer one, so that the card is to be drawn again. It is no change of the
// operation.
func (s *Store) Shown(ctx context.Context, id string, version int64, card string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, _ int64) error {
		_, err := s.in(ctx, tx, showOperation).ExecContext(ctx, id, version, card)
		return err
	})
	if err != nil {
		return fmt.Errorf("shown %s: %w", op.Ref(id), err)
	}
	return nil
}
