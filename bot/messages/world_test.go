package messages

import (
	"context"
	"testing"
	"time"

	"casterbot/bot/payload"
	"casterbot/bot/socket"
	"casterbot/internal/op"
	"casterbot/test/slackworld"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a workspace, and what has been clicked in it.
type world struct {
	*slackworld.World
	t      testing.TB
	clicks chan op.Address
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return &world{World: slackworld.New(t), t: t, clicks: make(chan op.Address, 16)}
}

// listens gives a chat that learns of every click until the test ends.
func (w *world) listens() *Chat {
	w.t.Helper()
	config := w.Config.Filled()
	chat, me := New(config), payload.Identity{Team: "T0SHOW", User: "U0BOT"}
	sockets := socket.NewSockets(config, func(e socket.Envelope) {
		defer e.Done()
		a, err := me.Decode(e.Kind, e.Id, e.Payload, time.Now())
		if err != nil || a.Click == nil {
			w.t.Errorf("%s is no click: %v", e.Payload, err)
			return
		}
		chat.KeepClick(*a.Click)
		w.clicks <- a.Click.Address
		if err := e.Ack(nil); err != nil {
			w.t.Error(err)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sockets.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the sockets ended: %v", err)
		}
	})
	w.Until("the sockets are up", func() bool { return sockets.Health().Sockets == 2 })
	return chat
}

// show waits for a card's turn and draws it, as the engine does.
func show(c *Chat, o op.Operation) (string, error) {
	draw, err := c.Turn(context.Background(), o)
	if err != nil {
		return "", err
	}
	return draw(context.Background(), o)
}

// card posts the card of an operation and gives its id.
func (w *world) card(o op.Operation) string {
	w.t.Helper()
	ts, err := show(New(w.Config), o)
	if err != nil || ts == "" {
		w.t.Fatalf("show: %q, %v", ts, err)
	}
	return ts
}
