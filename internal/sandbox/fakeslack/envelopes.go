package fakeslack

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// maxAck is the size from which Slack drops an answer silently.
const maxAck = 20 << 10

// hub routes envelopes to sockets and acks back. It has its own lock, and calls
// settle without holding it.
type hub struct {
	cfg    Config
	settle func(*envelope, *Ack)
	wg     sync.WaitGroup // readers and writers of sockets

	mu      sync.Mutex
	rng     *rand.Rand
	sockets []*socket
	serial  int
	open    map[string]*envelope      // sent, not acked
	waiting map[*envelope]*time.Timer // events between two attempts
	recent  map[string]*envelope      // for Replay
	order   []string                  // of recent, oldest first
	closed  bool
}

// keepEnvelopes is how many past envelopes Replay can reach.
const keepEnvelopes = 1024

// envelope is one delivery to the app, and what it came from.
type envelope struct {
	id      string
	typ     string
	payload json.RawMessage
	accepts bool
	attempt int
	reason  string
	from    origin
	sent    time.Time
	timer   *time.Timer
	done    chan Ack
	older   *envelope // an open one with the same id, replayed while it waited
}

// origin says what a person did, so that the answer finds its way back.
type origin struct {
	kind    string // slash, button, view_button, submit, suggest, close, event, raw
	user    string
	channel string
	command string
	text    string // of the command, as typed
	view    string
	ts      string
	action  string
}

func newHub(cfg Config) *hub {
	return &hub{
		cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x5bd1e995)),
		open: map[string]*envelope{}, waiting: map[*envelope]*time.Timer{}, recent: map[string]*envelope{},
	}
}

// finish lets the answer take effect, then tells those who wait.
func (h *hub) finish(e *envelope, a Ack) {
	h.settle(e, &a)
	a.At = time.Now()
	for ; e != nil; e = e.older {
		e.done <- a
		close(e.done)
	}
}

func (h *hub) newID() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, b := h.rng.Uint64(), h.rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>50, b&0xffffffffffff)
}

// secret is a token for a URL or a trigger.
func (h *hub) secret() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("%016x%016x", h.rng.Uint64(), h.rng.Uint64())
}

func (h *hub) post(typ string, payload json.RawMessage, from origin) Sent {
	e := &envelope{typ: typ, payload: payload, accepts: accepts(typ, from.kind), from: from, done: make(chan Ack, 1)}
	h.send(e)
	return Sent{Envelope: e.id, At: e.sent, Done: e.done}
}

func accepts(typ, kind string) bool {
	return typ != "events_api" && kind != "view_button" && kind != "close"
}

// send gives the envelope to one socket, chosen at random, and starts its
// clock. An envelope without an id gets one.
func (h *hub) send(e *envelope) {
	if e.id == "" {
		e.id = h.newID()
	}
	frame := e.frame()
	h.mu.Lock()
	delete(h.waiting, e)
	if h.closed {
		h.mu.Unlock()
		h.finish(e, Ack{Err: ErrClosed})
		return
	}
	h.remember(e)
	e.sent, e.older = time.Now(), h.open[e.id]
	h.open[e.id] = e
	if h.route(frame) {
		e.timer = time.AfterFunc(h.cfg.AckWithin, func() { h.expire(e) })
		h.mu.Unlock()
		return
	}
	delete(h.open, e.id)
	h.mu.Unlock()
	h.lost(e, ErrDispatch)
}

// route tries the open sockets from a random one on. The caller holds mu.
func (h *hub) route(frame []byte) bool {
	n := len(h.sockets)
	if n == 0 {
		return false
	}
	start := h.rng.IntN(n)
	for i := range n {
		if s := h.sockets[(start+i)%n]; s.routable && s.push(outgoing{data: frame}) {
			return true
		}
	}
	return false
}

// frame is the JSON that goes over the wire.
// https://docs.slack.dev/apis/events-api/using-socket-mode
func (e *envelope) frame() []byte {
	f := struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
		Type    string          `json:"type"`
		Accepts bool            `json:"accepts_response_payload"`
		Attempt *int            `json:"retry_attempt,omitempty"`
		Reason  *string         `json:"retry_reason,omitempty"`
	}{ID: e.id, Payload: e.payload, Type: e.typ, Accepts: e.accepts}
	if e.typ == "events_api" {
		f.Attempt, f.Reason = &e.attempt, &e.reason
	}
	b, err := json.Marshal(f)
	if err != nil { // a Raw payload that is no JSON travels as it is
		b = fmt.Appendf(nil, `{"envelope_id":%q,"type":%q,"accepts_response_payload":%v,"payload":%s}`, e.id, e.typ,
			e.accepts, e.payload)
	}
	return b
}

func (h *hub) remember(e *envelope) {
	if _, known := h.recent[e.id]; !known {
		h.order = append(h.order, e.id)
	}
	h.recent[e.id] = e
	if len(h.order) > keepEnvelopes {
		delete(h.recent, h.order[0])
		h.order = h.order[1:]
	}
}

// answer takes an ack off the wire. Unknown, late and repeated acks are
// ignored, as are those that Slack would drop for their size.
func (h *hub) answer(data []byte) {
	var a struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if len(data) >= maxAck || json.Unmarshal(data, &a) != nil {
		return
	}
	h.mu.Lock()
	e := h.open[a.ID]
	delete(h.open, a.ID)
	h.mu.Unlock()
	if e == nil {
		return
	}
	e.timer.Stop()
	switch string(a.Payload) {
	case "null", "{}", `""`: // what SDKs send when there is nothing to say
		a.Payload = nil
	}
	h.finish(e, Ack{Payload: a.Payload, After: time.Since(e.sent)})
}

func (h *hub) expire(e *envelope) {
	h.mu.Lock()
	mine := h.open[e.id] == e
	if mine {
		delete(h.open, e.id)
	}
	h.mu.Unlock()
	if mine {
		h.lost(e, ErrTimeout)
	}
}

// lost ends an envelope that got no ack; an event is tried again under a new
// envelope id, the event id inside stays the same.
func (h *hub) lost(e *envelope, why string) {
	if e.typ != "events_api" || e.attempt >= len(h.cfg.Retries) {
		h.finish(e, Ack{Err: why, After: time.Since(e.sent)})
		return
	}
	next := &envelope{typ: e.typ, payload: e.payload, attempt: e.attempt + 1, reason: "timeout", from: e.from,
		done: e.done, older: e.older}
	h.mu.Lock()
	closed := h.closed
	if !closed {
		h.waiting[next] = time.AfterFunc(h.cfg.Retries[e.attempt], func() { h.send(next) })
	}
	h.mu.Unlock()
	if closed {
		h.finish(next, Ack{Err: ErrClosed})
	}
}

// replay sends a past envelope again, under its old id or a fresh one.
func (h *hub) replay(id string, fresh bool) (Sent, error) {
	h.mu.Lock()
	old := h.recent[id]
	h.mu.Unlock()
	if old == nil {
		return Sent{}, fmt.Errorf("%w envelope %s", errUnknown, id)
	}
	e := &envelope{typ: old.typ, payload: old.payload, accepts: old.accepts, from: old.from, done: make(chan Ack, 1)}
	if !fresh {
		e.id = old.id
	}
	h.send(e)
	return Sent{Envelope: e.id, At: e.sent, Done: e.done}, nil
}

func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for _, s := range h.sockets {
		s.cut()
	}
	h.mu.Unlock()
	h.wg.Wait()
	for _, e := range h.unfinished() {
		h.finish(e, Ack{Err: ErrClosed})
	}
}

// unfinished empties the tables and returns what was in them.
func (h *hub) unfinished() []*envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*envelope
	for id, e := range h.open {
		delete(h.open, id)
		if e.timer == nil || e.timer.Stop() {
			list = append(list, e)
		}
	}
	for e, t := range h.waiting {
		delete(h.waiting, e)
		if t.Stop() {
			list = append(list, e)
		}
	}
	return slices.Clip(list)
}
