package commands

import (
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// pictured is the small world with pictures: PROGRAM shows what Preview 1 holds, Preview 2 is open with another one.
func pictured() *fakeCloud {
	f := newFake()
	f.scenes[newsID] = []live.Scene{
		{ID: "s-p2", Name: "Preview 2", Open: true, Layout: "l2", Components: []string{"b", "a"},
			PlayURL: "http://play.example.com/p2?auth_key=fake-canary"},
		{ID: "s-p1", Name: "Preview 1", Open: true, Layout: "l1"},
		{ID: "s-main", Name: "Main", Program: true, Open: true, Layout: "l1"},
	}
	f.setups[newsID] = live.CasterConfig{Domain: "live.example.com", Standby: true}
	return f
}

func scene(f *fakeCloud, i int) *live.Scene { return &f.scenes[newsID][i] }

func TestPlanTake(t *testing.T) {
	f := pictured()
	asked := call("caster", "evening news", "scene", "preview 2")
	p, err := find(t, f, takeUsage).Plan(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if !p.OnAir || p.Button != "Take to PROGRAM" || p.Title.Plain() != "Take to PROGRAM: Evening News / Preview 2" ||
		p.Target.Key() != "caster/"+newsID {
		t.Errorf("%+v", p)
	}
	if p.Args["caster"] != newsID || p.Args["scene"] != "s-p2" || len(p.Args) != 2 {
		t.Errorf("args %v", p.Args)
	}
	wantHas(t, facts(p), "ON AIR since 2027-03-09 11:00:00 UTC · PROGRAM scene Main\n",
		"PROGRAM has the picture of Preview 1 now.", "Viewers will then see Preview 2.")
	wantNot(t, facts(p), "Check it first", "this picture already")
	asked.Scope.URLs = true
	p, _ = find(t, f, takeUsage).Plan(t.Context(), asked)
	wantHas(t, facts(p), "Check it first: ▶ Preview 2")
	p, _ = find(t, f, takeUsage).Plan(t.Context(), call("caster", newsID, "scene", "s-p1"))
	wantHas(t, facts(p), "PROGRAM has this picture already")
	scene(f, 0).Layout, scene(f, 0).Components = "", nil
	p, _ = find(t, f, takeUsage).Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
	wantHas(t, facts(p), "no layout")
}

func TestPlanTakeRefuses(t *testing.T) {
	cases := []struct {
		name, caster, scene string
		change              func(*fakeCloud)
		says                []string
		field               string
	}{
		{"program", newsID, "Main", func(*fakeCloud) {},
			[]string{"is the PROGRAM scene", "Only PREVIEW scenes can be taken to PROGRAM.", "Preview 1\n", "Preview 2\n"},
			"scene"},
		{"closed", newsID, "Preview 2", func(f *fakeCloud) {
			scene(f, 0).Open = false
		}, []string{"is closed", "[Open preview] caster scene start " + newsID + " s-p2"}, ""},
		{"idle", sportsID, "Preview 1", func(*fakeCloud) {},
			[]string{"Evening Sports is idle", "[Start studio] caster start " + sportsID}, ""},
		{"no program", newsID, "Preview 2", func(f *fakeCloud) {
			f.scenes[newsID] = f.scenes[newsID][:1]
		}, []string{"has no PROGRAM scene", "[Show studio]"}, ""},
		{"unknown", newsID, "Preview 9", func(*fakeCloud) {}, []string{"There is no scene Preview 9"}, "scene"},
	}
	for _, c := range cases {
		f := pictured()
		c.change(f)
		_, err := find(t, f, takeUsage).Plan(t.Context(), call("caster", c.caster, "scene", c.scene))
		r := refused(t, err)
		wantHas(t, words(r.Answer), c.says...)
		if r.Already || r.Field != c.field || len(f.calls) > 0 {
			t.Errorf("%s: already %v, field %q, calls %v", c.name, r.Already, r.Field, f.calls)
		}
	}
}

// TestTakeFingerprint: whatever viewers see before or after is confirmed as it was shown.
func TestTakeFingerprint(t *testing.T) {
	plan := func(change func(*fakeCloud)) string {
		f := pictured()
		change(f)
		p, err := find(t, f, takeUsage).Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
		if err != nil {
			t.Fatal(err)
		}
		return p.Fingerprint
	}
	before := plan(func(*fakeCloud) {})
	for name, change := range map[string]func(*fakeCloud){
		"the preview's layout":     func(f *fakeCloud) { scene(f, 0).Layout = "l3" },
		"the preview's components": func(f *fakeCloud) { scene(f, 0).Components = []string{"a"} },
		"the programme":            func(f *fakeCloud) { scene(f, 2).Layout = "l3" },
		"the preview's name":       func(f *fakeCloud) { scene(f, 0).Name = "Preview 2 B" },
	} {
		if plan(change) == before {
			t.Errorf("%s: not noticed", name)
		}
	}
	if plan(func(f *fakeCloud) { scene(f, 0).Components = []string{"a", "b"} }) != before {
		t.Error("the order of the list counts")
	}
	if plan(func(f *fakeCloud) { scene(f, 1).Open = false }) != before {
		t.Error("another preview counts")
	}
	if plan(func(f *fakeCloud) { f.casters[1].Started = noon }) != before {
		t.Error("since when the studio is on air counts")
	}
}

func TestApplyTake(t *testing.T) {
	f := pictured()
	c := find(t, f, takeUsage)
	p, _ := c.Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
	o := done(t, c, p)
	if o.State != op.Succeeded || o.Text.Plain() != "PROGRAM shows the picture of Evening News / Preview 2." ||
		f.calls[0] != "TakeScene "+newsID+" s-p2 s-main" {
		t.Errorf("%+v, calls %v", o, f.calls)
	}
	if len(o.Next) != 2 ||
		o.Next[0] != (op.Next{Label: "Standby", Text: "caster standby " + newsID}) ||
		o.Next[1] != (op.Next{Label: "Take the one before", Text: "caster take " + newsID + " s-p1"}) {
		t.Errorf("ways on %v", o.Next)
	}
	scene(f, 1).Open = false
	p, _ = c.Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
	if o := done(t, c, p); o.Next[1].Label != "Take…" {
		t.Errorf("a way back by a closed preview: %v", o.Next)
	}
}

func TestVerifyTake(t *testing.T) {
	cases := []struct {
		name     string
		scene    string
		answered bool
		after    func(*fakeCloud)
		want     bool
		says     string
	}{
		{"another picture than before", "s-p2", false, func(f *fakeCloud) {
			scene(f, 2).Layout, scene(f, 2).Components = "l2", []string{"a", "b"}
		}, true, "PROGRAM now has the layout of Evening News / Preview 2."},
		{"the preview went on", "s-p2", false, func(f *fakeCloud) {
			scene(f, 2).Layout, scene(f, 2).Components, scene(f, 0).Layout = "l2", []string{"a", "b"}, "l9"
		}, true, "PROGRAM now has the layout"},
		{"not taken", "s-p2", false, func(*fakeCloud) {}, false,
			"PROGRAM has another picture than Evening News / Preview 2 had."},
		{"not listed yet", "s-p2", true, func(*fakeCloud) {}, false, "does not list it yet"},
		{"the same picture, changed", "s-p1", true, func(f *fakeCloud) {
			f.casters[1].Modified = noon
		}, true, "last changed"},
		{"the same picture, no answer", "s-p1", false, func(f *fakeCloud) {
			f.casters[1].Modified = noon
		}, false, "last changed"},
		{"the same picture, unchanged", "s-p1", true, func(*fakeCloud) {}, false, "last changed"},
		{"the program is gone", "s-p2", false, func(f *fakeCloud) {
			f.scenes[newsID] = f.scenes[newsID][:2]
		}, false, "another picture"},
	}
	for _, c := range cases {
		f := pictured()
		command := find(t, f, takeUsage)
		p, err := command.Plan(t.Context(), call("caster", newsID, "scene", c.scene))
		if err != nil {
			t.Fatal(err)
		}
		a := op.Attempt{Plan: p, Sent: noon}
		if c.answered {
			a.Outcome.State = op.Succeeded
		}
		c.after(f)
		seen, err := command.Verify(t.Context(), a)
		if err != nil || seen.Happened != c.want {
			t.Errorf("%s: %+v, %v", c.name, seen, err)
		}
		wantHas(t, seen.Seen.Plain(), c.says)
	}
}

func TestPlanStandby(t *testing.T) {
	f := pictured()
	c := find(t, f, standbyUsage)
	p, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	if !p.OnAir || p.Button != "Switch to standby" || p.Title.Plain() != "Standby slate on Evening News" {
		t.Errorf("%+v", p)
	}
	wantHas(t, facts(p), "PROGRAM scene Main",
		"see the standby slate.\nTo come back, take Preview 1")
	scene(f, 1).Open = false
	p, _ = c.Plan(t.Context(), call("caster", newsID))
	wantHas(t, facts(p), "To come back, open Preview 1")
	scene(f, 1).Layout = "l7"
	p, _ = c.Plan(t.Context(), call("caster", newsID))
	wantHas(t, facts(p), "none holds the picture that is on air now")
	f.fail["CasterConfig"] = &live.Error{Class: live.Unknown}
	if p, err = c.Plan(t.Context(), call("caster", newsID)); err != nil {
		t.Fatalf("settings that cannot be read hold up an emergency: %v", err)
	}
	wantHas(t, facts(p), "hether a standby slate is configured could not be seen")
}

func TestPlanStandbyRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		caster string
		change func(*fakeCloud)
		says   []string
	}{
		"idle": {sportsID, func(*fakeCloud) {}, []string{"is idle", "[Start studio]"}},
		"none set": {newsID, func(f *fakeCloud) {
			f.setups[newsID] = live.CasterConfig{}
		}, []string{"has no standby slate", "console", "[Show studio]"}},
		"no program": {newsID, func(f *fakeCloud) {
			f.scenes[newsID] = f.scenes[newsID][:2]
		}, []string{"has no PROGRAM scene", "[Show studio]"}},
	} {
		f := pictured()
		c.change(f)
		_, err := find(t, f, standbyUsage).Plan(t.Context(), call("caster", c.caster))
		wantHas(t, words(refused(t, err).Answer), c.says...)
		if len(f.calls) > 0 {
			t.Errorf("%s: calls %v", name, f.calls)
		}
	}
}

func TestApplyStandby(t *testing.T) {
	f := pictured()
	c := find(t, f, standbyUsage)
	p, _ := c.Plan(t.Context(), call("caster", newsID))
	o := done(t, c, p)
	if o.State != op.Succeeded || f.calls[0] != "Standby "+newsID+" s-main" ||
		o.Next[0] != (op.Next{Label: "Back to the last picture", Text: "caster take " + newsID + " s-p1"}) {
		t.Errorf("%+v, calls %v", o, f.calls)
	}
	wantHas(t, o.Text.Plain(), "Evening News shows its standby slate.", "A take brings the programme back.")
	scene(f, 1).Layout = "l7"
	p, _ = c.Plan(t.Context(), call("caster", newsID))
	if o := done(t, c, p); o.Next[0] != (op.Next{Label: "Take…", Text: "caster take " + newsID}) {
		t.Errorf("without a preview to go back to: %v", o.Next)
	}
}

func TestVerifyStandby(t *testing.T) {
	f := pictured()
	c := find(t, f, standbyUsage)
	p, _ := c.Plan(t.Context(), call("caster", newsID))
	f.casters[1].Modified = noon.Add(time.Second)
	seen, err := c.Verify(t.Context(), op.Attempt{Plan: p, Sent: noon})
	if err != nil || seen.Happened {
		t.Errorf("a change time alone proves nothing: %+v, %v", seen, err)
	}
	wantHas(t, seen.Seen.Plain(), "hether the slate is shown cannot be seen")
	seen, err = c.Verify(t.Context(), op.Attempt{Plan: p, Sent: noon, Outcome: op.Outcome{State: op.Succeeded}})
	if err != nil || !seen.Happened {
		t.Errorf("an answer and a change: %+v, %v", seen, err)
	}
}
