package store

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"

	"go.uber.org/goleak"
)

// TestMain is also the way into the child processes that are killed or starved.
func TestMain(m *testing.M) {
	if part := os.Getenv("STORE_TEST_CHILD"); part != "" {
		os.Exit(child(part, os.Getenv("STORE_TEST_URL")))
	}
	if err := flag.Set("test.parallel", "6"); err != nil { // they wait for disks and for time that passes
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}))
}

// clock is a store clock that a test moves.
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

func open(t testing.TB, url string, c *clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{Now: c.Now, Replica: "one", Patient: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !strings.Contains(err.Error(), "already closed") {
			t.Error(err)
		}
	})
	return s
}

// fresh gives a store in memory with its clock.
func fresh(t testing.TB) (*Store, *clock) {
	c := newClock()
	return open(t, "sqlite::memory:", c), c
}

// file gives the address of a new file.
func file(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "bot one%2F#1.db") }

// sample is a pending operation on a studio of its own.
func sample(n int) op.Operation {
	studio := op.Target{Kind: "caster", ID: fmt.Sprintf("c%d", n), Name: "Evening News"}
	return op.Operation{
		Key: fmt.Sprintf("key-%d", n), State: op.Pending, Command: "caster restart {caster}", Verb: "caster.restart",
		Effect: op.OnAir, Text: "caster restart c1", Team: "T0", Channel: "C0SHOW", Thread: "7.1", Requester: "U0ANA",
		Plan: op.Plan{Args: op.Args{"caster": studio.ID}, Target: studio, Title: op.L("Restart ", op.B("Evening <News>")),
			Facts: []op.Line{op.L("on air")}, OnAir: true, Button: "Restart", Fingerprint: "f1"},
		Decision: op.Decision{Allowed: true, Rule: "policy.yml:14", Confirm: op.ConfirmOther, Approvers: []string{"U0KEN"},
			Expires: 30 * time.Minute, Policy: "hash"},
		Expires: time.Date(2026, 3, 1, 12, 5, 0, 0, time.UTC),
	}
}

func received() op.Event { return op.Event{Name: op.EventReceived, Actor: "U0ANA"} }

func create(t testing.TB, s *Store, o op.Operation) op.Operation {
	t.Helper()
	made, err := s.Create(t.Context(), o, received())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// way leads from pending to a state.
var way = map[op.State][]op.State{
	op.Pending: {}, op.Queued: {op.Queued}, op.Running: {op.Queued, op.Running},
	op.Unknown:   {op.Queued, op.Running, op.Unknown},
	op.Succeeded: {op.Queued, op.Running, op.Succeeded},
	op.Failed:    {op.Queued, op.Failed}, op.Expired: {op.Expired}, op.Cancelled: {op.Cancelled},
}

// bring makes an operation and takes it to a state.
func bring(t testing.TB, s *Store, o op.Operation, to op.State) op.Operation {
	t.Helper()
	o = create(t, s, o)
	for _, next := range way[to] {
		o = move(t, s, Move{ID: o.ID, From: o.State, To: next, Send: next == op.Running})
	}
	return o
}

func move(t testing.TB, s *Store, m Move) op.Operation {
	t.Helper()
	if m.Event.Name == "" {
		m.Event.Name = string(m.To)
	}
	o, err := s.Move(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	for url, want := range map[string]string{
		"":                                     "sqlite:FILE",
		"sqlite:":                              "sqlite:FILE",
		"casterbot.db":                         "sqlite:FILE",
		"mysql:secret@db":                      "this is no address",
		"sqlite:" + folder + "/missing/bot.db": "its folder must exist",
		"sqlite:" + folder:                     "it is a folder",
	} {
		s, err := Open(t.Context(), url, Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("Open(%q) did not fail", url)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q): %v, want it to say %q", url, err, want)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%q) repeats the address: %v", url, err)
		}
	}
}

func TestSettingsAreInForceOnEveryConnection(t *testing.T) {
	s := open(t, file(t), newClock())
	for name, db := range map[string]interface {
		Ping() error
	}{"writer": s.writer, "reader": s.reader} {
		if err := db.Ping(); err != nil {
			t.Fatal(name, err)
		}
	}
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1",
		"cache_size": "-512"}
	for pragma, value := range want {
		var writer, reader string
		if err := s.writer.QueryRow("PRAGMA " + pragma).Scan(&writer); err != nil {
			t.Fatal(err)
		}
		if err := s.reader.QueryRow("PRAGMA " + pragma).Scan(&reader); err != nil {
			t.Fatal(err)
		}
		if writer != value || reader != value {
			t.Errorf("%s: writer %s, reader %s, want %s", pragma, writer, reader, value)
		}
	}
	if n := s.writer.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d writers", n)
	}
	if _, err := s.reader.Exec("DELETE FROM inbox WHERE at < $1", 0); err == nil {
		t.Error("a reader can write")
	}
}

func TestObeyedNoticesAWeakerSetting(t *testing.T) {
	s := open(t, file(t), newClock())
	if err := obeyed(t.Context(), s.writer); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec("PRAGMA synchronous=normal"); err != nil {
		t.Fatal(err)
	}
	if err := obeyed(t.Context(), s.writer); err == nil || !strings.Contains(err.Error(), "synchronous") {
		t.Errorf("got %v", err)
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, ok := range map[string]bool{
		"3.40.1": false, "3.51.2": false, "2.99.99": false, "3.51.3": true, "3.53.4": true, "4.0.0": true, "none": false,
	} {
		if err := recent(version); (err == nil) != ok {
			t.Errorf("%s: %v", version, err)
		}
	}
}

func TestPingWrites(t *testing.T) { everywhere(t, testPingWrites) }

func testPingWrites(t *testing.T, e engine) {
	s, c := e.fresh(t)
	for range 2 {
		c.pass(time.Second)
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var rows, at int64
	if err := s.reader.QueryRow("SELECT COUNT(*), MAX(at) FROM probe").Scan(&rows, &at); err != nil {
		t.Fatal(err)
	}
	if rows != 1 || at != c.Now().UnixMilli() {
		t.Errorf("%d rows, at %d", rows, at)
	}
	if s.Exclusive() != (e.name == "SQLite") {
		t.Error("only SQLite has one process at a time")
	}
}

func TestWriteWaitsItsTurnOnlyAsLongAsTheCallerDoes(t *testing.T) {
	s, _ := fresh(t)
	conn, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Ping(ctx); err == nil {
		t.Error("wrote without a writer")
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDefaults(t *testing.T) {
	o := Options{}.filled()
	if o.Replica == "" || o.Log == nil || o.Replica == (Options{}).filled().Replica {
		t.Errorf("%+v", o)
	}
}
