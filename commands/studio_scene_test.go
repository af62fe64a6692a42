package commands

import (
	"testing"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func TestPlanScene(t *testing.T) {
	cases := []struct{ usage, scene, title, button string }{
		{sceneStartUsage, "preview 2", "Open PREVIEW of Evening News / Preview 2", "Open preview"},
		{sceneStopUsage, "s-p1", "Close PREVIEW of Evening News / Preview 1", "Close preview"},
	}
	for _, c := range cases {
		p, err := find(t, newFake(), c.usage).Plan(t.Context(), call("caster", "Evening News", "scene", c.scene))
		if err != nil {
			t.Fatal(err)
		}
		if p.Title.Plain() != c.title || p.Button != c.button || p.OnAir || p.Target.Key() != "caster/"+newsID {
			t.Errorf("%s: %+v", c.usage, p)
		}
		wantHas(t, facts(p), "PROGRAM")
	}
}

func TestPlanSceneRefuses(t *testing.T) {
	cases := []struct {
		usage, caster, scene string
		already              bool
		says                 []string
	}{
		{sceneStartUsage, newsID, "Preview 1", true,
			[]string{"Evening News / Preview 1 is already open. Nothing was changed.",
				"[Close preview] caster scene stop " + newsID + " s-p1"}},
		{sceneStopUsage, newsID, "Preview 2", true,
			[]string{"Evening News / Preview 2 is already closed. Nothing was changed.",
				"[Open preview] caster scene start " + newsID + " s-p2"}},
		{sceneStopUsage, sportsID, "Preview 1", true, []string{"already closed"}},
		{sceneStartUsage, sportsID, "Preview 1", false,
			[]string{"Evening Sports is idle", "Start it, then ask again.", "[Start studio] caster start " + sportsID}},
		{sceneStartUsage, newsID, "Main", false, []string{"is the PROGRAM scene", "Preview 1\n", "Preview 2\n"}},
		{sceneStopUsage, newsID, "s-main", false, []string{"is the PROGRAM scene"}},
		{sceneStartUsage, newsID, "Preview", false,
			[]string{"There is no scene Preview in this studio", "Preview 1\n", "Preview 2\n"}},
		{sceneStartUsage, "nobody", "Preview", false, []string{"There is no studio nobody in this channel"}},
	}
	for _, c := range cases {
		f := newFake()
		_, err := find(t, f, c.usage).Plan(t.Context(), call("caster", c.caster, "scene", c.scene))
		r := refused(t, err)
		wantHas(t, words(r.Answer), c.says...)
		if r.Already != c.already || len(f.calls) > 0 {
			t.Errorf("%s %s: already %v, calls %v", c.usage, c.scene, r.Already, f.calls)
		}
	}
	_, err := find(t, newFake(), sceneStopUsage).Plan(t.Context(), call("caster", sportsID, "scene", "t-p1"))
	wantNot(t, words(refused(t, err).Answer), "[Open preview]")
}

func TestApplyScene(t *testing.T) {
	f := newFake()
	start, stop := find(t, f, sceneStartUsage), find(t, f, sceneStopUsage)
	p, _ := start.Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
	o := done(t, start, p)
	if o.State != op.Succeeded || o.Text.Plain() != "PREVIEW of Evening News / Preview 2 is open." ||
		o.Play != f.receipt.PlayURL {
		t.Errorf("start: %+v", o)
	}
	if o.Next[0].Text != "caster scene stop "+newsID+" s-p2" {
		t.Errorf("next %v", o.Next)
	}
	p, _ = stop.Plan(t.Context(), call("caster", newsID, "scene", "s-p1"))
	if o := done(t, stop, p); o.State != op.Succeeded ||
		o.Text.Plain() != "PREVIEW of Evening News / Preview 1 is closed." || o.Play != "" {
		t.Errorf("stop: %+v", o)
	}
	if f.calls[0] != "StartScene "+newsID+" s-p2" || f.calls[1] != "StopScene "+newsID+" s-p1" {
		t.Errorf("calls %v", f.calls)
	}
}

func TestApplySceneAlready(t *testing.T) {
	f := newFake()
	start, stop := find(t, f, sceneStartUsage), find(t, f, sceneStopUsage)
	p, _ := start.Plan(t.Context(), call("caster", newsID, "scene", "s-p2"))
	f.fail["StartScene"] = &live.Error{Class: live.Refused, Action: "StartCasterScene", Code: "IncorrectSceneStatus.Inuse"}
	o := done(t, start, p)
	if o.State != op.Failed || !o.Already ||
		o.Text.Plain() != "PREVIEW of Evening News / Preview 2 was already open. Nothing was changed." {
		t.Errorf("open already: %+v %s", o, o.Text.Plain())
	}
	if len(o.Next) != 2 || o.Next[0].Label != "Close preview" {
		t.Errorf("next %v", o.Next)
	}
	f.fail["StopScene"] = &live.Error{Class: live.Refused, Action: "StopCasterScene", Code: "IncorrectSceneStatus.Idle"}
	if o := done(t, stop, p); o.State != op.Failed || !o.Already {
		t.Errorf("closed already: %+v", o)
	}
	f.fail["StopScene"] = &live.Error{Class: live.Refused, Action: "StopCasterScene", Code: "IncorrectSceneStatus.Inuse"}
	if o := done(t, stop, p); o.Already {
		t.Errorf("in use is no answer to closing: %+v", o)
	}
}

func TestVerifyScene(t *testing.T) {
	cases := []struct {
		usage, scene string
		want         bool
		says         string
	}{
		{sceneStartUsage, "s-p1", true, "Preview 1 is open now."},
		{sceneStartUsage, "s-p2", false, "Preview 2 is closed now."},
		{sceneStopUsage, "s-p2", true, "closed"},
		{sceneStopUsage, "s-p1", false, "open"},
		{sceneStopUsage, "s-gone", false, "does not exist"},
	}
	for _, c := range cases {
		p := op.Plan{Args: op.Args{"caster": newsID, "scene": c.scene}}
		got, err := find(t, newFake(), c.usage).Verify(t.Context(), op.Attempt{Plan: p, Sent: noon})
		if err != nil || got.Happened != c.want {
			t.Errorf("%s %s: %v, %v", c.usage, c.scene, got.Happened, err)
		}
		wantHas(t, got.Seen.Plain(), c.says)
	}
	f := newFake()
	f.fail["Scenes"] = &live.Error{Class: live.Unknown}
	if _, err := find(t, f, sceneStopUsage).Verify(t.Context(), op.Attempt{Plan: op.Plan{}, Sent: noon}); err == nil {
		t.Error("a look that failed is no evidence")
	}
}

func TestSceneFingerprint(t *testing.T) {
	for _, c := range []struct {
		usage, scene string
		i, other     int
	}{{sceneStartUsage, "s-p2", 0, 1}, {sceneStopUsage, "s-p1", 1, 0}} {
		plan := func(change func(*fakeCloud)) string {
			f := newFake()
			change(f)
			p, err := find(t, f, c.usage).Plan(t.Context(), call("caster", newsID, "scene", c.scene))
			if err != nil {
				t.Fatal(err)
			}
			return p.Fingerprint
		}
		before := plan(func(*fakeCloud) {})
		if plan(func(f *fakeCloud) { scene(f, c.other).Open = !scene(f, c.other).Open }) != before {
			t.Errorf("/%s: another scene changed the fingerprint", c.usage)
		}
		if plan(func(f *fakeCloud) { scene(f, c.i).Name = "Preview B" }) == before {
			t.Errorf("/%s: a renamed scene was not noticed", c.usage)
		}
	}
}
