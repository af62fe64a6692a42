package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/internal/store"
	"casterbot/test/testbed"
)

// append makes leaves of all events, and tells what an operation takes on the disk with all of it.
func (l *log) append(ctx context.Context) error {
	before, err := l.size(ctx)
	if err != nil {
		return err
	}
	if err := l.open(ctx); err != nil {
		return err
	}
	trail := audit.New(audit.Config{Store: l.db, Key: l.key})
	began := begun()
	if err := trail.Close(ctx); err != nil {
		return err
	}
	took := began.took(l.events)
	if err := l.db.Close(); err != nil {
		return err
	}
	after, err := l.size(ctx)
	if err != nil {
		return err
	}
	l.tell("append all as entries, with checkpoints", "", "%s", took)
	operations := int64(l.events / perOp)
	l.tell("an operation with its 4 events, on the disk", "", "%d bytes, of which its entries %d", after/operations,
		(after-before)/operations)
	return nil
}

// size is how large the database is.
func (l *log) size(ctx context.Context) (n int64, err error) {
	if !l.postgres {
		file := strings.TrimPrefix(l.address, "sqlite:")
		for _, name := range []string{file, file + "-wal"} {
			if info, err := os.Stat(name); err == nil {
				n += info.Size()
			}
		}
		return n, nil
	}
	err = store.Look(ctx, l.address, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&n)
	})
	return n, err
}

// checkpoints appends single events, each with a checkpoint.
func (l *log) checkpoints(ctx context.Context) (err error) {
	if err := l.open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.db.Close()) }()
	trail := audit.New(audit.Config{Store: l.db, Key: l.key})
	var record, step sample
	for range 200 {
		if err := l.db.Record(ctx, op.Event{Name: op.EventDenied, Actor: "U0P0001", Channel: "C0SHOW1"}); err != nil {
			return err
		}
		if err := step.time(func() error { return trail.Step(ctx) }); err != nil {
			return err
		}
		if err := record.time(func() error { return trail.Close(ctx) }); err != nil {
			return err
		}
	}
	l.tell("append one entry", "≤ 1 s behind", "%s", step)
	l.tell("a checkpoint", "", "%s", record)
	return nil
}

// verify recomputes all of it, with the memory that this takes.
func (l *log) verify(ctx context.Context) error {
	most, stop := heap()
	defer stop()
	began := begun()
	var r audit.Report
	err := store.Look(ctx, l.address, func(tx *sql.Tx) (err error) {
		r, err = audit.Verification{Key: l.key.Verifier()}.Verify(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	took := began.took(int(r.Entries))
	if len(r.Findings) > 0 {
		return fmt.Errorf("the log is not whole: %s", r.Findings[0])
	}
	l.tell("audit verify of all, every seal and checkpoint", "", "%s, heap at most %d MiB", took, most()>>20)
	return nil
}

// start starts the program with it, until both its sockets are open.
func (l *log) start(ctx context.Context) error {
	program := filepath.Join(l.folder, "casterbot")
	if err := testbed.BuildRelease(ctx, "casterbot", program); err != nil {
		return err
	}
	w, err := testbed.Open(testbed.Config{Folder: filepath.Join(l.folder, "world"),
		Policy: testbed.Rights("U0ANA", testbed.RoomIDs(1)...), Slack: fakeslack.Config{}, Live: fakelive.Config{}})
	if err != nil {
		return err
	}
	defer w.Close()
	for _, start := range []struct{ name, database string }{
		{"start with it, until both sockets are open", l.address}, {"the same with an empty database", "sqlite:empty.db"}} {
		var s sample
		for range 5 {
			life := testbed.Life{Program: program, Database: start.database,
				Env: []string{"CASTERBOT_AUDIT_KEY_FILE=" + l.folder + "/audit.key"}}
			took, err := begin(w, life)
			if err != nil {
				return err
			}
			s.took = append(s.took, took)
		}
		l.tell(start.name, "≤ 1 s", "%s", s)
	}
	return nil
}

// begin starts a process, gives how long it takes until its sockets are open, and ends it.
func begin(w *testbed.World, life testbed.Life) (time.Duration, error) {
	began := time.Now()
	p, err := w.Begin(life)
	if err != nil {
		return 0, err
	}
	err = w.Up(2, 20*time.Second, p)
	took := time.Since(began)
	if code := p.Stop(); code != 0 && err == nil {
		err = fmt.Errorf("did not stop in peace: exit code %d", code)
	}
	return took, errors.Join(err, w.Up(0, 10*time.Second))
}

// sample is how long something took, each time, and how much of the processors this process used for all.
type sample struct {
	took []time.Duration
	used time.Duration
}

func (s *sample) time(do func() error) error {
	began := begun()
	err := do()
	now := begun()
	s.took = append(s.took, now.at.Sub(began.at))
	s.used += now.used - began.used
	return err
}

func (s sample) String() string {
	list := slices.Sorted(slices.Values(s.took))
	at := func(q float64) float64 { return float64(list[int(q*float64(len(list)-1))].Microseconds()) / 1000 }
	text := fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, most %.1f ms", at(0.5), at(0.99), at(1))
	if len(list) < 3 {
		text = fmt.Sprintf("%.1f ms", at(1))
	}
	if s.used > 0 {
		text += fmt.Sprintf(" (%.1f ms of processor)", float64(s.used.Microseconds())/1000/float64(len(list)))
	}
	return text
}

// moment is a moment, and how much of the processors this process had used by then.
type moment struct {
	at   time.Time
	used time.Duration
}

func begun() moment {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return moment{time.Now(), time.Duration(u.Utime.Nano() + u.Stime.Nano())}
}

// took tells how long it took for so many: what a processor was busy with it tells more on a machine that has others
// to serve.
func (m moment) took(n int) string {
	now := begun()
	s := now.at.Sub(m.at).Seconds()
	return fmt.Sprintf("%.1f s (%.1f s of processor), %.0f/s", s, (now.used - m.used).Seconds(), float64(n)/s)
}
