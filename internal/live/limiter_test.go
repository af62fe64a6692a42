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
		c.turns = sharedTurns{reserve}
	}
	return c
}

// In any window of one second no family exceeds the account's documented limit, whatever the demand.
func TestNoSecondExceedsTheLimit(t *testing.T) {
	limits := map[string]int{"RestartCaster": 10, "DescribeCasters": 15, "RealTimeRecordCommand": 50, "DescribeLiveStreamRecordContent": 50}
	for action, limit := range limits {
		t.Run(action, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := limited(nil)
				time.Sleep(time.Minute)
				var sent []time.Time
				for range 4 * limit {
					if err := c.slot(t.Context(), find(action)); err != nil {
						t.Fatal(err)
					}
					sent = append(sent, time.Now())
				}
				for i := range sent[limit:] {
					if gap := sent[i+limit].Sub(sent[i]); gap < time.Second {
						t.Fatalf("sends %d to %d within %v", i, i+limit, gap)
					}
				}
				if took := sent[len(sent)-1].Sub(sent[0]); took > 8*time.Second {
					t.Errorf("%d sends took %v", len(sent), took)
				}
			})
		})
	}
}

func TestSlotGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Duration
		c := limited(nil)
		c.config.Waiting = func(_ context.Context, _ string, wait time.Duration) { told = append(told, wait) }
		restart := find("RestartCaster")
		for range 3 {
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
		if got := 100 - n; got < 35 || got > 40 {
			t.Errorf("%d of 100 calls got a slot within 5 s at 7/s and a burst of 3", got)
		}
	})
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := limited(nil)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if c.pause(ctx, "", time.Hour) || !c.pause(t.Context(), "", time.Hour) {
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
			if c.action == "RestartCaster" && asked != "caster-write7 3 5s" {
				t.Errorf("%s: asked for %s", c.name, asked)
			}
		})
	}
}
