package directory

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// Slack that is busy for a second, twice, is waited for; for longer it is not.
func TestShortWaits(t *testing.T) {
	for _, c := range []struct {
		refusals     int
		after        time.Duration
		asked, waits int
		answered     bool
	}{
		{0, 0, 1, 0, true}, {2, time.Second, 3, 2, true}, {3, time.Second, 3, 2, false}, {1, time.Minute, 1, 0, false},
	} {
		now, asked, waits := time.Unix(1000, 0), 0, 0
		h := methodLimits{now: func() time.Time { return now }, until: map[string]time.Time{},
			pause: func(_ context.Context, d time.Duration) error { now, waits = now.Add(d), waits+1; return nil }}
		err := h.call(t.Context(), "users.info", func() error {
			if asked++; asked <= c.refusals {
				return &slack.RateLimitedError{RetryAfter: c.after}
			}
			return nil
		})
		if (err == nil) != c.answered || asked != c.asked || waits != c.waits {
			t.Errorf("%+v: asked %d, waited %d times, %v", c, asked, waits, err)
		}
	}
	gone := errors.New("nobody waits")
	h := methodLimits{now: time.Now, until: map[string]time.Time{},
		pause: func(context.Context, time.Duration) error { return gone }}
	err := h.call(t.Context(), "users.info", func() error { return &slack.RateLimitedError{RetryAfter: time.Second} })
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); !ok || limited.RetryAfter != time.Second {
		t.Errorf("%v", err)
	}
}
