package directory

import (
	"context"
	"sync"
	"time"

	"casterbot/bot/webapi"

	"github.com/slack-go/slack"
)

// A short wait is waited for: somebody who was acknowledged waits for an answer, and a refusal because Slack was busy
// for a second is none.
const (
	shortWait  = 2 * time.Second
	shortWaits = 2 // of one question
)

// methodLimits remembers for each method of the Web API until when Slack wants to be left alone
// (docs.slack.dev/apis/web-api/rate-limits). A call before that would only be refused, and may make it longer.
type methodLimits struct {
	now   func() time.Time
	pause func(context.Context, time.Duration) error
	mu    sync.Mutex
	until map[string]time.Time
}

// call makes a call, after a short wait if Slack has asked for one; when it has asked for a longer one, the error is
// the one that it would give.
func (h *methodLimits) call(ctx context.Context, method string, do func() error) error {
	for waits := 0; ; waits++ {
		err := h.once(method, do)
		wait, ok := webapi.Limited(err)
		if !ok || waits == shortWaits || wait > shortWait || h.pause(ctx, wait) != nil {
			return err
		}
	}
}

func (h *methodLimits) once(method string, do func() error) error {
	h.mu.Lock()
	left := h.until[method].Sub(h.now())
	h.mu.Unlock()
	if left > 0 {
		return &slack.RateLimitedError{RetryAfter: left}
	}
	err := do()
	if wait, ok := webapi.Limited(err); ok {
		h.mu.Lock()
		h.until[method] = h.now().Add(wait)
		h.mu.Unlock()
	}
	return err
}
