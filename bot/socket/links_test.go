package socket

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/bot/webapi"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acknowledge is all that becomes of an envelope here.
func acknowledge(e Envelope) {
	go func() {
		defer e.Done()
		_ = e.Ack(nil)
	}()
}

// serve keeps the sockets of a workspace open until the test ends.
func serve(t *testing.T, w *slackworld.World, p pulse, take func(Envelope)) *Sockets {
	t.Helper()
	s := NewSockets(w.Config.Filled(), take)
	s.pulse = p
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	w.Until("the sockets are up", func() bool { return s.Health().Sockets == 2 })
	return s
}

// TestSocketModeOff: when Slack closes every socket right after its hello and says that Socket Mode is off, Run gives
// up with a plain error, if none has ever lasted; after that, and for other reasons, it goes on trying.
func TestSocketModeOff(t *testing.T) {
	for _, reason := range []string{"link_disabled", "too_many_websockets", ""} {
		s := &Sockets{config: webapi.Config{Log: slog.New(slog.DiscardHandler)}}
		for i := range manyBrief {
			if err := s.lived(0, reason); (err != nil) != (i == manyBrief-1 && reason == "link_disabled") {
				t.Fatalf("brief socket %d, %q: %v", i, reason, err)
			}
		}
		_ = s.lived(time.Hour, "")
		for range 5 * manyBrief {
			if err := s.lived(0, reason); err != nil {
				t.Fatalf("after a socket that lasted, %q: %v", reason, err)
			}
		}
	}
}

// TestStrangers: sockets beyond one's own and those of other replicas are counted at each hello, which comes soon again
// while there are any.
func TestStrangers(t *testing.T) {
	w := slackworld.New(t)
	peers := 0
	s := &Sockets{config: webapi.Config{Log: w.Config.Log, Peers: func() int { return peers }}}
	s.own.Store(2)
	l := &Link{}
	l.age.Store(int64(time.Hour))
	for _, step := range []struct {
		connections, peers, strangers int
		renewed                       time.Duration
	}{
		{2, 0, 0, 66 * time.Minute}, {5, 0, 3, recount}, {5, 1, 1, recount}, {3, 0, 1, recount},
		{1, 0, 0, 66 * time.Minute},
		{2, 0, 0, 66 * time.Minute}, {4, 1, 0, 66 * time.Minute},
	} {
		peers = step.peers
		s.greeted("A0CASTER", step.connections)
		if h, renewed := s.Health(), s.lifetime(0, l).Round(time.Minute); h.Strangers != step.strangers ||
			renewed != step.renewed {
			t.Errorf("of %d sockets %d are strangers, and the next hello comes after %s", step.connections, h.Strangers, renewed)
		}
	}
	for words, times := range map[string]int{"more sockets of this app are open than": 4,
		"no more sockets of this app": 1} {
		if n := strings.Count(w.Book.String(), words); n != times {
			t.Errorf("the log says %d times %q", n, words)
		}
	}
}

// TestLongOutage: a client that means to wait for minutes is replaced.
func TestLongOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Link{owner: &Sockets{config: webapi.Config{Log: slog.New(slog.DiscardHandler)}}}
		l.tired = make(chan struct{}, 1)
		for _, c := range []struct {
			backoff time.Duration
			tired   bool
		}{{longestWait, false}, {2 * longestWait, true}, {5 * time.Minute, true}} {
			_ = l.failed(socketmode.Event{Data: &slack.ConnectionErrorEvent{Backoff: c.backoff, ErrorObj: io.ErrUnexpectedEOF}})
			time.Sleep(longestWait + time.Second)
			synctest.Wait()
			if got := len(l.tired) == 1; got != c.tired {
				t.Errorf("a wait of %s: replaced %v", c.backoff, got)
			}
			if len(l.tired) == 1 {
				<-l.tired
			}
		}
	})
}
