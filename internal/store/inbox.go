package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"casterbot/internal/op"
)

// group is how many rows of the inbox one transaction takes at most.
const group = 256

// keep is how long the keys of the inbox are kept at least, so that a late repeat is known.
const keep = 24 * time.Hour

// Received is one thing that arrived and is not worked off yet.
type Received struct {
	Key  string
	Kind string
	Body []byte // text, in practice JSON
	At   time.Time
}

// arrival is a row on its way into the inbox.
type arrival struct {
	Received
	mark  string
	fresh bool
	err   error
	done  chan struct{}
}

// inbox is the one goroutine that writes arrivals: all that wait while the writer is taken go into one transaction, so
// an idle store answers at once and a busy disk costs one sync for many.
type inbox struct {
	waiting chan *arrival
	quit    chan struct{}
	gone    chan struct{}
	once    sync.Once
}

func (s *Store) startInbox() {
	s.inbox = &inbox{waiting: make(chan *arrival, group), quit: make(chan struct{}), gone: make(chan struct{})}
	go s.runInbox()
}

func (b *inbox) close() {
	b.once.Do(func() { close(b.quit) })
	<-b.gone
}

// Receive makes what arrived durable and reports whether its key is new. With an error it may be stored or not.
func (s *Store) Receive(ctx context.Context, key, kind string, body []byte) (fresh bool, err error) {
	if key == "" {
		return false, fmt.Errorf("receive: key: %w", ErrIncomplete)
	}
	a := &arrival{mark: op.NewID(), done: make(chan struct{})}
	a.Received = Received{Key: key, Kind: kind, Body: body, At: s.now()}
	select {
	case s.inbox.waiting <- a:
	case <-s.inbox.quit:
		return false, ErrClosed
	case <-ctx.Done():
		return false, ctx.Err()
	}
	select {
	case <-a.done:
		return a.fresh, a.err
	case <-s.inbox.gone:
		return false, ErrClosed
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (s *Store) runInbox() {
	defer close(s.inbox.gone)
	for {
		select {
		case a := <-s.inbox.waiting:
			s.receive(a)
		case <-s.inbox.quit:
			for {
				select {
				case a := <-s.inbox.waiting:
					s.receive(a)
				default:
					return
				}
			}
		}
	}
}

// receive writes one arrival and all that wait behind it. It gathers after the writer is its own.
func (s *Store) receive(first *arrival) {
	batch := []*arrival{first}
	ctx := context.Background()
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		batch = s.inbox.gather(batch)
		stmt := s.in(ctx, tx, insertReceived)
		for _, a := range batch {
			if err := a.insert(ctx, stmt); err != nil {
				return err
			}
		}
		return nil
	})
	for _, a := range batch {
		if err != nil {
			a.fresh, a.err = s.received(a, err)
		}
		close(a.done)
	}
}

func (b *inbox) gather(batch []*arrival) []*arrival {
	for len(batch) < group {
		select {
		case a := <-b.waiting:
			batch = append(batch, a)
		default:
			return batch
		}
	}
	return batch
}

func (a *arrival) insert(ctx context.Context, stmt *sql.Stmt) error {
	done, err := stmt.ExecContext(ctx, a.Key, a.Kind, string(a.Body), a.At.UnixMilli(), a.mark)
	if err != nil {
		return err
	}
	rows, err := done.RowsAffected()
	a.fresh = rows == 1
	return err
}

// received looks after an error whether the row is there, and whether it is this arrival's.
func (s *Store) received(a *arrival, failed error) (fresh bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var mark string
	if err := s.reader.QueryRowContext(ctx, selectReceivedMark, a.Key).Scan(&mark); err != nil {
		return false, fmt.Errorf("receive: %w", failed)
	}
	return mark == a.mark, nil
}

// Settle records that something received is worked off. An unknown key changes nothing.
func (s *Store) Settle(ctx context.Context, key string) error {
	return s.inboxWrite(ctx, "settle", settleReceived, key, s.millis())
}

// Unsettled gives what was received and not settled, the oldest first, at most so many.
func (s *Store) Unsettled(ctx context.Context, limit int) ([]Received, error) {
	rows, err := s.reader.QueryContext(ctx, selectUnsettled, limit)
	if err != nil {
		return nil, fmt.Errorf("unsettled: %w", err)
	}
	return collect(rows, func(row scanner) (Received, error) {
		var (
			r    Received
			body string
			at   int64
		)
		err := row.Scan(&r.Key, &r.Kind, &body, &at)
		r.Body, r.At = []byte(body), instant(at)
		return r, err
	})
}

// Prune forgets the keys of settled arrivals from before a time. Those of the last 24 hours stay in any case, and the
// keys of operations for ever.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	if oldest := s.now().Add(-keep); before.After(oldest) {
		before = oldest
	}
	return s.inboxWrite(ctx, "prune", pruneReceived, before.UnixMilli())
}

func (s *Store) inboxWrite(ctx context.Context, what, query string, args ...any) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
