package fakeslack

import (
	"net/http"
	"time"
)

// rate is what Slack allows of a method: a burst, and then one call every so often. A method without one is not limited here.
type rate struct {
	burst   int
	every   time.Duration
	channel bool // counted for each channel, else for the workspace
}

// tier is a rate of so many calls a minute, all of which may come at once.
func tier(n int) rate { return rate{burst: n, every: time.Minute / time.Duration(n)} }

// rates by method (https://docs.slack.dev/apis/web-api/rate-limits). The tiers are Slack's; how large a burst may be it does
// not say, so those are the emulator's own choice. Response URLs count against none.
var rates = map[string]rate{
	"chat.postMessage":   {burst: 5, every: time.Second, channel: true},
	"chat.update":        {burst: 30, every: time.Second}, // tier 3, 50 and more a minute
	"chat.postEphemeral": tier(100), "chat.delete": tier(50),
	"pins.add": tier(20), "pins.remove": tier(20), "pins.list": tier(20),
	"views.open": tier(100), "views.push": tier(100), "views.update": tier(100), "views.publish": tier(100),
	"users.info": tier(100), "users.list": tier(20), "users.conversations": tier(50),
	"usergroups.list": tier(20), "usergroups.users.list": tier(20),
	"conversations.info": tier(50), "conversations.list": tier(20), "conversations.members": tier(100),
	"conversations.history": tier(50), "conversations.replies": tier(50), "conversations.open": tier(50), "conversations.join": tier(50),
	"team.info": tier(50), "bots.info": tier(50),
}

// bucket is what is left of a burst, and since when it fills again.
type bucket struct {
	left  float64
	since time.Time
}

// overRate counts a call, and says how long to wait when it is one too many; nothing is done then.
func (w *Workspace) overRate(c *call, now time.Time) time.Duration {
	limit, limited := rates[c.method]
	if !limited || !w.cfg.Limits {
		return 0
	}
	key := c.method
	if limit.channel {
		key += " " + c.args["channel"]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.buckets[key]
	if b == nil {
		b = &bucket{left: float64(limit.burst), since: now}
		w.buckets[key] = b
	}
	b.left = min(float64(limit.burst), b.left+now.Sub(b.since).Seconds()/limit.every.Seconds())
	b.since = now
	if b.left < 1 {
		return time.Duration((1 - b.left) * float64(limit.every))
	}
	b.left--
	return 0
}

// SetLatency plays a Slack that is far away: a call takes effect at once, and its answer leaves so much later, that of a
// response URL too. It holds for answers still to come.
func (w *Workspace) SetLatency(d time.Duration) { w.latency.Store(int64(d)) }

// late lets the way of an answer pass.
func (w *Workspace) late(r *http.Request) {
	d := time.Duration(w.latency.Load())
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-w.done:
	}
}
