package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store/connect"
	"casterbot/test/pgtest"
)

// acked is what was answered without an error.
type acked struct {
	mu     sync.Mutex
	keys   []string
	states map[string]op.State
	failed int
}

// work takes operations along their way until ctx ends.
func (a *acked) work(ctx context.Context, s *Store) {
	for ctx.Err() == nil {
		key := op.NewID()
		fresh, err := s.Receive(ctx, key, "command", nil)
		a.note(err, func() { a.keys = append(a.keys, key) })
		if err != nil || !fresh {
			continue
		}
		o := sample(0)
		o.Key, o.Plan.Target.ID, o.Expires = key, key, time.Time{}
		o, err = s.Create(ctx, o, received())
		a.note(err, func() { a.states[o.ID] = o.State })
		for _, to := range way[op.Succeeded] {
			if err != nil {
				break
			}
			o, err = s.Move(ctx, Move{ID: o.ID, From: o.State, To: to, Send: to == op.Running, Event: op.Event{Name: "moved"}})
			a.note(err, func() { a.states[o.ID] = o.State })
		}
	}
}

func (a *acked) note(err error, did func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.failed++
		return
	}
	did()
}

// The server is stopped, killed and started again under load of two replicas: nothing that was acknowledged is lost,
// and nothing is there twice.
func TestServerRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	own := pgtest.Own(t)
	stores := []*Store{open(t, own.URL(), newClock()), open(t, own.URL(), newClock())}
	a := &acked{states: map[string]op.State{}}
	ctx, cancel := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for i := range 6 {
		load.Go(func() { a.work(ctx, stores[i%2]) })
	}
	for _, end := range []func() error{own.Down, own.Crash} {
		a.more(20)
		if err := errors.Join(end(), own.Up()); err != nil {
			t.Fatal(err)
		}
	}
	a.more(20) // it goes on by itself
	cancel()
	load.Wait()
	a.check(t, stores[1])
}

// more waits until so many more operations have come to their end.
func (a *acked) more(n int) {
	done := func() (n int) {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, state := range a.states {
			if state == op.Succeeded {
				n++
			}
		}
		return n
	}
	for want := done() + n; done() < want; {
		time.Sleep(5 * time.Millisecond)
	}
}

func (a *acked) check(t *testing.T, s *Store) {
	order := map[op.State]int{op.Pending: 1, op.Queued: 2, op.Running: 3, op.Succeeded: 4}
	for _, key := range a.keys {
		if receive(t, s, key) {
			t.Errorf("key %s is lost", key)
		}
	}
	for id, state := range a.states {
		o, err := s.Get(t.Context(), id)
		if err != nil || order[o.State] < order[state] || o.Sends > 1 {
			t.Errorf("%s was acknowledged as %s, now %q with %d sends, %v", id, state, o.State, o.Sends, err)
			continue
		}
		if events, err := s.Events(t.Context(), id); err != nil || int64(len(events)) != o.Version {
			t.Errorf("%s: %d events at version %d, %v", id, len(events), o.Version, err)
		}
	}
	if a.failed == 0 {
		t.Error("nothing was refused: the server was not down")
	}
}

// replicas gives stores of one database, with the names one, two and three.
func replicas(t *testing.T, n int) ([]*Store, *clock) {
	t.Helper()
	url, c := server.Address(t), newClock()
	var all []*Store
	for _, name := range []string{"one", "two", "three"}[:n] {
		s, err := Open(t.Context(), url, Options{Now: c.Now, Replica: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		all = append(all, s)
	}
	return all, c
}

func TestFiftyConfirmsOverTwoReplicas(t *testing.T) {
	stores, _ := replicas(t, 2)
	for n := range 5 {
		o := create(t, stores[0], sample(n))
		var won, lost atomic.Int64
		together(50, func(i int) {
			me := fmt.Sprintf("U%d", i)
			now, err := stores[i%2].Move(t.Context(),
				Move{ID: o.ID, From: op.Pending, To: op.Queued, By: me, Event: op.Event{Name: op.EventConfirmed, Actor: me}})
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, ErrLost) && now.State == op.Queued && now.DecidedBy != me:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
		if won.Load() != 1 || lost.Load() != 49 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
	}
}

// Two replicas start at once on an empty database, and one more while they run.
func TestMigrationsAtTheSameTime(t *testing.T) {
	url := server.Address(t)
	together(6, func(int) {
		s, err := Open(context.Background(), url, Options{})
		if err != nil {
			t.Error(err)
			return
		}
		if err := errors.Join(s.Ping(context.Background()), s.Close()); err != nil {
			t.Error(err)
		}
	})
}

func TestTheDatabasesClockCounts(t *testing.T) {
	s, err := Open(t.Context(), server.Address(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.clock.at = s.clock.at.Add(-time.Hour) // as if this machine's clock were wrong by an hour
	o := sample(1)
	o.Expires = time.Now().Add(-time.Minute)
	o = create(t, s, o)
	if age := time.Since(s.Now()); age < -5*time.Second || age > 5*time.Second {
		t.Errorf("the clock was not set again: %v", age)
	}
	s.clock.at = s.clock.at.Add(-time.Hour)
	_, err = s.Move(t.Context(),
		Move{ID: o.ID, From: op.Pending, To: op.Queued, Fresh: true, Event: op.Event{Name: op.EventConfirmed}})
	if !errors.Is(err, ErrLost) {
		t.Errorf("an expired operation was confirmed: %v", err)
	}
}

func TestServersThatAreRefused(t *testing.T) {
	remote := "postgres://bot:hunter2@db.example.com/bot"
	for address, want := range map[string]string{
		remote:                                                     "sslmode=verify-full",
		remote + "?sslmode=require":                                "sslmode=verify-full",
		remote + "?sslmode=disable":                                "sslmode=verify-full",
		remote + "?" + insecure + "=yes":                           "sslmode=verify-full",
		"postgres://bot:hun/ter2@db/bot":                           "cannot be read",
		"postgres://bot:hun%zzter2@db/bot":                         "cannot be read",
		remote + "?sslmode=hunter":                                 "is wrong",
		remote + "?sslrootcert=/no/ca.pem&sslmode=verify-full":     "is wrong",
		"postgres://bot:hunter2@127.0.0.1:1/bot?connect_timeout=1": "127.0.0.1",
		"postgres://bot:hunter2@127.0.0.1:1,db:5432/bot":           "the server db is not on this machine",
	} {
		s, err := Open(t.Context(), address, Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s was taken", address)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") ||
			strings.Contains(err.Error(), "ter2") {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

func TestCheckedAndWaivedAddresses(t *testing.T) {
	for _, address := range []string{
		"postgres://bot@db.example.com/bot?sslmode=verify-full", "postgres://bot@localhost/bot", "postgres://bot@[::1]/bot",
		"postgres:///bot?host=/run/postgresql",
	} {
		config, err := connect.Postgres(address)
		if err != nil || private(&config.Config) != nil || waived(config) {
			t.Errorf("%s: %v", address, err)
		}
	}
	config, err := connect.Postgres("postgres://bot@db.example.com/bot?" + insecure + "=1")
	if err != nil || !waived(config) || config.RuntimeParams[insecure] != "" {
		t.Errorf("%v, %v", config, err)
	}
}

// Each setting that would lose rows or hang is refused with its name.
func TestServerSettingsAreAsserted(t *testing.T) {
	url := server.Address(t)
	for param, want := range map[string]string{
		"synchronous_commit=off":   "synchronous_commit=off, and it must be on",
		"synchronous_commit=local": "synchronous_commit",
		"search_path=missing":      "does not exist", "statement_timeout=0": "", "synchronous_commit=remote_apply": "",
	} {
		s, err := Open(t.Context(), url+"&"+param, Options{})
		if strings.HasPrefix(param, "search_path") {
			base, _, _ := strings.Cut(url, "search_path=")
			s, err = Open(t.Context(), base+param, Options{})
		}
		if err == nil {
			_ = s.Close()
		}
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", param, err, want)
		}
	}
	if recentServer(120022, "12.22") == nil || recentServer(130000, "13.0") != nil {
		t.Error("the oldest server")
	}
}

func TestForeignSchemaIsRefused(t *testing.T) {
	url := server.Address(t)
	s := open(t, url, newClock())
	for _, statement := range []string{"DROP TABLE migrations", "CREATE TABLE songs (name TEXT)"} {
		if _, err := s.writer.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, url, "another program")
}

func TestReadersOfAServerCannotWrite(t *testing.T) {
	s := open(t, server.Address(t), newClock())
	if _, err := s.reader.Exec("DELETE FROM inbox WHERE at < $1", 0); err == nil {
		t.Error("a reader can write")
	}
}

func TestSocketAddress(t *testing.T) {
	url := server.Private(t).SocketURL()
	s, err := Open(t.Context(), url+"&search_path=missing", Options{})
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("got %v", err)
	}
}
