package recording

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

const mainPath = "live.example.com/show/main"

var mainStream = live.Stream{Domain: "live.example.com", App: "show", Name: "main"}

func plain(lines []op.Line) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Plain()
	}
	return strings.Join(texts, " / ")
}

// TestTimesThatTheAPIDoesNotTell are left out with the words before them.
func TestTimesThatTheAPIDoesNotTell(t *testing.T) {
	k := State{Recording: tally.Recording{Phase: tally.Running},
		Files: []live.File{{ID: "f-1", Format: "mp4", Created: noon, Duration: time.Minute}}}
	want := "ApsaraVideo Live shows recorded material. / The file is written, 1 min."
	if got := plain([]op.Line{Started.words(k), Finished.words(k)}); got != want {
		t.Errorf("%s", got)
	}
}

// TestOnlyWhatWasLookedAtIsTold: a look that leaves something out says nothing of it.
func TestOnlyWhatWasLookedAtIsTold(t *testing.T) {
	paused := State{Recording: tally.Recording{At: noon, Phase: tally.Ended,
		Content: live.Content{From: noon.Add(-time.Hour), To: noon.Add(-2 * time.Minute)}, Delay: 3 * time.Minute}}
	for what, says := range map[Aspect]string{
		SeeContent:            mainPath + " / As far as the cloud shows, recording was paused at 2027-03-09 11:58:00 UTC and its file is due by 2027-03-09 12:01:00 UTC at the latest.",
		SeeContent | SeeFiles: mainPath + " / As far as the cloud shows, recording was paused at 2027-03-09 11:58:00 UTC and its file is due at 2027-03-09 12:01:00 UTC.",
		SeeIngest | SeeContent | SeeConfig: mainPath + " · not live / No recording configuration. / " +
			"As far as the cloud shows, recording was paused at 2027-03-09 11:58:00 UTC and its file is due by 2027-03-09 12:01:00 UTC at the latest.",
	} {
		k := paused
		k.Seen, k.SawFiles = what, what.Has(SeeFiles)
		if got := plain(k.Facts(mainStream)); got != says {
			t.Errorf("%b: %s", what, got)
		}
	}
	paused.Seen, paused.Delay = SeeContent, time.Minute
	if got := paused.Line().Plain(); got != "As far as the cloud shows, the last recording ended at 2027-03-09 11:58:00 UTC." {
		t.Errorf("past its delay: %s", got)
	}
}

func TestRecordConfigInForce(t *testing.T) {
	configs := []live.RecordConfig{
		{App: "*", Name: "*", Delay: time.Minute}, {App: "show", Name: "main", Delay: 2 * time.Minute},
		{App: "show", Name: "", Delay: 3 * time.Minute}, {App: "show", Name: "other", Delay: 4 * time.Minute},
	}
	if got := live.InForce(configs, mainStream); got == nil || got.Delay != 2*time.Minute {
		t.Errorf("got %+v", got)
	}
}
