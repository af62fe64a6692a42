package commands

import (
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func TestPlanStart(t *testing.T) {
	cases := []struct {
		name   string
		change func(*fakeCloud)
		says   []string
		silent []string
	}{
		{"ready", func(f *fakeCloud) {
			f.setups[sportsID] = live.CasterConfig{Domain: "d", Standby: true, Recorded: true, RecordOnDemand: 7}
		},
			[]string{"billing starts"}, []string{"standby", "recorded"}},
		{"records by itself, no standby", func(f *fakeCloud) {
			f.setups[sportsID] = live.CasterConfig{Domain: "d", Recorded: true}
		},
			[]string{"recorded automatically", "no standby slate"}, nil},
		{"settings unseen", func(f *fakeCloud) { f.fail["CasterConfig"] = &live.Error{Class: live.NotSent} },
			[]string{"billing starts", "could not be read"}, nil},
	}
	for _, c := range cases {
		f := newFake()
		c.change(f)
		p, err := find(t, f, startUsage).Plan(t.Context(), call("caster", "Evening Sports"))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if p.OnAir || p.Button != "Start studio" || p.Title.Plain() != "Start studio Evening Sports" ||
			p.Target.Key() != "caster/"+sportsID {
			t.Errorf("%s: %+v", c.name, p)
		}
		wantHas(t, facts(p), c.says...)
		wantNot(t, facts(p), c.silent...)
	}
}

func TestPlanStop(t *testing.T) {
	f := newFake()
	f.contents["live.example.com/caster/b5447c"] = []live.Content{{From: noon.Add(-time.Hour), To: noon}}
	c := find(t, f, stopUsage)
	p, err := c.Plan(t.Context(), call("caster", "Evening News"))
	if err != nil {
		t.Fatal(err)
	}
	if !p.OnAir || p.Button != "Stop on-air studio" || p.Title.Plain() != "Stop studio Evening News" {
		t.Errorf("%+v", p)
	}
	wantHas(t, facts(p), "ON AIR since 2027-03-09 11:00:00 UTC · PROGRAM scene Main",
		"b5447c: that recording may break off",
		"Viewers lose the programme at once.", "PREVIEW of Preview 1.")
	for name, change := range map[string]func(){
		"another start":   func() { f.casters[1].Started = noon },
		"another picture": func() { f.scenes[newsID][2].Layout = "other" },
	} {
		before, _ := c.Plan(t.Context(), call("caster", newsID))
		change()
		if now, _ := c.Plan(t.Context(), call("caster", newsID)); now.Fingerprint == before.Fingerprint {
			t.Errorf("%s was not noticed", name)
		}
	}
}

func TestPlanPowerRefuses(t *testing.T) {
	cases := []struct {
		usage, caster string
		already       bool
		says          []string
	}{
		{startUsage, newsID, true,
			[]string{"Evening News is on air already, since 2027-03-09 11:00:00 UTC. Nothing was changed.", "[Show studio]"}},
		{stopUsage, sportsID, true,
			[]string{"Evening Sports is already idle. Nothing was changed.", "[Start studio] caster start " + sportsID}},
		{startUsage, sportsID, false, []string{"has no streaming domain", "console", "[Show studio]"}},
		{startUsage, "Morning Show", false, []string{"There is no studio Morning Show in this channel"}},
		{stopUsage, "nobody", false, []string{"There is no studio nobody in this channel"}},
	}
	for _, c := range cases {
		f := newFake()
		_, err := find(t, f, c.usage).Plan(t.Context(), call("caster", c.caster))
		r := refused(t, err)
		wantHas(t, words(r.Answer), c.says...)
		if r.Already != c.already || len(f.calls) > 0 {
			t.Errorf("%s %s: already %v, calls %v", c.usage, c.caster, r.Already, f.calls)
		}
	}
}

func TestApplyPower(t *testing.T) {
	f := newFake()
	p := op.Plan{Args: op.Args{"caster": newsID}, Title: op.L("Do ", op.B("Evening News"))}
	o := done(t, find(t, f, startUsage), p)
	if o.State != op.Succeeded || o.Text.Plain() != "Evening News is on air. Billing has started." ||
		o.Next[0].Label != "Show studio" {
		t.Errorf("%+v", o)
	}
	o = done(t, find(t, f, stopUsage), p)
	if o.State != op.Succeeded || o.Text.Plain() != "Evening News is off air." || o.Next[1].Label != "Start studio" {
		t.Errorf("%+v", o)
	}
	f.fail["StartCaster"] = &live.Error{Class: live.Refused, Action: "StartCaster", Code: "IncorrectCasterStatus.Inuse"}
	if o = done(t, find(t, f, startUsage), p); !o.Already ||
		o.Text.Plain() != "Evening News was already on air. Nothing was changed." {
		t.Errorf("%+v %s", o, o.Text.Plain())
	}
	f.fail["StopCaster"] = &live.Error{Class: live.Refused, Action: "StopCaster", Code: "IncorrectCasterStatus.Idle"}
	if o = done(t, find(t, f, stopUsage), p); !o.Already ||
		o.Text.Plain() != "Evening News was already idle. Nothing was changed." {
		t.Errorf("%+v %s", o, o.Text.Plain())
	}
}

func TestVerifyPower(t *testing.T) {
	for _, c := range []struct {
		usage, caster string
		want          bool
	}{{startUsage, newsID, true}, {startUsage, sportsID, false}, {stopUsage, sportsID, true}, {stopUsage, newsID, false}} {
		seen, err := find(t, newFake(), c.usage).Verify(t.Context(),
			op.Attempt{Plan: op.Plan{Args: op.Args{"caster": c.caster}}, Sent: noon})
		if err != nil || seen.Happened != c.want {
			t.Errorf("%s %s: %+v, %v", c.usage, c.caster, seen, err)
		}
	}
	f := newFake()
	f.fail["Caster"] = &live.Error{Class: live.Unknown}
	if _, err := find(t, f, stopUsage).Verify(t.Context(),
		op.Attempt{Plan: op.Plan{Args: op.Args{"caster": newsID}}}); err == nil {
		t.Error("a look that failed is no evidence")
	}
}

// TestWaysOut: a refusal of the API has the button that mends it, where there is one.
func TestWaysOut(t *testing.T) {
	studio := op.Plan{Args: op.Args{"caster": newsID}, Title: op.L("Do ", op.B("it"))}
	stream := op.Plan{Args: op.Args{"stream": mainPath}, Title: op.L("Do ", op.B("it"))}
	for _, c := range []struct {
		usage, method string
		plan          op.Plan
		err           live.Error
		want          string
	}{
		{restartUsage, "RestartCaster", studio, live.Error{Class: live.Refused, Code: "IncorrectCasterStatus.Idle"},
			"Start it instead: caster start " + newsID},
		{restartUsage, "RestartCaster", studio, live.Error{Class: live.Refused, Code: "InvalidCaster.NotFound"},
			"Show studios: caster list"},
		{restartUsage, "RestartCaster", studio, live.Error{Class: live.Refused, Code: "Brand.New", Status: 400},
			"Show studio: caster show " + newsID},
		{standbyUsage, "Standby", studio, live.Error{Class: live.Refused, Code: "InvalidUrgentMaterial.NotFound"},
			"Show studio: caster show " + newsID},
		{stopUsage, "StopCaster", studio, live.Error{Class: live.Throttled, Code: "Throttling.User"},
			"Ask again: caster stop " + newsID},
		{stopUsage, "StopCaster", studio, live.Error{Class: live.NotSent}, "Ask again: caster stop " + newsID},
		{stopUsage, "StopCaster", studio, live.Error{Class: live.Refused, Code: "NoPermission"}, ""},
		{usageOf("stop"), "Record", stream, live.Error{Class: live.Refused, Action: "RealTimeRecordCommand",
			Code: "TaskNotStarted", Status: 409}, "Status: record status " + mainPath},
		{usageOf("stop"), "Record", stream, live.Error{Class: live.Refused, Code: "IncorrectCasterStatus.Idle"}, ""},
	} {
		f := newFake()
		f.fail[c.method] = &c.err
		got := ""
		for _, n := range done(t, find(t, f, c.usage), c.plan).Next {
			got += n.Label + ": " + n.Text
		}
		if got != c.want {
			t.Errorf("%s, %s %s: %q, want %q", c.usage, c.err.Class, c.err.Code, got, c.want)
		}
	}
}

// TestAskAgain: where the cloud could not be looked at, the same command is a button.
func TestAskAgain(t *testing.T) {
	f := newFake()
	f.fail["Casters"] = &live.Error{Class: live.Unknown, Code: "InternalError", Status: 500}
	_, err := find(t, f, takeUsage).Plan(t.Context(), call("caster", "Evening News", "scene", "Preview 1"))
	wantHas(t, words(refused(t, err).Answer), "could not look at the studios",
		`[Ask again] caster take "Evening News" "Preview 1"`)
	_, err = find(t, f, "caster list {text?}").Read(t.Context(), call())
	wantHas(t, words(refused(t, err).Answer), "[Ask again] caster list\n")
	f.fail["Casters"] = &live.Error{Class: live.Refused, Code: "NoPermission", Status: 403}
	_, err = find(t, f, "caster list {text?}").Read(t.Context(), call())
	wantNot(t, words(refused(t, err).Answer), "[Ask again]")
}
