package fakelive

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Config sets up a world. All fields may be left out.
type Config struct {
	AccessKeyID     string // the one key that is known
	AccessKeySecret string
	SecurityToken   string // demanded with every call when set (an STS key)
	OIDCToken       string // the one OIDC token that is known; "" means any

	Now     func() time.Time // clock of the world: studios, recordings; nil means time.Now
	Gateway func() time.Time // clock of the gateway: timestamps, limits; nil means time.Now

	Limits     bool // refuse calls beyond the limits of their operations
	MaxStudios int  // CasterNumberExceed beyond it; 0 means no limit
	Keep       int  // how many calls Snapshot remembers; 0 means 200

	Host string // name under which the endpoint is reached, besides addresses and localhost

	Cameras int // streams show/cam1 to show/camN beside the seed's, as AddStreams makes them

	Latency time.Duration // of every answer, in real time; see SetLatency
}

// World is an emulated account: studios, streams, recordings and the gateway in
// front of them. It is safe for concurrent use.
type World struct {
	cfg     Config
	done    chan struct{}
	stop    sync.Once
	latency atomic.Int64 // nanoseconds
	silent  atomic.Int64 // callers that wait for nothing

	mu       sync.Mutex
	state    state
	faults   []Fault
	faultSeq int64
	nonces   map[string]time.Time
	pruned   time.Time
	sessions map[string]session // by access key id
	delay    time.Duration      // until an event can be looked up
	meters   map[string]*meter  // by operation

	subMu sync.Mutex
	subs  map[chan struct{}]bool
}

// state is what Save writes. Counters never go back, so ids are never used twice.
type state struct {
	Domains  []string          `json:"domains"`
	Studios  []*Studio         `json:"studios"`
	Streams  []*Stream         `json:"streams"`
	Files    []File            `json:"files"`
	Tokens   map[string]copied `json:"tokens"`
	Calls    []*Call           `json:"calls"`
	Effects  []Effect          `json:"effects"`
	Trail    []Event           `json:"trail,omitempty"`
	Counters map[string]int64  `json:"counters"`
}

// copied remembers what a ClientToken was used for.
type copied struct {
	Source string `json:"source"`
	Name   string `json:"name"`
	Result string `json:"result"`
}

// New makes a world with the seed.
func New(cfg Config) *World {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Gateway == nil {
		cfg.Gateway = time.Now
	}
	if cfg.Keep == 0 {
		cfg.Keep = keptCalls
	}
	w := &World{cfg: cfg, done: make(chan struct{}), subs: map[chan struct{}]bool{}}
	w.SetLatency(cfg.Latency)
	w.Reset()
	return w
}

// SetLatency plays a cloud that is far away: a call is received and takes effect
// at once, and its answer leaves so much later. It holds for answers still to come.
func (w *World) SetLatency(d time.Duration) { w.latency.Store(int64(d)) }

// Reset puts the world back to its seed, told from the present moment, and
// forgets faults, nonces and the logs.
func (w *World) Reset() {
	now := w.now()
	defer w.changed()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = seed(now)
	w.addStreams("show", "cam", w.cfg.Cameras, now)
	w.faults = nil
	w.nonces = map[string]time.Time{}
	w.sessions, w.delay = map[string]session{}, trailDelay
	w.meters = map[string]*meter{}
}

// Close lets go of every call that a fault keeps waiting: the connection is reset
// and an effect still to come does not happen. The world can be read afterwards.
func (w *World) Close() { w.stop.Do(func() { close(w.done) }) }

// now reads the clock of the world. It is never called under the lock, so that a
// clock may call Tick while it moves.
func (w *World) now() time.Time { return w.cfg.Now().UTC().Round(0) }

// Subscribe returns a channel that gets a signal after every change of what
// Snapshot shows; signals that nobody has taken yet are merged into one. Cancel
// ends the subscription.
func (w *World) Subscribe() (ch <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	w.subMu.Lock()
	defer w.subMu.Unlock()
	w.subs[c] = true
	return c, func() {
		w.subMu.Lock()
		defer w.subMu.Unlock()
		delete(w.subs, c)
	}
}

func (w *World) changed() {
	w.subMu.Lock()
	defer w.subMu.Unlock()
	for c := range w.subs {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// next counts things of a kind, from 1.
func (s *state) next(kind string) int64 {
	s.Counters[kind]++
	return s.Counters[kind]
}

// newID makes the id of the next thing of a kind, in the form of a UUID.
func (s *state) newID(kind string) string {
	return derivedID(fmt.Sprintf("%s/%d", kind, s.next(kind)))
}

// derivedID turns any text into a stable UUID.
func derivedID(text string) string {
	h := sha256.Sum256([]byte(text))
	h[6] = h[6]&0x0f | 0x40
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
