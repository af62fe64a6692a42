package socket

import (
	"context"
	"time"

	"casterbot/internal/sleep"
)

// pulse says when a socket counts as dead that nobody has closed. Slack pings every few seconds, but a network that has
// forgotten a connection takes neither side's bytes and tells nobody; until that is noticed Slack loses what it routes
// there.
type pulse struct {
	every  time.Duration // between two pings of our own
	missed int           // pings in a row after which nothing was heard
}

// normal: a ping every five seconds, and ten seconds for something to be heard after it.
var normal = pulse{every: 5 * time.Second, missed: 2}

// listen pings the connection that is open, and returns when nothing is heard of it any more: no pong, no ping of
// Slack's, no envelope. It counts pings, not time, so that a process that stood still does not take its own silence for
// Slack's.
func (l *Link) listen(ctx context.Context, p pulse) {
	var on *conn
	var heard int64
	for missed := 0; missed < p.missed; {
		_ = sleep.For(ctx, p.every)
		if ctx.Err() != nil {
			return
		}
		open, last := l.lines.serving(), l.lines.heard.Load()
		if open == nil || open != on || last != heard {
			missed = 0
		} else {
			missed++
		}
		on, heard = open, last
		if open != nil {
			open.ping()
		}
	}
	l.deaf.Store(true)
	signal(l.silent)
}

// replace puts a new link in the place of a dead one, after those that are replaced already: when the whole network was
// away, they are all dead at once.
func (s *Sockets) replace(ctx context.Context, slot int, dead *Link) *Link {
	s.config.Log.Warn("nothing is heard on a socket, another one takes its place", "silent",
		dead.lines.silence().Round(time.Millisecond))
	s.replaced.Add(1)
	dead.lost(true)
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		return s.renew(ctx, slot, dead, 0)
	case <-ctx.Done():
		return dead
	}
}

// serving is the open connection, if frames may be written to it.
func (l *conns) serving() *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil || !l.open.serves.Load() || l.open.hungUp.Load() {
		return nil
	}
	return l.open
}

// ping writes a ping frame in the background: on a dead connection a write may take for ever. While one is on its way
// there is no other.
func (l *conn) ping() {
	if l.pings.Swap(true) {
		return
	}
	go func() {
		defer l.pings.Store(false)
		_, _ = l.Write(pingFrame())
	}()
}

// pingFrame is RFC 6455 §5.5.2: final, ping, masked with zeroes, empty.
func pingFrame() []byte { return []byte{0x89, 0x80, 0, 0, 0, 0} }
