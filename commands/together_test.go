package commands

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
)

// TestSideBySide: what is independent is in flight at the same time. Each of the looks waits for the others to have
// begun.
func TestSideBySide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ usage, before, looks string }{
		{usageOf("start"), "", "OnlineStreams RecordConfigs RecordContent"},
		{usageOf("start"), "confirmed", "OnlineStreams RecordContent"},
		{usageOf("stop"), "confirmed", "OnlineStreams RecordContent"},
		{usageOf("restart"), "", "OnlineStreams RecordConfigs RecordContent"},
		{usageOf("finish"), "", "RecordConfigs RecordContent RecordFiles"},
		{usageOf("finish"), "confirmed", "RecordContent RecordFiles"},
		{statusUsage, "", "OnlineStreams RecordConfigs RecordContent RecordFiles"},
		{filesUsage, "", "OnlineStreams RecordConfigs RecordContent RecordFiles"},
		{restartUsage, "confirmed", "Caster RecordContent"},
		{restartUsage, "", "Caster Scenes"},
		{stopUsage, "confirmed", "Caster Scenes"},
		{standbyUsage, "", "Caster Scenes CasterConfig"},
		{standbyUsage, "confirmed", "Caster Scenes"},
		{"caster show {caster}", "", "Caster Scenes CasterConfig"},
		{takeUsage, "confirmed", "Caster Scenes"},
		{sceneStopUsage, "confirmed", "Caster Scenes"},
	} {
		f := newFake()
		f.setups[newsID] = live.CasterConfig{Domain: "live.example.com", Standby: true}
		f.contents[mainPath] = []live.Content{{From: noon.Add(-time.Hour), To: noon.Add(-30 * time.Second)}}
		command := find(t, f, c.usage)
		asked := call("caster", newsID, "scene", "s-p1", "stream", "main")
		if c.before != "" {
			p, err := command.Plan(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			asked.Args, asked.Confirmed = p.Args, &p
		}
		meet(t, f, c.usage+" "+c.before, strings.Fields(c.looks), func() error {
			if command.Effect == op.Read {
				_, err := command.Read(t.Context(), asked)
				return err
			}
			_, err := command.Plan(t.Context(), asked)
			return err
		})
	}
}

// meet lets do make its looks, each of which ends only when all have begun.
func meet(t *testing.T, f *fakeCloud, name string, looks []string, do func() error) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	come, done := map[string]bool{}, make(chan error, 1)
	all.Add(len(looks))
	f.enter = func(method string) {
		mu.Lock()
		first := slices.Contains(looks, method) && !come[method]
		come[method] = true
		mu.Unlock()
		if first {
			all.Done()
			all.Wait()
		}
	}
	go func() { done <- do() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, look := range looks {
			if !come[look] {
				t.Errorf("%s: %s was not looked at", name, look)
			}
		}
	case <-time.After(20 * time.Second): // they wait for one another for ever
		t.Fatalf("%s: %v are looked at one after the other", name, looks)
	}
}

func TestTogether(t *testing.T) {
	late, early := errors.New("the first of them, which comes last"), errors.New("the second")
	second, said := make(chan struct{}), make(chan error, 1)
	go func() {
		said <- parallel.Together(
			func() error { <-second; return late },
			func() error { defer close(second); return early },
			func() error { return nil },
		)
	}()
	select {
	case err := <-said:
		if !errors.Is(err, late) {
			t.Errorf("the error is that of %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("they are asked one after the other")
	}
	if parallel.Together() != nil {
		t.Error("nothing asked, and an error")
	}
}
