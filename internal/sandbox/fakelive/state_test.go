package fakelive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSeed(t *testing.T) {
	b := newBench(t)
	want := []string{
		"4f0c7a1e-0000-4000-8000-000000000001 Evening News 1 true",
		"4f0c7a1e-0000-4000-8000-000000000002 Evening Sports 1 false",
		"4f0c7a1e-0000-4000-8000-000000000003 Evening Loop 6 true",
		"4f0c7a1e-0000-4000-8000-000000000004 Evening Virtual 4 true",
		"4f0c7a1e-0000-4000-8000-000000000005 Morning Show 1 false",
		"4f0c7a1e-0000-4000-8000-000000000006 Morning Loop 6 true",
		"4f0c7a1e-0000-4000-8000-000000000007 Evening Talk 1 false",
		"4f0c7a1e-0000-4000-8000-000000000008 Evening Talk 1 false",
	}
	s := b.world.Snapshot()
	for i, studio := range s.Studios {
		if got := fmt.Sprint(studio.ID, " ", studio.Name, " ", studio.NormType, " ", studio.OnAir); got != want[i] {
			t.Errorf("studio %q, want %q", got, want[i])
		}
		if got, want := studio.Scenes[1].ID, sceneNM(i+1, 2); got != want {
			t.Errorf("scene %q, want %q", got, want)
		}
		if program := studio.Scenes[0]; !program.Program || program.Open != studio.OnAir || studio.Scenes[1].Program {
			t.Errorf("scenes %+v", studio.Scenes)
		}
	}
	if news := s.Studios[0]; !news.Started.Equal(testStart.Add(-62*time.Minute)) || len(s.Studios) != len(want) {
		t.Errorf("%d studios, news since %v", len(s.Studios), news.Started)
	}
	streams := ""
	for _, st := range s.Streams {
		streams += fmt.Sprint(st.App, "/", st.Name, " ", st.Live, " ", st.Setup != nil, " ", recordState(st), "; ")
	}
	if want := "show/main true true none; show/backup true true none; show/friday false true none; " +
		"show/raw true false none; morning/main true true recording; "; streams != want {
		t.Errorf("streams %q", streams)
	}
}

// The same story gives the same world, to the last id.
func TestDeterministic(t *testing.T) {
	story := func() string {
		b := newBench(t)
		b.ok(b.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", "x", "ClientToken", "t"))
		b.play("show", "main", "start 1m stop 3m start")
		return string(b.world.Save())
	}
	if a, b := story(), story(); a != b {
		t.Errorf("two worlds:\n%s\n%s", a, b)
	}
}

func TestSaveAndLoad(t *testing.T) {
	b := newBench(t)
	b.ok(b.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", "Zwölf <&>", "ClientToken", "t"))
	b.play("show", "main", "start 90500ms stop")
	b.play("show", "backup", "start 1m restart")
	saved := b.world.Save()

	other := newBench(t)
	other.time.advance(150500 * time.Millisecond)
	other.must(other.world.Load(saved))
	if again := other.world.Save(); !bytes.Equal(saved, again) {
		t.Errorf("saved again:\n%s\nwant\n%s", again, saved)
	}
	want, got := b.world.Snapshot(), other.world.Snapshot()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("snapshot %+v, want %+v", got, want)
	}
	first := b.ok(b.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", "y", "ClientToken", "u"))
	second := other.ok(other.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", "y", "ClientToken", "u"))
	if first.body != second.body {
		t.Errorf("the stories part: %s, %s", first.body, second.body)
	}
	other.ok(other.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", "Zwölf <&>", "ClientToken", "t"))
	other.wantEffects(6)
	other.time.advance(3 * time.Minute)
	if files := other.world.Snapshot().Files; len(files) != 2 {
		t.Errorf("files %+v", files)
	}
}

func TestLoadRefusesNonsense(t *testing.T) {
	b := newBench(t)
	before := string(b.world.Save())
	for _, bad := range []string{"", "{", "null", "{}", "[]", `{"domains":["a"],"studios":[null]}`,
		`{"domains":["a"],"counters":null}`} {
		if err := b.world.Load([]byte(bad)); err == nil {
			t.Errorf("%q was loaded", bad)
		}
	}
	if string(b.world.Save()) != before {
		t.Error("the world has changed")
	}
}

func TestReset(t *testing.T) {
	b := newBench(t)
	before := string(b.world.Save())
	b.play("show", "main", "start")
	b.inject(Fault{Kind: Empty})
	b.world.Reset()
	if string(b.world.Save()) != before || len(b.world.Faults()) != 0 || len(b.world.Effects()) != 0 {
		t.Error("not the seed")
	}
}

func TestSnapshotIsACopy(t *testing.T) {
	b := newBench(t)
	b.play("show", "main", "start")
	before := string(b.world.Save())
	s := b.world.Snapshot()
	s.Studios[0].Scenes[0].Open = false
	s.Studios[0].Scenes[0].Components[0] = "x"
	s.Streams[0].Recording.Manual = false
	s.Streams[0].Setup.Delay = 1
	s.Calls[0].Params["Command"] = "x"
	b.world.Effects()[0].Params["Command"] = "x"
	if string(b.world.Save()) != before {
		t.Error("the world has changed with its copy")
	}
	if _, err := json.Marshal(s); err != nil {
		t.Error(err)
	}
}

func TestCallsAreLogged(t *testing.T) {
	b := newBench(t)
	b.ok(b.record("start", "show", "main"))
	b.want(b.call("RestartCaster", "CasterId", studioN(2)), 400, "IncorrectCasterStatus.Idle")
	calls := b.world.Snapshot().Calls
	good, refused := calls[0], calls[1]
	want := map[string]string{"Command": "start", "DomainName": Domain, "AppName": "show", "StreamName": "main"}
	if !reflect.DeepEqual(good.Params, want) || !good.Applied || !good.Answered || good.Status != 200 || good.Code != "" ||
		!good.Time.Equal(testStart) {
		t.Errorf("logged %+v", good)
	}
	if refused.Applied || !refused.Answered || refused.Status != 400 || refused.Code != "IncorrectCasterStatus.Idle" {
		t.Errorf("logged %+v", refused)
	}
	effect := b.world.Effects()[0]
	if effect.Call != good.Seq || effect.RequestID != good.RequestID || effect.Action != "RealTimeRecordCommand" ||
		!reflect.DeepEqual(effect.Params, want) {
		t.Errorf("effect %+v", effect)
	}
}

// Neither the log nor the saved world may hold what signs or opens anything.
func TestNoSecretIsKept(t *testing.T) {
	b := newBench(t, func(c *Config) { c.SecurityToken = "CAIScanary" })
	p := signed("POST", b.common("RestartCaster"), testSecret)
	p["SecurityToken"] = "CAIScanary"
	b.want(b.send("POST", nil, p), 400, "SignatureDoesNotMatch")
	b.ok(b.call("DescribeCasterScenes", "CasterId", studioN(1), "SecurityToken", "CAIScanary"))
	saved := string(b.world.Save())
	for _, secret := range []string{testKey, testSecret, "CAIScanary", p["Signature"], "auth_key"} {
		if strings.Contains(saved, secret) {
			t.Errorf("%q is kept", secret)
		}
	}
}

func TestLogKeepsTheLast(t *testing.T) {
	b := newBench(t)
	for range keptCalls + 5 {
		b.world.mu.Lock()
		in := &request{call: b.world.logCall(testStart, testStart, "x", nil)}
		b.world.apply(in)
		b.world.mu.Unlock()
	}
	calls := b.world.Snapshot().Calls
	if len(calls) != keptCalls || calls[0].Seq != 6 || calls[keptCalls-1].Seq != keptCalls+5 {
		t.Errorf("%d calls from %d", len(calls), calls[0].Seq)
	}
	b.wantEffects(keptCalls + 5)
}

func TestSubscribeMergesSignals(t *testing.T) {
	b := newBench(t)
	changes, cancel := b.world.Subscribe()
	for range 3 {
		b.world.ClearFaults()
	}
	<-changes
	select {
	case <-changes:
		t.Error("a second signal waits")
	default:
	}
	cancel()
	b.world.ClearFaults()
	select {
	case <-changes:
		t.Error("a signal after cancel")
	default:
	}
}

// Many clients at once: every effect once, every id once, nothing lost.
func TestConcurrentCalls(t *testing.T) {
	b := newBench(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			b.call("CopyCaster", "SrcCasterId", studioN(1), "CasterName", fmt.Sprint("c", i/2), "ClientToken",
				fmt.Sprint("t", i/2))
			b.call("DescribeCasters")
			b.call("RestartCaster", "CasterId", studioN(1))
			b.world.Snapshot()
			b.world.Tick()
			b.record("start", "show", "main")
			b.world.Save()
		}()
	}
	all.Wait()
	b.wantEffects(10 + 20 + 1)
	seen := map[string]bool{}
	for _, call := range b.world.Snapshot().Calls {
		if seen[call.RequestID] || !call.Answered {
			t.Errorf("call %+v", call)
		}
		seen[call.RequestID] = true
	}
	if len(seen) != 80 || len(b.world.Snapshot().Studios) != 18 {
		t.Errorf("%d calls, %d studios", len(seen), len(b.world.Snapshot().Studios))
	}
}
