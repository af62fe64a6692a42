package sandbox

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/scenarios"
)

func TestFastClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		c, jumps := NewClock(nil), 0
		c.OnAdvance(func() { jumps++ })
		go c.Run(ctx)
		for _, tt := range []struct {
			speed int
			want  time.Duration
		}{{60, 59 * 10 * time.Second}, {1, 59 * 10 * time.Second}, {10, (59 + 9) * 10 * time.Second}} {
			if err := c.SetSpeed(tt.speed); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if c.Ahead() != tt.want || c.Speed() != tt.speed {
				t.Errorf("after 10 s at %d times the speed it is %s ahead, want %s", c.Speed(), c.Ahead(), tt.want)
			}
		}
		ahead := c.Ahead()
		c.Travel(c.Now().Add(time.Hour))
		c.Rest()
		time.Sleep(time.Second)
		synctest.Wait()
		if c.Ahead() != ahead {
			t.Errorf("while it rests the clock goes %s ahead", c.Ahead()-ahead)
		}
		goal, before := c.Now().Add(time.Hour), jumps
		c.Travel(goal)
		time.Sleep(time.Minute)
		synctest.Wait()
		if late := c.Now().Sub(goal); late < 0 || late > 11*time.Minute || jumps-before < 240 {
			t.Errorf("a travel of an hour ended %s after it, in %d steps", late, jumps-before)
		}
		if jumps < 200 {
			t.Errorf("%d jumps in 20 s: what goes by the clock cannot follow", jumps)
		}
		stop()
	})
	if err := NewClock(nil).SetSpeed(1000); err == nil {
		t.Error("1000 times the speed was taken")
	}
}

// A scenario begins when it says, waits for the person, and begins again with a reset.
func TestWorldWithAScenario(t *testing.T) {
	begin := time.Date(2027, 3, 28, 0, 10, 0, 0, time.UTC)
	s := scenarios.Scenario{Name: "drop", Title: "A drop", About: "It drops.", Begin: begin, Steps: []scenarios.Step{
		{Tell: "The stream breaks.", After: 5 * time.Minute, Do: []string{"world> the stream show/main breaks"}},
		{Ask: "Say so.", Sees: []scenarios.Expected{{Says: []string{"it broke"}}}},
	}}
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	w := open(t, Config{Scenario: &s, Now: func() time.Time { return now }})
	for range 2 {
		if got := w.Clock.Now(); !got.Equal(begin) {
			t.Fatalf("it begins at %s, want %s", got, begin)
		}
		if due := w.due(); !due.Equal(begin.Add(5 * time.Minute)) {
			t.Errorf("next is %s", due)
		}
		if v := w.scenario(); v.Done != 0 || len(v.Items) != 1 || v.Items[0].Text != "" || v.Items[0].Due == 0 {
			t.Errorf("before it happens one sees %+v", v)
		}
		w.Clock.Advance(5 * time.Minute)
		for deadline := time.Now().Add(time.Minute); w.scenario().Done == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("nothing happened within a minute: %+v", w.scenario())
			}
		}
		if live(w) {
			t.Error("the stream did not break")
		}
		if v := w.scenario(); len(v.Items) != 2 || v.Items[1].Text != "Say so." || v.Items[1].Done || v.Error != "" {
			t.Errorf("then one sees %+v", v)
		}
		if err := w.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}

func live(w *World) bool {
	for _, s := range w.Live.Snapshot().Streams {
		if s.App == "show" && s.Name == "main" {
			return s.Live
		}
	}
	return false
}

// The next thing that happens by itself is a file that is due, when there is no scenario.
func TestDueIsTheNextFile(t *testing.T) {
	w := open(t, Config{})
	if !w.due().IsZero() {
		t.Errorf("%s is due in a new world", w.due())
	}
	soon := w.Clock.Now().Add(time.Minute).UTC().Round(0)
	for name, at := range map[string]time.Time{"main": soon.Add(time.Hour), "backup": soon} {
		if err := w.Live.SetStream(fakelive.Domain, "show", name, func(s *fakelive.Stream) {
			s.Recording = &fakelive.Recording{Started: soon.Add(-time.Hour), Stopped: soon.Add(-time.Minute), Due: at}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if !w.due().Equal(soon) {
		t.Errorf("%s is due, want %s", w.due(), soon)
	}
}
