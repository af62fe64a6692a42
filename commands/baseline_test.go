package commands

import (
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// TestClocksThatDiffer: nothing that was there before the send counts as its doing, however the bot's clock and the
// cloud's differ, and what is new counts within two minutes.
func TestClocksThatDiffer(t *testing.T) {
	for _, ahead := range []time.Duration{-110 * time.Second, -time.Minute, 0, time.Minute, 110 * time.Second} {
		sent := noon.Add(ahead) // the bot's clock while it is noon at the cloud
		was := recordState{seen: seeAll, delay: 3 * time.Minute, at: sent.Add(-time.Second), phase: ended,
			content: live.Content{From: noon.Add(-100 * time.Second), To: noon.Add(-70 * time.Second)},
			files:   []live.File{{Created: noon.Add(-60 * time.Second)}}}
		before := was.trace()
		a := op.Attempt{Sent: sent}
		for _, later := range []time.Duration{5 * time.Second, 90 * time.Second} {
			same := was
			same.at = sent.Add(later)
			if provesStart(same, before, a) || provesStop(same, before, a) || provesRestart(same, before, a) ||
				provesFile(same, before, a) {
				t.Errorf("clock %s ahead, %s on: what was there before counts as proof", ahead, later)
			}
			grows := same
			grows.content.To = noon.Add(later)
			if ongoing := (baseline.Baseline{baseline.LookedAt: was.at, baseline.BeganAt: was.content.From,
				baseline.EndedAt: noon.Add(-time.Second)}); provesStop(grows, ongoing, a) {
				t.Errorf("clock %s ahead, %s on: a recording that goes on counts as stopped", ahead, later)
			}
		}
		anew := was
		anew.content = live.Content{From: noon.Add(time.Second)}
		if !provesStart(anew, before, a) || !provesRestart(anew, before, a) {
			t.Errorf("clock %s ahead: new material does not count", ahead)
		}
		byDelay := was
		byDelay.at, byDelay.phase = sent.Add(3*time.Minute), written
		byDelay.files = append(byDelay.files, live.File{Created: was.content.To.Add(3 * time.Minute)})
		if provesFile(byDelay, before, a) {
			t.Errorf("clock %s ahead: the file that the delay wrote counts as written at once", ahead)
		}
	}
}

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
