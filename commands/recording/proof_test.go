package recording

import (
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// noon is the present moment.
var noon = time.Date(2027, 3, 9, 12, 0, 0, 0, time.UTC)

// TestClocksThatDiffer: nothing that was there before the send counts as its doing, however the bot's clock and the
// cloud's differ, and what is new counts within two minutes.
func TestClocksThatDiffer(t *testing.T) {
	for _, ahead := range []time.Duration{-110 * time.Second, -time.Minute, 0, time.Minute, 110 * time.Second} {
		sent := noon.Add(ahead) // the bot's clock while it is noon at the cloud
		was := State{Seen: SeeAll, Recording: tally.Recording{Delay: 3 * time.Minute, At: sent.Add(-time.Second),
			Phase:   tally.Ended,
			Content: live.Content{From: noon.Add(-100 * time.Second), To: noon.Add(-70 * time.Second)}},
			Files: []live.File{{Created: noon.Add(-60 * time.Second)}}}
		before := was.Trace()
		a := op.Attempt{Sent: sent}
		for _, later := range []time.Duration{5 * time.Second, 90 * time.Second} {
			same := was
			same.At = sent.Add(later)
			if provesStart(same, before, a) || provesStop(same, before, a) || provesRestart(same, before, a) ||
				provesFile(same, before, a) {
				t.Errorf("clock %s ahead, %s on: what was there before counts as proof", ahead, later)
			}
			grows := same
			grows.Content.To = noon.Add(later)
			if ongoing := (baseline.Baseline{baseline.LookedAt: was.At, baseline.BeganAt: was.Content.From,
				baseline.EndedAt: noon.Add(-time.Second)}); provesStop(grows, ongoing, a) {
				t.Errorf("clock %s ahead, %s on: a recording that goes on counts as stopped", ahead, later)
			}
		}
		anew := was
		anew.Content = live.Content{From: noon.Add(time.Second)}
		if !provesStart(anew, before, a) || !provesRestart(anew, before, a) {
			t.Errorf("clock %s ahead: new material does not count", ahead)
		}
		byDelay := was
		byDelay.At, byDelay.Phase = sent.Add(3*time.Minute), tally.Written
		byDelay.Files = append(byDelay.Files, live.File{Created: was.Content.To.Add(3 * time.Minute)})
		if provesFile(byDelay, before, a) {
			t.Errorf("clock %s ahead: the file that the delay wrote counts as written at once", ahead)
		}
	}
}
