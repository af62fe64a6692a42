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
	Tried   bool     // a look was made: sets its time
	Send    bool     // the call is given to the network once more: counts one more, the first time stays
	Outcome *op.Outcome
	Claim   string
	Expires time.Time // later than now: it expires then
}

// Create stores a new operation, pending or queued, with its first event, and settles the row of the inbox that has its
// key, and those with the other keys given. Id, token and time of creation are made when they are empty. When the key
// is taken it gives ErrExists and the operation that has it; when one of the other rows is not open any more, ErrExists
// and none.
func (s *Store) Create(ctx context.Context, o op.Operation, e op.Event, settles ...string) (op.Operation, error) {
	if o.Key == "" {
		return op.Operation{}, fmt.Errorf("create: key: %w", ErrIncomplete)
	}
	if o.State != op.Pending && o.State != op.Queued {
		return op.Operation{}, fmt.Errorf("create as %q: %w", o.State, ErrNoArrow)
	}
	o = s.born(o)
	made, err := s.change(ctx, e, func(ctx context.Context, tx *sql.Tx, now int64) (op.Operation, error) {
		return s.insert(ctx, tx, o, now, settles)
	})
	return made, wrap(err, "create %s", o.Ref())
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
	if o.Group != "" {
		o.Shown = o.Version
	}
	return o
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, o op.Operation, now int64,
	settles []string) (op.Operation, error) {
	args, err := values(o)
	if err == nil && o.State == op.Queued {
		err = s.takeTurn(ctx, tx, o.ID, o.Plan.Target.Key())
	}
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
	for _, key := range settles {
		done, err := s.in(ctx, tx, settleReceived).ExecContext(ctx, key, now)
		if err != nil {
			return op.Operation{}, err
		}
		if rows, err := done.RowsAffected(); err != nil || rows == 0 {
			return op.Operation{}, errors.Join(err, ErrExists)
		}
	}
	_, err = s.in(ctx, tx, settleReceived).ExecContext(ctx, o.Key, now)
	return made, err
}

// takeTurn waits, where several may write at once, until nobody else gives a turn on the target of an operation.
func (s *Store) takeTurn(ctx context.Context, tx *sql.Tx, id, target string) error {
	if s.dialect.turn == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, s.dialect.turn, id, target)
	return err
}

// Get gives the operation with this id.
func (s *Store) Get(ctx context.Context, id string) (op.Operation, error) {
	o, err := s.one(ctx, selectByID, id)
	return o, wrap(err, "get %s", op.Ref(id))
}

// ByKey gives the operation that was made with this dedupe key.
func (s *Store) ByKey(ctx context.Context, key string) (op.Operation, error) {
	o, err := s.one(ctx, selectByKey, key)
	return o, wrap(err, "get by key")
}

// Ahead counts the operations that stand before this one on its target: one that runs, and those that wait and were
// confirmed earlier. At 0 it is its turn; only Move decides.
func (s *Store) Ahead(ctx context.Context, id string) (n int, err error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	err = s.reader.QueryRowContext(ctx, countAhead, id, s.now().UnixMilli()).Scan(&n)
	return n, wrap(err, "count what is before %s", op.Ref(id))
}

// ByRef gives the operation with this short reference, the newest if there are several; a whole id will do too.
func (s *Store) ByRef(ctx context.Context, ref string) (op.Operation, error) {
	id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(ref)), "op-")
	query := selectByRef
	if len(id) > len(op.Ref(id)) {
		query = selectByID
	}
	o, err := s.one(ctx, query, id)
	return o, wrap(err, "find %q", ref)
}

// Move takes an operation along one arrow of the chart and gives it as it is after that. ErrLost comes with the
// operation as it is now; ErrTargetBusy says that another operation of the same target runs, or waits and was confirmed
// earlier.
func (s *Store) Move(ctx context.Context, m Move) (op.Operation, error) {
	if !op.CanMove(m.From, m.To) {
		return op.Operation{}, fmt.Errorf("move %s from %q to %q: %w", op.Ref(m.ID), m.From, m.To, ErrNoArrow)
	}
	if m.Claim == "" && (m.To == op.Queued || m.To == op.Running) {
		m.Claim = s.replica
	}
	o, err := s.change(ctx, m.Event, func(ctx context.Context, tx *sql.Tx, now int64) (op.Operation, error) {
		args, err := m.values(now)
		if err == nil && m.To == op.Queued {
			err = s.takeTurn(ctx, tx, m.ID, "")
		}
		if err != nil {
			return op.Operation{}, err
		}
		o, err := s.guarded(ctx, tx, m.ID, moveOperation, args)
		if errors.Is(err, ErrLost) && m.early(o, now) {
			return op.Operation{}, ErrTargetBusy
		}
		return o, err
	})
	return o, wrap(err, "move %s from %s to %s", op.Ref(m.ID), m.From, m.To)
}

// early reports that an operation which could not become running may yet do so: only its turn has not come.
func (m Move) early(o op.Operation, now int64) bool {
	return m.To == op.Running && o.State == m.From && (!m.Fresh || millis(o.Expires) > now)
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
	return wrap(err, "note on %s", op.Ref(id))
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
	return wrap(err, "unshown %s", op.Ref(id))
}

// Shown records which version of an operation its card shows, and the message id of the card unless that is empty.
// Whoever brings an older version than the one recorded has drawn over a newer one, so that the card is to be drawn
// again. It is no change of the operation.
func (s *Store) Shown(ctx context.Context, id string, version int64, card string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, _ int64) error {
		_, err := s.in(ctx, tx, showOperation).ExecContext(ctx, id, version, card)
		return err
	})
	return wrap(err, "shown %s", op.Ref(id))
}
