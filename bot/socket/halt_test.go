package socket

import (
	"testing"
	"time"
)

// What is read right after a halt may have waited since its beginning; what is read later has not.
func TestWhatIsReadAfterAHaltIsOld(t *testing.T) {
	began := time.Now()
	h := &HaltDetector{}
	for _, step := range []struct {
		at, from time.Duration // since the beginning; from: since when it may have been there
	}{
		{0, 0}, {beat, beat}, {haltAfter, haltAfter}, // slow, but no halt
		{time.Minute, haltAfter}, {time.Minute + buffered - 1, haltAfter},
		{time.Minute + buffered, time.Minute + buffered},
		{2 * time.Minute, time.Minute + buffered},
	} {
		if got := h.Arrived(func() time.Time { return began.Add(step.at) }); !got.Equal(began.Add(step.from)) {
			t.Errorf("read after %s: it may have been there since %s, not %s", step.at, got.Sub(began), step.from)
		}
	}
}

// A suspended machine stops the monotonic clock, and one that is set back hides it from the wall's.
func TestAHaltByEitherClock(t *testing.T) {
	now := time.Now()
	if wall := now.Round(0); passed(wall.Add(-time.Minute), now) != time.Minute ||
		passed(now, now.Add(time.Minute)) != time.Minute {
		t.Error("a minute is not a minute")
	}
}
