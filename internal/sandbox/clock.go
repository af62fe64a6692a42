package sandbox

import (
	"context"
	"fmt"
	"slices"
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
	speed int       // times the real clock; 0 is 1
	rest  time.Time // by the real clock: until then it runs like that
	goal  time.Time // of a Travel under way
	hooks []func()
}

// Speeds are how fast the world can run.
var Speeds = []int{1, 10, 60}

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

// Speed is how many times as fast as the real clock the world runs.
func (c *Clock) Speed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(1, c.speed)
}

// SetSpeed lets the world run at one of Speeds, once Run turns the clock.
func (c *Clock) SetSpeed(times int) error {
	if !slices.Contains(Speeds, times) {
		return fmt.Errorf("the world runs 1, 10 or 60 times as fast as the real clock, not %d times", times)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.speed = times
	return nil
}

// Rest lets the world run like the real clock for a while: what people have just asked for is not to be too old before
// it is done. It ends a Travel too.
func (c *Clock) Rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rest, c.goal = time.Now().Add(2*time.Second), time.Time{}
}

// leap is how far a Travel goes in one stride: a bot that looks that often at what is on air misses nothing.
const leap = 15 * time.Second

// Travel puts the clock to a moment, in small steps that Run makes.
func (c *Clock) Travel(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.goal = to
}

// step is how far to go on, real time having gone on by d.
func (c *Clock) step(real time.Time, d time.Duration) time.Duration {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case now.Before(c.goal):
		return min(leap, c.goal.Sub(now))
	case real.Before(c.rest):
		return 0
	}
	return d * time.Duration(max(1, c.speed)-1)
}

// stride is the real time between two jumps of a clock that runs fast: short enough for whatever goes by it to follow.
const stride = 100 * time.Millisecond

// Run turns the clock until ctx ends: at more than the real speed, and on a Travel, it jumps ahead in small steps.
func (c *Clock) Run(ctx context.Context) {
	every := time.NewTicker(stride)
	defer every.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-every.C:
			c.Advance(c.step(now, now.Sub(last)))
			last = now
		}
	}
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
