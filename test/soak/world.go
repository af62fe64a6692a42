package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// channel is where everything happens; stand.Intruder is in it without the right to change anything.
const channel = "C0SHOW"

// crew are those whom the policy of every case lets change something.
var crew = []string{"U0ANA", "U0BO", "U0KEN"}

// world is the test stand of a case. Its servers can end the process under test in the middle of a call.
type world struct {
	*testbed.World
	busy atomic.Int64 // calls of the cloud under way

	mu   sync.Mutex
	end  end // where a server ends the process
	kill func()
}

func openWorld(folder string, c Case) (*world, error) {
	w := &world{kill: func() {}}
	open, err := testbed.Open(testbed.Config{
		Folder: folder, Policy: testbed.Rights(strings.Join(crew, ", "), channel),
		Slack:   fakeslack.Config{Seed: uint64(c.seed), AckWithin: 2 * time.Second},
		InSlack: func(h http.Handler) http.Handler { return w.killing(h, w.serveSlack) },
		InLive:  func(h http.Handler) http.Handler { return w.killing(h, w.serveLive) },
		Env:     []string{"CASTERBOT_LOG_LEVEL=debug", fmt.Sprintf("CASTERBOT_CRASH_SCALE=%d", scale)},
	})
	if err != nil {
		return nil, err
	}
	w.World = open
	if err := w.prepare(c); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// killing makes a server that can end the process out of one that serves.
func (w *world) killing(h http.Handler, serve func(http.ResponseWriter, *http.Request, http.Handler)) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { serve(rw, r, h) })
}

// prepare puts the cloud into the state in which the command makes sense, and orders its behaviour.
func (w *world) prepare(c Case) error {
	if err := c.order.prepare(w); err != nil || c.mood.fault.Kind == "" {
		return err
	}
	fault := c.mood.fault
	fault.Action = c.order.command.Sends
	_, err := w.Live.Inject(fault)
	return err
}

// record writes a recording that has run for ten minutes into the saved world.
func (w *world) record(paused bool) error {
	saved := map[string]json.RawMessage{}
	streams := []*fakelive.Stream{}
	if err := errors.Join(json.Unmarshal(w.Live.Save(), &saved), json.Unmarshal(saved["streams"], &streams)); err != nil {
		return err
	}
	now := time.Now().UTC()
	streams[0].Recording = &fakelive.Recording{ID: "recording-of-before", Manual: true,
		Started: now.Add(-10 * time.Minute)}
	if paused {
		streams[0].Recording.Stopped, streams[0].Recording.Due = now.Add(-70*time.Second), now.Add(time.Hour)
	}
	raw, err := json.Marshal(streams)
	if err != nil {
		return err
	}
	saved["streams"] = raw
	all, err := json.Marshal(saved)
	return errors.Join(err, w.Live.Load(all))
}

// arm tells the servers where to end the process, and how.
func (w *world) arm(e end, kill func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end, w.kill = e, kill
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

func (w *world) serveSlack(rw http.ResponseWriter, r *http.Request, slack http.Handler) {
	if !edits(r) {
		slack.ServeHTTP(rw, r)
		return
	}
	if w.due(beforeEdit) {
		w.kill()
		return
	}
	if w.due(afterEdit) {
		slack.ServeHTTP(&mute{header: http.Header{}, first: w.kill}, r)
		return
	}
	slack.ServeHTTP(rw, r)
}

// edits looks whether a request edits a card: by chat.update, or by the response address of a click.
func edits(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return strings.HasSuffix(r.URL.Path, "/chat.update")
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(body, []byte(`"replace_original":true`))
}

// serveLive ends the process, if that is its turn, when the changing call has had its effect or, where it has none,
// before the answer leaves.
func (w *world) serveLive(rw http.ResponseWriter, r *http.Request, live http.Handler) {
	w.busy.Add(1)
	defer w.busy.Add(-1)
	if !changing(r) || !w.due(atCall) {
		live.ServeHTTP(rw, r)
		return
	}
	once := sync.OnceFunc(w.kill)
	before := len(w.Live.Effects())
	done := make(chan struct{})
	defer close(done)
	go func() {
		give := time.After(200 * time.Millisecond)
		for len(w.Live.Effects()) == before {
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
	live.ServeHTTP(&mute{header: http.Header{}, first: once}, r)
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
