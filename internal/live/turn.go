package live

import (
	"context"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/sleep"
)

// turn gives the right to make one call: the one that the context carries for it, if this is the first send, else a new
// one in the order of service. It gives up when the context ends.
func (c *Client) turn(ctx context.Context, permit op.SendPermit, a Action, first bool) (*quota.Permit, *Error) {
	if a.Name == "" {
		return nil, noTurn(a, quota.ErrNoLimit)
	}
	if err := ctx.Err(); err != nil {
		return nil, noTurn(a, err)
	}
	if first {
		if p, ok := quota.Carried(ctx, a.Name); ok {
			if err := p.Wait(ctx); err != nil {
				p.Return()
				return nil, noTurn(a, err)
			}
			return p, nil
		}
	}
	p, err := c.config.Quota.Reserve(c.telling(ctx, permit, a), a.Name, 0)
	if err != nil {
		return nil, noTurn(a, err)
	}
	return p, nil
}

func noTurn(a Action, err error) *Error {
	e := &Error{Class: NotSent, Action: a.Name, Message: err.Error(), cause: contextCause(err)}
	if e.cause != nil {
		e.Message = "given up before it was sent"
	}
	return e
}

// telling lets Config.Waiting hear of waits as well: whoever ordered a write must know that it stands still on purpose.
func (c *Client) telling(ctx context.Context, permit op.SendPermit, a Action) context.Context {
	if c.config.Waiting == nil {
		return ctx
	}
	caller := quota.Of(ctx)
	told := caller.Waiting
	caller.Waiting = func(before int, about time.Duration) {
		c.config.Waiting(ctx, permit, a.Name, Throttled, about)
		if told != nil {
			told(before, about)
		}
	}
	return quota.With(ctx, caller)
}

// pause waits before a call is tried again, after telling Config.Waiting. It reports false, at once if possible, when
// ctx ends first.
func (c *Client) pause(ctx context.Context, permit op.SendPermit, action string, why Class, wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	if c.config.Waiting != nil {
		c.config.Waiting(ctx, permit, action, why, wait)
	}
	return sleep.For(ctx, wait) == nil
}
