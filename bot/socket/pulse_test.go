package socket

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/test/slackworld"

	"github.com/slack-go/slack/socketmode"
)

// far is the other end of a connection: it says that frames follow, and then what it is made to say.
type far struct{ net.Conn }

// paired gives a link with an open connection, and its other end. The link reads until the test ends.
func paired(t *testing.T) (*Link, far) {
	near, other := net.Pipe()
	l := &Link{lines: newConns(nil)}
	l.silent = make(chan struct{}, 1)
	open := l.lines.keep(near)
	go func() { _, _ = io.Copy(io.Discard, open) }()
	t.Cleanup(func() {
		_ = near.Close()
		_ = other.Close()
	})
	return l, far{other}
}

// says writes; what does not arrive shows in what becomes of the link.
func (f far) says(what string) { _, _ = io.WriteString(f.Conn, what) }

const (
	pong      = "\x8a\x00"
	slackPing = "\x89\x00"
)

// TestPulse: a connection is given up when nothing is heard for ten seconds after a ping of ours, be it that it takes
// our bytes or that every write to it hangs; not while anything is heard, not before it serves, and not after its end.
func TestPulse(t *testing.T) {
	for name, c := range map[string]struct {
		upgraded bool
		talks    func(*testing.T, *Link, far)
		after    time.Duration // 0: never
	}{
		"pings are answered": {true, func(t *testing.T, _ *Link, f far) {
			for frame := make([]byte, 6); ; {
				if _, err := io.ReadFull(f, frame); err != nil {
					return
				}
				if string(frame) != "\x89\x80\x00\x00\x00\x00" {
					t.Errorf("% x is no ping", frame)
				}
				f.says(pong)
			}
		}, 0},
		"only Slack's pings are heard": {true, func(_ *testing.T, _ *Link, f far) {
			for range 12 {
				f.says(slackPing)
				time.Sleep(6 * time.Second)
			}
		}, 80 * time.Second},
		"nothing is heard": {true, func(_ *testing.T, _ *Link, f far) {
			_, _ = io.Copy(io.Discard, f)
		}, 15 * time.Second},
		"every write hangs":  {true, func(*testing.T, *Link, far) {}, 15 * time.Second},
		"no frames yet":      {false, func(_ *testing.T, _ *Link, f far) { _, _ = io.Copy(io.Discard, f) }, 0},
		"the client hung up": {true, func(_ *testing.T, l *Link, _ far) { _ = l.lines.open.Close() }, 0},
		"a silent one recovers": {true, func(t *testing.T, _ *Link, f far) {
			time.Sleep(14 * time.Second)
			f.says(pong)
		}, 25 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, f := paired(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				began := time.Now()
				if c.upgraded {
					f.says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
				}
				go c.talks(t, l, f)
				go l.listen(ctx, normal)
				waitFor(ctx, l.silent, time.Hour)
				took := time.Since(began)
				if c.after == 0 && took < time.Hour || c.after != 0 && took != c.after || l.deaf.Load() != (c.after != 0) {
					t.Errorf("given up: %v, after %s, want %s", l.deaf.Load(), took, c.after)
				}
			})
		})
	}
}

// TestGoodbyeToADeadLine: a write that hangs does not keep a socket from being closed.
func TestGoodbyeToADeadLine(t *testing.T) {
	l, f := paired(t)
	f.says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
	open := l.lines.open
	open.ping()
	for open.mu.TryLock() { // until the ping is on its way
		open.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	done := make(chan struct{})
	go func() {
		l.lines.goodbye()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("it waits for the write")
	}
}

// TestDeafSockets: sockets that stay open and carry nothing any more are replaced, one or all, and then no command is
// lost.
func TestDeafSockets(t *testing.T) {
	for name, all := range map[string]bool{"one": false, "all": true} {
		t.Run(name, func(t *testing.T) {
			w := slackworld.New(t)
			s := serve(t, w, pulse{every: 400 * time.Millisecond, missed: 2}, acknowledge)
			deaf := w.Sockets()[:1]
			if all {
				deaf = w.Sockets()
				w.Deafen("")
			} else {
				w.Deafen(deaf[0])
			}
			w.Until("the deaf sockets are gone", func() bool {
				open := strings.Join(w.Sockets(), " ") + " "
				for _, id := range deaf {
					if strings.Contains(open, id+" ") {
						return false
					}
				}
				return s.Health().Sockets == 2 && len(w.Sockets()) == 2
			})
			for i := range 20 {
				w.Types("U0ANA", "C0SHOW", fmt.Sprintf("/caster help %d", i))
			}
			if h := s.Health(); h.Replaced < len(deaf) || !strings.Contains(w.Book.String(), "nothing is heard on a socket") {
				t.Errorf("health %+v\n%s", h, w.Book)
			}
			if n := len(w.Calls("apps.connections.open")); n > 2+2*s.Health().Replaced {
				t.Errorf("%d sockets asked for, %d replaced", n, s.Health().Replaced)
			}
		})
	}
}

// TestUnwritten: an acknowledgement that could not be written to one socket is given on the other.
func TestUnwritten(t *testing.T) {
	w := slackworld.New(t)
	release := make(chan struct{})
	s := serve(t, w, normal, func(e Envelope) {
		go func() {
			<-release
			_ = e.Ack(nil)
			e.Done()
		}()
	})
	defer close(release)
	sent, err := w.Type("U0ANA", "C0SHOW", "/caster help", "")
	if err != nil {
		t.Fatal(err)
	}
	failed := &socketmode.ErrorWriteFailed{Cause: io.ErrClosedPipe,
		Response: &socketmode.Response{EnvelopeID: sent.Envelope}}
	broken := &Link{owner: s} // nothing can be written to it
	if err := broken.event(socketmode.Event{Type: socketmode.EventTypeErrorWriteFailed,
		Data: failed}); err != nil {
		t.Fatal(err)
	}
	if ack := <-sent.Done; ack.Err != "" {
		t.Errorf("no acknowledgement: %s", ack.Err)
	}
}

func TestReady(t *testing.T) {
	for _, c := range []struct {
		h    Health
		want bool
	}{
		{Health{Sockets: 2, Age: 6 * time.Second}, true}, {Health{Sockets: 1}, true}, {Health{}, false},
		{Health{Sockets: 2, Age: 10 * time.Second}, false},
	} {
		if c.h.Ready() != c.want {
			t.Errorf("%+v", c.h)
		}
	}
}
