package socket

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// conns are the network connections of one link. They exist for four things that the Socket Mode client does not offer:
// when something was last heard, a ping of our own, Slack's announcement that it will close the connection, and a close
// frame at the end, without which Slack keeps routing to a dead socket.
type conns struct {
	warned func(reason string)
	parted atomic.Bool // another link takes over: do not connect again

	began  time.Time
	heard  atomic.Int64 // when something was last heard: nanoseconds since began, which no change of the clock touches
	mu     sync.Mutex
	open   *conn
	handed *delivered // of the newest connection
}

func newConns(warned func(reason string)) *conns {
	return &conns{warned: warned, began: time.Now(), handed: &delivered{}}
}

func (l *conns) hear() { l.heard.Store(int64(time.Since(l.began))) }

// silence is how long nothing was heard.
func (l *conns) silence() time.Duration { return time.Since(l.began) - time.Duration(l.heard.Load()) }

// conn is one connection. The client writes every frame with one Write, so a frame of ours fits between two of its own.
type conn struct {
	net.Conn
	frames *frameFilter
	hear   func()
	serves atomic.Bool // frames may be written: the HTTP answer is over
	hungUp atomic.Bool // by the client: its silence is not Slack's
	pings  atomic.Bool // a ping is on its way out
	mu     sync.Mutex
	closed bool
}

func (l *conn) Read(b []byte) (int, error) {
	n, err := l.frames.Read(b)
	if n > 0 {
		l.hear()
	}
	if err == nil && l.frames.upgraded && !l.frames.raw && len(l.frames.text) == 0 {
		l.serves.Store(true)
	}
	return n, err
}

func (l *conn) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, net.ErrClosed
	}
	return l.Conn.Write(b)
}

// errParted: the client would connect once more before it learns that it is over, and take an envelope to its grave.
var errParted = errors.New("another socket takes over")

// goodbye writes a close frame, "going away", and nothing after it. A write that nobody takes off the line is given up
// first.
func (l *conn) goodbye() {
	_ = l.Conn.SetWriteDeadline(time.Now().Add(time.Second))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	_ = l.Conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = l.Conn.Write(closeFrame())
}

// Close ends the connection for the client.
func (l *conn) Close() error {
	l.hungUp.Store(true)
	return l.Conn.Close()
}

// closeFrame is RFC 6455 §5.5.1: final, close, masked with zeroes, two bytes of status.
func closeFrame() []byte {
	frame := []byte{0x88, 0x82, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(frame[6:], websocket.CloseGoingAway)
	return frame
}

func (l *conns) goodbye() {
	l.mu.Lock()
	open := l.open
	l.mu.Unlock()
	if open != nil {
		open.goodbye()
	}
}

func (l *conns) keep(c net.Conn) net.Conn {
	l.hear()
	h := &delivered{}
	kept := &conn{Conn: c, frames: newFrameFilter(c, l.warned, h), hear: l.hear}
	l.mu.Lock()
	l.open, l.handed = kept, h
	l.mu.Unlock()
	return kept
}

// release lets the end of the connection through at once: nobody takes what comes before it.
func (l *conns) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed.over.Store(math.MaxInt64 / 2)
}

// took is called for each message that the client has handed over.
func (l *conns) took() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed.over.Add(1)
}

// why is the reason that Slack gave for the end of the last connection, or empty.
func (l *conns) why() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if said := l.handed.why.Load(); said != nil {
		return *said
	}
	return ""
}

// dialer is what the client dials with. It replaces the client's own wholly, so time limit and the one-frame write
// buffer are set again: an acknowledgement that leaves in two frames is lost. The route goes through the proxy.
func (l *conns) dialer(r proxyRoute) *websocket.Dialer {
	type dial = func(ctx context.Context, network, address string) (net.Conn, error)
	kept := func(to dial) dial {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			if l.parted.Load() {
				return nil, errParted
			}
			c, err := to(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return l.keep(c), nil
		}
	}
	return &websocket.Dialer{
		HandshakeTimeout: 15 * time.Second, NetDialContext: kept(r.plain), NetDialTLSContext: kept(r.secure),
		ReadBufferSize: 32 << 10, WriteBufferSize: 32 << 10,
	}
}
