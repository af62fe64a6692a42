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

// Slack lets an app write about one message a second into a channel (docs.slack.dev/apis/web-api/rate-limits). Slots are a little
// more apart here, and from Slack's answer to one message to the next one a second passes, so that two never arrive within one,
// however long each was on its way.
const (
	slotEvery   = 1100 * time.Millisecond
	restFor     = time.Second
	maxWait     = 5 * time.Second
	maxChannels = 1024
)

// PerSecond is how many messages an app may write into a channel in a second, all its processes together.
const PerSecond = float64(time.Second) / float64(slotEvery)

// pace keeps every channel under its limit. It waits for short times only: what would take longer is the caller's to try
// again, with what is newest by then.
type pace struct {
	apart    time.Duration
	turn     func(ctx context.Context, channel string, within time.Duration) (time.Duration, bool) // nil: nobody else writes
	mu       sync.Mutex
	channels map[string]*lane
}

type lane struct {
	limit *rate.Limiter
	until time.Time     // Slack said to wait until then, or the last message is not a second old
	one   chan struct{} // holds the message that is on its way
	users int           // of one, those that wait included
}

// newPace keeps messages of a channel that far apart; 0 means what Slack asks for. turn is that of Config.
func newPace(between time.Duration, turn func(context.Context, string, time.Duration) (time.Duration, bool)) *pace {
	return &pace{apart: cmp.Or(between, slotEvery), turn: turn, channels: map[string]*lane{}}
}

// wait returns when the channel may be written to, or ErrBusy when that is too far away.
func (p *pace) wait(ctx context.Context, channel string) error {
	delay := p.reserve(channel, time.Now())
	if delay > maxWait {
		return busy(delay)
	}
	if !pause(ctx, delay) {
		return ctx.Err()
	}
	over, err := p.begin(ctx, channel)
	if err == nil {
		over(0)
	}
	return err
}

// begin waits until no other message is on its way into the channel and the last one has had its second. What it gives is called
// with Slack's answer, and with how long nothing may follow.
func (p *pace) begin(ctx context.Context, channel string) (over func(rest time.Duration), err error) {
	soon, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	p.mu.Lock()
	l := p.lane(channel, time.Now())
	l.users++
	p.mu.Unlock()
	over = func(rest time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if free := time.Now().Add(rest); free.After(l.until) {
			l.until = free
		}
		l.users--
		<-l.one
	}
	select {
	case l.one <- struct{}{}:
	case <-soon.Done():
		p.mu.Lock()
		l.users--
		p.mu.Unlock()
		return nil, cmp.Or(ctx.Err(), busy(maxWait))
	}
	p.mu.Lock()
	left := time.Until(l.until)
	p.mu.Unlock()
	if left > maxWait || !pause(soon, left) {
		over(0)
		return nil, cmp.Or(ctx.Err(), busy(max(left, 0)))
	}
	return over, nil
}

// shared waits for the turn among all processes. Only what is written takes one.
func (p *pace) shared(ctx context.Context, channel string) error {
	if p.turn == nil {
		return nil
	}
	wait, ok := p.turn(ctx, channel, maxWait)
	if !ok {
		return busy(maxWait)
	}
	if !pause(ctx, wait) {
		return ctx.Err()
	}
	return nil
}

// write sends a message when it is its turn, and lets nothing follow for a second.
func (p *pace) write(ctx context.Context, channel string, send func()) error {
	over, err := p.begin(ctx, channel)
	if err != nil {
		return err
	}
	if err := p.shared(ctx, channel); err != nil {
		over(0)
		return err
	}
	defer func() { over(min(p.apart, restFor)) }()
	send()
	return nil
}

func busy(free time.Duration) error {
	return fmt.Errorf("%w: the channel is free again in %s", engine.ErrBusy, free.Round(time.Millisecond))
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
			if l.users == 0 && l.limit.TokensAt(now) >= 1 && now.After(l.until) {
				delete(p.channels, id)
			}
		}
	}
	l := &lane{limit: rate.NewLimiter(rate.Every(p.apart), 1), one: make(chan struct{}, 1)}
	p.channels[channel] = l
	return l
}
