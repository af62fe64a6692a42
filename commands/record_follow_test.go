package commands

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// followAt looks what came of a record command that was sent at noon, some time later; material of ten minutes was
// running.
func followAt(t *testing.T, f *fakeCloud, word string, later time.Duration) (op.Followup, error) {
	t.Helper()
	c, ok := Table(f, &fakeRecords{}, func() time.Time { return noon.Add(later) }).Find("record " + word + " {stream}")
	if !ok || c.Follow == nil {
		t.Fatalf("record %s is not followed", word)
	}
	seen := baseline.Baseline{baseline.LookedAt: noon.Add(-time.Second), baseline.BeganAt: noon.Add(-10 * time.Minute),
		baseline.EndedAt: noon.Add(-2 * time.Second), baseline.FileAt: noon.Add(-time.Hour), baseline.DueAt: {}}.Seen()
	seen[tally.DelaySeen] = "3m0s"
	return c.Follow(t.Context(), op.Attempt{Plan: op.Plan{Args: op.Args{"stream": mainPath}, Seen: seen}, Sent: noon,
		Outcome: op.Outcome{State: op.Succeeded}})
}

func TestFilesAreFollowed(t *testing.T) {
	began, old := noon.Add(-10*time.Minute), noon.Add(-time.Hour)
	file := func(created time.Time) live.File {
		return live.File{ID: "f1", URL: "https://b.example.com/record/show/main/friday.mp4?key=fake-canary", From: began,
			To: noon, Created: created, Duration: 10 * time.Minute}
	}
	paused := live.Content{From: began, To: noon}
	for name, c := range map[string]struct {
		word  string
		later time.Duration
		files []live.File
		shows live.Content
		text  string        // of the card; empty: nothing yet
		again time.Duration // after noon; 0: never
	}{
		"a pause, early":          {"stop", 20 * time.Second, nil, paused, "", 3 * time.Minute},
		"a pause, due":            {"stop", 3 * time.Minute, nil, paused, "", 3*time.Minute + 10*time.Second},
		"a pause, nearly overdue": {"stop", 3*time.Minute + 55*time.Second, nil, paused, "", 4 * time.Minute},
		"a pause, overdue":        {"stop", 4 * time.Minute, nil, paused, "did not show it", 0},
		"a pause, the file is there": {"stop", 3 * time.Minute, []live.File{file(noon.Add(3 * time.Minute))}, paused,
			"`friday.mp4`, 2027-03-09 11:50:00 UTC to 2027-03-09 12:00:00 UTC, 10 min", 0},
		"a pause, an old file": {"stop", 4 * time.Minute, []live.File{file(old)}, paused, "did not show it", 0},
		"a pause, resumed": {"stop", 3 * time.Minute, nil, live.Content{From: began, To: noon.Add(2 * time.Minute)},
			"went on", 0},
		"a finish, at once": {"finish", 20 * time.Second, nil, paused, "", 30 * time.Second},
		"a finish, there":   {"finish", 20 * time.Second, []live.File{file(noon)}, paused, "Its file: ", 0},
		"a cut, overdue":    {"restart", time.Minute, nil, paused, "did not show it", 2 * time.Minute}, // of what goes on
	} {
		f := newFake()
		f.files, f.contents[mainPath] = c.files, []live.Content{c.shows}
		got, err := followAt(t, f, c.word, c.later)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text := strings.ReplaceAll(got.Text.Plain(), "friday.mp4", "`friday.mp4`")
		if (c.text == "") != (text == "") || !strings.Contains(text, c.text) || strings.Contains(text, "canary") {
			t.Errorf("%s: says %q, want %q", name, text, c.text)
		}
		want := time.Time{}
		if c.again > 0 {
			want = noon.Add(c.again)
		}
		if !got.Again.Equal(want) {
			t.Errorf("%s: again at %s, want %s", name, got.Again, want)
		}
	}
}

func TestFollowingBlindly(t *testing.T) {
	f := newFake()
	f.fail["RecordFiles"] = errors.New("away")
	if _, err := followAt(t, f, "stop", time.Hour); err == nil {
		t.Error("a look that failed is no news")
	}
	if got, err := followAt(t, f, "stop", 25*time.Hour); err != nil ||
		!strings.Contains(got.Text.Plain(), "could not be looked for") {
		t.Errorf("%+v, %v", got, err)
	}
}

// What the card of a recording that goes on claims ends with what other hands do, or with its stream; it is said once
// that is certain, and not of what the bot itself did.
func TestAnEndedRecordingIsSaid(t *testing.T) {
	to := func(from, to time.Duration) live.Content {
		c := live.Content{From: noon.Add(from), To: noon.Add(to)}
		if to == 0 {
			c.To = time.Time{}
		}
		return c
	}
	for name, c := range map[string]struct {
		word  string
		later time.Duration
		own   op.Standing
		shows live.Content
		fail  error
		told  bool // its file was told
		over  bool
		again time.Duration // from that look; 0: never
	}{
		"it goes on": {"start", 20 * time.Minute, op.Standing{}, to(time.Second, 20*time.Minute-time.Second), nil, false,
			false, time.Minute},
		"it goes on without an end": {"start", 3 * time.Hour, op.Standing{}, to(time.Second, 0), nil, false, false,
			3 * time.Minute},
		"it goes on for days": {"start", 50 * time.Hour, op.Standing{}, to(time.Second, 0), nil, false, false,
			10 * time.Minute},
		"it has ended": {"start", 20 * time.Minute, op.Standing{}, to(time.Second, 15*time.Minute), nil, false, true, 0},
		"it may have ended": {"start", 20 * time.Minute, op.Standing{}, to(time.Second, 18*time.Minute), nil, false, false,
			time.Minute},
		"paused through the bot": {"start", 20 * time.Minute, op.Standing{Op: "op2", Since: noon.Add(15 * time.Minute)},
			to(time.Second, 15*time.Minute), nil, false, false, 0},
		"nothing of it is listed": {"start", 20 * time.Minute, op.Standing{}, to(-time.Hour, -50*time.Minute), nil, false,
			false, time.Minute},
		"nobody could look": {"start", 20 * time.Minute, op.Standing{}, live.Content{}, errors.New("away"), false, false,
			time.Minute},
		"after a month": {"start", followFor, op.Standing{}, to(time.Second, 0), nil, false, false, 0},
		"a cut, and it ends": {"restart", 20 * time.Minute, op.Standing{}, to(time.Second, 15*time.Minute), nil, true, true,
			0},
		"a cut, and it goes on": {"restart", 20 * time.Minute, op.Standing{}, to(time.Second, 0), nil, true, false,
			time.Minute},
	} {
		f := newFake()
		f.contents[mainPath], f.fail["RecordContent"] = []live.Content{c.shows}, c.fail
		if c.own.Op == "" {
			c.own = op.Standing{Op: "op1", Holds: true, Since: noon}
		}
		d := &fakeRecords{stands: map[op.Condition]op.Standing{op.IsRecorded: c.own}}
		now := noon.Add(c.later)
		command, _ := Table(f, d, func() time.Time { return now }).Find("record " + c.word + " {stream}")
		a := op.Attempt{Sent: noon, Outcome: op.Outcome{State: op.Succeeded}, Plan: op.Plan{Args: op.Args{"stream": mainPath},
			Seen: baseline.Baseline{baseline.EndedAt: noon.Add(-50 * time.Minute)}.Seen()}}
		if c.told {
			a.Outcome.After = op.L("Its file: ", op.V("f1"))
		}
		got, err := command.Follow(t.Context(), a)
		want := time.Time{}
		if c.again > 0 {
			want = now.Add(c.again)
		}
		over := got.Over.Plain()
		if err != nil || c.over != strings.HasPrefix(over, "Ended: ApsaraVideo Live lists") || !got.Again.Equal(want) {
			t.Errorf("%s: %q, again %s, want %s; %v", name, over, got.Again, want, err)
		}
		if kept := d.stands[op.IsRecorded].Later; (kept.Cause == op.SeenEnded) != c.over {
			t.Errorf("%s: %+v is kept", name, kept)
		}
	}
}

// TestTheFileOfAnotherPause: a pause looks at no files before its call, so a file made just before it must not count as
// its own.
func TestTheFileOfAnotherPause(t *testing.T) {
	f := newFake()
	f.contents[mainPath] = []live.Content{{From: noon.Add(-10 * time.Minute), To: noon}}
	f.files = []live.File{{ID: "f0", From: noon.Add(-20 * time.Minute), To: noon.Add(-10 * time.Minute),
		Created: noon.Add(-time.Minute), Duration: time.Minute}}
	seen := baseline.Baseline{baseline.LookedAt: noon.Add(-time.Second), baseline.BeganAt: noon.Add(-10 * time.Minute),
		baseline.EndedAt: noon.Add(-2 * time.Second)}.Seen()
	seen[tally.DelaySeen] = "3m0s"
	c, _ := Table(f, &fakeRecords{}, func() time.Time { return noon.Add(time.Minute) }).Find("record stop {stream}")
	a := op.Attempt{Plan: op.Plan{Args: op.Args{"stream": mainPath}, Seen: seen}, Sent: noon,
		Outcome: op.Outcome{State: op.Succeeded}}
	got, err := c.Follow(t.Context(), a)
	if err != nil || len(got.Text) > 0 {
		t.Errorf("the file of the recording before: %q, %v", got.Text.Plain(), err)
	}
	f.files[0].From, f.files[0].To = noon.Add(-10*time.Minute), noon
	if got, _ = c.Follow(t.Context(), a); !strings.Contains(got.Text.Plain(), "Its file: ") {
		t.Errorf("its own file: %q", got.Text.Plain())
	}
}
