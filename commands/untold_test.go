package commands

import (
	"slices"
	"testing"
	"time"

	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// untold is a world whose studio on air has a scene that the API does not say to be PREVIEW or PROGRAM, and that has a
// studio of which it is not told whether it is on air.
func untold() *fakeCloud {
	f := newFake()
	f.scenes[newsID] = append(f.scenes[newsID], live.Scene{ID: "s-odd", Name: "Odd", Open: true, Untold: true})
	f.casters[0].Untold = true
	f.setups[sportsID] = live.CasterConfig{Domain: "d", Standby: true}
	f.scenes[sportsID] = append(f.scenes[sportsID], live.Scene{ID: "t-main", Name: "Main", Program: true, Open: true})
	return f
}

// What is not told about a scene is not offered, and the others stay as they are.
func TestSceneThatIsNotTold(t *testing.T) {
	f := untold()
	for _, usage := range []string{sceneStartUsage, sceneStopUsage, takeUsage} {
		_, err := find(t, f, usage).Plan(t.Context(), call("caster", newsID, "scene", "Odd"))
		r := refused(t, err)
		wantHas(t, words(r.Answer), "does not say how Evening News / Odd stands", "Preview 1\n", "Preview 2\n")
		wantNot(t, words(r.Answer), "s-odd")
	}
	got, err := find(t, f, "caster show {caster}").Read(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got.Items, func(item op.Item) bool { return item.Title.Plain() == "Odd" })
	if i < 0 || got.Items[i].Mark != op.MarkUnknown || len(got.Items[i].Next) > 0 {
		t.Errorf("%+v", got.Items)
	}
	wantHas(t, words(got), "PREVIEW or PROGRAM, open or closed: not told", "Preview 1\n  PREVIEW · open\n")
	got, _ = find(t, f, "caster list {text?}").Read(t.Context(), call())
	wantHas(t, words(got), "🟢 PREVIEW Preview 1\n")
	world := Table(f, &fakeRecords{}, func() time.Time { return noon })
	scenes, err := kindOf(t, world, "scene").Options(t.Context(), call("caster", newsID))
	if err != nil || len(scenes) != 2 {
		t.Errorf("offered: %+v, %v", scenes, err)
	}
	if _, err := find(t, f, takeUsage).Plan(t.Context(), call("caster", newsID, "scene", "s-p1")); err != nil {
		t.Errorf("the others: %v", err)
	}
	f.scenes[newsID] = []live.Scene{{ID: "s-odd", Name: "Odd", Untold: true}, {ID: "s-p1", Name: "Preview 1", Open: true}}
	_, err = find(t, f, takeUsage).Plan(t.Context(), call("caster", newsID, "scene", "s-p1"))
	wantHas(t, words(refused(t, err).Answer), "does not say which scene of Evening News is PROGRAM")
}

// Whatever needs to know whether viewers have a studio is refused when that is not told, but for the standby picture.
func TestStudioThatIsNotTold(t *testing.T) {
	f := untold()
	for _, usage := range []string{startUsage, stopUsage, restartUsage, sceneStartUsage, takeUsage} {
		_, err := find(t, f, usage).Plan(t.Context(), call("caster", sportsID, "scene", "t-p1"))
		wantHas(t, words(refused(t, err).Answer), "does not say whether Evening Sports is on air")
	}
	if _, err := find(t, f, standbyUsage).Plan(t.Context(), call("caster", sportsID)); err != nil {
		t.Errorf("standby: %v", err)
	}
	got, err := find(t, f, "caster list {text?}").Read(t.Context(), call())
	if err != nil || len(got.Items) != 2 || got.Items[1].Mark != op.MarkUnknown {
		t.Fatalf("%+v, %v", got, err)
	}
	wantHas(t, words(got), "on air or idle, not told")
	got, _ = find(t, f, "caster show {caster}").Read(t.Context(), call("caster", sportsID))
	wantNot(t, words(got), nextcmd.OnCaster("start", sportsID).Text, nextcmd.OnCaster("stop", sportsID).Text)
	for _, usage := range []string{startUsage, stopUsage} {
		seen, err := find(t, f, usage).Verify(t.Context(), op.Attempt{Plan: op.Plan{Args: op.Args{"caster": sportsID}}})
		if err != nil || seen.Happened {
			t.Errorf("%s: %+v, %v", usage, seen, err)
		}
	}
	for _, usage := range []string{sceneStartUsage, sceneStopUsage} {
		seen, err := find(t, f, usage).Verify(t.Context(),
			op.Attempt{Plan: op.Plan{Args: op.Args{"caster": newsID, "scene": "s-odd"}}})
		if err != nil || seen.Happened {
			t.Errorf("%s: %+v, %v", usage, seen, err)
		}
	}
}

// A standby picture does not end with the cloud not telling whether its studio is on air: wherever the studio is shown.
func TestStandbyOfAStudioThatIsNotTold(t *testing.T) {
	up := op.Standing{Holds: true, Since: noon.Add(-time.Hour), By: "U0ANA"}
	d := &fakeRecords{stands: map[op.Condition]op.Standing{op.StandbyShown: up}}
	world := Table(untold(), d, func() time.Time { return noon })
	const says = "STANDBY up since 2027-03-09 11:00:00 UTC by @U0ANA, unless changed elsewhere"
	for usage, args := range map[string][]string{
		"caster list {text?}": {"text", "sports"}, "caster show {caster}": {"caster", sportsID},
	} {
		c, _ := world.Find(usage)
		got, err := c.Read(t.Context(), call(args...))
		if err != nil {
			t.Fatal(err)
		}
		wantHas(t, words(got), says)
	}
	known := kindOf(t, world, "caster").Known(t.Context())
	for mark, want := range map[op.Mark]int{op.MarkUnknown: 1, op.MarkProgram: 1, op.MarkIdle: 0} {
		if got := known(op.Option{Value: sportsID, Mark: mark}); len(got) != want {
			t.Errorf("%q: %v", mark, got)
		}
	}
}

// What is not told at the last look, of the studio or of its scenes, is nothing that is seen to be impossible.
func TestStandbyWhereItIsNotTold(t *testing.T) {
	for name, change := range map[string]func(*fakeCloud){
		"as when it was asked":   func(*fakeCloud) {},
		"which scene is PROGRAM": func(f *fakeCloud) { f.scenes[sportsID] = []live.Scene{{ID: "t-main", Untold: true}} },
		"whether it is there": func(f *fakeCloud) {
			f.casters, f.fail["Casters"] = f.casters[1:], &live.Error{Class: live.Unknown}
		},
		"any PROGRAM": func(f *fakeCloud) { f.scenes[sportsID] = f.scenes[sportsID][:1] },
	} {
		f := untold()
		c := find(t, f, standbyUsage)
		asked, err := c.Plan(t.Context(), call("caster", sportsID))
		if err != nil {
			t.Fatal(err)
		}
		change(f)
		now, err := c.Plan(t.Context(), op.Call{Args: asked.Args, Scope: evening(), Confirmed: &asked})
		if err != nil || now.Fingerprint != asked.Fingerprint || now.Seen[programSeen] != "t-main" {
			t.Errorf("%s: %+v, %v", name, now, err)
		}
	}
}

// A studio that is seen to be none of the channel's any more gets no slate from it, also when the list fails.
func TestStandbyOfAStudioOutOfScope(t *testing.T) {
	f := pictured()
	c := find(t, f, standbyUsage)
	asked, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	f.casters[1].Name, f.fail["Casters"] = "Morning News", &live.Error{Class: live.Unknown}
	if _, err = c.Plan(t.Context(), op.Call{Args: asked.Args, Scope: evening(), Confirmed: &asked}); err == nil {
		t.Error("it is sent")
	}
}

// TestStandbyWhosePROGRAMIsNotTold goes by the PROGRAM that was known from a look before, and says so; by no other than
// the last one.
func TestStandbyWhosePROGRAMIsNotTold(t *testing.T) {
	untoldNow := []live.Scene{{ID: "s-main", Untold: true}, {ID: "s-p1"}}
	for name, c := range map[string]struct {
		before, now []live.Scene
		says        string // of the plan; empty: it is refused
	}{
		"not told":             {pictured().scenes[newsID], untoldNow, "does not say which of its scenes is PROGRAM"},
		"none is listed":       {pictured().scenes[newsID], nil, "lists none of its scenes"},
		"never told":           {untoldNow, untoldNow, ""},
		"it had none at last":  {[]live.Scene{{ID: "s-p1"}}, untoldNow, ""},
		"it is not among them": {pictured().scenes[newsID], []live.Scene{{ID: "s-p1"}}, "lists no PROGRAM scene of it"},
	} {
		f, now := pictured(), noon.Add(-10*time.Minute)
		m := Remember(f, func() time.Time { return now })
		world := Table(m, &fakeRecords{}, func() time.Time { return now })
		command, _ := world.Find(standbyUsage)
		_, _ = m.Casters(t.Context())
		f.scenes[newsID] = c.before
		_, _ = m.Scenes(t.Context(), newsID)
		now, f.scenes[newsID] = noon, c.now
		_, _ = m.Scenes(t.Context(), newsID)
		p, err := command.Plan(t.Context(), call("caster", "Evening News"))
		if c.says == "" {
			wantHas(t, words(refused(t, err).Answer), "PROGRAM")
			continue
		}
		if err != nil || p.Seen[programSeen] != "s-main" {
			t.Errorf("%s: %+v, %v", name, p, err)
			continue
		}
		wantHas(t, facts(p), "⚠️ It could not be looked at: ApsaraVideo Live "+c.says, "11:50:00")
		again, err := command.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening(), Confirmed: &p})
		if err != nil || again.Fingerprint != p.Fingerprint || again.Seen[programSeen] != "s-main" {
			t.Errorf("%s: before the call %+v, %v", name, again, err)
		}
	}
}

func kindOf(t *testing.T, world op.Table, name string) op.Kind {
	t.Helper()
	i := slices.IndexFunc(world.Kinds, func(k op.Kind) bool { return k.Name == name })
	if i < 0 {
		t.Fatalf("no kind %s", name)
	}
	return world.Kinds[i]
}

// TestStandbyOfAStudioThatWasJustStarted: for a minute lists may show it as it was before its start or restart.
func TestStandbyOfAStudioThatWasJustStarted(t *testing.T) {
	started := func(ago time.Duration) op.Standing {
		return op.Standing{Holds: true, Since: noon.Add(-ago), By: "U0ANA"}
	}
	over := started(10 * time.Second)
	over.Later = op.Seen{Cause: op.SeenIdle}
	for name, c := range map[string]struct {
		own  op.Standing
		goes bool
	}{
		"started":               {started(10 * time.Second), true},
		"restarts now":          {op.Standing{Perhaps: noon.Add(-2 * time.Second)}, true},
		"started long ago":      {started(2 * time.Minute), false},
		"stopped since":         {op.Standing{Since: noon.Add(-10 * time.Second)}, false},
		"seen off air since":    {over, false},
		"not by casterbot":      {op.Standing{}, false},
		"restart of an unknown": {op.Standing{Perhaps: noon.Add(-2 * time.Minute)}, false},
	} {
		f := pictured()
		command, _ := Table(f, &fakeRecords{stands: map[op.Condition]op.Standing{op.IsOnAir: c.own}},
			func() time.Time { return noon }).Find(standbyUsage)
		f.casters[1].OnAir = false
		p, err := command.Plan(t.Context(), call("caster", "Evening News"))
		if !c.goes {
			wantHas(t, words(refused(t, err).Answer), "Evening News is idle")
			continue
		}
		if err != nil || p.Seen[programSeen] != "s-main" {
			t.Errorf("%s: %+v, %v", name, p, err)
			continue
		}
		wantHas(t, facts(p), "It is listed as idle still", "on air or idle, not told · PROGRAM scene Main")
		wantNot(t, facts(p), "ON AIR")
		if _, err := command.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening(), Confirmed: &p}); err != nil {
			t.Errorf("%s: before the call %v", name, err)
		}
	}
}

// TestASlateGoesByNoStartThatMayBeListedLate: the start that the list gives later is none that ended the slate.
func TestASlateGoesByNoStartThatMayBeListedLate(t *testing.T) {
	for name, c := range map[string]struct {
		own   op.Standing
		onAir bool
		known bool
	}{
		"restarted just now":   {op.Standing{Holds: true, Since: noon.Add(-10 * time.Second)}, true, false},
		"perhaps restarted":    {op.Standing{Perhaps: noon.Add(-10 * time.Second)}, true, false},
		"listed as idle still": {op.Standing{Holds: true, Since: noon.Add(-10 * time.Second)}, false, false},
		"started long ago":     {op.Standing{Holds: true, Since: noon.Add(-2 * time.Minute)}, true, true},
	} {
		f := pictured()
		command, _ := Table(f, &fakeRecords{stands: map[op.Condition]op.Standing{op.IsOnAir: c.own}},
			func() time.Time { return noon }).Find(standbyUsage)
		f.casters[1].OnAir = c.onAir
		p, err := command.Plan(t.Context(), call("caster", "Evening News"))
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := command.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening(), Confirmed: &p})
		if err != nil || (p.Seen[tally.StartSeen] != "") != c.known || (again.Seen[tally.StartSeen] != "") != c.known {
			t.Errorf("%s: %v, then %v, %v", name, p.Seen, again.Seen, err)
		}
	}
}

// TestAStudioOnAirWhosePROGRAMIsNotTold: wherever it is shown that is said, and the slate is offered.
func TestAStudioOnAirWhosePROGRAMIsNotTold(t *testing.T) {
	for says, scenes := range map[string][]live.Scene{
		"does not say which of its scenes is PROGRAM": {{ID: "s-main", Untold: true}},
		"lists none of its scenes":                    nil,
		"lists no PROGRAM scene of it":                {{ID: "s-p1", Name: "Preview 1", Open: true}},
	} {
		f := pictured()
		f.scenes[newsID] = scenes
		got, err := find(t, f, "caster show {caster}").Read(t.Context(), call("caster", newsID))
		if err != nil {
			t.Fatal(err)
		}
		wantHas(t, words(got), "⚠️ ApsaraVideo Live "+says, "[Standby…] caster standby "+newsID)
		got, err = find(t, f, "caster list {text?}").Read(t.Context(), call())
		if err != nil {
			t.Fatal(err)
		}
		wantHas(t, words(got), "⚠️ ApsaraVideo Live "+says)
	}
}

// TestASlateThatIsNotTold: that settings do not say whether there is one is no reason to refuse it.
func TestASlateThatIsNotTold(t *testing.T) {
	f := pictured()
	f.setups[newsID] = live.CasterConfig{Domain: "d", StandbyUntold: true}
	f.setups[sportsID] = f.setups[newsID]
	const says = "ApsaraVideo Live does not say whether a standby slate is configured."
	p, err := find(t, f, standbyUsage).Plan(t.Context(), call("caster", newsID))
	if err != nil || p.Seen[programSeen] != "s-main" {
		t.Fatalf("%+v, %v", p, err)
	}
	wantHas(t, facts(p), says)
	if p, err = find(t, f, startUsage).Plan(t.Context(), call("caster", sportsID)); err != nil {
		t.Fatal(err)
	}
	wantHas(t, facts(p), says)
	got, err := find(t, f, "caster show {caster}").Read(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), "standby slate: not told")
}
