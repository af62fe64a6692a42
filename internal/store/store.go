// Package store keeps what must survive the process: what arrived and is not worked off yet (the inbox), the operations
// with their states, small documents beside them, and the audit trail (the events).
//
// It keeps true:
//   - A state changes by one guarded UPDATE … WHERE id AND state … RETURNING, together with its event in one
//     transaction. Of many who try the same change exactly one wins; an arrow that the chart (op.CanMove) lacks is
//     never written.
//   - At most one operation per target is running. A unique index says so, not the code. On one target they start in
//     the order in which they were confirmed: each gets a growing turn then, and the guard of the move to running asks
//     for earlier ones.
//   - What was answered without an error is on the disk: SQLite runs with synchronous=FULL, PostgreSQL with
//     synchronous_commit and fsync on, and that is asserted at start.
//   - An error of a write or of its COMMIT says nothing about what happened. The row may be there or not, so every
//     write leaves a random mark, and after an error the store looks for its own mark before it answers.
//   - Every write statement carries an argument: drivers exist that silently run a statement without any a second time
//     when the connection breaks.
//
// The SQL is one text, made for SQLite and PostgreSQL alike; what differs stands in the small struct dialect. Times are
// unix milliseconds by the store's clock, which is the only clock that decides about expiry; with PostgreSQL it is the
// server's, read in each transaction.
//
// A file has one process. In PostgreSQL several replicas work on the same rows: each says by a heartbeat that it lives
// (replica.go), each takes the turns of the limiter out of the same rows (quota.go), and what a dead one left is taken
// over by the others.
//
// Migrations are numbered and run under a lock, while replicas of the version before still work. So they expand only:
// a new table, a new index, a new column with a default that the old statements need not name. Statements name their
// columns, never *. What a version no longer reads and writes is dropped by the next one, never by the same.
//
// It knows neither Slack, nor the cloud, nor the policy, and it decides nothing: which change is due is the engine's
// matter.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store/connect"
)

// What the store answers when it refuses. Any other error means that the store could not write or read.
var (
	ErrNotFound   = errors.New("not found")
	ErrExists     = errors.New("exists already")                           // the key, the token or the id is taken
	ErrLost       = errors.New("the operation has moved on")               // the guard did not match
	ErrTargetBusy = errors.New("another operation of the target is first") // it runs, or was confirmed earlier
	ErrNoArrow    = errors.New("the chart has no such arrow")              // a mistake of the caller
	ErrIncomplete = errors.New("a field that the store needs is not set")  // a mistake of the caller
	ErrClosed     = errors.New("the store is closed")                      // nothing was written
)

// Options are what a store needs besides its address.
type Options struct {
	Now     func() time.Time // the store's clock; nil is time.Now for a file and the server's clock for PostgreSQL
	Replica string           // owner of claims, random per process; empty makes one
	Version string           // of the program, for the trail
	// says of an event, for good, that this program wrote it; nil: nothing does
	Seal    func(op.Event) string
	Log     *slog.Logger // nil logs nothing
	Watch   Watch        // is told of the work
	Patient bool         // time is not real: a write that waits for long still gets its turn
	atOnce  int64        // how large a file is looked through before it is used; 0: 32 MiB
}

// patience is how long a write waits for its turn, and a look after an error for its answer.
func (o Options) patience() time.Duration {
	if o.Patient {
		return time.Minute
	}
	return patience
}

// Store is an open database. All methods may be used by many goroutines at once.
type Store struct {
	now   func() time.Time
	clock *serverClock // follows the database's; nil when another one counts
	author
	log      *slog.Logger
	watch    Watch
	dialect  dialect
	patience time.Duration       // see the constant
	address  string              // of the database, as its driver reads it
	writer   *sql.DB             // one connection to a file, several to PostgreSQL
	reader   *sql.DB             // several; the writer itself for a database in memory
	commit   func(*sql.Tx) error // how a transaction ends; tests cut it off
	release  func() error        // gives the file free
	inbox    *inbox
	stmts    map[string]*sql.Stmt // of the writer, by their text
	byID     *sql.Stmt            // of the reader
	peers    atomic.Int64         // other replicas that lived at the last heartbeat
}

// author is who writes events.
type author struct {
	replica, version string
	seal             func(op.Event) string
}

// Open opens the database at an address, brings its tables up to date and checks it. The address is "sqlite:FILE",
// "sqlite::memory:" for a database that ends with the process, or "postgres://…". Its errors say what to do and never
// hold the address, in which a password may stand.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if err := connect.Check(url); err != nil {
		return nil, err
	}
	kind, name, _ := strings.Cut(url, ":")
	if kind != "sqlite" {
		s, err := openPostgres(ctx, url, o.filled())
		return s, wrap(oneLine(err), "open the PostgreSQL database")
	}
	s, err := openSQLite(ctx, name, o.filled())
	return s, wrap(err, "open %s", name)
}

func (o Options) filled() Options {
	o.Replica, o.Log = cmp.Or(o.Replica, op.NewID()), cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Watch, o.atOnce = o.Watch.filled(), cmp.Or(o.atOnce, 32<<20) // a moment's work
	if o.Seal == nil {
		o.Seal = func(op.Event) string { return "" }
	}
	return o
}

func (o Options) author() author { return author{replica: o.Replica, version: o.Version, seal: o.Seal} }

// Close writes what waits in the inbox, closes the database and gives the file free. No other call may follow.
func (s *Store) Close() error {
	s.inbox.close()
	if s.dialect.remote {
		s.leave()
	}
	return errors.Join(s.writer.Close(), s.reader.Close(), s.release())
}

// Ping writes one small row for good, so its nil means that changes can be recorded now.
func (s *Store) Ping(ctx context.Context) error {
	err := s.write(ctx, func(t *transaction) error {
		_, err := t.exec(setProbe, s.replica, t.now)
		return err
	})
	return wrap(err, "write a probe")
}

// Exclusive reports whether no other process can own a running operation of this database: a row that is running when
// the process starts was then left behind by an earlier one. It is so for a file, never for PostgreSQL.
func (s *Store) Exclusive() bool { return s.dialect.exclusive }
