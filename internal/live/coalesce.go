package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// Bounds of looks that several share.
const (
	lookAtMost = 20 * time.Second
	keptAtMost = 8 << 20 // bytes of answers that are kept for those who ask next
)

// shared are the looks that serve several people: whoever asks about what somebody else has asked about a moment ago,
// or asks about now, takes part in that look, and a crowd that looks at one studio makes one call. What a call must
// rest on is never shared, and what is to be seen after a call is not from before its question. After a change by this
// process nothing from before it serves any more.
type coalesce struct {
	mu    sync.Mutex
	looks map[string]*look
	kept  int // bytes
}

// look is one call for all who take part in it.
type look struct {
	class  quota.Class // for whom it was begun
	left   time.Time   // zero: not yet
	ended  bool
	done   chan struct{}
	body   []byte
	err    error
	parts  int // of those who still wait
	cancel context.CancelFunc
}

// serves reports whether somebody of a class may take part: nobody waits behind what is less urgent than they are.
func (l *look) serves(class quota.Class, fresh time.Duration) bool {
	switch {
	case l == nil:
		return false
	case l.left.IsZero():
		return l.class <= class
	}
	return class != quota.Checked && time.Since(l.left) < fresh
}

// look makes a call that changes nothing, or takes part in one.
func (c *Client) look(ctx context.Context, a Action, p params) ([]byte, error) {
	class := quota.Of(ctx).Class
	if class == quota.Confirmed {
		return c.call(ctx, op.SendPermit{}, a, p, func() {})
	}
	key := fmt.Sprintf("%s %q", a.Name, p) // quoted, so that different ones never read the same
	l := c.join(ctx, key, class, func(own context.Context, left func()) ([]byte, error) {
		return c.call(own, op.SendPermit{}, a, p, left)
	})
	select {
	case <-l.done:
		return l.body, l.err
	case <-ctx.Done():
		e := &Error{Class: Unknown, Action: a.Name, Message: "given up before the answer came",
			cause: contextCause(ctx.Err())}
		if !c.shared.leave(key, l) {
			e.Class, e.Message = NotSent, "its turn did not come in time"
		}
		return nil, e
	}
}

// join takes part in a look, or begins one.
func (c *Client) join(ctx context.Context, key string, class quota.Class,
	call func(context.Context, func()) ([]byte, error)) *look {
	s := &c.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.looks[key]; l.serves(class, c.config.Fresh) {
		l.parts++
		return l
	}
	l := &look{class: class, done: make(chan struct{}), parts: 1}
	var own context.Context
	own, l.cancel = context.WithTimeout(context.WithoutCancel(ctx), lookAtMost)
	s.drop(key, s.looks[key])
	s.looks[key] = l
	go func() {
		defer l.cancel()
		l.body, l.err = call(own, func() { s.leaves(l) })
		s.end(key, l, c.config.Fresh)
		close(l.done)
	}()
	return l
}

// drop lets nobody take part any more. The caller holds mu.
func (s *coalesce) drop(key string, l *look) {
	if l == nil || s.looks[key] != l {
		return
	}
	delete(s.looks, key)
	if l.ended {
		s.kept -= len(l.body)
	}
}

// leaves notes when a look left; one that is tried again left when it did so last.
func (s *coalesce) leaves(l *look) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.left = time.Now()
}

// end keeps a good answer for as long as it is fresh, if there is room.
func (s *coalesce) end(key string, l *look, fresh time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := fresh - time.Since(l.left)
	if l.err != nil || rest <= 0 || s.kept+len(l.body) > keptAtMost {
		s.drop(key, l)
	}
	if s.looks[key] != l {
		return
	}
	l.ended = true
	s.kept += len(l.body)
	time.AfterFunc(rest, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drop(key, l)
	})
}

// forget lets nobody take part in what has been begun so far.
func (s *coalesce) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.looks)
	s.kept = 0
}

// leave takes one part away, and reports whether the look has left by then; one that nobody waits for is given up.
func (s *coalesce) leave(key string, l *look) (left bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.parts--; l.parts <= 0 {
		s.drop(key, l)
		l.cancel()
	}
	return !l.left.IsZero()
}
