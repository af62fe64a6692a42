// Package slackworld is a Slack workspace for tests: the emulator behind a server, a configuration that reaches it, and
// a log that must hold no secret.
package slackworld

import (
	"bytes"
	"casterbot/bot/webapi"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tokens of the app.
const (
	AppToken = "xapp-fake-canary"
	BotToken = "xoxb-fake-canary"
)

// World is a workspace and what a bot needs to live in it.
type World struct {
	*fakeslack.Workspace
	Config webapi.Config
	Book   *Logbook
	t      testing.TB
	Server *httptest.Server
}

// New opens a workspace until the test ends.
func New(t testing.TB, change ...func(*fakeslack.Config)) *World {
	t.Helper()
	slackConfig := fakeslack.Config{
		AppToken: AppToken, BotToken: BotToken, Commands: []fakeslack.Command{{Name: "/caster"}, {Name: "/record"}},
		Retries: []time.Duration{},
	}
	for _, c := range change {
		c(&slackConfig)
	}
	w := &World{Workspace: fakeslack.New(slackConfig), t: t, Book: &Logbook{}}
	w.Server = httptest.NewServer(w.Workspace)
	w.SetBase(w.Server.URL)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	w.Config = webapi.Config{
		APIURL: w.Server.URL + "/api/", AppToken: AppToken, BotToken: BotToken,
		HTTP: &http.Client{Transport: transport, Timeout: 10 * time.Second},
		Log:  slog.New(slog.NewTextHandler(w.Book, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:  time.Now, Peers: func() int { return 0 }, Language: func(string) string { return "" },
		Locale: func(string) (string, bool) { return "", true }, Meet: func(context.Context, string) {},
		Operations: webapi.Operations{Repeats: func(op.Operation) bool { return false }},
	}
	t.Cleanup(func() {
		w.Close()
		w.Server.Close()
		transport.CloseIdleConnections()
		w.Book.silent(t)
	})
	return w
}

// Until waits for something that happens soon.
func (w *World) Until(what string, done func() bool) {
	w.t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatalf("never: %s\n%s", what, w.Book)
}

// Sent waits for the acknowledgement of what was sent.
func (w *World) Acknowledged(s fakeslack.Sent, err error) fakeslack.Ack {
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

// Types lets somebody type a command.
func (w *World) Types(user, channel, text string) fakeslack.Ack {
	w.t.Helper()
	return w.Acknowledged(w.Type(user, channel, text, ""))
}

// Calls are the calls of one method so far.
func (w *World) Calls(method string) []fakeslack.Call {
	var list []fakeslack.Call
	for _, c := range w.Log(0) {
		if c.Method == method {
			list = append(list, c)
		}
	}
	return list
}

// Reads reports whether a person sees a message with these words in a channel.
func (w *World) Reads(user, channel, words string) bool {
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

// Logbook is a log that many write to, and that must hold no secret.
type Logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *Logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *Logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *Logbook) silent(t testing.TB) {
	t.Helper()
	for _, secret := range []string{AppToken, BotToken, "/commands/", "/actions/", "/link/?ticket", "response_url"} {
		if strings.Contains(l.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, l)
		}
	}
}
