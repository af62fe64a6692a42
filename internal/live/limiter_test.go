package live

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// In any window of one second no family exceeds the account's documented limit, whatever the demand.
func TestNoSecondExceedsTheLimit(t *testing.T) {
	limits := map[string]int{"RestartCaster": 10, "DescribeCasters": 15, "RealTimeRecordCommand": 50, "DescribeLiveStreamRecordContent": 50}
	for action, limit := range limits {
		t.Run(action, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &Client{limiters: newLimiters()}
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
		c := &Client{limiters: newLimiters()}
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
		c := &Client{limiters: newLimiters()}
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
		c := &Client{limiters: newLimiters()}
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
