package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// limited is a client that only limits.
func limited(reserve Reserve) *Client {
	c := &Client{own: newTurns()}
	c.turns = c.own
	if reserve != nil {
		c.own, c.turns = scarceTurns(), sharedTurns{reserve}
	}
	return c
}

// In any window of one second no more than ten calls leave, and no more looks than their share, whatever the demand.
func TestNoSecondExceedsTheLimit(t *testing.T) {
	for limit, actions := range map[int][]string{
		8: {"DescribeCasters"}, 10: {"RestartCaster", "RealTimeRecordCommand", "DescribeCasters", "DescribeLiveStreamRecordContent"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := limited(nil)
			time.Sleep(time.Minute)
			sent := make(chan time.Time, 1000)
			for n := range 20 * len(actions) {
				go func() {
					for c.slot(t.Context(), find(actions[n%len(actions)])) != nil {
						time.Sleep(time.Second)
					}
					sent <- time.Now()
				}()
			}
			begun := time.Now()
			var all []time.Time
			for range 20 * len(actions) {
				all = append(all, <-sent)
			}
			for i := range all[limit:] {
				if gap := all[i+limit].Sub(all[i]); gap < time.Second {
					t.Fatalf("%v: calls %d to %d within %v", actions, i, i+limit, gap)
				}
			}
			if took := time.Since(begun); took > 25*time.Second {
				t.Errorf("%v: %d calls took %v", actions, len(all), took)
			}
		})
	}
}

// However much is looked at, a change finds its turn.
func TestLooksDoNotStarveChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := limited(nil)
		ctx, cancel := context.WithCancel(t.Context())
		for range 200 {
			go func() {
				for ctx.Err() == nil {
					if c.slot(ctx, find("DescribeCasters")) != nil {
						time.Sleep(100 * time.Millisecond)
					}
				}
			}()
		}
		time.Sleep(10 * time.Second)
		begun := time.Now()
		if err := c.slot(t.Context(), find("RestartCaster")); err != nil || time.Since(begun) > time.Second {
			t.Errorf("a change waited %v: %v", time.Since(begun), err)
		}
		cancel()
		time.Sleep(2 * slotWithin)
	})
}

func TestPerSecond(t *testing.T) {
	for action, want := range map[string]int{
		"CopyCaster": 10, "RestartCaster": 10, "StartCasterScene": 10, "StopCasterScene": 10, "DescribeCasters": 15, "RealTimeRecordCommand": 50, "DeleteCaster": 0,
	} {
		if got := PerSecond(action); got != want {
			t.Errorf("%s: %d a second, want %d", action, got, want)
		}
	}
}

func TestSlotGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Duration
		c := limited(nil)
		c.config.Waiting = func(_ context.Context, _ string, _ Class, wait time.Duration) { told = append(told, wait) }
		restart := find("RestartCaster")
		for range calls.burst {
			_ = c.slot(t.Context(), restart)
		}
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		for range 100 {
			if err := c.slot(short, restart); err == nil || err.Class != NotSent {
				t.Fatalf("got %v", err)
			}
		}
		if time.Since(start) != 0 || len(told) != 0 {
			t.Errorf("waited %v in vain, told %v", time.Since(start), told)
		}
		if err := c.slot(t.Context(), restart); err != nil || len(told) != 1 {
			t.Errorf("those who gave up used slots: %v, told %v", err, told)
		}
	})
}

func TestSlotIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := limited(nil)
		refused := make(chan bool, 100)
		for range 100 {
			go func() { refused <- c.slot(t.Context(), find("RestartCaster")) != nil }()
		}
		n := 0
		for range 100 {
			if <-refused {
				n++
			}
		}
		if got := 100 - n; got < 24 || got > 26 {
			t.Errorf("%d of 100 calls got a slot within 4 s at 5/s and a burst of 5", got)
		}
	})
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := limited(nil)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if c.pause(ctx, "", Throttled, time.Hour) || !c.pause(t.Context(), "", Throttled, time.Hour) {
			t.Error("pause")
		}
	})
}

func TestBackoffDoublesUpToABound(t *testing.T) {
	var bounds []time.Duration
	c := &Client{jitter: func(bound time.Duration) time.Duration { bounds = append(bounds, bound); return 0 }}
	for try := 1; try <= 6; try++ {
		c.backoff(try)
	}
	for i, want := range []time.Duration{500, 1000, 2000, 4000, 8000, 8000} {
		if bounds[i] != want*time.Millisecond {
			t.Errorf("bounds %v", bounds)
		}
	}
	for range 100 {
		if wait := fullJitter(time.Second); wait < 0 || wait >= time.Second {
			t.Errorf("jitter %v", wait)
		}
	}
}

func TestSharedTurns(t *testing.T) {
	down := errors.New("no database")
	for _, c := range []struct {
		name, action string
		wait         time.Duration
		ok           bool
		err          error
		want         string
	}{
		{"in turn", "RestartCaster", 3 * time.Second, true, nil, ""},
		{"too late", "RestartCaster", 0, false, nil, "too many calls are waiting"},
		{"a read too late", "DescribeCasters", 0, false, nil, "too many calls are waiting"},
		{"a write without a database", "RestartCaster", 0, false, down, "that all replicas share"},
		{"a read without a database", "DescribeCasters", 0, false, down, ""},
		{"not an operation", "DeleteCaster", 0, true, nil, "not an operation"},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := ""
			client := limited(func(_ context.Context, family string, perSecond float64, burst int, within time.Duration) (time.Duration, bool, error) {
				asked = fmt.Sprint(family, perSecond, burst, within)
				return c.wait, c.ok, c.err
			})
			start := time.Now()
			err := client.slot(t.Context(), find(c.action))
			if (err == nil) != (c.want == "") || err != nil && (err.Class != NotSent || !strings.Contains(err.Message, c.want)) {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
			if time.Since(start) != c.wait {
				t.Errorf("%s: waited %v", c.name, time.Since(start))
			}
			if c.action == "RestartCaster" && asked != "call5 5 4s" {
				t.Errorf("%s: asked for %s", c.name, asked)
			}
		})
	}
}
