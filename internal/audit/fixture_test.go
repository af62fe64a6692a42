package audit

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
	"casterbot/test/pgtest"

	_ "github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite"
)

var server = &pgtest.Shared{}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}))
}

// everywhere runs a test on every database.
func everywhere(t *testing.T, test func(*testing.T, string)) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, server.Address(t))
	})
}

// clock is a store's clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a store with its log.
type world struct {
	t       *testing.T
	address string
	key     *Key
	clock   *clock
	db      *store.Store
	log     *Log
}

func newKey(t testing.TB) *Key {
	t.Helper()
	secret, _, err := NewKey("audit.example.com/casterbot")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newWorld(t *testing.T, address string, places ...Place) *world {
	w := &world{t: t, address: address, key: newKey(t), clock: newClock()}
	w.db, w.log = w.replica("one", places...)
	return w
}

// replica opens the database once more.
func (w *world) replica(name string, places ...Place) (*store.Store, *Log) {
	w.t.Helper()
	db, err := store.Open(w.t.Context(), w.address, store.Options{Now: w.clock.Now, Replica: name, Version: "v1",
		Seal: w.key.Seal})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = db.Close() })
	return db, New(Config{Store: db, Key: w.key, Places: places})
}

// denied writes n events, each of another person.
func (w *world) denied(n int) {
	w.t.Helper()
	for i := range n {
		w.record(op.Event{Name: op.EventDenied, Actor: fmt.Sprintf("U0P%04d", i), Team: "T0SHOW", Channel: "C0SHOW",
			Detail: map[string]string{"verb": "caster.stop", "rule": "policy.yml:7"}})
	}
}

func (w *world) record(e op.Event) {
	w.t.Helper()
	if err := w.db.Record(w.t.Context(), e); err != nil {
		w.t.Fatal(err)
	}
}

// asked writes an operation that was asked for and confirmed.
func (w *world) asked(n int) op.Operation {
	w.t.Helper()
	studio := op.Target{Kind: "caster", ID: fmt.Sprintf("c%d", n), Name: "Evening News"}
	o, err := w.db.Create(w.t.Context(), op.Operation{Key: fmt.Sprintf("key-%d", n), State: op.Pending,
		Command: "caster restart {caster}", Verb: "caster.restart", Effect: op.OnAir, Text: "caster restart c1",
		Team: "T0SHOW", Channel: "C0SHOW", Requester: "U0ANA",
		Plan:     op.Plan{Args: op.Args{"caster": studio.ID}, Target: studio},
		Decision: op.Decision{Allowed: true, Rule: "policy.yml:14", Role: "operators", Policy: "hash"},
		Expires:  w.clock.Now().Add(time.Hour)},
		op.Event{Name: op.EventReceived, Actor: "U0ANA", Team: "T0SHOW"})
	if err != nil {
		w.t.Fatal(err)
	}
	o, err = w.db.Move(w.t.Context(), store.Move{ID: o.ID, From: op.Pending, To: op.Queued, By: "U0BEN",
		Event: op.Event{Name: op.EventApproved, Actor: "U0BEN", Team: "T0SHOW",
			Detail: map[string]string{op.DetailRole: "operators"}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) step() {
	w.t.Helper()
	if err := w.log.Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// all gives every leaf.
func (w *world) all() (list []leaf) {
	w.t.Helper()
	err := leaves(w.t.Context(), w.db.Reader(), 0, func(some []leaf) error {
		list = append(list, some...)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// tamper changes the database behind the bot's back.
func (w *world) tamper(statement string, args ...any) {
	w.t.Helper()
	driver, source := "sqlite", w.address[len("sqlite:"):]
	if w.address[:6] != "sqlite" {
		driver, source = "pgx", w.address
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	result, err := db.ExecContext(w.t.Context(), statement, args...)
	if err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
	if n, _ := result.RowsAffected(); n == 0 {
		w.t.Fatalf("%s changes nothing", statement)
	}
}

// last is the newest checkpoint, as a stranger reads it.
func (w *world) last() Checkpoint {
	w.t.Helper()
	s, err := lastCheckpoint(context.Background(), w.db.Reader())
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := note.NewVerifier(w.key.Public())
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := ParseCheckpoint(s.note, v)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// grown is the root of a tree that is made anew of its leaves, by the library alone.
func grown(t *testing.T, list []leaf) tlog.Hash {
	t.Helper()
	var storage []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = storage[index]
		}
		return found, nil
	})
	for i, l := range list {
		data, err := l.data()
		if err != nil {
			t.Fatal(err)
		}
		hashes, err := tlog.StoredHashes(int64(i), data, reader)
		if err != nil {
			t.Fatal(err)
		}
		storage = append(storage, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(list)), reader)
	if err != nil {
		t.Fatal(err)
	}
	return root
}
