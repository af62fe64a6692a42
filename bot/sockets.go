package bot

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/time/rate"
)

// Health is how the sockets are.
type Health struct {
	Sockets     int           // sockets that are up
	Want        int           // sockets that there should be
	Age         time.Duration // since anything was heard on the most silent socket that is up
	Connections int           // of this app in all processes, as Slack said in its last hello
}

// Ready reports whether commands can come in: at least one socket is up and heard from.
func (h Health) Ready() bool { return h.Sockets > 0 && h.Age < 2*pingWithin }

// sockets keeps a fixed number of links open. They start one after the other. When Slack announces that it will close a
// connection, or one has become too old without that, a new link is opened first and the old one serves until it is closed:
// a renewal loses no envelope and never finds the app without a socket.
type sockets struct {
	config Config
	api    *slack.Client
	take   func(envelope)
	log    *slog.Logger

	connections atomic.Int64
	own         atomic.Int64 // links that are open, the parting ones too
	steady      atomic.Bool  // a socket has lasted
	brief       atomic.Int64 // sockets in a row that did not
	mu          sync.Mutex
	links       []*link // the current link of each slot
	parting     sync.WaitGroup
}

func newSockets(c Config, take func(envelope)) *sockets {
	client := *c.HTTP
	client.Transport = &paced{next: client.Transport, limit: rate.NewLimiter(rate.Every(3*time.Second), 6)}
	return &sockets{
		config: c, take: take, log: c.Log, links: make([]*link, c.Sockets),
		api: c.api(slack.OptionHTTPClient(&client)),
	}
}

// paced spaces the openings of sockets: Slack allows about twenty a minute, and a storm of disconnects would ask for
// thousands.
type paced struct {
	next  http.RoundTripper
	limit *rate.Limiter
}

func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
		if err := p.limit.Wait(r.Context()); err != nil {
			return nil, fmt.Errorf("wait to open a socket: %w", err)
		}
	}
	if p.next == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return p.next.RoundTrip(r)
}

// run keeps the sockets open until ctx ends, or returns the error that no new try can mend.
func (s *sockets) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(s.links))
	started := 0
	var before *link
	for i := range s.links {
		if before != nil {
			waitFor(ctx, before.ready, 2*time.Second)
		}
		if ctx.Err() != nil {
			break
		}
		l := s.open(ctx)
		s.put(i, l)
		before = l
		started++
		go func() {
			defer cancel()
			ended <- s.keep(ctx, i, l)
		}()
	}
	var err error
	for range started {
		if e := <-ended; e != nil && err == nil {
			err = e
		}
	}
	s.parting.Wait()
	return err
}

func waitFor(ctx context.Context, ready <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ready:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// keep looks after one slot: it renews the link before Slack would, and ends with ctx or with a fatal error. The links
// themselves outlive ctx until they have said goodbye.
func (s *sockets) keep(ctx context.Context, slot int, l *link) error {
	renew := time.NewTimer(defaultAge)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			l.close()
			return nil
		case <-l.ended:
			if l.err != nil || !l.lines.parted.Load() {
				return l.err
			}
			l = s.renew(ctx, slot, l, partWithin)
			renew.Reset(defaultAge)
		case <-l.greets:
			renew.Reset(s.lifetime(slot, l))
		case <-l.warned:
			l = s.renew(ctx, slot, l, partWithin)
			renew.Reset(defaultAge)
		case <-renew.C:
			l = s.renew(ctx, slot, l, 0)
			renew.Reset(defaultAge)
		}
	}
}

// partWithin is how long a link serves after Slack announced that it will close it; Slack takes about ten seconds.
const partWithin = 15 * time.Second

// renew puts a new link in the place of another. The old one serves until the new one does, and then for so long as Slack
// lets it, at most for the given time.
func (s *sockets) renew(ctx context.Context, slot int, old *link, serve time.Duration) *link {
	old.lines.parted.Store(true)
	next := s.open(ctx)
	waitFor(ctx, next.ready, 10*time.Second)
	s.put(slot, next)
	s.parting.Go(func() {
		waitFor(ctx, old.ended, serve)
		old.close()
	})
	return next
}

// lifetime is the age at which a link is renewed without being asked: Slack has forgotten it. Slots differ, so that they
// never change together.
func (s *sockets) lifetime(slot int, l *link) time.Duration {
	return max(time.Duration(float64(l.age.Load())*(1.1+0.1*float64(slot))), time.Minute)
}

// Sockets that Slack closes at once: after so many in a row, when none has ever lasted, Socket Mode is switched off.
const (
	briefSocket = 2 * time.Second
	manyBrief   = 6
)

// lived judges a socket that has ended.
func (s *sockets) lived(d time.Duration) error {
	if d > briefSocket {
		s.steady.Store(true)
		s.brief.Store(0)
		return nil
	}
	if s.brief.Add(1)%manyBrief != 0 {
		return nil
	}
	if !s.steady.Load() {
		return errSocketModeOff
	}
	s.log.Warn("Slack closes every socket at once; is Socket Mode still switched on for the app?")
	return nil
}

func (s *sockets) put(slot int, l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[slot] = l
}

func (s *sockets) open(ctx context.Context) *link {
	l := &link{
		log: s.log, take: s.take, hello: s.greeted, lived: s.lived, spare: s.spare,
		ready: make(chan struct{}), greets: make(chan struct{}, 1), warned: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	l.lines = &lines{warned: l.announced}
	dialer := l.lines.dialer(route{proxy: http.ProxyFromEnvironment})
	l.client = socketmode.New(s.api,
		socketmode.OptionDialer(dialer), socketmode.OptionReadLimit(maxFrame), socketmode.OptionPingInterval(pingWithin))
	s.own.Add(1)
	l.start(context.WithoutCancel(ctx))
	go func() {
		<-l.ended
		s.own.Add(-1)
	}()
	return l
}

func (s *sockets) greeted(app string, connections int) {
	s.connections.Store(int64(connections))
	s.log.Info("connected to Slack", "app", app, "connections", connections)
	if own := s.own.Load(); int64(connections) > own {
		s.log.Warn("more sockets of this app are open than this process has; if it stays so there is another deployment, or somebody has the app token",
			"connections", connections, "own", own)
	}
}

// health says how the sockets are now.
func (s *sockets) health() Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := Health{Want: len(s.links), Connections: int(s.connections.Load())}
	for _, l := range s.links {
		if l == nil || !l.up.Load() {
			continue
		}
		h.Sockets++
		h.Age = max(h.Age, time.Since(time.UnixMilli(l.lines.heard.Load())))
	}
	return h
}
