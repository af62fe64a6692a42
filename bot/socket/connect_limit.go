package socket

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sleep"

	"golang.org/x/time/rate"
)

// Slack lets an app ask for about twenty sockets a minute (docs.slack.dev/apis/web-api/rate-limits, Tier 3); a storm of
// disconnects would ask for thousands.
const (
	openEvery  = 3 * time.Second
	openAtOnce = 6
	maxOpens   = 20
	openWindow = 61 * time.Second
)

// connectLimiter gives turns to ask for a socket: a few at once, then one every three seconds, and never more than
// twenty in a minute. Whoever has to wait does so a little longer, so that the bots of a whole company do not come back
// in step.
type connectLimiter struct {
	limit *rate.Limiter
	mu    sync.Mutex
	last  []time.Time // those of the last minute
}

func newConnectLimiter() *connectLimiter {
	return &connectLimiter{limit: rate.NewLimiter(rate.Every(openEvery), openAtOnce)}
}

// wait waits for a turn; over says that it is no longer wanted.
func (o *connectLimiter) wait(ctx context.Context, over func() bool) error {
	asked := time.Now()
	if err := o.limit.Wait(ctx); err != nil {
		return fmt.Errorf("wait to open a socket: %w", err)
	}
	if time.Since(asked) > time.Millisecond {
		_ = sleep.For(ctx, rand.N(openEvery/4))
	}
	for {
		if over() {
			return errParted
		}
		left := o.take(time.Now())
		if left <= 0 || ctx.Err() != nil {
			return ctx.Err()
		}
		_ = sleep.For(ctx, left+rand.N(openEvery/4))
	}
}

// take takes a turn, or says how long there is none.
func (o *connectLimiter) take(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.last) > 0 && now.Sub(o.last[0]) >= openWindow {
		o.last = o.last[1:]
	}
	if len(o.last) < maxOpens {
		o.last = append(o.last, now)
		return 0
	}
	return openWindow - now.Sub(o.last[0])
}

// paced lets a link ask for a socket when it is its turn. A link that is over does not ask at all.
type paced struct {
	next  http.RoundTripper
	opens *connectLimiter
	over  func() bool
}

func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
		if err := p.opens.wait(r.Context(), p.over); err != nil {
			return nil, err
		}
	}
	return p.next.RoundTrip(r)
}
