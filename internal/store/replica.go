package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
)

// deadAfter is how old the last heartbeat of a replica is when others take over what it left.
const deadAfter = 15 * time.Second

// silentAfter is how old it is when others go on with what cannot wait, as an emergency: most such replicas are dead.
// One that is not and goes on with it too makes nothing twice, as one operation has one key and one claim.
const silentAfter = 5 * time.Second

// forgetAfter is how long the heartbeat of a replica that is gone is kept.
const forgetAfter = 24 * time.Hour

// Beat tells the other replicas that this one lives. It is due every second; a replica without one in 15 seconds
// counts as dead. The time is that of the database.
func (s *Store) Beat(ctx context.Context) error {
	var peers int64
	err := s.write(ctx, func(t *transaction) error {
		if _, err := t.exec(setBeat, s.replica, t.now); err != nil {
			return err
		}
		if err := t.row(countPeers, s.replica, s.alive(t.now)).Scan(&peers); err != nil {
			return err
		}
		_, err := t.exec(pruneReplicas, t.now-forgetAfter.Milliseconds())
		return err
	})
	if err == nil {
		s.peers.Store(peers)
	}
	return wrap(err, "heartbeat")
}

// Peers is how many other replicas lived at the last heartbeat of this one.
func (s *Store) Peers() int { return int(s.peers.Load()) }

// leave takes the heartbeat back, so that others need not wait before they take over what is left.
func (s *Store) leave() {
	if err := s.exec(context.Background(), deleteBeat, s.replica); err != nil {
		s.log.Warn("the other replicas notice the end of this one only after a while", "error", err)
	}
}

// alive is the time from which a heartbeat counts. Where one process at a time has the database, nobody else lives.
func (s *Store) alive(now int64) int64 { return s.heard(now, deadAfter) }

func (s *Store) heard(now int64, within time.Duration) int64 {
	if s.dialect.exclusive {
		return math.MaxInt64
	}
	return now - within.Milliseconds()
}

// Orphans gives the queued and running operations that this replica must look after: its own, and those whose replica
// is dead. The oldest come first, at most so many.
func (s *Store) Orphans(ctx context.Context, limit int) ([]op.Operation, error) {
	return list(ctx, s, "operations in care", scan, selectOrphans, limit, s.replica, s.alive(s.now().UnixMilli()))
}

// OfSilent gives the queued and running operations of replicas that have been silent for five seconds, with this one's
// own, and what such replicas received and did not work off; the oldest first, at most so many of each.
func (s *Store) OfSilent(ctx context.Context, limit int) ([]op.Operation, []Received, error) {
	since := s.heard(s.now().UnixMilli(), silentAfter)
	operations, err := list(ctx, s, "operations of the silent", scan, selectOrphans, limit, s.replica, since)
	if err != nil {
		return nil, nil, err
	}
	rows, err := list(ctx, s, "what the silent received", scanReceived, selectLeft, limit, s.replica, since)
	return operations, rows, err
}

// AdoptOfSilent is Adopt for some rows by their keys, as soon as their replica has been silent for five seconds.
func (s *Store) AdoptOfSilent(ctx context.Context, keys ...string) ([]Received, error) {
	return s.adopt(ctx, func(t *transaction, mark string) (adopted []Received, err error) {
		for _, key := range keys {
			one, err := all(t.ctx, t, scanReceived, adoptReceived, 1, s.replica, s.heard(t.now, silentAfter), mark, key)
			if err != nil {
				return nil, err
			}
			adopted = append(adopted, one...)
		}
		return adopted, nil
	})
}

// Adopt makes this replica the owner of what others received and did not work off before they died, and gives it, at
// most so many. Of several replicas that try, one gets each row.
func (s *Store) Adopt(ctx context.Context, limit int) ([]Received, error) {
	return s.adopt(ctx, func(t *transaction, mark string) ([]Received, error) {
		return all(t.ctx, t, scanReceived, adoptReceived, limit, s.replica, s.alive(t.now), mark, "")
	})
}

func (s *Store) adopt(ctx context.Context, take func(*transaction, string) ([]Received, error)) ([]Received, error) {
	var adopted []Received
	mark := op.NewID()
	found, err := s.sure(ctx, func(t *transaction) (err error) {
		adopted, err = take(t, mark)
		return err
	}, func(ctx context.Context) (err error) {
		if adopted, err = all(ctx, s.reader, scanReceived, selectAdopted, mark); err == nil && len(adopted) == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil && !found {
		return nil, fmt.Errorf("adopt what others received: %w", err)
	}
	slices.SortFunc(adopted, func(a, b Received) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Key, b.Key))
	})
	return adopted, nil
}

// Undrawn gives an operation, and reports that its card is behind and that ClaimCard would find nobody else drawing it.
// What costs a turn that all replicas share is not begun before that is known.
func (s *Store) Undrawn(ctx context.Context, id string) (o op.Operation, is bool, err error) {
	if !s.dialect.exclusive {
		within, cancel := s.soon(ctx)
		defer cancel()
		since := s.alive(s.now().UnixMilli())
		o, err = scan(s.reader.QueryRowContext(within, selectByID+" AND "+isUndrawn, id, s.replica, since))
		if !errors.Is(err, ErrNotFound) {
			return o, err == nil, wrap(err, "get what %s shows", op.Ref(id))
		}
	}
	o, err = s.Get(ctx, id)
	return o, s.dialect.exclusive && err == nil && o.Shown < o.Version, err
}

// ClaimCard takes on the drawing of a card that is behind, and gives the operation as it is now. Not ok says that there
// is nothing to draw: the card is up to date, or another replica that lives draws it. Shown ends the hold.
func (s *Store) ClaimCard(ctx context.Context, id string) (o op.Operation, ok bool, err error) {
	if s.dialect.exclusive {
		o, err = s.Get(ctx, id)
		return o, err == nil && o.Shown < o.Version, err
	}
	const claimCard = `UPDATE operations SET drawer = $2 WHERE id = $1 AND ` + isUndrawn + ` RETURNING ` + columns
	err = s.write(ctx, func(t *transaction) (err error) {
		o, err = scan(t.row(claimCard, id, s.replica, s.alive(t.now)))
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return op.Operation{}, false, nil
	}
	if err != nil {
		return op.Operation{}, false, fmt.Errorf("hold the card of %s: %w", op.Ref(id), err)
	}
	return o, true, nil
}
