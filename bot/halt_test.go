package bot

import (
	"context"
	"testing"
	"time"

	"casterbot/bot/socket"
	"casterbot/bot/webapi"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// What is read right after a halt may have waited since its beginning; what is read later has not.
func TestWhatIsReadAfterAHaltIsOld(t *testing.T) {
	began := time.Now()
	h := &socket.StallDetector{}
	for _, step := range []struct {
		at, from time.Duration // since the beginning; from: since when it may have been there
	}{
		{0, 0}, {socket.Beat, socket.Beat}, {socket.HaltAfter, socket.HaltAfter}, // slow, but no halt
		{time.Minute, socket.HaltAfter}, {time.Minute + socket.Buffered - 1, socket.HaltAfter},
		{time.Minute + socket.Buffered, time.Minute + socket.Buffered},
		{2 * time.Minute, time.Minute + socket.Buffered},
	} {
		if got := h.Arrived(func() time.Time { return began.Add(step.at) }); !got.Equal(began.Add(step.from)) {
			t.Errorf("read after %s: it may have been there since %s, not %s", step.at, got.Sub(began), step.from)
		}
	}
}

// A suspended machine stops the monotonic clock, and one that is set back hides it from the wall's.
func TestAHaltByEitherClock(t *testing.T) {
	now := time.Now()
	if wall := now.Round(0); socket.Passed(wall.Add(-time.Minute), now) != time.Minute ||
		socket.Passed(now, now.Add(time.Minute)) != time.Minute {
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
		d := &dispatcher{engine: whole(e), log: webapi.Config{}.Filled().Log, now: time.Now, seen: newDedupe(time.Now)}
		d.who.Store(&me)
		d.intake = newPool(t.Context(), 0, 1, &d.busy)
		if d.halts.Seen = time.Now(); halted {
			d.halts.Seen = time.Now().Add(-time.Minute)
		}
		l := &socket.Link{}
		l.Pending.Add(1)
		d.take(socket.Envelope{Link: l, Id: "e", Kind: "slash_commands", Payload: []byte(slackworld.Slash)})
		work := <-d.intake.queue
		if acknowledges(func() { work(t.Context()) }) == halted {
			t.Errorf("after a halt (%t): it is acknowledged (%t)", halted, !halted)
		}
		d.intake.done()
		d.intake.drain(context.Background())
		if (accepted == 0) != halted || l.Pending.Load() != 0 {
			t.Errorf("after a halt (%t): taken %d times, %d pending", halted, accepted, l.Pending.Load())
		}
	}
}
