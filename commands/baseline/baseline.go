// Package baseline keeps what a plan saw just before a call, so that a look after it can tell the old from the new.
package baseline

import (
	"strconv"
	"time"
)

// Clocks is how far apart the bot's clock and the cloud's may be. Moments of the cloud are therefore held against each
// other; a comparison with the bot's clock only sorts out what is clearly older than the send.
const Clocks = 2 * time.Minute

// Newer reports that the cloud's moment t is later than what was seen just before the send, and not clearly older than
// it.
func Newer(t, before, sent time.Time) bool {
	return t.After(before) && !t.Before(sent.Add(-Clocks))
}

// Baseline is what a plan saw just before the call, for a look after it to tell the old from the new. A moment is zero
// when the cloud showed none.
type Baseline map[string]time.Time

// The moments of traces. All but the first are the cloud's.
const (
	LookedAt   = "looked"   // the bot's own clock
	StartedAt  = "started"  // the studio went on air
	ModifiedAt = "modified" // the studio was changed
	BeganAt    = "began"    // the latest material begins
	EndedAt    = "ended"    // and ends
	FileAt     = "file"     // the newest file was made
	DueAt      = "due"      // the file of a paused recording is due
	OnlineAt   = "online"   // the encoder began to publish the stream
)

// Seen is the trace as a plan keeps it: unix milliseconds.
func (t Baseline) Seen() map[string]string {
	words := map[string]string{}
	for name, moment := range t {
		if words[name] = "0"; !moment.IsZero() {
			words[name] = strconv.FormatInt(moment.UnixMilli(), 10)
		}
	}
	return words
}

// Of reads back what a plan saw of the moments that are asked for, and whether it holds every one of them. Without that
// nothing can be proven.
func Of(seen map[string]string, names ...string) (t Baseline, whole bool) {
	t, whole = Baseline{}, true
	for _, name := range names {
		ms, err := strconv.ParseInt(seen[name], 10, 64)
		if err != nil {
			whole = false
			continue
		}
		if t[name] = (time.Time{}); ms != 0 {
			t[name] = time.UnixMilli(ms)
		}
	}
	return t, whole
}
