package commands

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
)

// TestTimesThatTheAPIDoesNotTell are left out with the words before them.
func TestTimesThatTheAPIDoesNotTell(t *testing.T) {
	f := newFake()
	f.online[0].Since = time.Time{}
	f.contents[mainPath] = []live.Content{{}}
	f.files = []live.File{{ID: "f-1", Format: "mp4", Created: noon, Duration: time.Minute}}
	status, err := find(t, f, "record status {stream?}").Read(t.Context(), call("stream", "main"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = find(t, f, usageOf("start")).Plan(t.Context(), call("stream", "main"))
	k := look{phase: running, files: f.files}
	all := strings.Join([]string{words(status), refused(t, err).Error(), seenStart(k).Plain(), seenFile(k).Plain()}, "\n")
	wantHas(t, all, "· live\n", "it is recording.", "- File\n", "main is already recording. Nothing was changed.",
		"The cloud lists material of it.", "Its file exists, 1 min.")
	wantNot(t, all, "since", "0001", "00:00:00", " to ")
}

// TestSecondsDoNotChangeAPlan: the end of the material may lie just before or just after the moment of the look; that is no news.
func TestSecondsDoNotChangeAPlan(t *testing.T) {
	stream, setup := live.Stream{Domain: "d", App: "a", Name: "s"}, &live.RecordConfig{}
	before := look{config: setup, phase: running, content: live.Content{From: noon, To: noon.Add(time.Second)}}
	after := look{config: setup, phase: ended, content: live.Content{From: noon, To: noon.Add(2 * time.Second)}}
	open := look{config: setup, phase: running, content: live.Content{From: noon}}
	if before.fingerprint(stream) != after.fingerprint(stream) {
		t.Error("a second makes another plan")
	}
	if open.fingerprint(stream) == after.fingerprint(stream) {
		t.Error("material without an end is the same as with one")
	}
}
