package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	Seal string // see Options.Seal
}

// sealed is the seal that this program gives to what arrived: it does what stands there, so it has to be what came.
func (a author) sealed(r Received) string {
	return a.seal(op.Event{Name: "inbox " + r.Kind, Operation: r.Key, At: instant(r.At.UnixMilli()),
		Detail: map[string]string{"body": string(r.Body)}})
}

// Wrote reports that a process with this one's key wrote what stands in the inbox. Without a key nobody can tell.
func (s *Store) Wrote(r Received) bool {
	want := s.sealed(r)
	return want == "" || want == r.Seal
}

// arrival is a row on its way into the inbox.
type arrival struct {
	Received
	mark  string
	fresh bool
	err   error
	done  chan struct{}
	fate  atomic.Int32 // waiting, begun, written or abandoned; whoever moves it first decides
}

const (
	waiting   = 0
	begun     = 1 // a transaction has it
	written   = 2 // the sender will learn that it is stored
	abandoned = 3 // the sender went away
)

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

// Receive makes what arrived durable and reports whether its key is new. After an error it is not stored and will not
// be worked off; with ErrUnsure it may be, for a while: when ctx ends in the middle of the writing, the arrival is
// taken back afterwards.
func (s *Store) Receive(ctx context.Context, key, kind string, body []byte) (fresh bool, err error) {
	if key == "" {
		return false, fmt.Errorf("receive: key: %w", ErrIncomplete)
	}
	a := &arrival{mark: op.NewID(), done: make(chan struct{})}
	a.Received = Received{Key: key, Kind: kind, Body: body, At: s.now()}
	a.Seal = s.sealed(a.Received)
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
		if a.fate.Load() == written {
			return a.fresh, a.err
		}
		return false, ErrClosed
	case <-ctx.Done():
		if a.fate.CompareAndSwap(waiting, abandoned) {
			return false, failure{ctx.Err()}
		}
		if a.fate.CompareAndSwap(begun, abandoned) {
			return false, failure{errors.Join(ErrUnsure, ctx.Err())}
		}
		<-a.done
		return a.fresh, a.err
	}
}

func (s *Store) runInbox() {
	defer close(s.inbox.gone)
	for {
		select {
		case a := <-s.inbox.waiting:
			s.receive([]*arrival{a})
		case <-s.inbox.quit:
			for left := s.inbox.gather(nil); len(left) > 0; left = s.inbox.gather(nil) {
				s.receive(left)
			}
			return
		}
	}
}

// receive writes arrivals and all that wait behind them. It gathers after the writer is its own.
func (s *Store) receive(batch []*arrival) {
	ctx := context.Background()
	err := s.write(ctx, func(t *transaction) error {
		batch = s.inbox.gather(batch)
		// Two replicas that take the same keys never wait for each other in a ring.
		slices.SortFunc(batch, func(a, b *arrival) int { return strings.Compare(a.Key, b.Key) })
		for _, a := range batch {
			if !a.fate.CompareAndSwap(waiting, begun) {
				continue
			}
			rows, err := t.exec(insertReceived, a.Key, a.Kind, string(a.Body), a.At.UnixMilli(), a.mark, s.replica,
				a.Seal)
			if err != nil {
				return err
			}
			a.fresh = rows == 1
		}
		return nil
	})
	looking, cancel := context.WithTimeout(ctx, s.patience) // for all together
	defer cancel()
	for _, a := range batch {
		if err != nil {
			a.fresh, a.err = s.received(looking, a, err)
		}
		if !a.told() && a.fresh { // its sender went away while it was being written
			if err := s.Done(ctx, a.Key); err != nil {
				s.log.Error("take back what nobody waits for", "error", err)
			}
		}
		close(a.done)
	}
}

// told reports that the sender is still there to learn what became of it.
func (a *arrival) told() bool {
	return a.fate.CompareAndSwap(begun, written) || a.fate.CompareAndSwap(waiting, written)
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

// received looks after an error whether the row is there, and whether it is this arrival's.
func (s *Store) received(ctx context.Context, a *arrival, failed error) (fresh bool, err error) {
	var mark string
	err = s.look(ctx, failed, func(ctx context.Context) error {
		return notFound(s.reader.QueryRowContext(ctx, selectReceivedMark, a.Key).Scan(&mark))
	})
	if err != nil {
		return false, fmt.Errorf("receive: %w", undecided(failed, err))
	}
	return mark == a.mark, nil
}

// Done records that something received is worked off. An unknown key changes nothing.
func (s *Store) Done(ctx context.Context, keys ...string) error {
	err := s.write(ctx, func(t *transaction) error {
		for _, key := range keys {
			if _, err := t.exec(settleReceived, key, t.now); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "settle")
}

// Unsettled gives what was received and not settled, the oldest first, at most so many.
func (s *Store) Unsettled(ctx context.Context, limit int) ([]Received, error) {
	return list(ctx, s, "unsettled", scanReceived, selectUnsettled, limit)
}

func scanReceived(row scanner) (r Received, err error) {
	err = row.Scan(&r.Key, &r.Kind, &r.Body, timeOf{&r.At}, &r.Seal)
	return r, err
}

// Prune forgets the keys of settled arrivals from before a time, and the documents that have ended before it. Those of
// the last 24 hours stay in any case, and the keys of operations for ever.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	if oldest := s.now().Add(-keep); before.After(oldest) {
		before = oldest
	}
	err := s.write(ctx, func(t *transaction) error {
		_, err := t.exec(pruneReceived, before.UnixMilli())
		if err == nil {
			_, err = t.exec(pruneDocuments, before.UnixMilli())
		}
		return err
	})
	return wrap(err, "prune")
}
