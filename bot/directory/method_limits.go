package directory

import (
	"errors"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// methodLimits remembers for each method of the Web API until when Slack wants to be left alone
// (docs.slack.dev/apis/web-api/rate-limits). A call before that would only be refused, and may make it longer.
type methodLimits struct {
	now   func() time.Time
	mu    sync.Mutex
	until map[string]time.Time
}

// call makes a call, unless Slack has asked to wait; then the error is the one that it would give.
func (h *methodLimits) call(method string, do func() error) error {
	h.mu.Lock()
	left := h.until[method].Sub(h.now())
	h.mu.Unlock()
	if left > 0 {
		return &slack.RateLimitedError{RetryAfter: left}
	}
	err := do()
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		h.mu.Lock()
		h.until[method] = h.now().Add(limited.RetryAfter)
		h.mu.Unlock()
	}
	return err
}
