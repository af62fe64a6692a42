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
