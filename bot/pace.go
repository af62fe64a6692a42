package bot

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"casterbot/internal/engine"

	"golang.org/x/time/rate"
)

// Slack lets an app write about one message a second into a channel (docs.slack.dev/apis/web-api/rate-limits). It is a little
// more here, so that two never arrive within a second, though the second one was faster on its way.
const (
	apart       = 1100 * time.Millisecond
	maxWait     = 5 * time.Second
	maxChannels = 1024
)

// pace keeps every channel under its limit. It waits for short times only: what would take longer is the caller's to try
// again, with what is newest by then.
type pace struct {
	apart    time.Duration
	mu       sync.Mutex
	channels map[string]*lane
}

type lane struct {
	limit *rate.Limiter
	until time.Time // Slack said to wait until then
}

// newPace keeps messages of a channel that far apart; 0 means what Slack asks for.
func newPace(between time.Duration) *pace {
	return &pace{apart: cmp.Or(between, apart), channels: map[string]*lane{}}
}

// wait returns when the channel may be written to, or ErrBusy when that is too far away.
func (p *pace) wait(ctx context.Context, channel string) error {
	delay := p.reserve(channel, time.Now())
	if delay > maxWait {
		return fmt.Errorf("%w: the channel is free again in %s", engine.ErrBusy, delay.Round(time.Millisecond))
	}
	if delay <= 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reserve takes the next slot and says how far away it is; one that is too far away is not taken.
func (p *pace) reserve(channel string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(channel, now)
	if held := l.until.Sub(now); held > maxWait {
		return held
	}
	r := l.limit.ReserveN(now, 1)
	delay := max(r.DelayFrom(now), l.until.Sub(now))
	if delay > maxWait {
		r.CancelAt(now)
	}
	return delay
}

// hold keeps a channel silent for the time that Slack asked for.
func (p *pace) hold(channel string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if l := p.lane(channel, now); now.Add(d).After(l.until) {
		l.until = now.Add(d)
	}
}

func (p *pace) lane(channel string, now time.Time) *lane {
	if l := p.channels[channel]; l != nil {
		return l
	}
	if len(p.channels) >= maxChannels {
		for id, l := range p.channels {
			if l.limit.TokensAt(now) >= 1 && now.After(l.until) {
				delete(p.channels, id)
			}
		}
	}
	l := &lane{limit: rate.NewLimiter(rate.Every(p.apart), 1)}
	p.channels[channel] = l
	return l
}
