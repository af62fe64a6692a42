package main

import (
	"io"
	"testing"
	"time"

	"casterbot/internal/sandbox/fakeslack"
)

// TestJudgesOfATap: what came too early, too fast or as an older state is found.
func TestJudgesOfATap(t *testing.T) {
	began := time.Now()
	edit := func(after time.Duration, channel, text string, status int) tapped {
		return tapped{at: began.Add(after), method: "chat.update", channel: channel, ts: "1.1", body: "text=" + text,
			status: status}
	}
	post := func(after time.Duration) tapped {
		return tapped{at: began.Add(after), method: "chat.postMessage", channel: "C1", status: 200}
	}
	for name, c := range map[string]struct {
		calls   []tapped
		broken  int
		busiest int
	}{
		"well": {[]tapped{edit(0, "C1", "⏳", 429), edit(2*time.Second, "C1", "✅", 200),
			edit(0, "C2", "✅", 200)}, 0, 0},
		"early": {[]tapped{edit(0, "C1", "⏳", 429), edit(time.Second, "C1", "✅", 200)}, 1, 0},
		"fast":  {[]tapped{edit(0, "C2", "⏳", 429), post(0), post(time.Second / 2), post(2 * time.Second)}, 0, 2},
		"back": {[]tapped{edit(0, "C2", "⏳", 429), edit(0, "C1", "✅", 200),
			edit(time.Second, "C1", "⏳", 200)}, 1, 0},
		"no storm": {nil, 1, 0},
	} {
		g := &rig{run: &run{options: options{out: io.Discard}, began: began}, tap: &tap{calls: c.calls}}
		g.patient()
		g.forward()
		if g.broken != c.broken || g.tap.busiest(began) != c.busiest {
			t.Errorf("%s: %d broken, %d a second", name, g.broken, g.tap.busiest(began))
		}
	}
}

// TestLost: what was not acknowledged, and how long the others took.
func TestLost(t *testing.T) {
	shots := []shot{{ack: fakeslack.Ack{After: time.Second}}, {ack: fakeslack.Ack{Err: fakeslack.ErrTimeout}},
		{ack: fakeslack.Ack{After: time.Minute}}}
	if len(lost(shots)) != 1 || slowest(shots) != time.Minute {
		t.Errorf("%v are lost, the slowest took %s", lost(shots), slowest(shots))
	}
}
