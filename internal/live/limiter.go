package live

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// pace is a family of operations with a common limit. Burst plus rate stays a little below the account's documented figure
// per second, so that no window of one second, wherever it starts, holds more sends than that, even when some take longer
// to leave than others.
type pace struct {
	family string
	rate   rate.Limit // sends per second
	burst  int
}

// paces: 10/s for caster writes, 15/s for lists, 50/s for record commands and for the other reads of streams.
// https://www.alibabacloud.com/help/en/live/developer-reference/qps-limit-on-an-api-operation-in-apsaravideo-live
var paces = []pace{
	{"caster-write", 7, 3},
	{"list", 10, 4},
	{"record", 38, 9},
	{"stream", 38, 9},
}

// slotWithin is how long a call may wait for its slot. A write that was decided longer ago than this is stale.
const slotWithin = 5 * time.Second

// errNoTurn says that the turn would come too late.
var errNoTurn = errors.New("too many calls are waiting")

// turns are what the limits are kept by: those of this process, or those that several processes share.
type turns interface {
	// take gives the time to wait for the family's next turn, and what gives the turn back unused. A turn that comes
	// later than within is not taken: errNoTurn.
	take(ctx context.Context, p pace, within time.Duration) (wait time.Duration, back func(), err error)
}

// ownTurns are those of this process, by family.
type ownTurns map[string]*rate.Limiter

func newTurns() ownTurns {
	m := make(ownTurns, len(paces))
	for _, p := range paces {
		m[p.family] = rate.NewLimiter(p.rate, p.burst)
	}
	return m
}

func (t ownTurns) take(_ context.Context, p pace, within time.Duration) (time.Duration, func(), error) {
	turn := t[p.family].Reserve()
	wait := turn.Delay()
	if wait > within {
		turn.Cancel()
		return 0, nil, errNoTurn
	}
	return wait, turn.Cancel, nil
}

// Reserve takes the next turn of a family of calls that several processes share, and gives the time to wait for it. A
// turn that comes later than within is not taken: not ok.
type Reserve func(ctx context.Context, family string, perSecond float64, burst int, within time.Duration) (wait time.Duration, ok bool, err error)

// sharedTurns are those that several processes share. One that is not used is lost.
type sharedTurns struct{ reserve Reserve }

func (t sharedTurns) take(ctx context.Context, p pace, within time.Duration) (time.Duration, func(), error) {
	wait, ok, err := t.reserve(ctx, p.family, float64(p.rate), p.burst, within)
	if err == nil && !ok {
		err = errNoTurn
	}
	return wait, func() {}, err
}

// slot waits for the action's turn. It gives up at once, without using up the slot, when the turn comes later than
// slotWithin or than the context's deadline.
func (c *Client) slot(ctx context.Context, a Action) *Error {
	if err := ctx.Err(); err != nil {
		return &Error{Class: NotSent, Action: a.Name, Message: "given up before it was sent", cause: contextCause(err)}
	}
	i := slices.IndexFunc(paces, func(p pace) bool { return p.family == a.family })
	if i < 0 {
		return &Error{Class: NotSent, Action: a.Name, Message: "not an operation of this program"}
	}
	wait, back, err := c.take(ctx, a, paces[i])
	if err == nil && c.pause(ctx, a.Name, wait) {
		return nil
	}
	if err == nil {
		back()
		err = errNoTurn
	}
	if !errors.Is(err, errNoTurn) {
		return &Error{Class: NotSent, Action: a.Name, Message: "the turns that all replicas share cannot be asked for", cause: contextCause(ctx.Err())}
	}
	return &Error{Class: NotSent, Action: a.Name, Message: errNoTurn.Error(), cause: contextCause(ctx.Err())}
}

// take takes a turn. When those that are shared cannot be asked for, a read makes do with those of this process: it
// changes nothing, and the service refuses what is too much.
func (c *Client) take(ctx context.Context, a Action, p pace) (time.Duration, func(), error) {
	within := slotWithin
	if end, ok := ctx.Deadline(); ok {
		within = min(within, time.Until(end))
	}
	wait, back, err := c.turns.take(ctx, p, within)
	if err != nil && !errors.Is(err, errNoTurn) && !a.Write {
		return c.own.take(ctx, p, within)
	}
	return wait, back, err
}

// pause waits, after telling Config.Waiting. It reports false, at once if possible, when ctx ends first.
func (c *Client) pause(ctx context.Context, action string, wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	if c.config.Waiting != nil {
		c.config.Waiting(ctx, action, wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
