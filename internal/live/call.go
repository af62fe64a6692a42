package live

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"

	"casterbot/internal/op"
)

// write makes a call that changes something. It is repeated only after a certain "nothing happened".
func (c *Client) write(ctx context.Context, permit op.SendPermit, action string, p params) (Receipt, error) {
	if name := p.missing(); name != "" {
		return Receipt{}, &Error{Class: NotSent, Action: action, Message: name + " is empty"}
	}
	if wrong := c.skewed(action); wrong != nil {
		return Receipt{}, wrong
	}
	defer c.shared.forget() // what was seen before it is not what others see after it
	body, err := c.call(ctx, permit, find(action), p, c.shared.forget)
	if err != nil {
		return Receipt{}, err
	}
	var said struct{ RequestId, CasterId, StreamUrl string }
	if json.Unmarshal(body, &said) != nil {
		return Receipt{}, fault(Unknown, action, "the answer is not one of this API", body)
	}
	if action == "CopyCaster" && said.CasterId == "" {
		return Receipt{}, fault(Unknown, action, "the answer names no new caster", body)
	}
	return Receipt{RequestID: said.RequestId, CasterID: said.CasterId, PlayURL: said.StreamUrl}, nil
}

// read makes a call that changes nothing and decodes its answer.
func read[T any](ctx context.Context, c *Client, action string, p params) (T, error) {
	var said T
	body, err := c.look(ctx, find(action), p)
	if err != nil {
		return said, err
	}
	if json.Unmarshal(body, &said) != nil {
		return said, fault(Unknown, action, "the answer does not have the form of this API", body)
	}
	return said, nil
}

const (
	writeTries = 5
	readTries  = 3
	firstPause = 500 * time.Millisecond
	lastPause  = 8 * time.Second
)

// call sends until there is an answer, a failure that must not be repeated, or no time and tries left. Keys that the
// service does not take are fetched once more. Leaves is called each time right before a request leaves.
func (c *Client) call(ctx context.Context, permit op.SendPermit, a Action, p params, leaves func()) ([]byte, error) {
	tries, reread := readTries, false
	if a.Write {
		tries = writeTries
	}
	c.awaitSession(ctx, permit)
	for try := 1; ; try++ {
		turn, refused := c.turn(ctx, permit, a, try == 1)
		if refused != nil {
			return nil, refused
		}
		leaves()
		began := time.Now()
		body, err := c.send(ctx, permit, a, p, turn)
		c.sent(a, err, time.Since(began))
		switch {
		case err == nil:
			return body, nil
		case err.stale && ctx.Err() == nil: // nothing left, and what comes next is a new turn
			try--
		case try == tries:
			return nil, err
		case err.Class == Refused && staleKeys(err.Code) && !reread && c.forgetKeys(ctx, permit):
			reread = true
		case !again(a, err):
			return nil, err
		default:
			if !c.pause(ctx, permit, a.Name, err.Class, c.backoff(try)) {
				return nil, err
			}
		}
	}
}

// again: a write only when it certainly did nothing, a read after anything but an answer. A context that has ended
// ends the call as well.
func again(a Action, err *Error) bool {
	switch {
	case err.final || err.cause != nil:
		return false
	case a.Write:
		return err.Class == Throttled || err.Class == NotSent
	}
	return err.Class != Refused && err.Class != NotFound
}

func staleKeys(code string) bool {
	return strings.HasPrefix(code, "InvalidAccessKeyId") || strings.HasPrefix(code, "InvalidSecurityToken") ||
		code == "SignatureDoesNotMatch"
}

// backoff is the pause after the given try: anywhere between nothing and a bound that doubles.
func (c *Client) backoff(try int) time.Duration {
	return c.jitter(min(firstPause<<(try-1), lastPause))
}

func fullJitter(bound time.Duration) time.Duration { return rand.N(bound) }
