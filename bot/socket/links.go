package socket

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/bot/webapi"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// Health is how the sockets are.
type Health struct {
	Sockets     int           // sockets that are up
	Want        int           // sockets that there should be
	Age         time.Duration // since anything was heard on the most silent socket that is up
	Oldest      time.Duration // how long the oldest socket has been up
	Connections int           // of this app in all processes, as Slack said in its last hello
	Strangers   int           // those of them that nobody can account for
	Replaced    int           // sockets that were replaced because nothing was heard on them any more
}

// quietWithin is how long a socket that serves is silent at most: it is pinged every five seconds.
const quietWithin = 10 * time.Second

// Ready reports whether commands can come in, all of them: a socket is up, and none is up on which nothing is heard.
func (h Health) Ready() bool { return h.Sockets > 0 && h.Age < quietWithin }

// Sockets keeps a fixed number of links open. They start one after the other. When Slack announces that it will close a
// connection, or one has become too old without that, a new link is opened first and the old one serves until it is
// closed: a renewal loses no envelope and never finds the app without a socket.
type Sockets struct {
	config webapi.Config
	opens  *connectLimiter
	take   func(Envelope)

	connections atomic.Int64
	strangers   atomic.Int64 // connections at the last hello beyond those that there should have been
	replaced    atomic.Int64 // links on which nothing was heard any more
	own         atomic.Int64 // links that are open, the parting ones too
	steady      atomic.Bool  // a socket has lasted
	brief       atomic.Int64 // sockets in a row that did not
	pulse       pulse
	turn        chan struct{} // holds one while a dead link is replaced
	mu          sync.Mutex
	links       []*Link // the current link of each slot
	parting     sync.WaitGroup
}

// perProcess is how many links a process keeps: while one is renewed the other serves.
const perProcess = 2

func NewSockets(c webapi.Config, take func(Envelope)) *Sockets {
	return &Sockets{
		config: c, take: take, links: make([]*Link, perProcess), opens: newConnectLimiter(), pulse: normal,
		turn: make(chan struct{}, 1),
	}
}

// Run keeps the sockets open until ctx ends, or returns the error that no new try can mend.
func (s *Sockets) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	ends := make([]error, len(s.links))
	var before *Link
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
		running.Go(func() {
			defer cancel()
			ends[i] = s.keep(ctx, i, l)
		})
	}
	running.Wait()
	s.parting.Wait()
	return cmp.Or(ends...)
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
func (s *Sockets) keep(ctx context.Context, slot int, l *Link) error {
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
		case <-l.greets:
			renew.Reset(s.lifetime(slot, l))
			continue
		case <-l.warned:
			l = s.renew(ctx, slot, l, partWithin)
		case <-l.silent:
			l = s.replace(ctx, slot, l)
		case <-l.tired:
			l = s.renew(ctx, slot, l, 0)
		case <-renew.C:
			l = s.renew(ctx, slot, l, 0)
		}
		renew.Reset(defaultAge)
	}
}

// partWithin is how long a link serves after Slack announced that it will close it; Slack takes about ten seconds.
const partWithin = 15 * time.Second

// renew puts a new link in the place of another. The old one serves until the new one does, and then for so long as
// Slack lets it, at most for the given time.
func (s *Sockets) renew(ctx context.Context, slot int, old *Link, serve time.Duration) *Link {
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

// recount is how soon a link is renewed when there were strangers: a hello is the only way to count again.
const recount = time.Minute

// lifetime is the age at which a link is renewed without being asked: Slack has forgotten it. Slots differ, so that
// they never change together.
func (s *Sockets) lifetime(slot int, l *Link) time.Duration {
	if s.strangers.Load() > 0 {
		return recount
	}
	return max(time.Duration(float64(l.age.Load())*(1.1+0.1*float64(slot))), time.Minute)
}

// Sockets that Slack closes at once, because Socket Mode is switched off: after so many in a row, when none has ever
// lasted, that is how it is.
const (
	briefSocket = 2 * time.Second
	manyBrief   = 6
)

// lived judges a socket that has ended, for the reason that Slack gave, if any.
func (s *Sockets) lived(d time.Duration, reason string) error {
	if d > briefSocket {
		s.steady.Store(true)
		s.brief.Store(0)
		return nil
	}
	if s.brief.Add(1)%manyBrief != 0 {
		return nil
	}
	if reason == webapi.ErrSocketModeOff.Code && !s.steady.Load() {
		return webapi.ErrSocketModeOff
	}
	s.config.Log.Warn("Slack closes every socket at once; the bot goes on trying",
		"reason", reason, "meaning", meant[reason])
	return nil
}

// meant are the reasons for which Slack closes a socket at once.
var meant = map[string]string{
	webapi.ErrSocketModeOff.Code: "is Socket Mode still switched on for the app?",
	"too_many_websockets":        "ten sockets of the app are open elsewhere: is there another deployment, or has somebody the app token?",
}

func (s *Sockets) put(slot int, l *Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[slot] = l
}

func (s *Sockets) open(ctx context.Context) *Link {
	l := &Link{
		owner: s,
		signals: signals{ready: make(chan struct{}), greets: make(chan struct{}, 1), warned: make(chan struct{}, 1),
			tired: make(chan struct{}, 1), silent: make(chan struct{}, 1)},
		ended: make(chan struct{}),
	}
	l.lines = newConns(l.announced)
	dialer := l.lines.dialer(proxyRoute{proxy: http.ProxyFromEnvironment})
	client := *s.config.HTTP
	client.Transport = &paced{next: client.Transport, opens: s.opens, over: l.lines.parted.Load}
	l.client = socketmode.New(s.config.Api(slack.OptionHTTPClient(&client)),
		socketmode.OptionDialer(dialer), socketmode.OptionReadLimit(maxFrame), socketmode.OptionPingInterval(pingWithin))
	s.own.Add(1)
	l.start(context.WithoutCancel(ctx), s.pulse)
	go func() {
		<-l.ended
		s.own.Add(-1)
	}()
	return l
}

// greeted counts the sockets of the app at a hello.
func (s *Sockets) greeted(app string, connections int) {
	s.connections.Store(int64(connections))
	s.config.Log.Info("connected to Slack", "app", app, "connections", connections)
	own := s.own.Load()
	strangers := max(0, int64(connections)-own-int64(s.config.Peers()*perProcess))
	switch before := s.strangers.Swap(strangers); {
	case strangers > 0:
		s.config.Log.Warn("more sockets of this app are open than this process has; if it stays so there is another deployment, or somebody has the app token",
			"connections", connections, "own", own)
	case before > 0:
		s.config.Log.Info("no more sockets of this app are open than this process has",
			"connections", connections, "own", own)
	}
}

// Health says how the sockets are now.
func (s *Sockets) Health() Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := Health{
		Want: len(s.links), Connections: int(s.connections.Load()), Strangers: int(s.strangers.Load()),
		Replaced: int(s.replaced.Load()),
	}
	for _, l := range s.links {
		if l == nil || !l.up.Load() {
			continue
		}
		h.Sockets++
		h.Age = max(h.Age, l.lines.silence())
		h.Oldest = max(h.Oldest, time.Since(time.Unix(0, l.hello.Load())))
	}
	return h
}
