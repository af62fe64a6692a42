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
	OpenEvery  = 3 * time.Second
	OpenAtOnce = 6
	MaxOpens   = 20
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

func NewConnectLimiter() *connectLimiter {
	return &connectLimiter{limit: rate.NewLimiter(rate.Every(OpenEvery), OpenAtOnce)}
}

// wait waits for a turn; over says that it is no longer wanted.
func (o *connectLimiter) wait(ctx context.Context, over func() bool) error {
	asked := time.Now()
	if err := o.limit.Wait(ctx); err != nil {
		return fmt.Errorf("wait to open a socket: %w", err)
	}
	if time.Since(asked) > time.Millisecond {
		_ = sleep.For(ctx, rand.N(OpenEvery/4))
	}
	for {
		if over() {
			return ErrParted
		}
		left := o.take(time.Now())
		if left <= 0 || ctx.Err() != nil {
			return ctx.Err()
		}
		_ = sleep.For(ctx, left+rand.N(OpenEvery/4))
	}
}

// take takes a turn, or says how long there is none.
func (o *connectLimiter) take(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.last) > 0 && now.Sub(o.last[0]) >= openWindow {
		o.last = o.last[1:]
	}
	if len(o.last) < MaxOpens {
		o.last = append(o.last, now)
		return 0
	}
	return openWindow - now.Sub(o.last[0])
}

// Paced lets a link ask for a socket when it is its turn. A link that is over does not ask at all.
type Paced struct {
	Next  http.RoundTripper
	Opens *connectLimiter
	Over  func() bool
}

func (p *Paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
		if err := p.Opens.wait(r.Context(), p.Over); err != nil {
			return nil, err
		}
	}
	if p.Next == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return p.Next.RoundTrip(r)
}
