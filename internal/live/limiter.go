package live

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// pace is a family of operations with a common limit. Burst plus rate is the account's documented figure per second
// (or less), so that no window of one second, wherever it starts, holds more sends than that.
type pace struct {
	family string
	rate   rate.Limit // sends per second
	burst  int
}

// paces: 10/s for caster writes, 15/s for lists, 50/s for record commands and for the other reads of streams.
// https://www.alibabacloud.com/help/en/live/developer-reference/qps-limit-on-an-api-operation-in-apsaravideo-live
var paces = []pace{
	{"caster-write", 7, 3},
	{"list", 10, 5},
	{"record", 40, 10},
	{"stream", 40, 10},
}

func newLimiters() map[string]*rate.Limiter {
	m := make(map[string]*rate.Limiter, len(paces))
	for _, p := range paces {
		m[p.family] = rate.NewLimiter(p.rate, p.burst)
	}
	return m
}

// slotWithin is how long a call may wait for its slot. A write that was decided longer ago than this is stale.
const slotWithin = 5 * time.Second

// slot waits for the action's turn. It gives up at once, without using up the slot, when the turn comes later than
// slotWithin or than the context's deadline.
func (c *Client) slot(ctx context.Context, a Action) *Error {
	if err := ctx.Err(); err != nil {
		return &Error{Class: NotSent, Action: a.Name, Message: "given up before it was sent", cause: contextCause(err)}
	}
	limiter := c.limiters[a.family]
	if limiter == nil {
		return &Error{Class: NotSent, Action: a.Name, Message: "not an operation of this program"}
	}
	turn := limiter.Reserve()
	wait := turn.Delay()
	if wait > slotWithin || !c.pause(ctx, a.Name, wait) {
		turn.Cancel()
		return &Error{Class: NotSent, Action: a.Name, Message: "too many calls are waiting", cause: contextCause(ctx.Err())}
	}
	return nil
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
