package commands

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
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
	k := recordState{phase: running, files: f.files}
	all := strings.Join([]string{words(status), refused(t, err).Error(), seenStart(k).Plain(), seenFile(k).Plain()}, "\n")
	wantHas(t, all, "· live\n", "it is recording.", "- File\n", "main is already recording. Nothing was changed.",
		"The cloud lists material of it.", "Its file exists, 1 min.")
	wantNot(t, all, "since", "0001", "00:00:00", " to ")
}

// TestSecondsDoNotChangeAPlan: the end of the material may lie just before or just after the moment of the look; that
// is no news.
func TestSecondsDoNotChangeAPlan(t *testing.T) {
	before := recordState{phase: running, content: live.Content{From: noon, To: noon.Add(time.Second)}}
	after := recordState{phase: ended, content: live.Content{From: noon, To: noon.Add(2 * time.Second)}}
	open := recordState{phase: running, content: live.Content{From: noon}}
	for _, r := range recordings {
		of := func(k recordState) string { return r.fingerprint(k, mainStream) }
		if of(before) != of(after) {
			t.Errorf("record %s: a second makes another plan", r.word)
		}
		if about := r.word == "restart" || r.word == "finish"; about == (of(open) == of(after)) {
			t.Errorf("record %s: material without an end, and with one: other plans %t", r.word, !about)
		}
	}
}

// TestOnlyWhatWasLookedAtIsTold: a look that leaves something out says nothing of it.
func TestOnlyWhatWasLookedAtIsTold(t *testing.T) {
	paused := recordState{at: noon, phase: ended,
		content: live.Content{From: noon.Add(-time.Hour), To: noon.Add(-2 * time.Minute)}, delay: 3 * time.Minute}
	for what, says := range map[aspect]string{
		seeContent:            mainPath + " / As far as the cloud shows, recording was paused at 11:58:00 UTC and its file is written by 12:01:00 UTC at the latest.",
		seeContent | seeFiles: mainPath + " / As far as the cloud shows, recording was paused at 11:58:00 UTC and its file is written at 12:01:00 UTC.",
		seeIngest | seeContent | seeConfig: mainPath + " · not live / No recording configuration. / " +
			"As far as the cloud shows, recording was paused at 11:58:00 UTC and its file is written by 12:01:00 UTC at the latest.",
	} {
		k := paused
		k.seen = what
		if got := strings.ReplaceAll(facts(op.Plan{Facts: k.facts(mainStream)}), "\n", " / "); got != says {
			t.Errorf("%b: %s", what, got)
		}
	}
	paused.seen, paused.delay = seeContent, time.Minute
	if got := paused.shown().Plain(); got != "As far as the cloud shows, the last recording ended at 2027-03-09 11:58:00 UTC." {
		t.Errorf("past its delay: %s", got)
	}
}
