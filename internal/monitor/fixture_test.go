package monitor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/commands"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/records"
	"casterbot/internal/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const (
	show  = "C0SHOW"
	other = "C0MORN"
	main  = "live.example.com/show/main"
)

var (
	news     = op.Target{Kind: "caster", ID: "c1", Name: "Evening News"}
	mainLine = op.Target{Kind: "stream", ID: main, Name: "main"}
)

// fixture is a watcher among simple people: a clock that stands, a cloud, a chat and a policy that tests change.
type fixture struct {
	t     *testing.T
	store *store.Store
	w     *Monitor

	mu       sync.Mutex
	now      time.Time
	studios  map[string]live.Caster
	scenes   map[string][]live.Scene
	online   map[live.Stream]time.Time
	material map[live.Stream][]live.Content
	fail     map[string]bool
	calls    map[string]int
	watch    map[string][]op.Target
	call     []string         // whom alerts call
	itself   map[string]bool  // studios that switch to their standby picture by themselves
	tells    map[string]error // channels that may not be told anything, or of which that is not known
	absent   map[string]error // people who are in no channel any more, or of whom that is not known
	said     []string         // everything that was posted and edited
	pinned   []string
	chatFail map[string]error // by method
	keys     int
	from     string            // the channel from which operations are asked for
	planned  map[string]string // what the plans of operations have seen
	gate     func()            // called by every look at the streams
	hidden   string            // a stream that no channel may touch any more
}

func newFixture(t *testing.T) *fixture {
	s := &fixture{
		t: t, now: noon, from: show, scenes: map[string][]live.Scene{}, online: map[live.Stream]time.Time{},
		material: map[live.Stream][]live.Content{},
		fail:     map[string]bool{}, calls: map[string]int{}, watch: map[string][]op.Target{},
		tells: map[string]error{}, itself: map[string]bool{}, chatFail: map[string]error{},
		studios: map[string]live.Caster{
			"c1": {ID: "c1", Name: "Evening News", OnAir: true, Started: noon.Add(-time.Hour), Modified: noon.Add(-time.Hour)},
			"c2": {ID: "c2", Name: "Evening Talk"},
			"c3": {ID: "c3", Name: "Morning Show", OnAir: true},
		},
	}
	s.scenes["c1"] = []live.Scene{{ID: "s0", Name: "Main", Program: true, Open: true},
		{ID: "s1", Name: "Preview 1", Open: true}}
	s.online[streamOf(main)] = noon.Add(-time.Hour)
	db, err := store.Open(t.Context(), "sqlite::memory:", store.Options{Now: s.clock, Patient: true})
	if err != nil {
		t.Fatal(err)
	}
	s.store = db
	t.Cleanup(func() { _ = db.Close() })
	s.w = s.watcher("r1")
	return s
}

// changes reads what the commands of the table, and others, have changed.
func (s *fixture) changes(more ...op.Command) *records.Changes {
	table := commands.Table(nil, nil, nil)
	table.Commands = append(table.Commands, more...)
	return records.NewChanges(s.store, &table)
}

// history is what the bot has changed.
func (s *fixture) history() history {
	s.t.Helper()
	h, err := s.w.Changes.Read(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return history(h)
}

// watcher is one more replica over the same store.
func (s *fixture) watcher(replica string) *Monitor {
	w := New(Config{
		Changes: s.changes(), Store: s.store, Cloud: (*cloud)(s), Policy: (*rules)(s), Judge: (*rules)(s), Chat: (*chat)(s),
		Now: s.clock, Replica: replica,
		Pause: func(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil },
	})
	w.leader.alone = false
	return w
}

func (s *fixture) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// pass lets time go by and the watcher have its turn; running recordings grow.
func (s *fixture) pass(d time.Duration) {
	s.t.Helper()
	s.with(func() { s.now = s.now.Add(d) })
	if err := s.w.turn(s.t.Context()); err != nil {
		s.t.Log(err)
	}
}

func (s *fixture) with(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// did writes down an operation that succeeded now.
func (s *fixture) did(verb string, target op.Target, args ...string) op.Operation {
	s.t.Helper()
	return s.came(op.Succeeded, verb, target, args...)
}

// came writes down an operation that was sent and came to an end now, or to none yet.
func (s *fixture) came(end op.State, verb string, target op.Target, args ...string) op.Operation {
	s.t.Helper()
	s.keys++
	o := op.Operation{
		Key: fmt.Sprint("k", s.keys), State: op.Queued, Command: verb, Verb: verb, Channel: s.from, Requester: "U0ANA",
		Plan: op.Plan{Target: target, Args: op.Args{}, Seen: s.planned}, Expires: s.clock().Add(time.Minute),
	}
	if len(args) > 0 {
		o.Plan.Args["scene"] = args[0]
	}
	o, err := s.store.Create(s.t.Context(), o, op.Event{Name: "t"})
	for _, to := range []op.State{op.Running, end} {
		if err == nil && to != o.State {
			o, err = s.store.Move(s.t.Context(),
				store.Move{ID: o.ID, From: o.State, To: to, Send: to == op.Running, Event: op.Event{Name: "t"}})
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// studio changes a studio as another console would.
func (s *fixture) studio(id string, change func(*live.Caster)) {
	s.mu.Lock()
	c := s.studios[id]
	s.mu.Unlock()
	change(&c)
	s.with(func() { s.studios[id] = c })
}

// heard gives what was said since the last call, and forgets it.
func (s *fixture) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := strings.Join(s.said, "\n")
	s.said = nil
	return all
}

// want says what must have been said since the last call: nothing when there are no parts.
func (s *fixture) want(when string, parts ...string) {
	s.t.Helper()
	got := s.heard()
	if len(parts) == 0 && got != "" {
		s.t.Errorf("%s: nobody should be told anything, but:\n%s", when, got)
	}
	for _, part := range parts {
		if !strings.Contains(got, part) {
			s.t.Errorf("%s: %q is missing in:\n%s", when, part, got)
		}
	}
}

type cloud fixture

func (c *cloud) called(what string) error {
	c.calls[what]++
	if c.fail[what] {
		return errors.New("the cloud is away")
	}
	return nil
}

func (c *cloud) Casters(context.Context) ([]live.Caster, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.studios)), c.called("casters")
}

func (c *cloud) CasterConfig(_ context.Context, id string) (live.CasterConfig, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return live.CasterConfig{Standby: true, AutoStandby: c.itself[id]}, c.called("config")
}
func (c *cloud) Scenes(_ context.Context, id string) ([]live.Scene, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.scenes[id]), c.called("scenes")
}

func (c *cloud) OnlineStreams(_ context.Context, domain, _, _ string) ([]live.Online, error) {
	if c.gate != nil {
		c.gate()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []live.Online
	for stream, since := range c.online {
		if stream.Domain == domain {
			all = append(all, live.Online{Stream: stream, Since: since})
		}
	}
	return all, c.called("online")
}

func (c *cloud) RecordContent(_ context.Context, s live.Stream, _, _ time.Time) ([]live.Content, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.material[s]), c.called("material")
}

type rules fixture

func (r *rules) Channels() []string { return []string{show, other} }

// Tells gives what a test says of a channel; where it says nothing the policy decides.
func (r *rules) Tells(_ context.Context, channel string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err, failing := r.tells[channel]; failing {
		return false, err
	}
	return channel == show || channel == other, nil
}

// Present gives what a test says of a person; where it says nothing they are there.
func (r *rules) Present(_ context.Context, _, person string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err, absent := r.absent[person]
	return !absent, err
}

func (r *rules) Scope(channel string) (op.Scope, bool) {
	prefix := map[string]string{show: "Evening", other: "Morning"}[channel]
	r.mu.Lock()
	defer r.mu.Unlock()
	watch, hidden := slices.Clone(r.watch[channel]), r.hidden
	return op.Scope{
		Channel: channel, Watch: watch, Call: slices.Clone(r.call),
		Streams: []op.StreamAlias{{Alias: "main", Pattern: main}, {Alias: "all", Pattern: "live.example.com/show/*"}},
		Studio:  func(_, name string) bool { return strings.HasPrefix(name, prefix) },
		Stream:  func(path string) bool { return channel == show && path != hidden },
		Watched: func(_, name string) bool {
			return slices.ContainsFunc(watch, func(t op.Target) bool { return t.Name == name })
		},
	}, prefix != ""
}

type chat fixture

func (c *chat) Redraw(ctx context.Context, channel, message string, a op.Answer) (string, error) {
	return c.Put(ctx, channel, message, a)
}

func (c *chat) Put(_ context.Context, channel, message string, a op.Answer) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	how, method := "edit ", "edit"
	if message == "" {
		how, method = "post ", "post"
	}
	if err := c.chatFail[method]; err != nil {
		c.calls["failed "+method]++
		return "", err
	}
	text := how + channel + ": " + a.Title.Plain()
	for _, l := range a.Lines {
		text += " / " + l.Plain()
	}
	for _, item := range a.Items {
		text += "\n  " + item.Title.Plain()
		for _, f := range item.Facts {
			text += " · " + f.Plain()
		}
	}
	for _, n := range a.Next {
		text += " [" + n.Label + ": " + n.Text + "]"
	}
	c.said = append(c.said, text+" ("+a.Note.Plain()+")")
	c.keys++
	return fmt.Sprint("m", c.keys), nil
}

func (c *chat) Pin(_ context.Context, channel, message string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinned = append(c.pinned, channel+"/"+message)
	return c.chatFail["pin"]
}

func (c *chat) Unpin(_ context.Context, channel, message string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinned = slices.DeleteFunc(c.pinned, func(p string) bool { return p == channel+"/"+message })
	return nil
}
