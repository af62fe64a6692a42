package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"casterbot/internal/op"
)

// deadAfter is how old the last heartbeat of a replica is when others take over what it left.
const deadAfter = 15 * time.Second

// forgetAfter is how long the heartbeat of a replica that is gone is kept.
const forgetAfter = 24 * time.Hour

// Beat tells the other replicas that this one lives. It is due every two seconds; a replica without one in 15 seconds
// counts as dead. The time is that of the database.
func (s *Store) Beat(ctx context.Context) error {
	var peers int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, now int64) error {
		if _, err := tx.ExecContext(ctx, setBeat, s.replica, now); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, countPeers, s.replica, s.alive(now)).Scan(&peers); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, pruneReplicas, now-forgetAfter.Milliseconds())
		return err
	})
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	s.peers.Store(peers)
	return nil
}

// Peers is how many other replicas lived at the last heartbeat of this one.
func (s *Store) Peers() int { return int(s.peers.Load()) }

// leave takes the heartbeat back, so that others need not wait before they take over what is left.
func (s *Store) leave() {
	err := s.write(context.Background(), func(ctx context.Context, tx *sql.Tx, _ int64) error {
		_, err := tx.ExecContext(ctx, deleteBeat, s.replica)
		return err
	})
	if err != nil {
		s.log.Warn("the other replicas notice the end of this one only after a while", "error", err)
	}
}

// alive is the time from which a heartbeat counts. Where one process at a time has the database, nobody else lives.
func (s *Store) alive(now int64) int64 {
	if s.dialect.exclusive {
		return math.MaxInt64
	}
	return now - deadAfter.Milliseconds()
}

// Orphans gives the queued and running operations that this replica must look after: its own, and those whose replica
// is dead. The oldest come first, at most so many.
func (s *Store) Orphans(ctx context.Context, limit int) ([]op.Operation, error) {
	return list(ctx, s, "operations in care", scan, selectOrphans, limit, s.replica, s.alive(s.now().UnixMilli()))
}

// Adopt makes this replica the owner of what others received and did not work off before they died, and gives it, at
// most so many. Of several replicas that try, one gets each row.
func (s *Store) Adopt(ctx context.Context, limit int) ([]Received, error) {
	var adopted []Received
	mark := op.NewID()
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx, now int64) error {
		rows, err := tx.QueryContext(ctx, adoptReceived, limit, s.replica, s.alive(now), mark)
		if err == nil {
			adopted, err = collect(rows, scanReceived)
		}
		return err
	})
	if err != nil {
		return s.adopted(ctx, mark, err)
	}
	sortReceived(adopted)
	return adopted, nil
}

// adopted looks after an error whether rows were adopted.
func (s *Store) adopted(ctx context.Context, mark string, failed error) (all []Received, err error) {
	err = s.look(context.WithoutCancel(ctx), failed, func(ctx context.Context) error {
		rows, err := s.reader.QueryContext(ctx, selectAdopted, mark)
		if err == nil {
			all, err = collect(rows, scanReceived)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("adopt what others received: %w", failed)
	}
	sortReceived(all)
	return all, nil
}

// ClaimCard takes on the drawing of a card that is behind, and gives the operation as it is now. Not ok says that there
// is nothing to draw: the card is up to date, or another replica that lives draws it. Shown ends the hold.
func (s *Store) ClaimCard(ctx context.Context, id string) (o op.Operation, ok bool, err error) {
	if s.dialect.exclusive {
		o, err = s.Get(ctx, id)
		return o, err == nil && o.Shown < o.Version, err
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx, now int64) (err error) {
		o, err = scan(tx.QueryRowContext(ctx, claimCard, id, s.replica, s.alive(now)))
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
