package commands

import (
	"context"
	"slices"
	"testing"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// TestStillRight: what happens between question and call is held against the decision, not against the picture of the
// world. For each command: what makes another decision of it, and what does not.
func TestStillRight(t *testing.T) {
	started := func(f *fakeCloud) { f.casters[1].Started = noon }
	pictureOn := func(f *fakeCloud) { scene(f, 2).Layout = "l9" }
	renamed := func(f *fakeCloud) { f.casters[1].Name = "Evening Views" }
	recorded := func(f *fakeCloud) {
		f.contents["live.example.com/caster/b5447c"] = []live.Content{{From: noon.Add(-time.Minute)}}
	}
	blind := func(methods ...string) func(*fakeCloud) {
		return func(f *fakeCloud) {
			for _, method := range methods {
				f.fail[method] = &live.Error{Class: live.Unknown}
			}
		}
	}
	for _, c := range []struct {
		name, usage string
		args        []string
		before      func(*fakeCloud) // so it was asked
		after       func(*fakeCloud) // and so it is at the call
		other       bool
	}{
		{"a standby after a restart", standbyUsage, nil, nil, started, false},
		{"a standby after a take", standbyUsage, nil, nil, pictureOn, false},
		{"a standby of a renamed studio", standbyUsage, nil, nil, renamed, false},
		{"a standby while nothing can be seen", standbyUsage, nil, nil, blind("Caster", "Casters", "Scenes"), false},
		{"a take after a restart", takeUsage, []string{"scene", "s-p2"}, nil, started, false},
		{"a take after a take", takeUsage, []string{"scene", "s-p2"}, nil, pictureOn, true},
		{"a take of a renamed studio", takeUsage, []string{"scene", "s-p2"}, nil, renamed, true},
		{"an opening after a restart", sceneStartUsage, []string{"scene", "s-p3"}, nil, started, false},
		{"an opening after a take", sceneStartUsage, []string{"scene", "s-p3"}, nil, pictureOn, false},
		{"a closing after a restart", sceneStopUsage, []string{"scene", "s-p1"}, nil, started, false},
		{"a restart after a restart", restartUsage, nil, nil, started, true},
		{"a restart after a take", restartUsage, nil, nil, pictureOn, false},
		{"a restart when a recording began", restartUsage, nil, nil, recorded, true},
		{"a restart when the recording ended", restartUsage, nil, recorded, func(f *fakeCloud) { f.contents = nil }, false},
		{"a restart when the recording cannot be seen", restartUsage, nil, recorded, blind("RecordContent"), false},
		{"a stop after a restart", stopUsage, nil, nil, started, true},
		{"a stop after a take", stopUsage, nil, nil, pictureOn, true},
		{"a stop when a recording began", stopUsage, nil, nil, recorded, false},
		{"a start whose settings could not be read", startUsage, nil, func(f *fakeCloud) {
			idle(f)
			blind("CasterConfig")(f)
		}, func(f *fakeCloud) { delete(f.fail, "CasterConfig") }, false},
		{"a start whose settings cannot be read", startUsage, nil, idle, blind("CasterConfig"), false},
	} {
		f := pictured()
		scene(f, 2).PlayURL = "rtmp://live.example.com/caster/b5447c"
		f.scenes[newsID] = append(f.scenes[newsID], live.Scene{ID: "s-p3", Name: "Preview 3"})
		if c.before != nil {
			c.before(f)
		}
		command := find(t, f, c.usage)
		asked, err := command.Plan(t.Context(), call(append(c.args, "caster", newsID)...))
		if err != nil {
			t.Errorf("%s: asked: %v", c.name, err)
			continue
		}
		c.after(f)
		now, err := command.Plan(t.Context(), op.Call{Args: asked.Args, Scope: evening(), Confirmed: &asked})
		if err != nil || (now.Fingerprint != asked.Fingerprint) != c.other {
			t.Errorf("%s: another plan %t, want %t; %v", c.name, now.Fingerprint != asked.Fingerprint, c.other, err)
		}
		if c.usage == standbyUsage && now.Seen[programSeen] != "s-main" {
			t.Errorf("%s: it would go to scene %q", c.name, now.Seen[programSeen])
		}
	}
}

func idle(f *fakeCloud) { f.casters[1].OnAir = false }

// TestStandbyIsRefusedOnlyWhereItIsSeenToBeImpossible: before the call a studio that is idle now.
func TestStandbyIsRefusedOnlyWhereItIsSeenToBeImpossible(t *testing.T) {
	f := pictured()
	c := find(t, f, standbyUsage)
	asked, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	idle(f)
	_, err = c.Plan(t.Context(), op.Call{Args: asked.Args, Scope: evening(), Confirmed: &asked})
	wantHas(t, words(refused(t, err).Answer), "is idle")
}

// TestASlowLookHoldsNoStandbyUp: neither the settings at the question nor the last look have more than a few seconds.
func TestASlowLookHoldsNoStandbyUp(t *testing.T) {
	f := pictured()
	slow := slowCloud{f, map[string]bool{"CasterConfig": true}}
	c, _ := Table(slow, &fakeRecords{}, func() time.Time { return noon }).Find(standbyUsage)
	asked, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, facts(asked), "hether a standby slate is configured could not be seen")
	slow.hangs["Caster"], slow.hangs["Scenes"] = true, true
	now, err := c.Plan(t.Context(), op.Call{Args: asked.Args, Scope: evening(), Confirmed: &asked})
	if err != nil || now.Fingerprint != asked.Fingerprint || now.Seen[programSeen] != "s-main" {
		t.Errorf("%+v, %v", now, err)
	}
}

// slowCloud never answers some questions.
type slowCloud struct {
	*fakeCloud
	hangs map[string]bool
}

func (s slowCloud) wait(ctx context.Context, method string) error {
	if !s.hangs[method] {
		return nil
	}
	if _, limited := ctx.Deadline(); !limited {
		panic(method + " may take for ever")
	}
	return &live.Error{Class: live.Unknown} // as at the end of the time
}

func (s slowCloud) CasterConfig(ctx context.Context, id string) (live.CasterConfig, error) {
	if err := s.wait(ctx, "CasterConfig"); err != nil {
		return live.CasterConfig{}, err
	}
	return s.fakeCloud.CasterConfig(ctx, id)
}

func (s slowCloud) Caster(ctx context.Context, id string) (live.Caster, error) {
	if err := s.wait(ctx, "Caster"); err != nil {
		return live.Caster{}, err
	}
	return s.fakeCloud.Caster(ctx, id)
}

func (s slowCloud) Scenes(ctx context.Context, id string) ([]live.Scene, error) {
	if err := s.wait(ctx, "Scenes"); err != nil {
		return nil, err
	}
	return s.fakeCloud.Scenes(ctx, id)
}

// TestWhatAnUnknownCallHoldsUp: what nobody knows the end of stands in the way of what it could double or cross, and of
// nothing else. For every pair of commands that call the cloud, on one target.
func TestWhatAnUnknownCallHoldsUp(t *testing.T) {
	all := Table(newFake(), &fakeRecords{}, func() time.Time { return noon })
	use := func(usage, scene string) op.Use {
		c, ok := all.Find(usage)
		if !ok {
			t.Fatal(usage)
		}
		p := op.Plan{Args: op.Args{}, Target: op.Target{Kind: "caster", ID: "c"}}
		if p.Args["scene"] = scene; usage == "caster copy {caster} {name}" {
			p.Target.NewName = scene
		}
		return op.Use{Command: c, Plan: p}
	}
	const copies, lock = "caster copy {caster} {name}", "caster unlock {caster}"
	for _, c := range []struct {
		unknown, scene, now, of string
		crosses                 bool
	}{
		{sceneStopUsage, "p1", takeUsage, "p2", false},
		{sceneStopUsage, "p1", restartUsage, "", false},
		{sceneStopUsage, "p1", sceneStartUsage, "p1", true},
		{sceneStopUsage, "p1", sceneStopUsage, "p1", true},
		{sceneStopUsage, "p1", sceneStartUsage, "p2", false},
		{sceneStopUsage, "p1", stopUsage, "", true},
		{stopUsage, "", sceneStartUsage, "p1", true},
		{takeUsage, "p1", takeUsage, "p2", true},
		{takeUsage, "p1", takeUsage, "p1", true},
		{takeUsage, "p1", restartUsage, "", true},
		{takeUsage, "p1", sceneStartUsage, "p1", false},
		{standbyUsage, "", takeUsage, "p1", true},
		{restartUsage, "", restartUsage, "", true},
		{restartUsage, "", stopUsage, "", true},
		{startUsage, "", takeUsage, "p1", false},
		{startUsage, "", stopUsage, "", true},
		{copies, "A", copies, "A", true},
		{copies, "A", copies, "B", false},
		{copies, "A", restartUsage, "", false},
		{lock, "", restartUsage, "", false},
		{restartUsage, "", lock, "", false},
		{"record start {stream}", "", "record stop {stream}", "", true},
		{"record start {stream}", "", "record start {stream}", "", true},
		{"record stop {stream}", "", "record finish {stream}", "", true},
	} {
		if got := use(c.now, c.of).Crosses(use(c.unknown, c.scene)); got != c.crosses {
			t.Errorf("%s %s after an unknown %s %s: crosses %t", c.now, c.of, c.unknown, c.scene, got)
		}
	}
	other := use(restartUsage, "")
	other.Plan.Target.ID = "d"
	if use(restartUsage, "").Crosses(other) {
		t.Error("another studio is in the way")
	}
	if gone := (op.Use{Plan: use(restartUsage, "").Plan}); !use(takeUsage, "p1").Crosses(gone) {
		t.Error("a command that is no longer known is in nobody's way")
	}
	urgent := 0
	for _, c := range all.Commands {
		if c.Urgent {
			urgent++
		}
	}
	if standby, _ := all.Find(standbyUsage); urgent != 1 || !standby.Urgent {
		t.Errorf("%d emergencies", urgent)
	}
}

// TestWhatACardSaysIsLookedAtAgain: where something of a studio changes between question and call so that the question
// would read otherwise, the plan before the call is refused or another one; saidOnly are the exceptions. For every
// command that calls the cloud for a studio, but the emergency.
func TestWhatACardSaysIsLookedAtAgain(t *testing.T) {
	said := map[string]bool{}
	changes := map[string]func(*fakeCloud){
		"on air or idle": func(f *fakeCloud) {
			for i := range f.casters {
				f.casters[i].OnAir = !f.casters[i].OnAir
			}
		},
		"gone": func(f *fakeCloud) { f.casters = nil },
		"open": func(f *fakeCloud) {
			for i := range f.scenes[newsID] {
				scene(f, i).Open = !scene(f, i).Open
			}
		},
		"no scene":      func(f *fakeCloud) { f.scenes = nil },
		"started again": func(f *fakeCloud) { f.casters[1].Started = noon },
		"changed":       func(f *fakeCloud) { f.casters[1].Modified = noon },
		"other picture": func(f *fakeCloud) { scene(f, 2).Layout = "l9" },
	}
	for _, c := range Table(nil, nil, nil).Commands {
		if !holdsTheName(c) {
			continue
		}
		for name, change := range changes {
			f := pictured()
			f.setups[sportsID] = f.setups[newsID]
			asked := askedOf(f, c)
			command := find(t, f, c.Usage)
			p, err := command.Plan(t.Context(), asked)
			if err != nil {
				t.Fatalf("/%s: %v", c.Usage, err)
			}
			change(f)
			fresh, refused := command.Plan(t.Context(), asked)
			now, err := command.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening(), Confirmed: &p})
			if err != nil || now.Fingerprint != p.Fingerprint || refused == nil && facts(fresh) == facts(p) {
				continue
			}
			if said[c.Verb+", "+name] = true; saidOnly[c.Verb+", "+name] == "" {
				t.Errorf("/%s, %s: not noticed: %v\n%s\n-- was\n%s", c.Usage, name, refused, facts(fresh), facts(p))
			}
		}
	}
	for what := range saidOnly {
		if !said[what] {
			t.Errorf("saidOnly has %q, which is noticed, or not said", what)
		}
	}
}

// saidOnly are the changes that make a question read otherwise and are no other decision, with the reason.
var saidOnly = map[string]string{
	"caster.stop, open":             "whichever previews are open, they are closed with it",
	"caster.restart, other picture": "a restart leaves the picture as it is",
	"caster.restart, no scene":      "before the call it looks at the studio and at the recording only",
	"caster.take, started again":    "the picture is taken whenever the studio began",
}

// askedOf is a call of a command in a world where it makes sense.
func askedOf(f *fakeCloud, c op.Command) op.Call {
	asked := call("caster", newsID, "scene", "s-p2", "name", "Evening 47")
	if onAir, known := c.Before(op.IsOnAir); known && !onAir {
		asked.Args["caster"] = sportsID
	}
	if open, known := c.Before(op.PreviewOpen); known && !open {
		scene(f, 0).Open = false
	}
	for name := range asked.Args {
		if !slices.ContainsFunc(grammar.Placeholders(c.Usage), func(p grammar.Placeholder) bool { return p.Name == name }) {
			delete(asked.Args, name)
		}
	}
	return asked
}
