package commands

import (
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// elsewhere gives the programme an address on a domain that the cloud does not know; it is being recorded under the
// other one.
func elsewhere() *fakeCloud {
	f := newFake()
	f.domains = []string{"live.example.com"}
	f.scenes[newsID][2].PlayURL = "rtmp://play.example.com/caster/b5447c?auth_key=fake-canary"
	f.contents["live.example.com/caster/b5447c"] = []live.Content{{From: noon.Add(-time.Hour), To: noon}}
	return f
}

// TestTheDomainOfAnOutput: where the address of the programme does not name a domain of the account, its settings do.
func TestTheDomainOfAnOutput(t *testing.T) {
	recorded, unseen := "b5447c: that recording may break off", "hether its programme is being recorded could not be seen"
	for name, c := range map[string]struct {
		change     func(*fakeCloud)
		says, path string
	}{
		"the settings name it": {func(*fakeCloud) {}, recorded, "live.example.com/caster/b5447c"},
		"the address names it": {func(f *fakeCloud) {
			f.scenes[newsID][2].PlayURL = "http://live.example.com:80/caster/b5447c.flv"
			f.setups = nil
		}, recorded, "live.example.com/caster/b5447c"},
		"the settings cannot be read": {func(f *fakeCloud) {
			f.fail["CasterConfig"] = &live.Error{Class: live.NotSent}
		}, unseen, "play.example.com/caster/b5447c"},
		"the settings say the same": {func(f *fakeCloud) {
			f.setups[newsID] = live.CasterConfig{Domain: "play.example.com", Recorded: true}
		}, unseen, "play.example.com/caster/b5447c"},
		"the programme is never recorded": {func(f *fakeCloud) {
			f.setups[newsID] = live.CasterConfig{Domain: "live.example.com"}
		}, "", ""},
		"no address": {func(f *fakeCloud) { f.scenes[newsID][2].PlayURL = "" }, "", ""},
		"an address of another app": {func(f *fakeCloud) {
			f.scenes[newsID][2].PlayURL = "rtmp://live.example.com/show/b5447c"
		}, "", ""},
	} {
		f := elsewhere()
		c.change(f)
		p, err := find(t, f, restartUsage).Plan(t.Context(), call("caster", "Evening News"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if wantHas(t, facts(p), c.says); c.says == "" {
			wantNot(t, facts(p), "record")
		}
		if p.Seen[outputSeen] != c.path {
			t.Errorf("%s: kept %q", name, p.Seen[outputSeen])
		}
	}
}

// TestWhatIsTrueAtTheCall: before the call a restart looks at the studio and at the recording that the plan found, and
// tells only of what is another way now.
func TestWhatIsTrueAtTheCall(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeCloud)
		other  bool
		says   string
	}{
		"all as it was": {func(*fakeCloud) {}, false, "b5447c: that recording may break off."},
		"another picture": {func(f *fakeCloud) {
			f.scenes[newsID][2].Layout = "other"
		}, false, "b5447c: that recording may break off."},
		"the recording ended": {func(f *fakeCloud) { f.contents = nil }, false, ""},
		"started anew": {func(f *fakeCloud) {
			f.casters[1].Started = noon
		}, true, "ON AIR since 2027-03-09 12:00:00 UTC"},
		"renamed": {func(f *fakeCloud) { f.casters[1].Name = "Evening Views" }, true, ""},
	} {
		f := elsewhere()
		restart := find(t, f, restartUsage)
		p, err := restart.Plan(t.Context(), call("caster", "Evening News"))
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{"Casters", "Scenes", "CasterConfig"} {
			f.fail[method] = &live.Error{Class: live.NotSent}
		}
		c.change(f)
		again := op.Call{Args: p.Args, Scope: evening(), Confirmed: &p}
		now, err := restart.Plan(t.Context(), again)
		if err != nil || (now.Fingerprint != p.Fingerprint) != c.other {
			t.Errorf("%s: another plan %t, %v", name, now.Fingerprint != p.Fingerprint, err)
		}
		wantHas(t, facts(now), c.says)
		wantNot(t, facts(now), "PROGRAM scene")
		if now.Seen[outputSeen] != p.Seen[outputSeen] || now.Seen[baseline.StartedAt] == "" {
			t.Errorf("%s: kept %v", name, now.Seen)
		}
	}
}

// TestAStudioThatLeftTheChannel: a studio that is known by its id must still be one of the channel's.
func TestAStudioThatLeftTheChannel(t *testing.T) {
	for name, change := range map[string]func(*fakeCloud){
		"renamed away": func(f *fakeCloud) { f.casters[1].Name = "Morning News" },
		"deleted":      func(f *fakeCloud) { f.casters = f.casters[:1] },
	} {
		for _, usage := range []string{restartUsage, stopUsage, standbyUsage, "caster copy {caster} {name}"} {
			f := newFake()
			f.setups[newsID] = live.CasterConfig{Domain: "live.example.com", Standby: true}
			c := find(t, f, usage)
			p, err := c.Plan(t.Context(), call("caster", newsID, "name", "Evening 9"))
			if err != nil {
				t.Fatal(err)
			}
			change(f)
			_, err = c.Plan(t.Context(), op.Call{Args: p.Args, Scope: evening(), Confirmed: &p})
			if r := refused(t, err); r.Brief.Plain() != "unknown name" {
				t.Errorf("%s, %s: %s", usage, name, r)
			}
		}
	}
}

func TestWhatIsAnID(t *testing.T) {
	for typed, want := range map[string]bool{
		newsID: true, "LIVEPRODUCER_POST-cn-0pp1czt5l6f": true, "Evening News": false, "main": false, "": false,
		"studio-1":                     false,
		"EveningNewsWithAVeryLongName": false, "4f0c7a1e/0000/4000/8000/000000000001": false,
	} {
		if _, ok := known(op.Call{Args: op.Args{"caster": typed}}); ok != want {
			t.Errorf("%q: an id %t", typed, ok)
		}
	}
}
