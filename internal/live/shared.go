package live

import (
	"context"
	"strings"
	"sync"
	"time"
)

// lookAtMost bounds a look that several share.
const lookAtMost = 20 * time.Second

// shared are the looks that wait for their turn. Whoever wants to see the same takes part in one that has not left yet: what
// they see is never from before they asked, and a crowd that looks at one studio makes one call.
type shared struct {
	mu      sync.Mutex
	waiting map[string]*look
}

// look is one call for all who take part in it.
type look struct {
	done   chan struct{}
	body   []byte
	err    error
	parts  int // of those who still wait
	cancel context.CancelFunc
}

// look makes a call that changes nothing, or takes part in one.
func (c *Client) look(ctx context.Context, a Action, p params) ([]byte, error) {
	key := a.Name + "?" + p.String()
	s := &c.shared
	s.mu.Lock()
	l := s.waiting[key]
	if l == nil {
		l = &look{done: make(chan struct{})}
		var own context.Context
		own, l.cancel = context.WithTimeout(context.WithoutCancel(ctx), lookAtMost)
		if s.waiting == nil {
			s.waiting = map[string]*look{}
		}
		s.waiting[key] = l
		go func() {
			defer l.cancel()
			defer close(l.done)
			defer s.left(key, l)
			l.body, l.err = c.call(own, a, p, func() { s.left(key, l) })
		}()
	}
	l.parts++
	s.mu.Unlock()
	select {
	case <-l.done:
		return l.body, l.err
	case <-ctx.Done():
		s.leave(key, l)
		return nil, &Error{Class: Unknown, Action: a.Name, Message: "given up before the answer came", cause: contextCause(ctx.Err())}
	}
}

// left lets nobody take part any more.
func (s *shared) left(key string, l *look) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[key] == l {
		delete(s.waiting, key)
	}
}

// leave takes one part away; a look that nobody waits for is given up.
func (s *shared) leave(key string, l *look) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.parts--; l.parts > 0 {
		return
	}
	if s.waiting[key] == l {
		delete(s.waiting, key)
	}
	l.cancel()
}

// String writes the parameters so that different ones never read the same.
func (p params) String() string {
	var b strings.Builder
	for _, param := range p {
		b.WriteString(param.name + "=" + param.value + "\x00")
	}
	return b.String()
}
