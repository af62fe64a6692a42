// Package webapi keeps what the bot writes within what Slack allows (docs.slack.dev/apis/web-api/rate-limits): new
// messages by channel, in bursts of four and then one a second; edits by workspace, fifty a minute with bursts.
//
// What it keeps true: nothing leaves before Slack's Retry-After is over; what came of an operation never waits behind
// what only tells that one is under way, nor the card of an emergency behind what else is to be written; all
// processes that share a database share both budgets. It knows neither messages nor operations, and makes no call.
package webapi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"casterbot/internal/sleep"

	"golang.org/x/time/rate"
)

// Class says what an edit shows, and so how much of the budget it may use up.
type Class int

// The classes. What came of something may use all of it; the others only what those are not likely to need.
const (
	Result   Class = iota
	Progress       // an operation is under way: soon there is something better to show
	Board          // nobody waits for it
)

const (
	postEvery = 1050 * time.Millisecond // a little more than a second: what leaves a second apart may arrive closer
	postBurst = 4
	editEvery = time.Minute / 50
	editBurst = 20
	maxWait   = 5 * time.Second
	maxStates = 1024
)

// left is how many edits a class leaves for those before it.
var left = map[Class]int{Result: 0, Progress: 8, Board: 14}

// ErrBusy (wrapped) says that there is no turn soon: the caller tries again later, with what is newest by then.
var ErrBusy = errors.New("no turn in time")

// Reserve takes the next turn of a budget that all processes share, and gives the time to wait for it: so many turns a
// second, burst of them at once. False when that would be longer than within; then it is not taken.
type Reserve func(ctx context.Context, budget string, perSecond float64, burst int,
	within time.Duration) (time.Duration, bool)

// Limiter keeps both budgets. It waits for short times only.
type Limiter struct {
	free    bool
	reserve Reserve
	mu      sync.Mutex
	states  map[string]*state
}

// state is one budget: that of a channel for new messages, or that of the workspace for edits.
type state struct {
	limit *rate.Limiter
	until time.Time // Slack said to wait until then
}

// NewLimiter makes a limiter. reserve may be nil: nobody else writes. A free one lets everything through that Slack
// does not hold: for worlds whose time is not real.
func NewLimiter(reserve Reserve, free bool) *Limiter {
	return &Limiter{reserve: reserve, free: free, states: map[string]*state{}}
}

// Post waits for the turn of a new message in a channel.
func (l *Limiter) Post(ctx context.Context, channel string) error { return l.turn(ctx, posts(channel)) }

// PostFirst waits for the turn of a new message that does not stand behind others of its channel: one a second. Those
// that come later make room for it.
func (l *Limiter) PostFirst(ctx context.Context, channel string) error {
	_, _, _ = l.own(posts(channel), time.Now()) // none is left: then the others wait as it is
	return l.turn(ctx, postsFirst(channel))
}

// Edit waits for the turn of an edit. One that shows no result does not wait: it has a turn now or none.
func (l *Limiter) Edit(ctx context.Context, c Class) error { return l.turn(ctx, edits(c)) }

// HoldPosts keeps a channel without new messages for the time that Slack asked for.
func (l *Limiter) HoldPosts(channel string, d time.Duration) {
	l.hold(posts(channel), d)
	l.hold(postsFirst(channel), d)
}

// HoldEdits keeps all edits back for the time that Slack asked for.
func (l *Limiter) HoldEdits(d time.Duration) { l.hold(edits(Result), d) }

// turn is what is asked of a budget: one of burst, with some of them left, within a time.
type turn struct {
	budget      string
	every       time.Duration
	burst, left int
	within      time.Duration
}

func posts(channel string) turn { return turn{"chat/" + channel, postEvery, postBurst, 0, maxWait} }

func postsFirst(channel string) turn {
	return turn{"chat/" + channel + "/first", postEvery, 1, 0, maxWait}
}

func edits(c Class) turn {
	t := turn{"chat.update", editEvery, editBurst, left[c], maxWait}
	if c != Result {
		t.within = 0
	}
	return t
}

func (t turn) busy(wait time.Duration) error {
	return fmt.Errorf("%w: %s is free again in %s", ErrBusy, t.budget, max(wait, 0).Round(time.Millisecond))
}

// turn waits, and looks again whether Slack has asked for silence meanwhile.
func (l *Limiter) turn(ctx context.Context, t turn) error {
	wait, err := l.take(ctx, t, time.Now())
	for err == nil && wait > 0 {
		if err = sleep.For(ctx, wait); err == nil {
			wait, err = l.held(t)
		}
	}
	return err
}

// take gives the time to wait for a turn: the longer one of this process's own and that of all.
func (l *Limiter) take(ctx context.Context, t turn, now time.Time) (time.Duration, error) {
	own, back, err := l.own(t, now)
	if err != nil || l.free || l.reserve == nil {
		return own, err
	}
	all, ok := l.reserve(ctx, t.budget, float64(time.Second)/float64(t.every), t.burst-t.left, t.within)
	if !ok {
		back()
		return 0, t.busy(t.within)
	}
	return max(own, all), nil
}

// own takes a turn of this process; back gives it back.
func (l *Limiter) own(t turn, now time.Time) (wait time.Duration, back func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.state(t, now)
	wait = s.until.Sub(now)
	if wait > t.within {
		return 0, nil, t.busy(wait)
	}
	if l.free {
		return max(wait, 0), nil, nil
	}
	if t.left > 0 && s.limit.TokensAt(now) < float64(t.left+1) {
		return 0, nil, t.busy(t.every)
	}
	r := s.limit.ReserveN(now, 1)
	if wait = max(wait, r.DelayFrom(now)); wait > t.within {
		r.CancelAt(now)
		return 0, nil, t.busy(wait)
	}
	return max(wait, 0), func() { r.CancelAt(now) }, nil
}

// held gives the time that Slack wants to be left alone from now on.
func (l *Limiter) held(t turn) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	wait := l.state(t, now).until.Sub(now)
	if wait > t.within {
		return 0, t.busy(wait)
	}
	return max(wait, 0), nil
}

func (l *Limiter) hold(t turn, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if s := l.state(t, now); now.Add(d).After(s.until) {
		s.until = now.Add(d)
	}
}

// state finds a budget, and forgets those that are full again when there are many. The caller holds mu.
func (l *Limiter) state(t turn, now time.Time) *state {
	if s := l.states[t.budget]; s != nil {
		return s
	}
	if len(l.states) >= maxStates {
		for name, s := range l.states {
			if s.limit.TokensAt(now) >= float64(s.limit.Burst()) && now.After(s.until) {
				delete(l.states, name)
			}
		}
	}
	s := &state{limit: rate.NewLimiter(rate.Every(t.every), t.burst)}
	l.states[t.budget] = s
	return s
}
