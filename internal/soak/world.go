package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// What must never be seen outside: the secrets of a world. They open nothing.
const (
	canaryApp    = "xapp-fake-1-canary-4711"
	canaryBot    = "xoxb-fake-canary-4712"
	canaryKey    = "LTAIfakefakecanary4713"
	canarySecret = "fake-secret-canary-4714"
)

// channel is where everything happens; intruder is in it without the right to change anything.
const (
	channel  = "C0SHOW"
	intruder = "U0PIA"
)

// rights is the policy of every case.
const rights = `version: 1
groups:
  crew: [U0ANA, U0BO, U0KEN]
channels:
  C0SHOW:
    studios: ["Evening *"]
    streams: {main: live.example.com/show/main}
    grants:
      - who: [crew]
        may: [caster.copy, "caster.scene.*", "record.*"]
        confirm: self
      - who: [crew]
        may: [caster.restart]
        confirm: other
        approvers: [crew]
      - who: [U0PIA]
        may: [caster.list, caster.show]
`

// world is the workspace and the cloud on loopback. Its servers can end the process under test in the middle of a call.
type world struct {
	slack   *fakeslack.Workspace
	live    *fakelive.World
	folder  string
	env     []string
	servers []*http.Server
	busy    atomic.Int64 // calls of the cloud under way

	mu    sync.Mutex
	end   end // where a server ends the process
	edits int // chat.update so far
	kill  func()
}

func openWorld(folder string, c Case) (*world, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	w := &world{folder: folder, kill: func() {}}
	w.slack = fakeslack.New(fakeslack.Config{
		AppToken: canaryApp, BotToken: canaryBot, Seed: uint64(c.seed), AckWithin: 2 * time.Second,
		Commands: []fakeslack.Command{{Name: "/caster"}, {Name: "/record"}},
	})
	w.live = fakelive.New(fakelive.Config{AccessKeyID: canaryKey, AccessKeySecret: canarySecret})
	if err := w.prepare(c); err != nil {
		return nil, err
	}
	slackURL, err := w.serve(http.HandlerFunc(w.serveSlack))
	if err != nil {
		return nil, err
	}
	liveURL, err := w.serve(http.HandlerFunc(w.serveLive))
	if err != nil {
		return nil, err
	}
	w.slack.SetBase(slackURL)
	w.env = []string{
		"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "SLACK_API_URL=" + slackURL + "/api/", "SLACK_APP_TOKEN=" + canaryApp, "SLACK_BOT_TOKEN=" + canaryBot,
		"CASTERBOT_LIVE_ENDPOINT=" + liveURL, "ALIBABA_CLOUD_ACCESS_KEY_ID=" + canaryKey, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + canarySecret,
		"CASTERBOT_ADMIN_ADDR=127.0.0.1:0", "CASTERBOT_LOG_LEVEL=debug", "CASTERBOT_POLICY=" + w.file("policy.yml"),
		"CASTERBOT_CRASH_AHEAD=" + w.file("ahead"), fmt.Sprintf("CASTERBOT_CRASH_SCALE=%d", scale),
	}
	return w, os.WriteFile(w.file("policy.yml"), []byte(rights), 0o600)
}

func (w *world) file(name string) string { return filepath.Join(w.folder, name) }

// prepare puts the cloud into the state in which the command makes sense, and orders its behaviour.
func (w *world) prepare(c Case) error {
	s := setup{previewOpen: true}
	if c.order.world != nil {
		c.order.world(&s)
	}
	err := w.live.SetStudio(studio, func(st *fakelive.Studio) { st.Scenes[1].Open = s.previewOpen })
	if err == nil && s.recorded {
		err = w.record(s.paused)
	}
	if err != nil || c.mood.fault.Kind == "" {
		return err
	}
	fault := c.mood.fault
	fault.Action = c.order.action
	_, err = w.live.Inject(fault)
	return err
}

// record writes a recording that has run for ten minutes into the saved world.
func (w *world) record(paused bool) error {
	saved := map[string]json.RawMessage{}
	streams := []*fakelive.Stream{}
	if err := errors.Join(json.Unmarshal(w.live.Save(), &saved), json.Unmarshal(saved["streams"], &streams)); err != nil {
		return err
	}
	now := time.Now().UTC()
	streams[0].Recording = &fakelive.Recording{ID: "recording-of-before", Manual: true, Started: now.Add(-10 * time.Minute)}
	if paused {
		streams[0].Recording.Stopped, streams[0].Recording.Due = now.Add(-70*time.Second), now.Add(time.Hour)
	}
	raw, err := json.Marshal(streams)
	if err != nil {
		return err
	}
	saved["streams"] = raw
	all, err := json.Marshal(saved)
	return errors.Join(err, w.live.Load(all))
}

func (w *world) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen on loopback: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.servers = append(w.servers, s)
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String(), nil
}

func (w *world) close() {
	w.slack.Close()
	w.live.Close()
	for _, s := range w.servers {
		_ = s.Close()
	}
}

// arm tells the servers where to end the process, and how.
func (w *world) arm(e end, kill func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end, w.edits, w.kill = e, 0, kill
}

// due reports, once, that the process is to be ended at a place.
func (w *world) due(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.end.name != name {
		return false
	}
	if w.end.passage--; w.end.passage > 0 {
		return false
	}
	w.end = end{}
	return true
}

func (w *world) serveSlack(rw http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/chat.update") {
		w.slack.ServeHTTP(rw, r)
		return
	}
	if w.due(beforeEdit) {
		w.kill()
		return
	}
	if w.due(afterEdit) {
		w.slack.ServeHTTP(&mute{header: http.Header{}, first: w.kill}, r)
		return
	}
	w.slack.ServeHTTP(rw, r)
}

// serveLive ends the process, if that is its turn, when the changing call has had its effect or, where it has none, before the
// answer leaves.
func (w *world) serveLive(rw http.ResponseWriter, r *http.Request) {
	w.busy.Add(1)
	defer w.busy.Add(-1)
	if !changing(r) || !w.due(atCall) {
		w.live.ServeHTTP(rw, r)
		return
	}
	once := sync.OnceFunc(w.kill)
	before := len(w.live.Effects())
	done := make(chan struct{})
	defer close(done)
	go func() {
		give := time.After(200 * time.Millisecond)
		for len(w.live.Effects()) == before {
			select {
			case <-done:
				return
			case <-give:
				once()
				return
			case <-time.After(time.Millisecond):
			}
		}
		once()
	}()
	w.live.ServeHTTP(&mute{header: http.Header{}, first: once}, r)
}

// changing looks whether a request changes something; its body can be read again.
func changing(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	values, wrong := url.ParseQuery(string(body))
	action := values.Get("Action") + r.URL.Query().Get("Action")
	return err == nil && wrong == nil && action != "" && !strings.HasPrefix(action, "Describe")
}

// mute is an answer that nobody gets: what is written first ends the process.
type mute struct {
	header http.Header
	first  func()
}

func (m *mute) Header() http.Header { return m.header }

func (m *mute) WriteHeader(int) { m.first() }

func (m *mute) Write(b []byte) (int, error) {
	m.first()
	return len(b), nil
}
