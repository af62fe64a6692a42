package live

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"
)

// pace is a limit for a family of calls. Burst plus rate is the most that leaves in any second, wherever it begins.
type pace struct {
	family string
	rate   rate.Limit // calls per second
	burst  int
}

// What leaves at most. Everything together stays within 10 calls a second, the smallest of the account's limits: they are shared
// with other tools, and a studio that is operated by hand needs no more. Looking has a limit of its own below that, so that
// however much is looked at, changes find a turn.
var (
	calls = pace{"call", 5, 5}
	looks = pace{"look", 4, 4}
)

// pacesOf are the limits that a call has to pass, in this order.
func pacesOf(a Action) []pace {
	if a.Write {
		return []pace{calls}
	}
	return []pace{looks, calls}
}

// documented is how many calls of a family the account allows in one second.
// https://www.alibabacloud.com/help/en/live/developer-reference/qps-limit-on-an-api-operation-in-apsaravideo-live
var documented = map[string]int{"caster-write": 10, "list": 15, "record": 50, "stream": 50}

// PerSecond is how many calls of an action and of those that share its limit the account documents for one second, 0 for an
// action that is not in Actions.
func PerSecond(action string) int { return documented[find(action).family] }

// slotWithin is how long a call may wait for its slot. Whoever decided on a write gives it about five seconds to leave
// (Config.Leave); what comes later than this would be held back.
const slotWithin = 4 * time.Second

// late is how long after its turn a call may leave. One that is later, because the process or the database stood still, takes
// another turn: calls that were held up together would leave together.
const late = 190 * time.Millisecond

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
	m := ownTurns{}
	for _, p := range []pace{calls, looks} {
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

// scarceTurns are what reads make do with when the shared turns cannot be asked for: so few that two processes, and what is left
// of the shared turns, stay under the account's limits together.
func scarceTurns() ownTurns {
	m := newTurns()
	for family := range m {
		m[family] = rate.NewLimiter(1, 1)
	}
	return m
}

// slot waits for the action's turn in each of its limits. It gives up at once, without using up a turn, when one comes later than
// slotWithin or than the context's deadline.
func (c *Client) slot(ctx context.Context, a Action) *Error {
	if err := ctx.Err(); err != nil {
		return &Error{Class: NotSent, Action: a.Name, Message: "given up before it was sent", cause: contextCause(err)}
	}
	if a.family == "" {
		return &Error{Class: NotSent, Action: a.Name, Message: "not an operation of this program"}
	}
	begun := time.Now()
	for _, p := range pacesOf(a) {
		switch err := c.turn(ctx, a, p, begun); {
		case err == nil:
		case errors.Is(err, errNoTurn):
			return &Error{Class: NotSent, Action: a.Name, Message: errNoTurn.Error(), cause: contextCause(ctx.Err())}
		default:
			return &Error{Class: NotSent, Action: a.Name, Message: "the turns that all replicas share cannot be asked for", cause: contextCause(ctx.Err())}
		}
	}
	return nil
}

// turn waits for a turn of one limit, and for another one when it wakes too late for it.
func (c *Client) turn(ctx context.Context, a Action, p pace, begun time.Time) error {
	for {
		asked := time.Now()
		wait, back, err := c.take(ctx, a, p, slotWithin-asked.Sub(begun))
		if err != nil {
			return err
		}
		if !c.pause(ctx, a.Name, Throttled, wait) {
			back()
			return errNoTurn
		}
		if time.Since(asked) <= wait+late {
			return nil
		}
	}
}

// take takes a turn. When those that are shared cannot be asked for, a read makes do with the few of this process.
func (c *Client) take(ctx context.Context, a Action, p pace, within time.Duration) (time.Duration, func(), error) {
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
func (c *Client) pause(ctx context.Context, action string, why Class, wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	if c.config.Waiting != nil {
		c.config.Waiting(ctx, action, why, wait)
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
