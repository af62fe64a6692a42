package fakeslack

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// maxSockets is how many an app may have open
// (https://docs.slack.dev/apis/events-api/using-socket-mode#connections).
const maxSockets = 10

// queue is how many frames may wait for a slow reader.
const queue = 8192

var errTooMany = errors.New("too_many_websockets")

// socket is one open WebSocket of the app.
type socket struct {
	id       string
	conn     *websocket.Conn
	out      chan outgoing
	gone     chan struct{}
	once     sync.Once
	routable bool // guarded by hub.mu
	deaf     atomic.Bool
}

// outgoing is a frame for the writer; last closes the socket after it.
type outgoing struct {
	data []byte
	last bool
}

func (s *socket) push(f outgoing) bool {
	select {
	case s.out <- f:
		return true
	default:
		return false
	}
}

// cut ends the socket without a word.
func (s *socket) cut() {
	s.once.Do(func() {
		close(s.gone)
		s.conn.Close()
	})
}

func (w *Workspace) serveLink(rw http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	w.mu.Lock()
	_, alive := w.tickets.get(ticket)
	w.tickets.drop(ticket)
	w.mu.Unlock()
	if !alive {
		http.Error(rw, "unknown ticket", http.StatusForbidden)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(rw, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	life := w.cfg.Lifetime
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = 360 * time.Second
	}
	w.hub.serve(conn, life)
	w.touch()
}

// touch signals the watchers that the number of sockets changed.
func (w *Workspace) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed()
}

// serve runs one socket until it ends.
func (h *hub) serve(conn *websocket.Conn, life time.Duration) {
	s := &socket{conn: conn, out: make(chan outgoing, queue), gone: make(chan struct{}), routable: true}
	if err := h.join(s, life); err != nil {
		if errors.Is(err, errTooMany) {
			_ = conn.WriteMessage(websocket.TextMessage, disconnectFrame(err.Error()))
		}
		conn.Close()
		return
	}
	defer h.wg.Done()
	if life > 0 {
		warn := time.AfterFunc(life, func() { h.disconnect(s.id, "warning") })
		defer warn.Stop()
	}
	h.wg.Go(func() { h.write(s) })
	h.read(s)
	h.leave(s)
	s.cut()
}

// join admits a socket and queues its hello.
func (h *hub) join(s *socket, life time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return errors.New("closed")
	case len(h.sockets) >= maxSockets:
		return errTooMany
	}
	h.serial++
	s.id = "S" + strconv.Itoa(h.serial)
	h.sockets = append(h.sockets, s)
	h.wg.Add(1)
	s.push(outgoing{data: helloFrame(len(h.sockets), life)})
	return nil
}

func (h *hub) leave(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sockets = slices.DeleteFunc(h.sockets, func(o *socket) bool { return o == s })
}

// read takes acks until the socket ends. A client that answers no PING for a
// while is gone.
func (h *hub) read(s *socket) {
	patience := 4 * h.cfg.Ping
	s.conn.SetReadLimit(1 << 20)
	_ = s.conn.SetReadDeadline(time.Now().Add(patience))
	s.conn.SetPongHandler(func(string) error {
		if s.deaf.Load() {
			return nil
		}
		return s.conn.SetReadDeadline(time.Now().Add(patience))
	})
	s.conn.SetPingHandler(func(said string) error {
		if s.deaf.Load() {
			return nil
		}
		_ = s.conn.WriteControl(websocket.PongMessage, []byte(said), time.Now().Add(time.Second))
		return nil
	})
	for {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if !s.deaf.Load() {
			h.answer(data)
		}
	}
}

func (h *hub) write(s *socket) {
	ping := time.NewTicker(h.cfg.Ping)
	defer ping.Stop()
	defer s.cut()
	for {
		select {
		case <-s.gone:
			return
		case <-ping.C:
			if !s.deaf.Load() &&
				s.conn.WriteControl(websocket.PingMessage, []byte("Ping from "+host), time.Now().Add(time.Second)) != nil {
				return
			}
		case f := <-s.out:
			if !s.deliver(f) {
				return
			}
		}
	}
}

// deliver writes one frame; false ends the socket.
func (s *socket) deliver(f outgoing) bool {
	if s.deaf.Load() {
		return true
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if f.data != nil && s.conn.WriteMessage(websocket.TextMessage, f.data) != nil {
		return false
	}
	if f.last {
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
	}
	return !f.last
}

// disconnect tells sockets to go; id "" means all of them. It returns how many
// there were.
func (h *hub) disconnect(id, reason string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, s := range h.sockets {
		if id != "" && s.id != id {
			continue
		}
		n++
		switch reason {
		case "":
			s.routable = false
			s.cut()
		case "warning":
			s.push(outgoing{data: disconnectFrame(reason)})
			time.AfterFunc(h.cfg.Grace, func() { h.disconnect(s.id, "refresh_requested") })
		default:
			s.routable = false
			s.push(outgoing{data: disconnectFrame(reason), last: true})
		}
	}
	return n
}

const host = "applink-fake"

func disconnectFrame(reason string) []byte {
	return marshal(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": host}})
}

func helloFrame(connections int, life time.Duration) []byte {
	if life == 0 {
		life = time.Hour
	}
	return marshal(map[string]any{
		"type": "hello", "num_connections": connections, "connection_info": map[string]any{"app_id": AppID},
		"debug_info": map[string]any{
			"host": host, "started": time.Now().UTC().Format("2006-01-02 15:04:05.000"), "build_number": 1,
			"approximate_connection_time": int(life.Seconds()),
		},
	})
}

// marshal marshals a value that is built of maps, strings and numbers only.
func marshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("fakeslack: " + err.Error())
	}
	return b
}

// Sockets are the ids of the open sockets, oldest first.
func (w *Workspace) Sockets() []string {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	ids := make([]string, 0, len(w.hub.sockets))
	for _, s := range w.hub.sockets {
		ids = append(ids, s.id)
	}
	return ids
}

// Waiting is how many envelopes are on their way to the app or with it, not yet
// acked.
func (w *Workspace) Waiting() int {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	return len(w.hub.open)
}

// Disconnect sends a disconnect frame to one socket, or to all when id is
// empty, and returns to how many. After "warning" the socket lives on for
// Config.Grace and still gets envelopes; after any other reason it is closed at
// once. An empty reason cuts the connection without a frame.
func (w *Workspace) Disconnect(id, reason string) int { return w.hub.disconnect(id, reason) }

// Replay delivers a past envelope once more: under its own id, or as a fresh
// envelope with the same payload.
func (w *Workspace) Replay(envelope string, fresh bool) (Sent, error) {
	return w.hub.replay(envelope, fresh)
}

// Raw delivers any payload under any envelope type, for attacks and accidents.
func (w *Workspace) Raw(typ string, payload json.RawMessage) Sent {
	return w.hub.post(typ, payload, origin{kind: "raw"})
}
