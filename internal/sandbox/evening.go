package sandbox

import (
	"context"
	"time"

	"casterbot/internal/sandbox/scenarios"
)

// begin is how far a new world is ahead of the real clock: not at all, unless its scenario begins at a certain moment.
func (w *World) begin() time.Duration {
	if s := w.cfg.Scenario; s != nil && !s.Begin.IsZero() {
		return s.Begin.Sub(w.Clock.base())
	}
	return 0
}

// play lets the scenario go on after whatever happens, and as time goes by.
func (w *World) play(ctx context.Context) {
	slack, endSlack := w.Slack.Subscribe()
	defer endSlack()
	live, endLive := w.Live.Subscribe()
	defer endLive()
	every := time.NewTicker(stride)
	defer every.Stop()
	for {
		if w.evening.Step() {
			w.Clock.Rest()
			w.page.Poke()
		}
		select {
		case <-ctx.Done():
			return
		case <-slack:
		case <-live:
		case <-every.C:
		}
	}
}

// scenario is how far the evening has come, or nil.
func (w *World) scenario() *scenarios.View {
	if w.evening == nil {
		return nil
	}
	v := w.evening.View()
	return &v
}

// due is the next moment at which something happens by itself: in the scenario, or a file of a recording that ended.
// It is zero when nothing is due.
func (w *World) due() (next time.Time) {
	if w.evening != nil {
		next = w.evening.Due()
	}
	for _, s := range w.Live.Snapshot().Streams {
		r := s.Recording
		if r == nil || r.Running() || !next.IsZero() && !r.Due.Before(next) {
			continue
		}
		next = r.Due
	}
	return next
}
