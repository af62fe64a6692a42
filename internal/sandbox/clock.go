package sandbox

import (
	"sync"
	"time"
)

// Clock is the time of the world. It runs with the real clock and can be put
// ahead, so that an expiry or a delayed file need not be waited for. It never
// goes back, but for a reset. It is safe for concurrent use.
type Clock struct {
	base func() time.Time

	mu    sync.Mutex
	ahead time.Duration
	hooks []func()
}

// NewClock makes a clock over base; nil means time.Now.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now is the moment in the world.
func (c *Clock) Now() time.Time { return c.base().Add(c.Ahead()) }

// Ahead tells how far the world is ahead of the real clock.
func (c *Clock) Ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// Advance puts the clock ahead by d and then calls what OnAdvance was given.
// A negative d does nothing: time does not go back.
func (c *Clock) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	c.set(c.Ahead() + d)
}

// OnAdvance adds a function that is called after each jump of the clock, in the
// goroutine that advances it.
func (c *Clock) OnAdvance(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hooks = append(c.hooks, f)
}

// set puts the clock to a distance from the real one: a jump, a loaded state or
// a reset.
func (c *Clock) set(ahead time.Duration) {
	c.mu.Lock()
	c.ahead = ahead
	hooks := append([]func(){}, c.hooks...)
	c.mu.Unlock()
	for _, f := range hooks {
		f()
	}
}
