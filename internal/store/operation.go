package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	// that of the policy which is in force now
	Decision *op.Decision
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
	made, err := s.change(ctx, e, func(t *transaction) (op.Operation, error) {
		return t.insert(o, settles)
	})
	if err == nil {
		s.watch.Made(made)
	}
	return made, wrap(err, "create %s", o.Ref())
}

func (s *Store) born(o op.Operation) op.Operation {
	now := s.now()
	o.ID, o.Token, o.Created = cmp.Or(o.ID, op.NewID()), cmp.Or(o.Token, op.NewID()), cmp.Or(o.Created, now)
	if o.State == op.Queued {
		o.Confirmed, o.Claim = cmp.Or(o.Confirmed, now), cmp.Or(o.Claim, s.replica)
	}
	o.Version, o.Shown, o.Ended = 1, 0, time.Time{}
	if o.Group != "" {
		o.Shown = o.Version
	}
	return o
}

func (t *transaction) insert(o op.Operation, settles []string) (op.Operation, error) {
	target := o.Plan.Target.Key()
	if err := t.takeTurn(o.State, o.ID, target); err != nil {
		return op.Operation{}, err
	}
	made, err := scan(t.row(insertOperation, fields(&o, target)...))
	if errors.Is(err, ErrNotFound) {
		held, err := scan(t.row(selectByKey, o.Key))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return op.Operation{}, err
		}
		return held, ErrExists
	}
	if err != nil {
		return op.Operation{}, err
	}
	for _, key := range settles {
		switch rows, err := t.exec(settleReceived, key, t.now); {
		case err != nil:
			return op.Operation{}, err
		case rows == 0:
			return op.Operation{}, ErrExists
		}
	}
	rows, err := t.exec(settleReceived, o.Key, t.now)
	if err != nil || rows > 0 {
		return made, err
	}
	// another replica has taken it over and worked it off, and made no operation of it
	var mark string
	switch err := notFound(t.row(selectReceivedMark, o.Key).Scan(&mark)); {
	case err == nil:
		return op.Operation{}, ErrExists
	case !errors.Is(err, ErrNotFound):
		return op.Operation{}, err
	}
	return made, nil
}

// takeTurn waits, where several may write at once and a turn is given, until nobody else gives one on the target of an
// operation.
func (t *transaction) takeTurn(to op.State, id, target string) error {
	if to != op.Queued || t.store.dialect.turn == "" {
		return nil
	}
	_, err := t.exec(t.store.dialect.turn, id, target)
	return err
}

// Get gives the operation with this id.
func (s *Store) Get(ctx context.Context, id string) (op.Operation, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	o, err := scan(s.byID.QueryRowContext(ctx, id))
	return o, wrap(err, "get %s", op.Ref(id))
}

// ByKey gives the operation that was made with this dedupe key.
func (s *Store) ByKey(ctx context.Context, key string) (op.Operation, error) {
	ctx, cancel := s.soon(ctx)
	defer cancel()
	o, err := scan(s.reader.QueryRowContext(ctx, selectByKey, key))
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
	o, err := s.change(ctx, m.Event, func(t *transaction) (op.Operation, error) {
		if err := t.takeTurn(m.To, m.ID, ""); err != nil {
			return op.Operation{}, err
		}
		o, err := t.guarded(m.ID, moveOperation, m.values(t.now)...)
		if errors.Is(err, ErrLost) && m.early(o, t.now) {
			return op.Operation{}, ErrTargetBusy
		}
		return o, err
	})
	if err == nil {
		s.watch.Moved(m.From, o)
	}
	return o, wrap(err, "move %s from %s to %s", op.Ref(m.ID), m.From, m.To)
}

// early reports that an operation which could not become running may yet do so: only its turn has not come.
func (m Move) early(o op.Operation, now int64) bool {
	return m.To == op.Running && o.State == m.From && (!m.Fresh || millis(o.Expires) > now)
}

// Note records something about an operation that stays in its state. ErrLost says that it is in another one.
func (s *Store) Note(ctx context.Context, id string, n Note, e op.Event) error {
	n.From = cmp.Or(n.From, op.Unknown)
	_, err := s.change(ctx, e, func(t *transaction) (op.Operation, error) {
		return t.guarded(id, noteOperation, id, n.From, t.now, number(n.Look), number(n.Send), jsonOf{n.Outcome}, n.Claim,
			n.Version, timeOf{&n.Expires}, number(n.Look || n.Tried), jsonOf{n.Decision})
	})
	return wrap(err, "note on %s", op.Ref(id))
}

// guarded runs an UPDATE that gives the changed row, or ErrLost with the row as it is when the guard did not match.
func (t *transaction) guarded(id, query string, args ...any) (op.Operation, error) {
	o, err := scan(t.row(query, args...))
	if t.store.dialect.busy(err) {
		return op.Operation{}, ErrTargetBusy
	}
	if !errors.Is(err, ErrNotFound) {
		return o, err
	}
	if o, err = scan(t.row(selectByID, id)); err != nil {
		return op.Operation{}, err
	}
	return o, ErrLost
}

// Unshown records that a card may have gone back to an older version, so that it is drawn once more.
func (s *Store) Unshown(ctx context.Context, id string) error {
	return wrap(s.exec(ctx, unshowOperation, id), "unshown %s", op.Ref(id))
}

// Shown records which version of an operation its card shows, and the message id of the card unless that is empty.
// Whoever brings an older version than the one recorded has drawn over a newer one, so that the card is to be drawn
// again. It is no change of the operation.
func (s *Store) Shown(ctx context.Context, id string, version int64, card string) error {
	return wrap(s.exec(ctx, showOperation, id, version, card), "shown %s", op.Ref(id))
}
