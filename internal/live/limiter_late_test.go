package live

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A turn whose answer came too late is not used: another one is asked for.
func TestALateTurnIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := limited(func(context.Context, string, float64, int, time.Duration) (time.Duration, bool, error) {
			if asked++; asked == 1 {
				time.Sleep(time.Second) // the database stands still
			}
			return 200 * time.Millisecond, true, nil
		})
		begun := time.Now()
		if err := c.slot(t.Context(), find("RestartCaster")); err != nil {
			t.Fatal(err)
		}
		if asked != 2 || time.Since(begun) != 1400*time.Millisecond {
			t.Errorf("%d turns were asked for, and it left after %s", asked, time.Since(begun))
		}
	})
}

// Where every turn comes too late, the call is given up, not made.
func TestOnlyLateTurnsAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		c := limited(func(_ context.Context, _ string, _ float64, _ int, within time.Duration) (time.Duration, bool, error) {
			time.Sleep(time.Second)
			return 0, within > 0, nil
		})
		if err := c.slot(t.Context(), find("DescribeCasters")); err == nil || err.Class != NotSent {
			t.Errorf("%v", err)
		}
		if took := time.Since(begun); took > slotWithin+2*time.Second {
			t.Errorf("it was given up after %s", took)
		}
	})
}

// Without the shared turns two processes together make few looks.
func TestWithoutTheSharedTurnsLooksAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := func(context.Context, string, float64, int, time.Duration) (time.Duration, bool, error) {
			return 0, false, errors.New("no database")
		}
		var n atomic.Int64
		for _, c := range []*Client{limited(down), limited(down)} {
			for range 5 {
				go func() {
					if c.slot(t.Context(), find("DescribeCasters")) == nil {
						n.Add(1)
					}
				}()
			}
		}
		time.Sleep(999 * time.Millisecond)
		synctest.Wait()
		if n.Load() != 2 {
			t.Errorf("%d looks in the first second, want one of each process", n.Load())
		}
		time.Sleep(slotWithin)
	})
}
