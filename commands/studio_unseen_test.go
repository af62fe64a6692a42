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
