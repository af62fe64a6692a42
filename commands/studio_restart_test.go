package commands

import (
	"testing"
	"time"

	"casterbot/internal/op"
)

// TestRestartBeforeTheSend: a start that the plan saw is no proof, though the bot's clock is behind.
func TestRestartBeforeTheSend(t *testing.T) {
	f := newFake()
	f.casters[1].Started, f.casters[1].Modified = noon.Add(-90*time.Second), noon.Add(-90*time.Second)
	c := find(t, f, "caster restart {caster}")
	p, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []op.State{op.Succeeded, op.Unknown} {
		a := op.Attempt{Plan: p, Sent: noon.Add(-2 * time.Minute), Outcome: op.Outcome{State: state}}
		if got, err := c.Verify(t.Context(), a); err != nil || got.Happened {
			t.Errorf("%s: what was seen before the send counts as proof: %q, %v", state, got.Seen.Plain(), err)
		}
	}
	f.casters[1].Started = noon.Add(time.Second)
	a := op.Attempt{Plan: p, Sent: noon.Add(-90 * time.Second)}
	if got, _ := c.Verify(t.Context(), a); !got.Happened {
		t.Error("another start does not count")
	}
	a.Plan.Seen = nil
	if got, _ := c.Verify(t.Context(), a); got.Happened {
		t.Error("without knowing what was there before, a start counts as proof")
	}
}
