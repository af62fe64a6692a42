package bot

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"

	"go.uber.org/goleak"
)

const (
	fakeApp = "xapp-fake-canary"
	fakeBot = "xoxb-fake-canary"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is an engine that does what a test says.
type script struct {
	accept    func(context.Context, op.Request) (engine.Accepted, error)
	press     func(context.Context, op.Click) (engine.Accepted, error)
	fill      func(context.Context, op.Request, op.Form) (op.Form, error)
	submitted func(op.Form) string
	suggest   func(context.Context, op.Query) []op.Option
	home      func(context.Context, op.Request) (op.Answer, error)
	returned  func(channel string)
	chat      *Chat
}

func (s *script) Accept(ctx context.Context, r op.Request) (engine.Accepted, error) {
	return s.accept(ctx, r)
}
func (s *script) Press(ctx context.Context, c op.Click) (engine.Accepted, error) {
	return s.press(ctx, c)
}
func (s *script) Fill(ctx context.Context, r op.Request, f op.Form) (op.Form, error) {
	return s.fill(ctx, r, f)
}
func (s *script) Submitted(f op.Form) string                          { return s.submitted(f) }
func (s *script) Suggest(ctx context.Context, q op.Query) []op.Option { return s.suggest(ctx, q) }
func (s *script) Say(ctx context.Context, to op.Address, a op.Answer) { _ = s.chat.Tell(ctx, to, a) }
func (s *script) Returned(_ context.Context, channel string) {
	s.returned(channel)
}
func (s *script) Home(ctx context.Context, r op.Request) (op.Answer, error) {
	return s.home(ctx, r)
}

// replying answers every command at once with a title.
func replying(title string) func(context.Context, op.Request) (engine.Accepted, error) {
	return func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Reply: &op.Answer{Title: op.L(title)}}, nil
	}
}

// world is a workspace and what the bot needs to live in it.
type world struct {
	*fakeslack.Workspace
	t      testing.TB
	config Config
	log    *logbook
	engine *script
	server *httptest.Server
	pulse  pulse // of the sockets
}

func newWorld(t testing.TB, change ...func(*fakeslack.Config)) *world {
	t.Helper()
	slackConfig := fakeslack.Config{
		AppToken: fakeApp, BotToken: fakeBot, Commands: []fakeslack.Command{{Name: "/caster"}, {Name: "/record"}}, Retries: []time.Duration{},
	}
	for _, c := range change {
		c(&slackConfig)
	}
	w := &world{Workspace: fakeslack.New(slackConfig), t: t, log: &logbook{}, engine: &script{}, pulse: normal}
	w.server = httptest.NewServer(w.Workspace)
	w.SetBase(w.server.URL)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	w.config = Config{
		APIURL: w.server.URL + "/api/", AppToken: fakeApp, BotToken: fakeBot, HTTP: &http.Client{Transport: transport, Timeout: 10 * time.Second},
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	t.Cleanup(func() {
		w.Close()
		w.server.Close()
		transport.CloseIdleConnections()
		w.log.silent(t)
	})
	return w
}

// start runs a bot until the test ends, and waits for its sockets.
func (w *world) start() *Bot {
	w.t.Helper()
	dir := NewDirectory(w.config, func() []string { return nil })
	w.engine.chat = NewChat(w.config)
	b := New(w.config, w.engine, w.engine.chat, dir)
	b.sockets.pulse = w.pulse
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
	w.until("the sockets are up", func() bool { return b.Health().Sockets == 2 })
	return b
}

// until waits for something that happens soon.
func (w *world) until(what string, done func() bool) {
	w.t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatalf("never: %s\n%s", what, w.log)
}

func (w *world) sent(s fakeslack.Sent, err error) fakeslack.Ack {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	ack := <-s.Done
	if ack.Err != "" {
		w.t.Fatalf("no acknowledgement: %s", ack.Err)
	}
	return ack
}

func (w *world) types(user, channel, text string) fakeslack.Ack {
	w.t.Helper()
	return w.sent(w.Type(user, channel, text, ""))
}

// show waits for a card's turn and draws it, as the engine does.
func show(c *Chat, o op.Operation) (string, error) {
	draw, err := c.Turn(context.Background(), o)
	if err != nil {
		return "", err
	}
	return draw(context.Background(), o)
}

// calls are the calls of one method so far.
func (w *world) calls(method string) []fakeslack.Call {
	var list []fakeslack.Call
	for _, c := range w.Log(0) {
		if c.Method == method {
			list = append(list, c)
		}
	}
	return list
}

// reads reports whether a person sees a message with these words in a channel.
func (w *world) reads(user, channel, words string) bool {
	s, err := w.Snapshot(user)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range s.Rooms {
		if r.ID != channel && !(channel == "" && r.IsIM) {
			continue
		}
		for _, m := range r.Messages {
			if strings.Contains(m.Text, words) {
				return true
			}
		}
	}
	return false
}

// logbook is a log that many write to, and that must hold no secret.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) silent(t testing.TB) {
	t.Helper()
	for _, secret := range []string{fakeApp, fakeBot, "/commands/", "/actions/", "/link/?ticket", "response_url"} {
		if strings.Contains(l.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, l)
		}
	}
}

var errDisk = errors.New("disk full")

// plain speaks English.
var plain = tongue{}
