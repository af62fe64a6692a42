package commands

import (
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// slate is a slate that was put up at noon, some time ago, and the follower of its card.
func slate(t *testing.T, f *fakeCloud, later time.Duration) (*fakeRecords, func() (op.Followup, error)) {
	t.Helper()
	d := &fakeRecords{stands: map[op.Condition]op.Standing{}}
	c, ok := Table(f, d, func() time.Time { return noon.Add(later) }).Find(standbyUsage)
	if !ok || c.Follow == nil {
		t.Fatal("a slate is not followed")
	}
	p, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	d.stands[op.StandbyShown] = op.Standing{Op: "op1", Holds: true, Since: noon, By: "U0ANA", Seen: p.Seen}
	return d, func() (op.Followup, error) { return c.Follow(t.Context(), op.Attempt{Plan: p, Sent: noon}) }
}

// A slate's card is followed for as long as the slate stands by what the bot did; what a look shows against that ends
// it, and is kept for all who do not look.
func TestASlateIsFollowed(t *testing.T) {
	for name, c := range map[string]struct {
		later  time.Duration
		change func(*fakeCloud, *fakeRecords)
		over   string // of the card; empty: it stands
		cause  op.Cause
		again  bool
	}{
		"it stands": {time.Hour, func(*fakeCloud, *fakeRecords) {}, "", "", true},
		"the studio was started anew": {time.Hour, func(f *fakeCloud, _ *fakeRecords) {
			f.casters[1].Started = f.casters[1].Started.Add(time.Minute)
		}, "the studio was started anew at ", op.SeenStarted, false},
		"the studio is off air": {time.Hour, func(f *fakeCloud, _ *fakeRecords) { f.casters[1].OnAir = false },
			"the studio was off air at ", op.SeenIdle, false},
		"the studio is gone": {time.Hour, func(f *fakeCloud, _ *fakeRecords) { f.casters = f.casters[:1] },
			"the studio was off air at ", op.SeenIdle, false},
		"PROGRAM has another picture": {time.Hour, func(f *fakeCloud, _ *fakeRecords) { program(f).Layout = "l9" },
			"PROGRAM had another picture, not through casterbot", op.SeenChanged, false},
		"seen by another": {time.Hour, func(_ *fakeCloud, d *fakeRecords) {
			_ = d.Saw(t.Context(), op.Target{}, op.StandbyShown, op.Seen{Op: "op1", At: noon, Cause: op.SeenIdle})
		}, "the studio was off air at ", op.SeenIdle, false},
		"listed late": {10 * time.Second, func(f *fakeCloud, _ *fakeRecords) { program(f).Layout = "l9" }, "", "", true},
		"taken through the bot": {time.Hour, func(f *fakeCloud, d *fakeRecords) {
			f.casters[1].OnAir = false
			d.stands[op.StandbyShown] = op.Standing{Op: "op2", Since: noon.Add(time.Minute)}
		}, "", "", false},
		"put up anew": {time.Hour, func(_ *fakeCloud, d *fakeRecords) {
			d.stands[op.StandbyShown] = op.Standing{Op: "op2", Holds: true, Since: noon.Add(time.Minute)}
		}, "", "", true},
		"put up anew, then off air": {time.Hour, func(f *fakeCloud, d *fakeRecords) {
			f.casters[1].OnAir = false
			d.stands[op.StandbyShown] = op.Standing{Op: "op2", Holds: true, Since: noon.Add(time.Minute)}
		}, "the studio was off air at ", op.SeenIdle, false},
		"put up anew, after a month": {followFor, func(_ *fakeCloud, d *fakeRecords) {
			d.stands[op.StandbyShown] = op.Standing{Op: "op2", Holds: true, Since: noon.Add(time.Minute)}
		}, "", "", false},
	} {
		f := pictured()
		d, follow := slate(t, f, c.later)
		c.change(f, d)
		got, err := follow()
		if err != nil || (c.over == "") != (len(got.Over) == 0) || !strings.Contains(got.Over.Plain(), c.over) ||
			got.Again.IsZero() == c.again {
			t.Errorf("%s: %q, again %s, %v", name, got.Over.Plain(), got.Again, err)
		}
		if cause := d.stands[op.StandbyShown].Later.Cause; cause != c.cause {
			t.Errorf("%s: %q is kept, want %q", name, cause, c.cause)
		}
	}
}

// The way back of a slate or a take names a PREVIEW only as long as that holds the picture that was on air then.
func TestTheWayBackIsFollowed(t *testing.T) {
	for _, usage := range []string{standbyUsage, takeUsage} {
		f := pictured()
		d := &fakeRecords{stands: map[op.Condition]op.Standing{}}
		c, _ := Table(f, d, func() time.Time { return noon.Add(time.Hour) }).Find(usage)
		p, err := c.Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
		if err != nil || p.Seen[formerSeen] != "s-p1" {
			t.Fatal(p.Seen, err)
		}
		if usage == takeUsage {
			*program(f) = live.Scene{ID: "s-main", Program: true, Open: true, Layout: "l2", Components: []string{"a", "b"}}
		}
		a := op.Attempt{Plan: p, Sent: noon, Outcome: op.Outcome{State: op.Succeeded, Next: c.Then(p)}}
		for x := range map[op.Condition]bool{op.StandbyShown: true, op.PictureTaken: true} {
			d.stands[x] = op.Standing{Op: "op1", Holds: true, Since: noon, Seen: p.Seen}
		}
		if got, err := c.Follow(t.Context(), a); err != nil || got.Next != nil || got.Again.IsZero() {
			t.Errorf("%s: as it was: %+v, %v", usage, got, err)
		}
		scene(f, 1).Layout = "l7"
		got, err := c.Follow(t.Context(), a)
		if err != nil || len(got.Next) != 2 || got.Again.IsZero() || len(got.Text)+len(got.Over) > 0 ||
			!slices.ContainsFunc(got.Next, func(n op.Next) bool { return n.Text == "caster take "+newsID }) {
			t.Errorf("%s: another picture: %+v, %v", usage, got, err)
		}
		a.Outcome.Next = got.Next
		if got, err := c.Follow(t.Context(), a); err != nil || got.Next != nil {
			t.Errorf("%s: said once: %+v, %v", usage, got, err)
		}
	}
}

// program is the PROGRAM scene of the studio on air.
func program(f *fakeCloud) *live.Scene {
	for i := range f.scenes[newsID] {
		if f.scenes[newsID][i].Program {
			return scene(f, i)
		}
	}
	return nil
}

// A look that fails shows nothing, and is made again.
func TestASlateIsFollowedBlindly(t *testing.T) {
	for _, look := range []string{"Caster", "Scenes"} {
		f := pictured()
		d, follow := slate(t, f, time.Hour)
		f.fail[look] = &live.Error{Class: live.Unknown}
		program(f).Layout, f.casters[1].OnAir = "l9", look == "Scenes"
		got, err := follow()
		if err != nil || got.Again.IsZero() || len(got.Over) > 0 || d.stands[op.StandbyShown].Later.Ends() {
			t.Errorf("%s: %+v, %v", look, got, err)
		}
	}
}

// Whatever shows the file of a pause, its card's look or a status, is kept for the boards and lists that do not look at
// files.
func TestTheFileOfAPauseIsKept(t *testing.T) {
	seen := baseline.Baseline{baseline.LookedAt: noon.Add(-time.Second), baseline.BeganAt: noon.Add(-10 * time.Minute),
		baseline.EndedAt: noon.Add(-2 * time.Second), baseline.FileAt: noon.Add(-time.Hour)}.Seen()
	seen[tally.DelaySeen] = "3m0s"
	file := live.File{ID: "f1", From: noon.Add(-10 * time.Minute), To: noon, Created: noon.Add(3 * time.Minute)}
	for name, look := range map[string]func(op.Table) error{
		"its card": func(all op.Table) error {
			c, _ := all.Find("record stop {stream}")
			_, err := c.Follow(t.Context(),
				op.Attempt{Plan: op.Plan{Args: op.Args{"stream": mainPath}, Seen: seen}, Sent: noon})
			return err
		},
		"a status": func(all op.Table) error {
			c, _ := all.Find(statusUsage)
			_, err := c.Read(t.Context(), call("stream", "main"))
			return err
		},
	} {
		f := newFake()
		f.contents[mainPath] = []live.Content{{From: file.From, To: file.To}}
		paused := op.Standing{Op: "op1", Holds: true, Since: noon, By: "U0ANA", Seen: seen}
		d := &fakeRecords{stands: map[op.Condition]op.Standing{op.IsPaused: paused, op.IsRecorded: {Since: noon}}}
		all := Table(f, d, func() time.Time { return noon.Add(4 * time.Minute) })
		for _, files := range [][]live.File{{{ID: "f0", To: noon.Add(-time.Hour), Created: noon.Add(-time.Hour)}}, {file}} {
			f.files = files
			if err := look(all); err != nil {
				t.Fatal(err)
			}
			want := op.Seen{}
			if files[0].ID == file.ID {
				want = op.Seen{Op: "op1", At: noon.Add(4 * time.Minute), Cause: op.SeenWritten, From: file.From, To: file.To}
			}
			if got := d.stands[op.IsPaused].Later; got != want {
				t.Errorf("%s, with %s: %+v is kept", name, files[0].ID, got)
			}
		}
	}
}

// Every list of studios keeps what it shows against a slate, also of a studio that is idle and of one that nobody looks
// into.
func TestAListKeepsWhatItShows(t *testing.T) {
	for name, look := range map[string]func(op.Table) error{
		"a list": func(all op.Table) error {
			c, _ := all.Find("caster list {text?}")
			_, err := c.Read(t.Context(), call())
			return err
		},
		"a picker, or the Home tab": func(all op.Table) error {
			k, _ := all.Kind("caster")
			_, err := k.Options(t.Context(), call())
			return err
		},
	} {
		f := pictured()
		d, _ := slate(t, f, time.Hour)
		f.casters[1].OnAir = false
		if err := look(Table(f, d, func() time.Time { return noon.Add(time.Hour) })); err != nil {
			t.Fatal(err)
		}
		if got := d.stands[op.StandbyShown].Later; got.Cause != op.SeenIdle || got.Op != "op1" {
			t.Errorf("%s: %+v is kept", name, got)
		}
	}
}

// What a card claims ends with what other hands do, and is said so.
func TestWhatOtherHandsEndIsSaid(t *testing.T) {
	const (
		closed = "Ended: this PREVIEW was seen closed at "
		opened = "Ended: this PREVIEW was seen open at "
		idle   = "Ended: the studio was off air at "
		other  = "PROGRAM had another picture"
	)
	off := func(f *fakeCloud) { f.casters[1].OnAir = false }
	gone := func(f *fakeCloud) { f.casters, f.fail["Scenes"] = f.casters[:1], &live.Error{Class: live.NotFound} }
	blind := func(f *fakeCloud) {
		f.fail["Scenes"], f.fail["Caster"] = &live.Error{Class: live.Unknown}, &live.Error{Class: live.Unknown}
	}
	preview := func(open, untold bool) func(*fakeCloud) {
		return func(f *fakeCloud) {
			f.scenes[newsID] = []live.Scene{{ID: "s0", Program: true, Open: true}, {ID: "s1", Open: open, Untold: untold}}
		}
	}
	began := func(later time.Duration) func(*fakeCloud) {
		return func(f *fakeCloud) { f.casters[1].Started = noon.Add(later) }
	}
	shows := func(layout string) func(*fakeCloud) { return func(f *fakeCloud) { program(f).Layout = layout } }
	same := func(*fakeCloud) {}
	for name, c := range map[string]struct {
		usage  string
		later  time.Duration
		change func(*fakeCloud)
		over   string        // of the card; empty: it stands
		again  time.Duration // from that look; 0: never
	}{
		"on air":                 {startUsage, time.Hour, same, "", time.Minute},
		"off air":                {startUsage, time.Hour, off, idle, 0},
		"not listed yet":         {startUsage, 10 * time.Second, off, "", time.Minute},
		"its studio is gone":     {startUsage, time.Hour, gone, idle, 0},
		"nobody could look":      {startUsage, time.Hour, blind, "", time.Minute},
		"started anew":           {startUsage, time.Hour, began(30 * time.Minute), "the studio was started anew at ", 0},
		"by a clock ahead":       {startUsage, time.Hour, began(time.Minute), "", time.Minute},
		"restarted":              {restartUsage, time.Hour, same, "", time.Minute},
		"off after a restart":    {restartUsage, time.Hour, off, idle, 0},
		"anew after a restart":   {restartUsage, time.Hour, began(30 * time.Minute), "the studio was started anew at ", 0},
		"stopped":                {stopUsage, time.Hour, off, "", time.Minute},
		"stopped for long":       {stopUsage, 3 * time.Hour, off, "", 3 * time.Minute},
		"stopped for days":       {stopUsage, 50 * time.Hour, off, "", 10 * time.Minute},
		"on again":               {stopUsage, time.Hour, began(30 * time.Minute), "Ended: the studio has been on air again since ", 0},
		"on, since is not told":  {stopUsage, time.Hour, began(-time.Hour), "Ended: the studio was on air at ", 0},
		"on, listed late":        {stopUsage, 10 * time.Second, same, "", time.Minute},
		"stopped and removed":    {stopUsage, time.Hour, gone, "", time.Minute},
		"stopped, no look":       {stopUsage, time.Hour, blind, "", time.Minute},
		"stopped, after a month": {stopUsage, followFor, off, "", 0},
		"taken":                  {takeUsage, time.Hour, shows("l1"), "", time.Minute},
		"taken, another since":   {takeUsage, time.Hour, shows("l9"), other, 0},
		"taken, nothing seen":    {takeUsage, time.Hour, shows(""), "", time.Minute},
		"unchecked, another":     {takeUsage, time.Hour, shows("l9"), "", time.Minute},
		"unchecked, off air":     {takeUsage, time.Hour, off, idle, 0},
		"taken, listed late":     {takeUsage, 20 * time.Second, shows("l9"), "", time.Minute},
		"taken, anew on air": {takeUsage, time.Hour, func(f *fakeCloud) {
			shows("l1")(f)
			began(time.Minute)(f)
		}, "", time.Minute},
		"taken, off air":       {takeUsage, time.Hour, off, idle, 0},
		"taken, no look":       {takeUsage, time.Hour, blind, "", time.Minute},
		"taken, after a month": {takeUsage, followFor, shows("l1"), "", 0},

		"open":                    {sceneStartUsage, time.Hour, preview(true, false), "", time.Minute},
		"closed":                  {sceneStartUsage, time.Hour, preview(false, false), closed, 0},
		"listed late":             {sceneStartUsage, 10 * time.Second, preview(false, false), "", time.Minute},
		"not told":                {sceneStartUsage, time.Hour, preview(false, true), "", time.Minute},
		"with its studio":         {sceneStartUsage, time.Hour, gone, closed, 0},
		"nobody could look in it": {sceneStartUsage, time.Hour, blind, "", time.Minute},
		"after a month":           {sceneStartUsage, followFor, preview(true, false), "", 0},
		"closed here":             {sceneStopUsage, time.Hour, preview(false, false), "", time.Minute},
		"opened elsewhere":        {sceneStopUsage, time.Hour, preview(true, false), opened, 0},
		"opened, not told":        {sceneStopUsage, time.Hour, preview(true, true), "", time.Minute},
		"closed, and gone":        {sceneStopUsage, time.Hour, gone, "", 0},
		"closed, no look":         {sceneStopUsage, time.Hour, blind, "", time.Minute},
	} {
		p := op.Plan{Args: op.Args{"caster": newsID, "scene": "s1"}, Target: op.Target{Kind: "caster", ID: newsID},
			Seen: map[string]string{tally.TakenSeen: tally.Picture(live.Scene{Layout: "l1"})}}
		for _, forgotten := range []bool{false, true} { // of what was long ago
			f := pictured()
			f.casters[1].Started, program(f).Components = noon.Add(-time.Hour), nil
			began := op.Standing{Op: "op1", Holds: c.usage != stopUsage, Since: noon, Seen: p.Seen}
			d := &fakeRecords{stands: map[op.Condition]op.Standing{op.IsOnAir: began, op.PictureTaken: began}}
			if forgotten {
				d.stands = map[op.Condition]op.Standing{}
			}
			c.change(f)
			command, _ := Table(f, d, func() time.Time { return noon.Add(c.later) }).Find(c.usage)
			if command.Follow == nil {
				t.Fatalf("%s is not followed", c.usage)
			}
			checked := op.Outcome{Checked: !strings.HasPrefix(name, "unchecked")}
			got, err := command.Follow(t.Context(), op.Attempt{Plan: p, Sent: noon, Outcome: checked})
			want := time.Time{}
			if c.again > 0 {
				want = noon.Add(c.later + c.again)
			}
			if over := got.Over.Plain(); err != nil || (c.over == "") != (over == "") || !strings.Contains(over, c.over) ||
				!got.Again.Equal(want) {
				t.Errorf("%s (forgotten: %v): %q, again %s, want %s; %v", name, forgotten, over, got.Again, want, err)
			}
			kept := d.stands[op.IsOnAir].Later.Cause
			if about := command.Verb; (about == "caster.start" || about == "caster.stop") && !forgotten &&
				(kept != "") != (c.over != "") {
				t.Errorf("%s: %q is kept", name, kept)
			}
		}
	}
}
