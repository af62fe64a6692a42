package bot

import (
	"context"
	"testing"
	"time"

	"casterbot/bot/socket"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// TestNothingIsTakenRightAfterAHalt: Slack has said of it that it failed. A moment later all is as ever.
func TestNothingIsTakenRightAfterAHalt(t *testing.T) {
	for _, halted := range []bool{true, false} {
		accepted := 0
		e := &script{accept: func(context.Context, op.Request) (engine.Accepted, error) {
			accepted++
			return engine.Accepted{}, nil
		}}
		d := &dispatcher{engine: whole(e), log: quiet, now: time.Now, seen: newDedupe(time.Now)}
		d.who.Store(&me)
		d.intake = newPool(t.Context(), 0, 1, &d.busy)
		d.times.halts.Arrived(func() time.Time { return time.Now().Add(-map[bool]time.Duration{true: time.Minute}[halted]) })
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
