package commands

import (
	"testing"
	"time"

	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/tally"
)

// TestTimesThatTheAPIDoesNotTell are left out with the words before them.
func TestTimesThatTheAPIDoesNotTell(t *testing.T) {
	f := newFake()
	f.online[0].Since = time.Time{}
	f.contents[mainPath] = []live.Content{{}}
	f.files = []live.File{{ID: "f-1", Format: "mp4", Created: noon, Duration: time.Minute}}
	status, err := find(t, f, statusUsage).Read(t.Context(), call("stream", "main"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = find(t, f, usageOf("start")).Plan(t.Context(), call("stream", "main"))
	all := words(status) + "\n" + refused(t, err).Error()
	wantHas(t, all, "· live\n", "it is recording.", "- File\n", "main is being recorded already. Nothing was changed.")
	wantNot(t, all, "since", "0001", "00:00:00", " to ")
}

// TestSecondsDoNotChangeAPlan: the end of the material may lie just before or just after the moment of the look; that
// is no news.
func TestSecondsDoNotChangeAPlan(t *testing.T) {
	before := recording.State{Recording: tally.Recording{Phase: tally.Running,
		Content: live.Content{From: noon, To: noon.Add(time.Second)}}}
	after := recording.State{Recording: tally.Recording{Phase: tally.Ended,
		Content: live.Content{From: noon, To: noon.Add(2 * time.Second)}}}
	open := recording.State{Recording: tally.Recording{Phase: tally.Running, Content: live.Content{From: noon}}}
	for _, r := range recordCommands {
		of := func(k recording.State) string { return r.fingerprint(k, mainStream) }
		if of(before) != of(after) {
			t.Errorf("record %s: a second makes another plan", r.word)
		}
		if about := r.word == "restart" || r.word == "finish"; about == (of(open) == of(after)) {
			t.Errorf("record %s: material without an end, and with one: other plans %t", r.word, !about)
		}
	}
}
