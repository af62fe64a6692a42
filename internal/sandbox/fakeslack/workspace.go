// Package fakeslack is a Slack workspace in one process: the Web API, Socket
// Mode and response URLs on loopback, and the people who type and click.
//
// What for. The sandbox, the conversation tests and the benchmark need a Slack
// that answers like Slack, is there at once, and lets a test cause what the
// real one does rarely: a lost socket, an expired trigger, a 429. Because it
// speaks the real wire, the bot runs against it unchanged, and so does any app
// written with another Slack SDK.
//
// What it keeps true. A request is answered as the documentation of the method
// says, errors included; a message that Slack would refuse is refused here. An
// envelope goes to exactly one socket and counts one ack. Message timestamps
// are unique and rise, even when the world's clock stands still. Deadlines that
// Slack counts in real time (ack, trigger, response URL, ping) are counted in
// real time here too; only message timestamps follow the world's clock.
//
// What it must not know. Nothing of the bot: no command grammar, no policy, no
// studio. It sees JSON and people. It imports nothing of ours but the linter in
// blockkit and what becomes of typed text in composer, so that it stays a judge
// the bot cannot talk to.
//
// How it is built. Workspace.mu guards the world (people, channels, messages,
// views, faults). The hub has its own lock for sockets and open envelopes, so
// that routing an envelope never waits for somebody who reads a snapshot. No
// code takes Workspace.mu while it holds the hub's lock.
package fakeslack

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/sandbox/guard"
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
	commands map[string]Command
	faults   map[string]*Fault
	watchers map[chan struct{}]struct{}
	familiar *familiar
	buckets  map[string]*bucket
	owed     []json.RawMessage // events to send when mu is let go of
	closed   bool
	contents
	journal
	handles
}

// contents is what is in the workspace, and what Save keeps of it.
type contents struct {
	app    string // its name, as people see it
	people []*User
	groups []*Group
	rooms  []*room
	byRoom map[string]*room
	views  map[string][]*View // person → stack of modals
	homes  map[string]*View
	lastTS int64 // microseconds
	serial int64 // for ids that need not be secret
}

// journal is what the bot did and what people were told.
type journal struct {
	calls    []Call
	callSeq  int
	toasts   map[string][]Toast
	toastSeq int
}

// handles are what an app is given to come back with.
type handles struct {
	triggers *expiring[trigger]
	hooks    *expiring[hook]
	tickets  *expiring[struct{}]
	uploads  *expiring[upload]
}

// New returns the seeded workspace. Call SetBase before an app connects, and
// Close at the end.
func New(cfg Config) *Workspace {
	cfg = withDefaults(cfg)
	w := &Workspace{
		cfg: cfg, hub: newHub(cfg), done: make(chan struct{}),
		contents: contents{app: "casterbot", views: map[string][]*View{}, homes: map[string]*View{}},
		journal:  journal{toasts: map[string][]Toast{}},
		handles: handles{
			triggers: newExpiring[trigger](100_000), hooks: newExpiring[hook](100_000), tickets: newExpiring[struct{}](1000),
			uploads: newExpiring[upload](100),
		},
		faults: map[string]*Fault{}, watchers: map[chan struct{}]struct{}{},
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

// host is the name under which the workspace is reached.
func (w *Workspace) host() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, host, _ := strings.Cut(w.base, "://")
	return host
}

// SetName gives the app another name; it has one of its own without this.
func (w *Workspace) SetName(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.app = name
	w.nameBot()
	w.changed()
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
// URLs under /commands/, /actions/ and /app/.
// A web page cannot give orders in the name of the app.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if err := guard.Program(r, w.host()); err != nil {
		http.Error(rw, err.Error(), http.StatusForbidden)
		return
	}
	switch first := firstSegment(r.URL.Path); first {
	case "api":
		w.serveAPI(rw, r)
	case "link":
		w.serveLink(rw, r)
	case "commands", "actions", "app":
		w.serveHook(rw, r)
	case "upload":
		w.serveUpload(rw, r)
	default:
		http.NotFound(rw, r)
	}
}

// saved is what outlives the process: the world, but no socket, trigger,
// response URL or fault.
type saved struct {
	People []*User            `json:"people"`
	Groups []*Group           `json:"groups"`
	Rooms  []*room            `json:"rooms"`
	Views  map[string][]*View `json:"views"`
	Homes  map[string]*View   `json:"homes"`
	LastTS int64              `json:"last_ts"`
	Serial int64              `json:"serial"`
}

// Save returns the state of the world as JSON.
func (w *Workspace) Save() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return marshal(saved{w.people, w.groups, w.rooms, w.views, w.homes, w.lastTS, w.serial})
}

// Load replaces the world by one that Save returned. Sockets stay open.
func (w *Workspace) Load(data []byte) error {
	s := saved{Views: map[string][]*View{}, Homes: map[string]*View{}}
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("load workspace: %w", err)
	}
	if len(s.Rooms) == 0 || len(s.People) == 0 {
		return fmt.Errorf("load workspace: no channels or no people in it")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people, w.groups, w.views, w.homes = s.People, s.Groups, s.Views, s.Homes
	w.nameBot()
	w.lastTS, w.serial = max(w.lastTS, s.LastTS), max(w.serial, s.Serial)
	w.rooms, w.byRoom = nil, map[string]*room{}
	for _, r := range s.Rooms {
		w.addRoom(r)
	}
	w.changed()
	return nil
}
