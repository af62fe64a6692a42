package page

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/internal/sandbox/scenarios"
)

const (
	appToken = "xapp-fake-page"
	botToken = "xoxb-fake-page"
	news     = "4f0c7a1e-0000-4000-8000-000000000001"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a page over two fakes, with a clock that the test holds.
type rig struct {
	t     *testing.T
	slack *fakeslack.Workspace
	live  *fakelive.World
	page  *httptest.Server
	api   *httptest.Server

	speed   atomic.Int64
	acted   atomic.Int64
	due     time.Time
	evening *scenarios.View

	mu    sync.Mutex
	ahead time.Duration
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t}
	r.slack = fakeslack.New(fakeslack.Config{
		AppToken: appToken, BotToken: botToken, Now: r.now, AckWithin: 300 * time.Millisecond,
		Commands: []fakeslack.Command{{Name: "/caster", UsageHint: "list"}, {Name: "/record", UsageHint: "stop [stream]"}},
	})
	r.live = fakelive.New(fakelive.Config{Now: r.now})
	p := New(Config{
		Slack: r.slack, Live: r.live, Now: r.now, Ahead: r.shift, Advance: r.advance, Reset: func() error {
			r.live.Reset()
			return nil
		},
		Speed: func() int { return int(r.speed.Load()) }, SetSpeed: func(n int) error { r.speed.Store(int64(n)); return nil },
		Travel: func(to time.Time) { r.advance(to.Sub(r.now())) },
		Acted:  func() { r.acted.Add(1) },
		Due:    func() time.Time { return r.due }, Scenario: func() *scenarios.View { return r.evening },
		Addr:        "control.test:8787",
		Suggestions: []Suggestion{{As: "U0ANA", Channel: "C0SHOW", Text: "/caster list", Why: "look"}},
	})
	r.page, r.api = httptest.NewServer(p), httptest.NewServer(r.slack)
	r.slack.SetBase(r.api.URL)
	t.Cleanup(func() {
		p.Close()
		r.slack.Close()
		r.live.Close()
		r.page.Close()
		r.api.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return r
}

func (r *rig) shift() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ahead
}

func (r *rig) now() time.Time { return time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC).Add(r.shift()) }

func (r *rig) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead += d
}

func (r *rig) state(as string) view {
	r.t.Helper()
	res, err := http.Get(r.page.URL + "/api/state?as=" + as)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	var v view
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatalf("state as %s: %d, %v", as, res.StatusCode, err)
	}
	return v
}

// post sends an act and returns the status and the decoded answer.
func (r *rig) post(path string, body map[string]any) (int, map[string]any) {
	r.t.Helper()
	data, _ := json.Marshal(body)
	res, err := http.Post(r.page.URL+"/api/"+path, "application/json", bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	return res.StatusCode, out
}

func (r *rig) mustPost(path string, body map[string]any) map[string]any {
	r.t.Helper()
	status, out := r.post(path, body)
	if status != http.StatusOK {
		r.t.Fatalf("%s %v: status %d, %v", path, body, status, out)
	}
	return out
}

// call is the bot calling the Web API.
func (r *rig) call(method, token, body string) map[string]any {
	req, _ := http.NewRequest(http.MethodPost, r.api.URL+"/api/"+method, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Error(err)
		return nil
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		r.t.Errorf("%s: %v", method, err)
	}
	return out
}

// bot connects a socket that acks every envelope with what answer returns for
// its payload; nil is a bare ack.
func (r *rig) bot(answer func(payload map[string]any) any) {
	r.t.Helper()
	url, _ := r.call("apps.connections.open", appToken, "{}")["url"].(string)
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan struct{})
	r.t.Cleanup(func() { _ = conn.Close(); <-ended })
	hello := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var e struct {
				Type    string         `json:"type"`
				ID      string         `json:"envelope_id"`
				Payload map[string]any `json:"payload"`
			}
			if conn.ReadJSON(&e) != nil {
				return
			}
			if e.Type == "hello" {
				close(hello)
				continue
			}
			ack := map[string]any{"envelope_id": e.ID}
			if payload := answer(e.Payload); payload != nil {
				ack["payload"] = payload
			}
			if conn.WriteJSON(ack) != nil {
				return
			}
		}
	}()
	<-hello
}

func TestStateIsWhatThePersonSees(t *testing.T) {
	r := newRig(t)
	tests := []struct {
		as       string
		channels []string
	}{
		{"U0ANA", []string{"C0SHOW", "C0MORN", "C0RAND", "C0EXT", "C0AUDIT", "C0NOBOT"}},
		{"U0GUS", []string{"C0SHOW", "C0RAND"}},
		{"U0OUT", []string{"C0EXT"}},
	}
	for _, tt := range tests {
		v := r.state(tt.as)
		var got []string
		for _, c := range v.Channels {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, tt.channels) {
			t.Errorf("%s sees %v, want %v", tt.as, got, tt.channels)
		}
	}
	res, err := http.Get(r.page.URL + "/api/state?as=U0NOBODY")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown person got status %d, want 404", res.StatusCode)
	}
}

func TestStateCarriesPeopleCommandsAndSuggestions(t *testing.T) {
	v := newRig(t).state("U0ANA")
	i := slices.IndexFunc(v.People, func(p person) bool { return p.ID == "U0ANA" })
	if ana := v.People[i]; ana.Initials != "AR" || ana.Role != "operator" || ana.Bot {
		t.Errorf("Ana is %+v", ana)
	}
	i = slices.IndexFunc(v.People, func(p person) bool { return p.ID == "U0LIN" })
	if lin := v.People[i]; lin.Zone != "Asia/Shanghai" || lin.Locale != "zh-CN" {
		t.Errorf("Lin is %+v", lin)
	}
	want := []command{{Name: "/caster", Hint: "list"}, {Name: "/record", Hint: "stop [stream]"}}
	if got, _ := json.Marshal(v.Commands); string(got) != string(mustJSON(want)) {
		t.Errorf("commands %s, want %s", got, mustJSON(want))
	}
	for _, action := range []string{"CopyCasterSceneConfig", "EffectCasterUrgent", "StartCaster", "StopCaster",
		"DescribeCasters"} {
		if !slices.Contains(v.Operations, action) {
			t.Errorf("%s is not among the operations to spoil: %v", action, v.Operations)
		}
	}
	if len(v.Suggestions) != 1 || v.Suggestions[0].Text != "/caster list" {
		t.Errorf("suggestions %v", v.Suggestions)
	}
	if v.Bot.Running || v.Bot.Name != "casterbot" {
		t.Errorf("bot %+v, want casterbot, not running", v.Bot)
	}
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func TestEventsTellOfChanges(t *testing.T) {
	r := newRig(t)
	res, err := http.Get(r.page.URL + "/api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for _, cause := range []func(){
		func() { r.mustPost("type", map[string]any{"as": "U0ANA", "channel": "C0SHOW", "text": "hello"}) },
		func() { r.mustPost("studio", map[string]any{"id": news, "do": "stop"}) },
		func() { r.mustPost("faults", map[string]any{}) },
	} {
		cause()
		if !readUntil(res.Body, "event: changed") {
			t.Fatal("the stream ended without an event")
		}
	}
}

// readUntil reads until the text has come; the test's own deadline ends a wait
// that is in vain.
func readUntil(body io.Reader, text string) bool {
	var got []byte
	buf := make([]byte, 256)
	for !bytes.Contains(got, []byte(text)) {
		n, err := body.Read(buf)
		if err != nil {
			return false
		}
		got = append(got, buf[:n]...)
	}
	return true
}

func TestEmojiByAllTheirNames(t *testing.T) {
	r := newRig(t)
	res, err := http.Get(r.page.URL + "/emoji.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var table map[string]string
	if err := json.NewDecoder(res.Body).Decode(&table); err != nil || table["clapper"] != "🎬" ||
		table["thumbsup"] != "👍" || table["flag-de"] != "🇩🇪" {
		t.Errorf("%d emoji, %v", len(table), err)
	}
}
