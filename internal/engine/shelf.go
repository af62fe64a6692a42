package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// How long lists of what can be picked serve, and how long one waits for a new one. The last leaves room for the way back
// inside Slack's three seconds.
const (
	listFor     = 30 * time.Second
	staleFor    = 30 * time.Minute
	listWithin  = 2 * time.Second
	maxListings = 1000
)

// errSlow: a list is being read and did not come in time.
var errSlow = errors.New("the list did not come in time")

// subject is what a list is of. The policy's hash is part of it: no list outlives the policy that it was made under.
type subject struct{ kind, channel, under, policy string }

// listing is a list of what can be picked, as it was at one moment.
type listing struct {
	options []op.Option
	at      time.Time
	old     bool // something was changed since, or a newer one could not be had
}

// reading is a look under way, for all who want the same.
type reading struct {
	done chan struct{}
	list listing
	err  error
}

// shelf keeps lists of what can be picked, so that a picker is answered out of memory.
type shelf struct {
	mu     sync.Mutex
	lists  map[subject]listing
	flying map[subject]*reading
}

func (s *shelf) init() { s.lists, s.flying = map[subject]listing{}, map[subject]*reading{} }

// have gives a list that is good, without asking anybody.
func (s *shelf) have(what subject, now time.Time) (listing, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.lists[what]
	return l, ok && !l.old && within(now.Sub(l.at), listFor)
}

// last gives the list that was seen last, as an old one.
func (s *shelf) last(what subject, now time.Time) (listing, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.lists[what]
	l.old = true
	return l, ok && within(now.Sub(l.at), staleFor)
}

// within also refuses an age below nothing: the clock was moved.
func within(age, most time.Duration) bool { return age >= 0 && age <= most }

// begin joins the look that is under way, or says that the caller has to make it.
func (s *shelf) begin(what subject) (r *reading, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.flying[what]; r != nil {
		return r, false
	}
	r = &reading{done: make(chan struct{})}
	s.flying[what] = r
	return r, true
}

// end hands a look to those who wait. It is kept unless something was changed while it was under way.
func (s *shelf) end(what subject, r *reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flying[what] == r {
		delete(s.flying, what)
		if r.err == nil {
			s.keep(what, r.list)
		}
	}
	close(r.done)
}

func (s *shelf) keep(what subject, l listing) {
	if len(s.lists) >= maxListings {
		clear(s.lists)
	}
	s.lists[what] = l
}

// expire makes every list an old one: something was changed, and whoever looks next shall see it.
func (s *shelf) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for what, l := range s.lists {
		l.old = true
		s.lists[what] = l
	}
	clear(s.flying)
}

// list gives what can be picked: out of memory, else by a look for which it waits until ctx ends or 2 s are over, else as it was
// seen last. The look itself goes on after that, for the next who asks.
func (e *Engine) list(ctx context.Context, what subject, look func(context.Context) ([]op.Option, error)) (listing, error) {
	if l, ok := e.shelf.have(what, e.now()); ok {
		return l, nil
	}
	r := e.begin(what, look)
	wait, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	err := errSlow
	select {
	case <-r.done:
		if err = r.err; err == nil {
			return r.list, nil
		}
	case <-wait.Done():
	}
	if l, ok := e.shelf.last(what, e.now()); ok {
		return l, nil
	}
	return listing{}, err
}

// begin looks behind the caller's back, or joins the look under way.
func (e *Engine) begin(what subject, look func(context.Context) ([]op.Option, error)) *reading {
	r, mine := e.shelf.begin(what)
	if mine {
		r.list.at, r.err = e.now(), errSlow // as it stays if the look panics
		e.spawn(func(ctx context.Context) {
			defer e.shelf.end(what, r)
			ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Suggested, Person: what.channel}), lookWithin)
			defer cancel()
			r.list.options, r.err = look(ctx)
		})
	}
	return r
}
