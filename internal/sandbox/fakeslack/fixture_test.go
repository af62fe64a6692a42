package fakeslack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"
)

const (
	xapp = "xapp-fake-1"
	xoxb = "xoxb-fake-1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a workspace behind a server, and a slack-go client of it.
type fixture struct {
	*Workspace
	t    testing.TB
	url  string
	http *http.Client
	api  *slack.Client
}

func newFixture(t testing.TB, cfg Config) *fixture {
	t.Helper()
	cfg.AppToken, cfg.BotToken = xapp, xoxb
	if cfg.Commands == nil {
		cfg.Commands = []Command{{Name: "/caster", UsageHint: "list"}, {Name: "/raw", Raw: true}}
	}
	w := &fixture{Workspace: New(cfg), t: t}
	srv := httptest.NewServer(w)
	w.url = srv.URL
	w.SetBase(srv.URL)
	w.http = &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	w.api = slack.New(xoxb, slack.OptionAppLevelToken(xapp), slack.OptionAPIURL(srv.URL+"/api/"),
		slack.OptionHTTPClient(w.http))
	t.Cleanup(func() {
		w.Close()
		srv.Close()
		w.http.CloseIdleConnections()
	})
	return w
}

// connect runs a slack-go socket that hands its events to handle, and waits
// until it is open.
func (w *fixture) connect(handle func(*socketmode.Client, socketmode.Event)) *socketmode.Client {
	w.t.Helper()
	sm := socketmode.New(w.api)
	ctx, cancel := context.WithCancel(context.Background())
	hello, ended, drained := make(chan struct{}, 100), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = sm.RunContext(ctx)
	}()
	go func() {
		defer close(drained)
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-sm.Events:
				if e.Type == socketmode.EventTypeHello {
					hello <- struct{}{}
				}
				handle(sm, e)
			}
		}
	}()
	w.t.Cleanup(func() {
		cancel()
		<-ended
		<-drained
	})
	<-hello
	return sm
}

// dial opens a bare WebSocket and returns it with its first frame.
func (w *fixture) dial() (*websocket.Conn, map[string]any) {
	w.t.Helper()
	_, link, err := w.api.StartSocketModeContext(context.Background())
	must(w.t, err)
	d := websocket.Dialer{}
	conn, _, err := d.Dial(link, nil)
	must(w.t, err)
	w.t.Cleanup(func() { conn.Close() })
	return conn, w.frame(conn)
}

func (w *fixture) frame(conn *websocket.Conn) map[string]any {
	w.t.Helper()
	var f map[string]any
	must(w.t, conn.ReadJSON(&f))
	return f
}

// echo acks whatever comes and counts, until the socket ends.
func echo(conn *websocket.Conn, got *[]map[string]any) chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var f map[string]any
			if conn.ReadJSON(&f) != nil {
				return
			}
			if id := f["envelope_id"]; id != nil {
				*got = append(*got, f)
				_ = conn.WriteJSON(map[string]any{"envelope_id": id})
			}
		}
	}()
	return done
}

// call posts a form and returns Slack's answer.
func (w *fixture) call(method, token string, args ...string) map[string]any {
	w.t.Helper()
	form := url.Values{"token": {token}}
	for i := 0; i < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	return w.post("/api/"+method, "application/x-www-form-urlencoded", form.Encode(), nil)
}

func (w *fixture) post(path, kind, body string, header http.Header) map[string]any {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+path, strings.NewReader(body))
	must(w.t, err)
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", kind)
	resp, err := w.http.Do(req)
	must(w.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(w.t, err)
	var out map[string]any
	must(w.t, json.NewDecoder(bytes.NewReader(raw)).Decode(&out))
	return out
}

func (w *fixture) screen(user string) Screen {
	w.t.Helper()
	s, err := w.Snapshot(user)
	must(w.t, err)
	return s
}

// texts are what a person reads in a channel.
func (w *fixture) texts(user, channel string) []string {
	out := []string{}
	for _, r := range w.screen(user).Rooms {
		if r.ID == channel {
			for _, m := range r.Messages {
				out = append(out, m.Text)
			}
		}
	}
	return out
}

func (w *fixture) typed(user, channel, text string) Ack {
	w.t.Helper()
	s, err := w.Type(user, channel, text, "")
	must(w.t, err)
	return <-s.Done
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	g, w := string(marshal(got)), string(marshal(want))
	if g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
