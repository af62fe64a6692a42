package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// serverClock follows the clock of the database: the last time read from it, and what has passed on this machine since.
// It is read anew in every transaction and with every heartbeat, so it is seconds old at most.
type serverClock struct {
	mu   sync.Mutex
	at   time.Time // by the database
	here time.Time // by this machine, when the answer was there
}

func (c *serverClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(time.Since(c.here))
}

func (c *serverClock) set(ms int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.here = instant(ms), time.Now()
}

// Now is the store's clock: Options.Now when that is given, else the clock of the database, which all replicas share. A
// guard that asks for time reads the database's clock itself; this is for what is written down and for what is listed.
func (s *Store) Now() time.Time { return s.now() }

// stamp gives the store's time in a transaction and, where the database numbers them, the number of the transaction.
func (s *Store) stamp(ctx context.Context, tx *sql.Tx) (now int64, number string, err error) {
	if s.dialect.stamp == "" {
		return s.now().UnixMilli(), "", nil
	}
	if err := tx.QueryRowContext(ctx, s.dialect.stamp).Scan(&now, &number); err != nil {
		return 0, "", err
	}
	if s.clock == nil {
		return s.now().UnixMilli(), number, nil
	}
	s.clock.set(now)
	return now, number, nil
}
