package cache_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/cache"
)

// TestFactsInUseAreRenewed: what is looked at often is asked for again before it is too old, once, and nobody waits for
// it.
func TestFactsInUseAreRenewed(t *testing.T) {
	for name, answer := range map[string]error{"answered": nil, "not answered": errors.New("no answer")} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			c := cache.New[string, int](config())
			ask := func(context.Context, string) (int, error) {
				asked++
				time.Sleep(time.Second)
				if asked > 1 {
					return asked, answer
				}
				return asked, nil
			}
			peek := func() (int, bool) {
				v, ok := c.Peek("U1", time.Time{}, ask)
				return v.Value, ok
			}
			if v, err := c.Get(t.Context(), "U1", time.Time{}, ask); v.Value != 1 || err != nil {
				t.Fatalf("%s: %+v, %v", name, v, err)
			}
			time.Sleep(renewAt - 2*time.Second)
			peek()
			synctest.Wait()
			if asked != 1 {
				t.Errorf("%s: a young fact is asked for again", name)
			}
			time.Sleep(2 * time.Second)
			for range 3 {
				if v, ok := peek(); v != 1 || !ok {
					t.Errorf("%s: while it is asked for, the fact is %d, %v", name, v, ok)
				}
				time.Sleep(2 * time.Second)
				if answer == nil {
					break
				}
			}
			synctest.Wait()
			if asked != 2 {
				t.Errorf("%s: asked %d times, want 2", name, asked)
			}
			time.Sleep(goodFor - renewAt)
			if v, ok := peek(); ok != (answer == nil) || ok && v != 2 {
				t.Errorf("%s: afterwards the fact is %d, %v", name, v, ok)
			}
		})
	}
}
