// Package audit makes the record of who asked, who approved and what came of it one that nobody can change unseen. The
// events that the store writes with every change of state become the leaves of a Merkle tree (RFC 6962), the head of
// the tree is signed as a checkpoint, and checkpoints go to where neither process nor database can change them.
//
// What it keeps true:
//   - Leaves are numbered without a gap. Each event becomes one leaf, once: the number and the event are unique in the
//     table, and one replica at a time appends, by a lease that is taken in the transaction that appends.
//   - An event that was committed before another one began is before it in the log.
//   - A leaf is a salted commitment to its entry, and the entry holds a salted commitment to the person: without the
//     salts neither says anything, and what names a person can be removed without a change of the tree.
//   - A call never waits for the log. It waits for its event, which is on the disk before anything is sent; the leaf
//     follows within a second.
//
// The tree is golang.org/x/mod/sumdb/tlog, checkpoints are golang.org/x/mod/sumdb/note. It knows neither Slack nor the
// cloud; its tables are its own, the connection is the store's. docs/audit.md describes the formats.
package audit

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"casterbot/internal/store"
)

// Config is what a log is made of. Only Store is needed.
type Config struct {
	Store  *store.Store
	Key    *Key    // signs checkpoints; nil: there are none
	Places []Place // where checkpoints go
	Policy Policy  // whose texts are kept; nil: none are
	Log    *slog.Logger

	Archive Archive // where the oldest entries go
}

// Log appends to the log that is in the store's database.
type Log struct {
	Config
	appending, delivering sync.Mutex // one at a time
	places                []*delivery
	inForce               string // hash of the policy that was kept last
}

// New makes a log; nothing happens before Run or Step.
func New(c Config) *Log {
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	l := &Log{Config: c}
	for _, p := range c.Places {
		l.places = append(l.places, &delivery{Place: p})
	}
	return l
}

// stepEvery is how often it is asked whether there is something to append: an event is a leaf within a second.
const stepEvery = 300 * time.Millisecond

// Run appends, and brings checkpoints to their places, until ctx ends.
func (l *Log) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { l.repeat(ctx, l.Step) })
	if l.Key != nil && len(l.places) > 0 {
		both.Go(func() { l.repeat(ctx, l.Deliver) })
	}
	if l.Key != nil && l.Archive.Dir != "" {
		both.Go(func() { l.archiving(ctx) })
	}
	both.Wait()
}

// tell logs an error once for as long as it stays the same: last is what was told last, and so is what it gives.
func (l *Log) tell(ctx context.Context, err error, last string) string {
	if err == nil || ctx.Err() != nil {
		return ""
	}
	if text := err.Error(); text != last {
		l.Log.Error("the audit log", "error", err)
	}
	return err.Error()
}

func (l *Log) repeat(ctx context.Context, do func(context.Context) error) {
	tick := time.NewTicker(stepEvery)
	defer tick.Stop()
	last := ""
	for {
		last = l.tell(ctx, do(ctx), last)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Step appends all that is committed, and makes the checkpoint that is due.
func (l *Log) Step(ctx context.Context) error {
	l.appending.Lock()
	defer l.appending.Unlock()
	if err := l.keepPolicy(ctx); err != nil {
		return err
	}
	return l.append(ctx)
}

// Deliver brings the newest checkpoint to its places.
func (l *Log) Deliver(ctx context.Context) error {
	l.delivering.Lock()
	defer l.delivering.Unlock()
	if l.Key == nil {
		return nil
	}
	return l.deliver(ctx)
}

// append appends batch after batch until there is nothing left to do for this replica.
func (l *Log) append(ctx context.Context) error {
	for {
		todo, err := l.due(ctx)
		if err != nil || !todo {
			return err
		}
		if more, err := l.appendBatch(ctx, false); err != nil || !more {
			return err
		}
	}
}

// Close appends what is left, with a checkpoint of it, and lets another replica go on.
func (l *Log) Close(ctx context.Context) error {
	l.appending.Lock()
	defer l.appending.Unlock()
	for more := true; more; {
		var err error
		if more, err = l.appendBatch(ctx, true); err != nil {
			return err
		}
	}
	err := l.Deliver(ctx)
	return errors.Join(err, l.release(ctx))
}

// Underway counts what is still to be appended, to be signed, and to be brought to a place that takes it, when there is
// a key.
func (l *Log) Underway(ctx context.Context) (n int) {
	if l.Key == nil {
		return 0
	}
	if !l.appending.TryLock() {
		return 1
	}
	defer l.appending.Unlock()
	if l.Policy != nil {
		if hash, _ := l.Policy(); hash != l.inForce {
			n++
		}
	}
	if due, err := l.due(ctx); due || err != nil {
		n++
	}
	last, err := lastCheckpoint(ctx, l.Store.Reader())
	for _, p := range l.places {
		var known int64
		_, wrong := one(ctx, l.Store.Reader(), `SELECT size FROM audit_outside WHERE place = $1`, []any{p.Name()}, &known)
		if err != nil || wrong != nil || known < last.size {
			n++
		}
	}
	return n
}

// querier is what can be asked: the database, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each reads all rows that a query finds, one after the other.
func each(ctx context.Context, db querier, read func(*sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads the one row of a query; not ok: there is none.
func one(ctx context.Context, db querier, query string, args []any, into ...any) (ok bool, err error) {
	err = each(ctx, db, func(rows *sql.Rows) error {
		ok = true
		return rows.Scan(into...)
	}, query, args...)
	return ok, err
}
