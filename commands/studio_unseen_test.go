package commands

import (
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// TestStandbyOfWhatCannotBeLookedAt goes by what was seen of the studio last, by this process or before an operation,
// and says so; where nothing is known it is refused.
func TestStandbyOfWhatCannotBeLookedAt(t *testing.T) {
	down := &live.Error{Class: live.Unknown, Code: "InternalError", Status: 500}
	gone, unlisted := &live.Error{Class: live.NotFound}, map[string]error{"Casters": down, "Caster": down}
	taken := op.Operation{Created: noon.Add(-20 * time.Minute), Plan: op.Plan{
		Target: op.Target{Kind: "caster", ID: newsID, Name: "Evening News"},
		Seen:   map[string]string{programSeen: "s-main"}}}
	recalled := taken // it could not look, and went by the one before
	recalled.Created = noon.Add(-5 * time.Minute)
	recalled.Plan.Seen = baseline.Baseline{baseline.LookedAt: taken.Created}.Seen()
	recalled.Plan.Seen[programSeen] = "s-main"
	restarted := taken
	restarted.Plan.Seen = nil
	other := taken
	other.Plan.Target = op.Target{Kind: "caster", ID: "c9", Name: "evening news"}
	hidden := taken
	hidden.Plan.Target.Name = "Morning News"
	for name, c := range map[string]struct {
		looked bool // before
		list   []op.Operation
		fails  map[string]error
		typed  string
		says   string
		done   bool
	}{
		"seen":                    {true, nil, unlisted, "Evening News", "11:50:00", true},
		"seen, by its id":         {true, nil, unlisted, newsID, "11:50:00", true},
		"its scenes":              {true, nil, map[string]error{"Scenes": down}, "Evening News", "11:50:00", true},
		"by an operation":         {false, []op.Operation{restarted, taken}, unlisted, "evening news", "11:40:00", true},
		"by one that recalled it": {false, []op.Operation{recalled, taken}, unlisted, "Evening News", "11:40:00", true},
		"of no picture":           {false, []op.Operation{restarted}, unlisted, "Evening News", "could not look at", false},
		"another channel's":       {false, []op.Operation{hidden}, unlisted, "Morning News", "could not look at", false},
		"of two":                  {true, []op.Operation{other}, unlisted, "EVENING NEWS", "c9", false},
		"nothing is known":        {false, nil, unlisted, "Evening News", "could not look at", false},
		"it is not there":         {true, nil, map[string]error{"Scenes": gone}, "Evening News", "could not look at", false},
		"it is not, by list":      {true, nil, nil, "Evening Talk", "Evening Talk", false},
	} {
		f, now := pictured(), noon.Add(-10*time.Minute)
		command, _ := Table(f, &fakeRecords{list: c.list}, func() time.Time { return now }).Find(standbyUsage)
		if c.looked {
			if _, err := command.Plan(t.Context(), call("caster", "Evening News")); err != nil {
				t.Fatal(err)
			}
		}
		now = noon
		for method, err := range c.fails {
			f.fail[method] = err
		}
		p, err := command.Plan(t.Context(), call("caster", c.typed))
		if !c.done {
			wantHas(t, words(refused(t, err).Answer), c.says)
			continue
		}
		if err != nil || p.Target != taken.Plan.Target || p.Seen[programSeen] != "s-main" || !p.OnAir {
			t.Errorf("%s: %+v, %v", name, p, err)
			continue
		}
		wantHas(t, facts(p), "could not be looked at: ApsaraVideo Live has an internal error", c.says)
		f.fail["Caster"], f.fail["Scenes"] = down, nil
		again, err := command.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening(), Confirmed: &p})
		if err != nil || again.Fingerprint != p.Fingerprint {
			t.Errorf("%s: before the call %+v, %v", name, again, err)
		}
		wantHas(t, done(t, command, again).Text.Plain(), "could not be looked at before", c.says)
	}
}

// TestAMisspeltNameOfWhatCannotBeLookedAt: the studios of the channel of which enough is known are offered.
func TestAMisspeltNameOfWhatCannotBeLookedAt(t *testing.T) {
	f := pictured()
	world := Table(f, &fakeRecords{}, func() time.Time { return noon })
	command, _ := world.Find(standbyUsage)
	list, _ := world.Find("caster list {text?}")
	down := &live.Error{Class: live.Unknown, Code: "InternalError", Status: 500}
	f.fail["Casters"] = down
	_, err := command.Plan(t.Context(), call("caster", "Evening New"))
	if r := refused(t, err); len(r.Answer.Items) > 0 {
		t.Errorf("nothing is known: %+v", r.Answer.Items)
	}
	delete(f.fail, "Casters")
	if _, err := list.Read(t.Context(), call()); err != nil {
		t.Fatal(err)
	}
	f.fail["Casters"], f.fail["Caster"], f.fail["Scenes"] = down, down, down
	_, err = command.Plan(t.Context(), call("caster", "Evening New"))
	r := refused(t, err)
	wantHas(t, words(r.Answer), "could not look at the studios", "The nearest names that are known from before:",
		"Evening News")
	if len(r.Answer.Items) != 1 || r.Answer.Items[0].Next[0].Text != "caster standby "+newsID ||
		r.Answer.Next[0].Text != `caster standby "Evening New"` {
		t.Errorf("%+v", r.Answer)
	}
}

// TestWhatTheBotDidIsSaidBesideALookThatFailed: the slate, a studio that was put on air and a recording do not depend
// on a look.
func TestWhatTheBotDidIsSaidBesideALookThatFailed(t *testing.T) {
	up := op.Standing{Holds: true, Since: noon.Add(-time.Hour / 2), By: "U0ANA"}
	d := &fakeRecords{stands: map[op.Condition]op.Standing{
		op.StandbyShown: up, op.IsOnAir: up, op.IsRecorded: up}}
	f, down := pictured(), &live.Error{Class: live.Unknown, Code: "InternalError", Status: 500}
	world := Table(f, d, func() time.Time { return noon })
	read := func(usage string, args ...string) string {
		t.Helper()
		c, _ := world.Find(usage)
		got, err := c.Read(t.Context(), call(args...))
		if err != nil {
			got = refused(t, err).Answer
		}
		return words(got)
	}
	const slate, recorded = "STANDBY up since 2027-03-09 11:30:00 UTC by @U0ANA, unless changed elsewhere",
		"recording started 2027-03-09 11:30:00 UTC by @U0ANA"
	read("caster show {caster}", "caster", newsID)
	f.fail["Scenes"] = down
	wantHas(t, read("caster show {caster}", "caster", newsID), "could not look at the scenes of Evening News", slate,
		"on air since 2027-03-09 11:00:00 UTC")
	f.fail["Casters"], f.fail["Caster"] = down, down
	for _, said := range []string{read("caster list {text?}"), read("caster list {text?}", "text", "news"),
		read("caster show {caster}", "caster", "evening news"), read("caster show {caster}", "caster", newsID)} {
		wantHas(t, said, "could not look at the studios", "Evening News", slate,
			"put on air 2027-03-09 11:30:00 UTC by @U0ANA", "could not be looked at\n")
	}
	for _, said := range []string{
		read("caster list {text?}", "text", "sports"), read("caster show {caster}", "caster", "No")} {
		wantNot(t, said, "STANDBY")
	}
	f.fail["RecordContent"] = down
	wantHas(t, read(statusUsage), "could not be looked at: ApsaraVideo Live has an internal error", recorded)
	wantHas(t, read(statusUsage, "stream", "main"), "could not look at main", "could not be looked at\n", recorded)
	f.fail["OnlineStreams"] = down
	wantHas(t, read(statusUsage), "could not look at the streams", recorded)
}

// TestStudiosOfAnEmergencyAreKnown: those on air are looked at before there is an emergency, each once, and only those
// that it may be about.
func TestStudiosOfAnEmergencyAreKnown(t *testing.T) {
	f, looks := pictured(), map[string]int{}
	f.enter = func(method string) { looks[method]++ }
	m := Remember(f, func() time.Time { return noon })
	m.Acquaint(t.Context(), func(live.Caster) bool { return false })
	f.fail["Scenes"] = &live.Error{Class: live.Unknown}
	m.Acquaint(t.Context(), func(c live.Caster) bool { return c.ID == newsID })
	delete(f.fail, "Scenes")
	for range 2 {
		m.Acquaint(t.Context(), func(c live.Caster) bool { return c.ID == newsID || c.ID == sportsID })
	}
	if looks["Scenes"] != 2 {
		t.Errorf("%v, want one look that fails and one that does not", looks)
	}
	f.fail["Casters"], f.fail["Scenes"] = &live.Error{Class: live.Unknown}, &live.Error{Class: live.Unknown}
	c, _ := Table(m, &fakeRecords{}, func() time.Time { return noon }).Find(standbyUsage)
	if p, err := c.Plan(t.Context(), call("caster", "Evening News")); err != nil || p.Seen[programSeen] != "s-main" {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestASlowLookIsNoLook: an emergency waits a few seconds for a look, then it goes by what is known.
func TestASlowLookIsNoLook(t *testing.T) {
	slow := slowCloud{pictured(), map[string]bool{}}
	c, _ := Table(slow, &fakeRecords{}, func() time.Time { return noon }).Find(standbyUsage)
	if _, err := c.Plan(t.Context(), call("caster", newsID)); err != nil {
		t.Fatal(err)
	}
	slow.hangs["Caster"], slow.fail["Casters"] = true, &live.Error{Class: live.Unknown}
	if p, err := c.Plan(t.Context(), call("caster", newsID)); err != nil || p.Seen[programSeen] != "s-main" {
		t.Errorf("%+v, %v", p, err)
	}
}
