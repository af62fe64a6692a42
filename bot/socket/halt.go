package socket

import (
	"context"
	"sync"
	"time"
)

// HaltDetector notices that the process stood still: stopped, suspended, or without a processor. What is read right
// afterwards may have waited in a socket's buffer all the time. Slack has told whoever sent it that it failed, so it
// must not be done now: a click to take a studio off air would act long after somebody has given it up.
type HaltDetector struct {
	mu   sync.Mutex
	seen time.Time // when the process was last known to run
	from time.Time // the last halt
	woke time.Time
}

const (
	beat      = 250 * time.Millisecond
	haltAfter = 5 * time.Second // a busy machine may be late by less, and what is read then is fresh for the most part
	buffered  = time.Second     // after a halt: what is read until then may have been there before
)

// Watch looks until ctx ends.
func (h *HaltDetector) Watch(ctx context.Context) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		h.Arrived(time.Now)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Arrived gives the moment from which something read now may have been there: now, or the beginning of a halt that has
// just ended.
func (h *HaltDetector) Arrived(clock func() time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := clock()
	if !h.seen.IsZero() && passed(h.seen, now) > haltAfter {
		h.from, h.woke = h.seen, now
	}
	h.seen = now
	if !h.woke.IsZero() && passed(h.woke, now) < buffered {
		return h.from.Round(0) // by the wall clock: a suspended machine stops the other one
	}
	return now
}

// passed is what has passed by the clock that counted more.
func passed(a, b time.Time) time.Duration { return max(b.Sub(a), b.Round(0).Sub(a.Round(0))) }
