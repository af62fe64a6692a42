package bot

import (
	"context"
	"testing"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/engine"
	"casterbot/internal/op"
)

// What is read right after a halt may have waited since its beginning; what is read later has not.
func TestWhatIsReadAfterAHaltIsOld(t *testing.T) {
	began := time.Now()
	h := &halts{}
	for _, step := range []struct {
		at, from time.Duration // since the beginning; from: since when it may have been there
	}{
		{0, 0}, {beat, beat}, {haltAfter, haltAfter}, // slow, but no halt
		{time.Minute, haltAfter}, {time.Minute + buffered - 1, haltAfter}, {time.Minute + buffered, time.Minute + buffered},
		{2 * time.Minute, time.Minute + buffered},
	} {
		if got := h.arrived(func() time.Time { return began.Add(step.at) }); !got.Equal(began.Add(step.from)) {
			t.Errorf("read after %s: it may have been there since %s, not %s", step.at, got.Sub(began), step.from)
		}
	}
}

// A suspended machine stops the monotonic clock, and one that is set back hides it from the wall's.
func TestAHaltByEitherClock(t *testing.T) {
	now := time.Now()
	if wall := now.Round(0); passed(wall.Add(-time.Minute), now) != time.Minute || passed(now, now.Add(time.Minute)) != time.Minute {
		t.Error("a minute is not a minute")
	}
}

// TestNothingIsTakenRightAfterAHalt: Slack has said of it that it failed. A moment later all is as ever.
func TestNothingIsTakenRightAfterAHalt(t *testing.T) {
	for _, halted := range []bool{true, false} {
		accepted := 0
		e := &script{accept: func(context.Context, op.Request) (engine.Accepted, error) {
			accepted++
			return engine.Accepted{}, nil
		}}
		d := &dispatcher{engine: e, log: webapi.Config{}.Filled().Log, now: time.Now, seen: newDedupe(time.Now)}
		d.who.Store(&me)
		d.front = newPool(t.Context(), 0, 1, &d.busy)
		if d.halts.seen = time.Now(); halted {
			d.halts.seen = time.Now().Add(-time.Minute)
		}
		l := &link{}
		l.pending.Add(1)
		d.take(envelope{link: l, id: "e", kind: "slash_commands", payload: []byte(slashSample)})
		work := <-d.front.queue
		if acknowledges(func() { work(t.Context()) }) == halted {
			t.Errorf("after a halt (%t): it is acknowledged (%t)", halted, !halted)
		}
		d.front.done()
		d.front.drain(context.Background())
		if (accepted == 0) != halted || l.pending.Load() != 0 {
			t.Errorf("after a halt (%t): taken %d times, %d pending", halted, accepted, l.pending.Load())
		}
	}
}
