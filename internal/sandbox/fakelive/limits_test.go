package fakelive

import (
	"sync"
	"testing"
	"time"
)

func limited(c *Config) { c.Limits = true }

// recorded asks for the recordings of a stream on a day.
var recorded = []string{"DomainName", Domain, "AppName", "show", "StreamName", "main",
	"StartTime", "2027-03-05T00:00:00Z", "EndTime", "2027-03-06T00:00:00Z"}

// arguments are those of a call that works on the seed, by operation.
var arguments = map[string][]string{
	"RestartCaster": {"CasterId", studioN(1)}, "DescribeCasterScenes": {"CasterId", studioN(1)},
	"DescribeLiveRecordConfig": {"DomainName", Domain}, "DescribeLiveStreamsOnlineList": {"DomainName", Domain},
	"DescribeCasterStreamUrl":            {"CasterId", studioN(1)},
	"DescribeLiveStreamState":            {"DomainName", Domain, "AppName", "show", "StreamName", "main"},
	"DescribeLiveStreamRecordIndexFiles": recorded, "DescribeLiveStreamRecordContent": recorded,
}

func (b *bench) again(n int, action string) {
	b.t.Helper()
	for range n {
		b.ok(b.call(action, arguments[action]...))
	}
}

func (b *bench) throttled(action string) {
	b.t.Helper()
	b.want(b.call(action, arguments[action]...), 400, "Throttling.User")
	if c := b.lastCall(); !c.Throttled || c.Applied || !c.Answered {
		b.t.Fatalf("in the log: %+v", c)
	}
}

func TestLimitsOfOperations(t *testing.T) {
	for action, allowed := range map[string]int{
		"RestartCaster": 10, "DescribeCasters": 15, "DescribeCasterScenes": 15, "DescribeLiveRecordConfig": 100,
		"DescribeLiveUserDomains": 100, "DescribeCasterStreamUrl": 5, "DescribeLiveStreamState": 100,
		"DescribeLiveStreamRecordIndexFiles": 15, "DescribeLiveStreamRecordContent": 50,
	} {
		b := newBench(t, limited)
		b.again(allowed, action)
		b.throttled(action)
		b.gate.advance(time.Second)
		b.again(1, action)
	}
}

func TestEveryOperationHasALimit(t *testing.T) {
	n := 0
	for _, service := range services {
		n += len(service)
		for action := range service {
			if limits[action].most == 0 || limits[action].per == 0 {
				t.Errorf("%s has none", action)
			}
		}
	}
	if len(limits) != n {
		t.Errorf("%d limits for %d operations", len(limits), n)
	}
}

// A window may begin anywhere: what came in the second half of one clock second counts in the first half of the next.
func TestLimitHoldsInAnyWindow(t *testing.T) {
	b := newBench(t, limited)
	b.gate.advance(600 * time.Millisecond)
	b.again(6, "RestartCaster")
	b.gate.advance(600 * time.Millisecond)
	b.again(4, "RestartCaster")
	b.throttled("RestartCaster")
	b.gate.advance(400 * time.Millisecond)
	b.again(6, "RestartCaster")
	b.throttled("RestartCaster")
	if n, from := Busiest(b.world.Snapshot().Calls, "RestartCaster"); n != 12 ||
		!from.Equal(testStart.Add(1200*time.Millisecond)) {
		t.Errorf("the fullest second had %d from %s on", n, from)
	}
}

func TestLimitIsNotShared(t *testing.T) {
	b := newBench(t, limited)
	b.again(10, "RestartCaster")
	b.throttled("RestartCaster")
	b.wantEffects(10)
	b.ok(b.call("StopCaster", "CasterId", studioN(1)))
	b.again(15, "DescribeCasters")
	b.again(15, "DescribeCasterScenes")
	off := newBench(t)
	off.again(40, "RestartCaster")
}

func TestLimitOfAMinute(t *testing.T) {
	w := New(Config{Limits: true})
	for i := range 10_000 {
		if !w.count("DescribeLiveStreamsOnlineList", testStart.Add(time.Duration(i)*5*time.Millisecond)) {
			t.Fatalf("call %d was refused", i)
		}
	}
	if w.count("DescribeLiveStreamsOnlineList", testStart.Add(59*time.Second)) {
		t.Error("10,001 calls within a minute")
	}
	if !w.count("DescribeLiveStreamsOnlineList", testStart.Add(time.Minute)) {
		t.Error("the first call still counts after a minute")
	}
}

// Calls side by side reach the counting in any order; no window gets more for that.
func TestLimitOfCallsOutOfOrder(t *testing.T) {
	w := New(Config{Limits: true})
	at := func(ms int) time.Time { return testStart.Add(time.Duration(ms) * time.Millisecond) }
	for range 10 {
		w.count("RestartCaster", at(1005))
	}
	if w.count("RestartCaster", at(1000)) {
		t.Error("eleven within five milliseconds")
	}
	if !w.count("RestartCaster", at(5)) {
		t.Error("a whole second before the others, and refused")
	}
	w = New(Config{Limits: true})
	for range 10 {
		w.count("RestartCaster", at(0))
	}
	if !w.count("RestartCaster", at(1050)) || w.count("RestartCaster", at(990)) {
		t.Error("one that comes late counts with those before it")
	}
}

func TestUsage(t *testing.T) {
	b := newBench(t, limited, func(c *Config) { c.Keep = 3 })
	b.again(10, "RestartCaster")
	b.throttled("RestartCaster")
	b.gate.advance(2 * time.Second)
	b.again(2, "RestartCaster")
	want := Usage{Calls: 13, Throttled: 1, Most: 11, From: testStart, Limit: 10, Per: time.Second}
	if got := b.world.Usage(); len(got) != 1 || got["RestartCaster"] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	b.world.ClearUsage()
	b.again(1, "RestartCaster")
	if got := b.world.Usage()["RestartCaster"]; got.Calls != 1 || got.Most != 1 {
		t.Errorf("after clearing %+v", got)
	}
	b.again(7, "RestartCaster")
	b.throttled("RestartCaster")
}

// TestLatency: the effect is there while the answer is still on its way.
func TestLatency(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Latency = time.Hour })
	var all sync.WaitGroup
	changed, cancel := b.world.Subscribe()
	defer cancel()
	all.Go(func() { b.call("RestartCaster", arguments["RestartCaster"]...) })
	for len(b.world.Effects()) == 0 {
		<-changed
	}
	if c := b.lastCall(); !c.Applied || c.Answered {
		t.Errorf("in the log: %+v", c)
	}
	b.world.SetLatency(0)
	b.again(1, "RestartCaster")
	b.world.Close()
	all.Wait()
}
