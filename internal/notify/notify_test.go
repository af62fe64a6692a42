package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// deaf is a chat that takes nothing until it is told to.
type deaf struct {
	Chat
	err   error
	tries int
}

func (c *deaf) Tell(context.Context, op.Address, op.Answer) error {
	c.tries++
	return c.err
}

func (c *deaf) Turn(context.Context, op.Operation) (Show, error) {
	return func(context.Context, op.Operation) (string, error) { return "", c.err }, nil
}

// notifiers are n replicas over one store that says it is shared.
func notifiers(t *testing.T, chat Chat, now func() time.Time, n int) (*store.Store, []*Notifier) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite::memory:", store.Options{Now: now, Replica: "one", Patient: true})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	t.Cleanup(func() {
		work.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	var all []*Notifier
	for range n {
		all = append(all, New(Config{
			Store: db, Chat: chat, Now: now, Log: slog.New(slog.DiscardHandler), Replica: "one", Base: t.Context(),
			Spawn:  func(do func(context.Context)) { work.Go(func() { do(t.Context()) }) },
			Gather: func(context.Context, string) error { return nil },
		}))
	}
	return db, all
}

// What one replica has read of an owed answer before another took it up is not given.
func TestAReplyThatAnotherTookUpIsLeftToIt(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	chat := &deaf{err: ErrBusy}
	_, all := notifiers(t, chat, func() time.Time { return now }, 2)
	one, other := all[0], all[1]
	one.Reply(t.Context(), op.Address{Person: "U0ANA", Channel: "C0", At: now}, op.Answer{Title: op.L("two studios")})
	now = now.Add(ShortestBackoff)
	memos, err := one.kept.List(t.Context())
	if err != nil || len(memos) != 1 {
		t.Fatal(memos, err)
	}
	mine, stale := one.replies.list(memos, true), other.replies.list(memos, true)
	chat.err, chat.tries = nil, 0
	if err := one.deliver(t.Context(), mine[0]); err != nil {
		t.Fatal(err)
	}
	if err := other.deliver(t.Context(), stale[0]); !errors.Is(err, store.ErrLost) || chat.tries != 1 {
		t.Errorf("told %d times, %v", chat.tries, err)
	}
}

// A first message of a card that got no answer is no edit that may land late.
func TestAFirstMessageIsNoEdit(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	db, all := notifiers(t, &deaf{err: ErrNoAnswer}, func() time.Time { return now }, 1)
	o := op.Operation{
		ID: op.NewID(), Key: "k", State: op.Pending, Verb: "caster.restart", Channel: "C0", Requester: "U0ANA", Created: now,
		Expires: now.Add(time.Hour), Plan: op.Plan{Target: op.Target{Kind: "caster", ID: "c1"}},
	}
	if _, err := db.Create(t.Context(), o, op.Event{Operation: o.ID, Name: op.EventReceived, At: now}); err != nil {
		t.Fatal(err)
	}
	if err := all[0].Draw(t.Context(), o.ID); !errors.Is(err, ErrNoAnswer) || len(all[0].cards.unconfirmed) > 0 {
		t.Errorf("%v, %v", err, all[0].cards.unconfirmed)
	}
}
