package commands

import (
	"strconv"
	"time"
)

// clocks is how far apart the bot's clock and the cloud's may be. Moments of the cloud are therefore held against each other;
// a comparison with the bot's clock only sorts out what is clearly older than the send.
const clocks = 2 * time.Minute

// newer reports that the cloud's moment t is later than what was seen just before the send, and not clearly older than it.
func newer(t, before, sent time.Time) bool {
	return t.After(before) && !t.Before(sent.Add(-clocks))
}

// baseline is what a plan saw just before the call, for a look after it to tell the old from the new. A moment is zero when the
// cloud showed none.
type baseline map[string]time.Time

// The moments of traces. All but the first are the cloud's.
const (
	lookedAt   = "looked"   // the bot's own clock
	startedAt  = "started"  // the studio went on air
	modifiedAt = "modified" // the studio was changed
	beganAt    = "began"    // the latest material begins
	endedAt    = "ended"    // and ends
	fileAt     = "file"     // the newest file was made
	dueAt      = "due"      // the file of a paused recording is due
	onlineAt   = "online"   // the encoder began to publish the stream
)

// seen is the trace as a plan keeps it: unix milliseconds.
func (t baseline) seen() map[string]string {
	words := map[string]string{}
	for name, moment := range t {
		if words[name] = "0"; !moment.IsZero() {
			words[name] = strconv.FormatInt(moment.UnixMilli(), 10)
		}
	}
	return words
}

// traceOf reads back what a plan saw; false when it does not hold every one of the moments that are asked for. Without them
// nothing can be proven.
func traceOf(seen map[string]string, names ...string) (baseline, bool) {
	t := baseline{}
	for _, name := range names {
		ms, err := strconv.ParseInt(seen[name], 10, 64)
		if err != nil {
			return nil, false
		}
		if t[name] = (time.Time{}); ms != 0 {
			t[name] = time.UnixMilli(ms)
		}
	}
	return t, true
}

// whatIsKnown reads back those of the moments that the plan holds.
func whatIsKnown(seen map[string]string, names ...string) baseline {
	all := baseline{}
	for _, name := range names {
		if t, ok := traceOf(seen, name); ok {
			all[name] = t[name]
		}
	}
	return all
}
