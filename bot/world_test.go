package bot

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/payload"
	"casterbot/bot/render"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is an engine that does what a test says.
type script struct {
	accept    func(context.Context, op.Request) (engine.Accepted, error)
	press     func(context.Context, op.Click) (engine.Accepted, error)
	urgent    func(op.Request) bool
	fill      func(context.Context, op.Request, op.Form) (op.Form, error)
	submitted func(op.Form) string
	wrong     func(op.Form) (string, op.Line)
	suggest   func(context.Context, op.Query) []op.Option
	home      func(context.Context, op.Request) (op.Answer, error)
	returned  func(channel string)
	chat      *messages.Chat
}

func (s *script) Accept(ctx context.Context, r op.Request) (engine.Accepted, error) {
	return s.accept(ctx, r)
}

func (s *script) Press(ctx context.Context, c op.Click) (engine.Accepted, error) {
	return s.press(ctx, c)
}

func (s *script) Urgent(r op.Request) bool { return s.urgent != nil && s.urgent(r) }

func (s *script) Fill(ctx context.Context, r op.Request, f op.Form) (op.Form, error) {
	return s.fill(ctx, r, f)
}

func (s *script) Submitted(f op.Form) string { return s.submitted(f) }

func (s *script) Wrong(_ context.Context, _ op.Request, f op.Form) (string, op.Line) {
	if s.wrong == nil {
		return "", nil
	}
	return s.wrong(f)
}

func (s *script) Suggest(ctx context.Context, q op.Query) []op.Option { return s.suggest(ctx, q) }

func (s *script) Reply(ctx context.Context, to op.Address, a op.Answer) { _ = s.chat.Tell(ctx, to, a) }

func (s *script) ChannelRestored(_ context.Context, channel string) {
	s.returned(channel)
}

func (s *script) Home(ctx context.Context, r op.Request) (op.Answer, error) {
	return s.home(ctx, r)
}

// whole is a script as all that the bot needs.
func whole(s *script) Engine { return Engine{Operations: s, Browser: s, Notifier: s} }

// replying answers every command at once with a title.
func replying(title string) func(context.Context, op.Request) (engine.Accepted, error) {
	return func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Reply: &op.Answer{Title: op.L(title)}}, nil
	}
}

// World is a workspace and the engine of the bot that lives in it.
type World struct {
	*slackworld.World
	t      testing.TB
	engine *script
}

func NewWorld(t testing.TB, change ...func(*fakeslack.Config)) *World {
	t.Helper()
	return &World{World: slackworld.New(t, change...), t: t, engine: &script{}}
}

// start runs a bot until the test ends, and waits for its sockets.
func (w *World) start() *Bot {
	w.t.Helper()
	dir := directory.New(w.Config, func() []string { return nil })
	w.engine.chat = messages.New(w.Config)
	b := New(w.Config, whole(w.engine), w.engine.chat, dir)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
	w.Until("the sockets are up", func() bool { return b.Health().Sockets == 2 })
	return b
}

var errDisk = errors.New("disk full")

// me is who the bot is.
var me = payload.Identity{Team: "T0SHOW", User: "U0BOT"}

var quiet = slog.New(slog.DiscardHandler)

// plain speaks English.
var plain = render.Printer{}
