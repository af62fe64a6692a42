package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/test/testbed"
)

// newProxy stands between a store and its server and spoils what passes.
func newProxy(t *testing.T, server string) *testbed.Proxy {
	t.Helper()
	p, err := testbed.NewPostgresProxy(server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// through gives a store whose connection leads through a proxy, and one beside it that is never disturbed.
func through(t *testing.T) (s, witness *Store, p *testbed.Proxy) {
	t.Helper()
	private := server.Private(t)
	p = newProxy(t, private.Addr())
	behind := private.Schema(t, p.Addr())
	beside := strings.Replace(behind, p.Addr(), private.Addr(), 1)
	c := newClock()
	return open(t, behind, c), open(t, beside, c), p
}

// step is a write, with what shows that it took effect.
type step struct {
	name  string
	ready op.State // what it works on; empty is nothing
	do    func(context.Context, *Store, op.Operation) error
	took  func(context.Context, *Store, op.Operation) (times int, err error)
}

func moving(from, to op.State) step {
	event := op.Event{Name: "moved to " + string(to)}
	return step{string(to), from,
		func(ctx context.Context, s *Store, o op.Operation) error {
			got, err := s.Move(ctx, Move{ID: o.ID, From: from, To: to, Send: to == op.Running, Event: event})
			if err == nil && got.State != to {
				return fmt.Errorf("moved to %s", got.State)
			}
			return err
		},
		func(ctx context.Context, s *Store, o op.Operation) (int, error) {
			now, err := s.Get(ctx, o.ID)
			times, err2 := count(ctx, s, o.ID, event.Name)
			if (now.State == to) != (times == 1) || to == op.Running && now.Sends != times {
				return times, fmt.Errorf("%s with %d events and %d sends", now.State, times, now.Sends)
			}
			return times, errors.Join(err, err2)
		}}
}

func count(ctx context.Context, s *Store, id, name string) (n int, err error) {
	events, err := s.Events(ctx, id)
	for _, e := range events {
		if e.Name == name {
			n++
		}
	}
	return n, err
}

// steps is every write on the way of a command: received, created, confirmed, cancelled, claimed, dropped, sent again,
// noted, finished, settled, denied.
var steps = []step{
	{"receive", "",
		func(ctx context.Context, s *Store, o op.Operation) error {
			fresh, err := s.Receive(ctx, o.Key, "command", nil)
			if err == nil && !fresh {
				return errors.New("its own key is known")
			}
			return err
		},
		func(ctx context.Context, s *Store, o op.Operation) (n int, err error) {
			return n, s.reader.QueryRowContext(ctx, "SELECT COUNT(*) FROM inbox WHERE key = $1", o.Key).Scan(&n)
		}},
	{"create", "",
		func(ctx context.Context, s *Store, o op.Operation) error {
			_, err := s.Create(ctx, o, received())
			return err
		},
		func(ctx context.Context, s *Store, o op.Operation) (n int, err error) {
			return n, s.reader.QueryRowContext(ctx,
				"SELECT COUNT(*) FROM operations o JOIN events e ON e.operation = o.id WHERE key = $1", o.Key).Scan(&n)
		}},
	moving(op.Pending, op.Queued), moving(op.Pending, op.Cancelled), moving(op.Queued, op.Running),
	moving(op.Queued, op.Failed),
	moving(op.Running, op.Succeeded), moving(op.Running, op.Unknown), moving(op.Unknown, op.Succeeded),
	{"send again", op.Unknown,
		func(ctx context.Context, s *Store, o op.Operation) error {
			return s.Note(ctx, o.ID, Note{Send: true, Version: o.Version}, op.Event{Name: "sent again"})
		},
		func(ctx context.Context, s *Store, o op.Operation) (int, error) {
			now, err := s.Get(ctx, o.ID)
			times, err2 := count(ctx, s, o.ID, "sent again")
			if now.Sends != o.Sends+times {
				return times, fmt.Errorf("%d events and %d sends", times, now.Sends)
			}
			return times, errors.Join(err, err2)
		}},
	{"record", "",
		func(ctx context.Context, s *Store, o op.Operation) error {
			return s.Record(ctx, op.Event{Name: "denied " + o.Key})
		},
		func(ctx context.Context, s *Store, o op.Operation) (n int, err error) {
			return n, s.reader.QueryRowContext(ctx, "SELECT COUNT(*) FROM events WHERE name = $1", "denied "+o.Key).Scan(&n)
		}},
	{"note", op.Unknown,
		func(ctx context.Context, s *Store, o op.Operation) error {
			return s.Note(ctx, o.ID, Note{Look: true}, op.Event{Name: op.EventReconciled})
		},
		func(ctx context.Context, s *Store, o op.Operation) (int, error) {
			return count(ctx, s, o.ID, op.EventReconciled)
		}},
}

// A connection breaks after each answer of the server and before each request to it, while a command takes its way.
// What the store then says is what happened.
func TestConnectionCutAtEachStatement(t *testing.T) {
	for _, st := range steps {
		t.Run(st.name+" out of "+string(st.ready), func(t *testing.T) {
			t.Parallel()
			cutEverywhere(t, st)
		})
	}
}

func cutEverywhere(t *testing.T, st step) {
	s, witness, p := through(t)
	n := 0
	for _, c := range []testbed.Cut{{}, {Reset: true}, {Request: true}} {
		breaks := 0
		for at := 1; ; at++ {
			n++
			c.Left = at
			if !cutOnce(t, s, witness, p, st, sample(n), c) {
				break
			}
			breaks++
		}
		if breaks < 4 {
			t.Errorf("%s: the connection broke at %d places only", st.name, breaks)
		}
	}
}

// cutOnce reports whether the break came before the step was through.
func cutOnce(t *testing.T, s, witness *Store, p *testbed.Proxy, st step, o op.Operation, c testbed.Cut) bool {
	t.Helper()
	if st.ready != "" {
		o = bring(t, s, o, st.ready)
	}
	p.Arm(&c)
	err := st.do(t.Context(), s, o)
	broke := p.Arm(nil)
	times, unread := st.took(t.Context(), witness, o)
	if unread != nil || times > 1 || (err == nil) != (times == 1) {
		t.Errorf("%s, cut %+v: it says %v, but it took effect %d times (%v)", st.name, c, err, times, unread)
	}
	return broke
}

// A partition: nothing passes. The claim fails or is found done, never half; nothing is claimed while it lasts.
func TestPartition(t *testing.T) {
	t.Parallel()
	s, witness, p := through(t)
	s.patience = 500 * time.Millisecond
	running, queued := bring(t, s, sample(1), op.Running), bring(t, s, sample(2), op.Queued)
	p.Freeze()
	if _, err := s.Move(t.Context(),
		Move{ID: queued.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: op.EventSent}}); err == nil {
		t.Error("claimed without a database")
	}
	if _, err := s.Get(t.Context(), queued.ID); err == nil {
		t.Error("read without a database")
	}
	if _, err := s.Receive(t.Context(), "key", "command", nil); err == nil {
		t.Error("received without a database")
	}
	if o, err := witness.Get(t.Context(), queued.ID); err != nil || o.State != op.Queued {
		t.Errorf("%s, %v", o.State, err)
	}
	p.Drop()
	p.Thaw()
	s.patience = patience
	move(t, s, Move{ID: running.ID, From: op.Running, To: op.Succeeded})
	if !receive(t, s, "key") {
		t.Error("a key that was never stored is known")
	}
}
