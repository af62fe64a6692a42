package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"casterbot/internal/op"
)

// Where the keys are those of a role, each change is made in a role session of its own, named after who asked and the
// operation, so that ActionTrail names them. Looks share one session.
//
// No change is held up by that. The session is fetched ahead, while the change waits for its turn and is looked at once
// more (PrepareSession). What is not there when the call should leave is waited for shortly, and not at all in an
// emergency; then the call is made in the shared session, whose keys are renewed long before they end, and that is
// written down.
const (
	sessionWait = 2 * time.Second // far below the time from the mark to the first byte
	sessionKept = shortest - 2*spare
	sessionMost = 1000
)

// sessions are those of changes.
type sessions struct {
	wait time.Duration // for one that is not there when the call should leave
	mu   sync.Mutex
	held map[string]*heldSession
}

// heldSession is one that was asked for.
type heldSession struct {
	begun  time.Time
	done   chan struct{} // closed when what follows is known
	keys   keys
	failed *Error
}

// PrepareSession fetches the keys of a role session that a change will need. It waits for nothing.
func (c *Client) PrepareSession(name string) {
	if c.config.Credentials.OfRole() && name != "" {
		c.sessions.get(name, c.config.Credentials)
	}
}

// get gives a session that is there, or is being fetched, or begins to fetch it.
func (s *sessions) get(name string, from Credentials) *heldSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if h := s.held[name]; h != nil && h.serves(now) {
		return h
	}
	s.prune(now)
	h := &heldSession{begun: now, done: make(chan struct{})}
	s.held[name] = h
	own := newSource(from.name, false, from.session(name, shortest))
	go func() {
		defer close(h.done)
		ctx, cancel := context.WithTimeout(context.Background(), stsWithin)
		defer cancel()
		h.keys, h.failed = own.keys(ctx)
	}()
	return h
}

// over reports that it is known whether there is a session.
func (h *heldSession) over() bool {
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}

// serves reports one that is good still, or may become so. After a failure STS is asked again, but not at once.
func (h *heldSession) serves(now time.Time) bool {
	if h.over() && h.failed != nil {
		return now.Sub(h.begun) < sessionWait
	}
	return now.Sub(h.begun) < sessionKept
}

// prune forgets what has ended; whatever is asked for, no more than sessionMost are kept. The caller holds mu.
func (s *sessions) prune(now time.Time) {
	if s.held == nil || len(s.held) >= sessionMost {
		s.held = map[string]*heldSession{}
	}
	for name, h := range s.held {
		if now.Sub(h.begun) >= sessionKept {
			delete(s.held, name)
		}
	}
}

// drop lets the next call ask anew.
func (s *sessions) drop(name string, h *heldSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h == nil || s.held[name] == h {
		delete(s.held, name)
	}
}

// ownSession is the session in which a request has to be made; without a name, as that of a look, the shared one.
func (c *Client) ownSession(permit op.SendPermit) op.Session {
	if !c.config.Credentials.OfRole() {
		return op.Session{}
	}
	return permit.Session()
}

// awaitSession waits for the session of a change, as long as that may: once for a call, before its turn comes, so that
// neither the turn nor what was seen before it gets old by it.
func (c *Client) awaitSession(ctx context.Context, permit op.SendPermit) {
	want := c.ownSession(permit)
	if want.Name == "" || want.AtOnce {
		return
	}
	h := c.sessions.get(want.Name, c.config.Credentials)
	timer := time.NewTimer(c.sessions.wait)
	defer timer.Stop()
	select {
	case <-h.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// keysFor gives the keys that a request is signed with: of a change those of its own session, if they are there.
func (c *Client) keysFor(ctx context.Context, permit op.SendPermit, a Action) (keys, *Error) {
	from, want := c.config.Credentials, c.ownSession(permit)
	if want.Name == "" {
		return from.keys(ctx)
	}
	h := c.sessions.get(want.Name, from)
	if h.over() && h.failed == nil {
		want.Use(want.Name)
		return h.keys, nil
	}
	why := "STS has not given it yet"
	if h.over() {
		why = h.failed.Message
		c.sessions.drop(want.Name, h)
	}
	k, failed := from.keys(ctx)
	if failed != nil {
		return k, failed
	}
	if c.config.Log != nil {
		c.config.Log.LogAttrs(ctx, slog.LevelWarn, "a change is made in the session that all share",
			slog.String("action", a.Name), slog.String("session", want.Name), slog.String("shared", from.shared),
			slog.String("why", why))
	}
	want.Use(from.shared)
	return k, nil
}

// forgetKeys makes keys that the service does not take be fetched anew; false where that can change nothing.
func (c *Client) forgetKeys(ctx context.Context, permit op.SendPermit) bool {
	if name := permit.Session().Name; name != "" {
		c.sessions.drop(name, nil)
	}
	return c.config.Credentials.forget(ctx)
}

// OfRole reports keys of a role: each change is made in a session of its own.
func (c Credentials) OfRole() bool { return c.source != nil && c.session != nil }

// KeepKeys renews the keys of a role in time, whether there are calls or not, until ctx ends: the first change after a
// quiet hour is not to wait for STS.
func (c Credentials) KeepKeys(ctx context.Context) {
	if !c.OfRole() {
		return
	}
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		_, _ = c.keys(ctx) // what fails shows in the calls
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
