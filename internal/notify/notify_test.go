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
	"casterbot/test/pgtest"
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

// counted is a chat that counts how many turns are taken.
type counted struct {
	deaf
	turns int
}

func (c *counted) Turn(ctx context.Context, o op.Operation) (Show, error) {
	c.turns++
	return c.deaf.Turn(ctx, o)
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
	o := sample(now)
	if _, err := db.Create(t.Context(), o, op.Event{Operation: o.ID, Name: op.EventReceived, At: now}); err != nil {
		t.Fatal(err)
	}
	if err := all[0].Draw(t.Context(), o.ID); !errors.Is(err, ErrNoAnswer) || len(all[0].cards.unconfirmed) > 0 {
		t.Errorf("%v, %v", err, all[0].cards.unconfirmed)
	}
}

// A card that another replica draws, and has not yet drawn, costs no turn of those that all share: sweep after sweep
// they would be used up, and none left for who draws it.
func TestNoTurnIsTakenForACardOfAnother(t *testing.T) {
	server := &pgtest.Shared{}
	t.Cleanup(func() { _ = server.Close() })
	address, now := server.Address(t), time.Now()
	var replicas []*Notifier
	var chats []*counted
	for _, name := range []string{"one", "two"} {
		db, err := store.Open(t.Context(), address, store.Options{Now: time.Now, Replica: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if err := db.Beat(t.Context()); err != nil {
			t.Fatal(err)
		}
		chats = append(chats, &counted{deaf: deaf{err: errors.New("lost")}})
		replicas = append(replicas, New(Config{Store: db, Chat: chats[len(chats)-1], Now: time.Now, Replica: name,
			Log: slog.New(slog.DiscardHandler), Base: t.Context()}))
	}
	o := sample(now)
	received := op.Event{Operation: o.ID, Name: op.EventReceived, At: now}
	if _, err := replicas[0].Store.Create(t.Context(), o, received); err != nil {
		t.Fatal(err)
	}
	for n, want := range []struct {
		err   bool
		turns int
	}{{true, 1}, {false, 0}} {
		if err := replicas[n].Draw(t.Context(), o.ID); (err != nil) != want.err || chats[n].turns != want.turns {
			t.Errorf("replica %d took %d turns, and %v", n, chats[n].turns, err)
		}
	}
}

func sample(now time.Time) op.Operation {
	return op.Operation{
		ID: op.NewID(), Key: "k", State: op.Pending, Verb: "caster.restart", Channel: "C0", Requester: "U0ANA", Created: now,
		Expires: now.Add(time.Hour), Plan: op.Plan{Target: op.Target{Kind: "caster", ID: "c1"}},
	}
}
