package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

func TestCasterList(t *testing.T) {
	c := find(t, newFake(), "caster list {text?}")
	got, err := c.Read(t.Context(), call())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Items) != 2 || got.Items[0].Mark != op.MarkProgram || got.Items[1].Mark != op.MarkIdle {
		t.Errorf("items %+v", got.Items)
	}
	wantHas(t, words(got), "2 studios, 1 on air", "Evening News",
		"on air since 2027-03-09 11:00:00 UTC\n  PROGRAM Main\n  🟢 PREVIEW Preview 1\n  general\n", "idle")
	wantNot(t, words(got), "Morning", newsID[len(newsID)-6:]+"\n")
	got, err = c.Read(t.Context(), call("text", "SPORTS"))
	if err != nil || len(got.Items) != 1 {
		t.Errorf("filtered: %v, %v", got.Items, err)
	}
	wantHas(t, words(got), "1 studio, 0 on air")
}

func TestCasterListIsCut(t *testing.T) {
	f := newFake()
	for i := range 50 {
		f.casters = append(f.casters, live.Caster{ID: fmt.Sprint(i), Name: fmt.Sprintf("Evening %d", i)})
	}
	got, err := find(t, f, "caster list {text?}").Read(t.Context(), call())
	if err != nil || len(got.Items) != maxItems {
		t.Fatalf("%d items, %v", len(got.Items), err)
	}
	wantHas(t, words(got), "52 studios", "22 more")
}

func TestCasterShow(t *testing.T) {
	f := newFake()
	got, err := find(t, f, "caster show {caster}").Read(t.Context(), call("caster", "evening news"))
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), "Evening News · on air since", "Main\n  PROGRAM · open\n", "Preview 1\n  PREVIEW · open\n",
		"Preview 2\n  PREVIEW · closed\n",
		"Domain live.example.com · delay 5 s", "standby slate not configured", "[Restart…] caster restart "+newsID,
		"[Copy…] caster copy "+newsID, "[Stop studio…] caster stop "+newsID,
		"[Standby…] caster standby "+newsID, "[Close preview…] caster scene stop "+newsID)
	for i, want := range []string{"", "Take…: caster take " + newsID + " s-p1",
		"Open preview: caster scene start " + newsID + " s-p2"} {
		text := ""
		for _, n := range got.Items[i].Next {
			text += n.Label + ": " + n.Text
		}
		if text != want {
			t.Errorf("beside scene %d: %q, want %q", i, text, want)
		}
	}
	wantNot(t, words(got), "auth_key", "rtmp:")
	marks := []op.Mark{op.MarkProgram, op.MarkPreview, op.MarkIdle}
	for i, item := range got.Items {
		if item.Mark != marks[i] {
			t.Errorf("scene %d: mark %q", i, item.Mark)
		}
	}
	asked := call("caster", newsID)
	asked.Scope.URLs = true
	got, _ = find(t, f, "caster show {caster}").Read(t.Context(), asked)
	wantHas(t, words(got), "▶ Main")
	f.contents["live.example.com/caster/b5447c"] = []live.Content{{From: noon.Add(-time.Hour), To: noon}}
	got, _ = find(t, f, "caster show {caster}").Read(t.Context(), asked)
	wantHas(t, words(got), "its programme is being recorded as b5447c")
	f.fail["CasterConfig"] = &live.Error{Class: live.NotSent}
	got, err = find(t, f, "caster show {caster}").Read(t.Context(), call("caster", newsID))
	if err != nil {
		t.Errorf("without settings: %v", err)
	}
	wantHas(t, words(got), "could not be read", "its programme is being recorded as b5447c")
	f.fail["RecordContent"] = &live.Error{Class: live.NotSent}
	got, _ = find(t, f, "caster show {caster}").Read(t.Context(), call("caster", newsID))
	wantHas(t, words(got), "hether its programme is being recorded could not be seen")
	got, err = find(t, f, "caster show {caster}").Read(t.Context(), call("caster", sportsID))
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), "[Start studio] caster start "+sportsID)
	wantNot(t, words(got), "Restart", "Stop", "Standby")
}

// TestCasterListLooksIntoSome: a long list costs no more than some studios do.
func TestCasterListLooksIntoSome(t *testing.T) {
	f := newFake()
	for i := range 20 {
		f.casters = append(f.casters, live.Caster{ID: fmt.Sprint(i), Name: fmt.Sprintf("Evening %d", i), OnAir: true})
	}
	f.fail["Scenes"] = &live.Error{Class: live.NotSent}
	got, err := find(t, f, "caster list {text?}").Read(t.Context(), call())
	if n := strings.Count(words(got), "its scenes could not be looked at"); err != nil || n != maxTallies {
		t.Errorf("%d were looked into, %v", n, err)
	}
}

func TestPlanRestart(t *testing.T) {
	f := newFake()
	c := find(t, f, "caster restart {caster}")
	p, err := c.Plan(t.Context(), call("caster", "evening news"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Title.Plain() != "Restart studio Evening News" || !p.OnAir || p.Button != "Restart on-air studio" {
		t.Errorf("plan %+v", p)
	}
	if p.Args["caster"] != newsID || p.Target.Key() != "caster/"+newsID || p.Target.Name != "Evening News" {
		t.Errorf("args %v, target %v", p.Args, p.Target)
	}
	wantHas(t, facts(p), "ON AIR since", "PROGRAM scene Main")
	wantNot(t, facts(p), "cut", "auth_key")
	again, err := c.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening()})
	if err != nil || again.Fingerprint != p.Fingerprint {
		t.Errorf("the same again: %q and %q, %v", p.Fingerprint, again.Fingerprint, err)
	}
}

func TestPlanRestartTellsOfTheRecording(t *testing.T) {
	f := newFake()
	f.contents["live.example.com/caster/b5447c"] = []live.Content{{From: noon.Add(-time.Hour), To: noon}}
	c := find(t, f, "caster restart {caster}")
	p, err := c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, facts(p), "b5447c: that recording may break off")
	f.fail["RecordContent"] = &live.Error{Class: live.Unknown}
	p, err = c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, facts(p), "hether its programme is being recorded could not be seen")
	f.fail["RecordContent"] = &live.Error{Class: live.Refused, Code: "Forbidden.RAM"}
	f.setups[newsID] = live.CasterConfig{Domain: "live.example.com"}
	p, err = c.Plan(t.Context(), call("caster", newsID))
	if err != nil {
		t.Fatal(err)
	}
	wantNot(t, facts(p), "recorded")
}

func TestPlanRestartRefuses(t *testing.T) {
	for name, r := range map[string]struct {
		change func(*live.Caster)
		way    string
	}{
		"is a virtual studio": {func(c *live.Caster) { c.Mode = live.ModeVirtual }, "[Stop studio…] caster stop "},
		"is a lightweight studio": {func(c *live.Caster) {
			c.Mode, c.OnAir = live.ModeLightweight, false
		}, "[Start studio] caster start "},
		"is idle": {func(c *live.Caster) { c.OnAir = false }, "[Start it instead] caster start "},
	} {
		f := newFake()
		r.change(&f.casters[1])
		_, err := find(t, f, "caster restart {caster}").Plan(t.Context(), call("caster", newsID))
		wantHas(t, words(refused(t, err).Answer), "Evening News "+name, r.way+newsID, "[Show studio] caster show "+newsID)
	}
	f := newFake()
	f.casters[1].Mode = live.ModePlaylist
	if _, err := find(t, f, "caster restart {caster}").Plan(t.Context(), call("caster", newsID)); err != nil {
		t.Errorf("a playlist studio: %v", err)
	}
}

func TestRestartFingerprint(t *testing.T) {
	f := newFake()
	c := find(t, f, "caster restart {caster}")
	before, _ := c.Plan(t.Context(), call("caster", newsID))
	for name, change := range map[string]func(*fakeCloud){
		"started anew": func(f *fakeCloud) { f.casters[1].Started = noon },
		"renamed":      func(f *fakeCloud) { f.casters[1].Name = "Evening Views" },
		"a recording began": func(f *fakeCloud) {
			f.contents["live.example.com/caster/b5447c"] = []live.Content{{From: noon}}
		},
	} {
		f := newFake()
		change(f)
		now, err := find(t, f, "caster restart {caster}").Plan(t.Context(), call("caster", newsID))
		if err != nil || now.Fingerprint == before.Fingerprint {
			t.Errorf("%s: not noticed, %v", name, err)
		}
	}
	f.casters[1].Modified = noon
	f.casters[0].OnAir = true
	now, _ := c.Plan(t.Context(), call("caster", newsID))
	if now.Fingerprint != before.Fingerprint {
		t.Error("what does not bear on the restart changed the fingerprint")
	}
}

func TestApplyRestart(t *testing.T) {
	f := newFake()
	c := find(t, f, "caster restart {caster}")
	p, _ := c.Plan(t.Context(), call("caster", newsID))
	o := c.Apply(t.Context(), p, "token", permitted)
	if o.State != op.Succeeded || o.Text.Plain() != "Evening News restarted." || o.RequestID != "REQ-1" {
		t.Errorf("outcome %+v", o)
	}
	if len(f.calls) != 1 || f.calls[0] != "RestartCaster "+newsID {
		t.Errorf("calls %v", f.calls)
	}
}

func TestVerifyRestart(t *testing.T) {
	old := noon.Add(-time.Hour)
	cases := []struct {
		name              string
		onAir             bool
		started, modified time.Time
		state             op.State
		want              bool
	}{
		{"started after the send", true, noon, noon, op.Succeeded, true},
		{"started after the send, no answer", true, noon, old, op.Unknown, true},
		{"changed only, answered", true, old, noon, op.Succeeded, true},
		{"changed only, no answer", true, old, noon, op.Unknown, false},
		{"as before", true, old, old, op.Succeeded, false},
		{"idle now", false, noon, noon, op.Succeeded, false},
		{"no times", true, time.Time{}, time.Time{}, op.Succeeded, false},
	}
	for _, c := range cases {
		f := newFake()
		f.casters[1].OnAir, f.casters[1].Started, f.casters[1].Modified = c.onAir, c.started, c.modified
		verify := find(t, f, "caster restart {caster}").Verify
		plan := op.Plan{Args: op.Args{"caster": newsID},
			Seen: baseline.Baseline{baseline.StartedAt: old, baseline.ModifiedAt: old}.Seen()}
		got, err := verify(t.Context(),
			op.Attempt{Plan: plan, Outcome: op.Outcome{State: c.state}, Sent: noon.Add(300 * time.Millisecond)})
		if err != nil || got.Happened != c.want {
			t.Errorf("%s: %v, %v", c.name, got.Happened, err)
		}
		seen := "The studio "
		if c.onAir && c.started.Equal(noon) {
			seen = "Back on air since "
		}
		wantHas(t, got.Seen.Plain(), seen)
	}
	_, err := find(t, newFake(), "caster restart {caster}").Verify(t.Context(),
		op.Attempt{Plan: op.Plan{Args: op.Args{"caster": "gone"}}, Sent: noon})
	if live.ClassOf(err) != live.NotFound {
		t.Errorf("a studio that is gone: %v", err)
	}
}

func TestPlansSayWhenTheyCannotLook(t *testing.T) {
	cases := map[string]string{
		"caster list {text?}": "Casters", "caster show {caster}": "Scenes", "caster copy {caster} {name}": "Casters",
		"caster restart {caster}": "Scenes", "caster scene start {caster} {scene}": "Scenes",
		"caster scene stop {caster} {scene}": "Caster",
		"record start {stream}":              "OnlineStreams", "record stop {stream}": "RecordConfigs",
		"record restart {stream}": "RecordContent",
		"record finish {stream}":  "RecordFiles", statusUsage: "RecordFiles",
	}
	for usage, method := range cases {
		f := newFake()
		f.fail[method] = &live.Error{Class: live.Refused, Code: "Forbidden.RAM", RequestID: "REQ-9"}
		c := find(t, f, usage)
		all := call("caster", newsID, "scene", "s-p2", "name", "Evening 9", "stream", "main")
		var err error
		if c.Effect == op.Read {
			_, err = c.Read(t.Context(), all)
		} else {
			_, err = c.Plan(t.Context(), all)
		}
		r := refused(t, err)
		wantHas(t, words(r.Answer), "could not look at", "Nothing was done.", "RAM policy")
		if r.Code != "Forbidden.RAM" {
			t.Errorf("%s: code %q", usage, r.Code)
		}
	}
}

// What of a list was not looked into, and what there was no room for, is said.
func TestCasterListSaysWhatIsLeftOut(t *testing.T) {
	f := newFake()
	f.casters = nil
	for i := range 40 {
		f.casters = append(f.casters, live.Caster{ID: fmt.Sprint(i), Name: fmt.Sprintf("Evening %02d", i), OnAir: i >= 8})
	}
	got, err := find(t, f, "caster list {text?}").Read(t.Context(), call())
	if err != nil || len(got.Items) != maxItems {
		t.Fatalf("%d items, %v", len(got.Items), err)
	}
	if n := strings.Count(words(got), "its scenes and recordings were not looked at"); n != maxItems-maxTallies {
		t.Errorf("%d say that nobody looked into them", n)
	}
	wantHas(t, words(got), "…and 10 more: 2 on air, 8 idle. Narrow the list")
}

func TestFilesOfMany(t *testing.T) {
	f, asked := newFake(), call()
	for i := range 20 {
		asked.Scope.Streams = append(asked.Scope.Streams,
			op.StreamAlias{Alias: fmt.Sprint("cam", i), Pattern: fmt.Sprintf("live.example.com/show/cam%d", i)})
	}
	f.files = []live.File{{ID: "f1", From: noon.Add(-time.Hour), To: noon.Add(-time.Minute)}}
	got, err := find(t, f, filesUsage).Read(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), "Looked at 12 streams, live ones first; …and 10 more.", "…and 2 more. Searched back to")
}

// However many studios a list shows, what the bot did itself is read once for all, and for each that is looked into.
func TestAListReadsItsOwnChangesOnce(t *testing.T) {
	f, d := newFake(), &fakeRecords{}
	for i := range 2 * maxTallies {
		id := fmt.Sprint("more-", i)
		f.casters = append(f.casters, live.Caster{ID: id, Name: "Evening " + id, OnAir: true})
	}
	list, _ := Table(f, d, func() time.Time { return noon }).Find("caster list {text?}")
	if _, err := list.Read(t.Context(), call()); err != nil || d.read.Load() > 1+maxTallies {
		t.Errorf("read %d times, %v", d.read.Load(), err)
	}
}

// What the bot did about a stream that is not live any more is no news of now; a pause stays one.
func TestWhatIsKnownOfStreams(t *testing.T) {
	began := op.Standing{Holds: true, Since: noon.Add(-time.Hour), By: "U0ANA"}
	d := &fakeRecords{stands: map[op.Condition]op.Standing{op.IsRecorded: began}}
	kind, _ := Table(newFake(), d, func() time.Time { return noon }).Kind("stream")
	known := kind.Known(t.Context())
	for mark, want := range map[op.Mark]int{op.MarkNeutral: 1, op.MarkIdle: 0} {
		if got := known(op.Option{Value: mainPath, Mark: mark}); len(got) != want {
			t.Errorf("%q: %v", mark, got)
		}
	}
}
