package monitor

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/quota"
)

// errNotLeading: another replica looks now.
var errNotLeading = errors.New("another replica has taken over")

// limiter looks at the cloud no faster than a share of what the account allows: between two calls of one operation
// there is always the time that the share gives to one. Commands of people, which are made beside it, find the rest,
// and are served first.
type limiter struct {
	share float64
	pause func(context.Context, time.Duration) bool
	keep  func(context.Context) bool // renews the lease
	last  map[string]time.Time       // the last call of each action
}

// turn waits until the next call of an action may leave.
func (s *limiter) turn(ctx context.Context, action string) error {
	if !s.keep(ctx) {
		return errNotLeading
	}
	gap := time.Duration(float64(time.Second) / (s.share * float64(quota.Limit(action))))
	if wait := gap - time.Since(s.last[action]); wait > 0 && !s.pause(ctx, wait) {
		return ctx.Err()
	}
	s.last[action] = time.Now()
	return ctx.Err()
}

// paced makes a call of an action in its turn.
func paced[T any](ctx context.Context, s *limiter, action string, call func() (T, error)) (answer T, err error) {
	if err := s.turn(ctx, action); err != nil {
		return answer, err
	}
	return call()
}
