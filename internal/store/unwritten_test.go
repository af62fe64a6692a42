package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"casterbot/internal/op"
)

// Without its event no change is made, whichever; looking works all the while.
func TestNothingChangesWithoutItsEvent(t *testing.T) {
	everywhere(t, testNothingChangesWithoutItsEvent)
}

func testNothingChangesWithoutItsEvent(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	rename := func(from, to string) {
		t.Helper()
		if _, err := s.writer.Exec(fmt.Sprintf("ALTER TABLE %s RENAME TO %s", from, to)); err != nil {
			t.Fatal(err)
		}
	}
	s.patience = 300 * time.Millisecond // for looking after marks in a trail that is away
	queued, unknown := bring(t, s, sample(1), op.Queued), bring(t, s, sample(2), op.Unknown)
	rename("events", "away")
	for name, do := range map[string]func(ctx context.Context) error{
		"create": func(ctx context.Context) error { _, err := s.Create(ctx, sample(3), received()); return err },
		"move": func(ctx context.Context) error {
			_, err := s.Move(ctx,
				Move{ID: queued.ID, From: op.Queued, To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}})
			return err
		},
		"note": func(ctx context.Context) error {
			return s.Note(ctx, unknown.ID, Note{Send: true}, op.Event{Name: op.EventSent})
		},
		"record": func(ctx context.Context) error { return s.Record(ctx, op.Event{Name: op.EventDenied}) },
	} {
		if err := do(t.Context()); !errors.Is(err, ErrUnwritten) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, was := range []op.Operation{queued, unknown} {
		if is, err := s.Get(t.Context(), was.ID); err != nil || is.State != was.State || is.Version != was.Version ||
			is.Sends != was.Sends {
			t.Errorf("%s became %s, version %d, sends %d, %v", was.State, is.State, is.Version, is.Sends, err)
		}
	}
	rename("away", "events")
	if all, err := s.List(t.Context(), Query{}); err != nil || len(all) != 2 {
		t.Errorf("%d operations, %v", len(all), err)
	}
	s.patience = patience
	move(t, s, Move{ID: queued.ID, From: op.Queued, To: op.Running, Send: true})
}

// What the store refuses is no failure to write.
func TestRefusalsAreWritten(t *testing.T) {
	s, _ := fresh(t)
	o := bring(t, s, sample(1), op.Running)
	again := sample(1)
	_, taken := s.Create(t.Context(), again, received())
	_, lost := s.Move(t.Context(), Move{ID: o.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: "moved"}})
	for _, err := range []error{taken, lost} {
		if err == nil || errors.Is(err, ErrUnwritten) || Reason(err) != "" {
			t.Errorf("%v", err)
		}
	}
	if err := s.writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, ErrUnwritten) {
		t.Error(err)
	}
}

func TestReasons(t *testing.T) {
	for want, err := range map[string]error{
		"the server's disk is full": fmt.Errorf("move: %w", unwritten(&pgconn.PgError{Code: "53100", Message: "secret"})),
		"the server is read-only":   &pgconn.PgError{Code: "25006"},
		"":                          errors.New("something else"),
	} {
		if got := Reason(err); string(got) != want {
			t.Errorf("%v: %q", err, got)
		}
	}
	if Reason(nil) != "" {
		t.Error("a reason for nothing")
	}
}

func TestReasonOfAServerThatIsAway(t *testing.T) {
	private := server.Private(t)
	p := newProxy(t, private.Addr())
	s := open(t, private.Schema(t, p.Addr()), newClock())
	s.patience = time.Second
	p.Close()
	err := s.Ping(t.Context())
	// the first ones notice that their connections are gone
	for err != nil && Reason(err) == "" && t.Context().Err() == nil {
		err = s.Ping(t.Context())
	}
	if !errors.Is(err, ErrUnwritten) || Reason(err) != "the server does not answer" {
		t.Errorf("%q, %v", Reason(err), err)
	}
}
