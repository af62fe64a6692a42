package fakeslack

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Workspace is one Slack workspace with one app installed. It is an
// http.Handler for the app and a set of methods for the people and for tests.
// All of it may be used from many goroutines.
type Workspace struct {
	cfg  Config
	hub  *hub
	done chan struct{} // closed by Close

	latency atomic.Int64 // nanoseconds

	mu       sync.Mutex
	base     string
	people   []*User
	groups   []*Group
	rooms    []*room
	byRoom   map[string]*room
	commands map[string]Command
	lastTS   int64              // microseconds
	serial   int64              // for ids that need not be secret
	views    map[string][]*View // person → stack of modals
	homes    map[string]*View
	toasts   map[string][]Toast
	triggers *expiring[trigger]
	hooks    *expiring[hook]
	tickets  *expiring[struct{}]
	faults   map[string]*Fault
	calls    []Call
	callSeq  int
	toastSeq int
	watchers map[chan struct{}]struct{}
	familiar *familiar
	buckets  map[string]*bucket
	closed   bool
}

// New returns the seeded workspace. Call SetBase before an app connects, and
// Close at the end.
func New(cfg Config) *Workspace {
	cfg = withDefaults(cfg)
	w := &Workspace{
		cfg: cfg, hub: newHub(cfg), done: make(chan struct{}),
		views: map[string][]*View{}, homes: map[string]*View{}, toasts: map[string][]Toast{},
		triggers: newExpiring[trigger](100_000), hooks: newExpiring[hook](100_000),
		tickets: newExpiring[struct{}](1000),
		faults:  map[string]*Fault{}, watchers: map[chan struct{}]struct{}{},
		familiar: newFamiliar(), buckets: map[string]*bucket{},
	}
	w.SetLatency(cfg.Latency)
	w.hub.settle = w.settle
	w.seed()
	w.SetCommands(cfg.Commands)
	return w
}

func withDefaults(c Config) Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.Ping, 10 * time.Second}, {&c.AckWithin, 3 * time.Second}, {&c.Grace, 10 * time.Second},
		{&c.Trigger, 3 * time.Second}, {&c.Hook, 30 * time.Minute},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if c.Retries == nil {
		c.Retries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if c.Events == nil {
		c.Events = DefaultEvents
	}
	if c.Scopes == nil {
		c.Scopes = allScopes()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// SetBase tells the workspace under which URL its handler is reached, such as
// http://127.0.0.1:8787. Socket and response URLs are built on it.
func (w *Workspace) SetBase(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.base = base
}

// SetCommands replaces the app's slash commands.
func (w *Workspace) SetCommands(list []Command) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commands = map[string]Command{}
	for _, c := range list {
		w.commands[c.Name] = c
	}
	w.cfg.Commands = slices.Clone(list)
	w.changed()
}

// Close cuts every socket, ends every open envelope with ErrClosed and lets
// silent calls go. It returns when all goroutines of the workspace are gone.
func (w *Workspace) Close() {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return
	}
	w.closed = true
	close(w.done)
	w.mu.Unlock()
	w.hub.close()
}

// Subscribe returns a channel that gets a signal after something visible
// changed. Signals that nobody took yet are one signal. Call cancel at the end.
func (w *Workspace) Subscribe() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watchers[ch] = struct{}{}
	return ch, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watchers, ch)
	}
}

// changed signals the watchers. The caller holds mu.
func (w *Workspace) changed() {
	for ch := range w.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// nextTS is a message timestamp: the world's time, but always later than the
// one before. The caller holds mu.
func (w *Workspace) nextTS() string {
	us := max(w.cfg.Now().UnixMicro(), w.lastTS+1)
	w.lastTS = us
	return fmt.Sprintf("%d.%06d", us/1_000_000, us%1_000_000)
}

// nextID is an id such as V0000000A. The caller holds mu.
func (w *Workspace) nextID(prefix string) string {
	w.serial++
	return fmt.Sprintf("%s%08X", prefix, w.serial)
}

// ServeHTTP answers the app: /api/METHOD, /link/ (sockets), and the response
// URLs under /commands/ and /actions/.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch first := firstSegment(r.URL.Path); first {
	case "api":
		w.serveAPI(rw, r)
	case "link":
		w.serveLink(rw, r)
	case "commands", "actions":
		w.serveHook(rw, r)
	default:
		http.NotFound(rw, r)
	}
}
