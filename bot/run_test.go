package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/webapi"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// TestShutdown: work under way is finished, and its context lives on, before Run returns.
func TestShutdown(t *testing.T) {
	w := NewWorld(t)
	began, release := make(chan struct{}), make(chan struct{})
	var finished atomic.Bool
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Work: func(ctx context.Context) {
			close(began)
			<-release
			finished.Store(ctx.Err() == nil)
		}}, nil
	}
	b := New(w.Config, whole(w.engine), messages.New(w.Config), directory.New(w.Config, func() []string { return nil }))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	w.Until("a socket is up", func() bool { return b.Health().Ready() })
	w.Types("U0ANA", "C0SHOW", "/record stop main")
	<-began
	cancel()
	w.Until("the sockets are closed", func() bool { return len(w.Sockets()) == 0 })
	select {
	case err := <-ended:
		t.Fatalf("Run returned %v with work under way", err)
	default:
	}
	close(release)
	if err := <-ended; err != nil || !finished.Load() {
		t.Errorf("Run: %v, finished: %v", err, finished.Load())
	}
}

// TestRefresh: sockets are told to go one after the other while commands come in; every command is acknowledged, once.
func TestRefresh(t *testing.T) {
	w := NewWorld(t)
	var taken sync.Map
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		if _, twice := taken.LoadOrStore(r.Text, true); twice {
			t.Errorf("%s was taken twice", r.Text)
		}
		return engine.Accepted{}, nil
	}
	b := w.start()
	for i := range 60 {
		if i == 20 || i == 40 {
			w.Disconnect(w.Sockets()[0], "warning")
		}
		w.Types("U0ANA", "C0SHOW", fmt.Sprintf("/caster show %d", i))
	}
	w.Until("both sockets are back", func() bool { return b.Health().Sockets == 2 })
	if h := b.Health(); !h.Ready() || h.Want != 2 {
		t.Errorf("health %+v", h)
	}
}

func TestRunRefusesBadTokens(t *testing.T) {
	for _, c := range []struct {
		name, app, bot, want string
	}{
		{"app token of the wrong kind", slackworld.BotToken, slackworld.BotToken,
			"SLACK_APP_TOKEN is a token of the wrong kind"},
		{"unknown app token", "xapp-fake-other", slackworld.BotToken, "SLACK_APP_TOKEN is not a valid token"},
		{"unknown bot token", slackworld.AppToken, "xoxb-fake-other", "SLACK_BOT_TOKEN is not a valid token"},
	} {
		w := NewWorld(t)
		w.Config.AppToken, w.Config.BotToken = c.app, c.bot
		b := New(w.Config, whole(w.engine), messages.New(w.Config), directory.New(w.Config, func() []string { return nil }))
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := b.Run(ctx)
		cancel()
		if f, ok := errors.AsType[*webapi.Fatal](err); !ok || !strings.HasPrefix(f.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestRivals: a socket of this app that is not ours is noticed.
func TestRivals(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = replying("fine")
	w.start()
	if strings.Contains(w.Book.String(), "more sockets of this app") {
		t.Errorf("its own sockets are taken for rivals:\n%s", w.Book)
	}
	w.start()
	if !strings.Contains(w.Book.String(), "more sockets of this app") {
		t.Errorf("a second process is not noticed:\n%s", w.Book)
	}
}
