package bot

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestFactsInUseAreRenewed: what is looked at often is asked for again before it is too old, once, and nobody waits for it.
func TestFactsInUseAreRenewed(t *testing.T) {
	for name, answer := range map[string]error{"answered": nil, "not answered": errors.New("no answer")} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			c := newCache(time.Now, func(context.Context, string) (int, error) {
				asked++
				time.Sleep(time.Second)
				if asked > 1 {
					return asked, answer
				}
				return asked, nil
			})
			if v, _, err := c.get(t.Context(), "U1", time.Time{}); v != 1 || err != nil {
				t.Fatalf("%s: %d, %v", name, v, err)
			}
			time.Sleep(renewAt - 2*time.Second)
			c.glance("U1")
			synctest.Wait()
			if asked != 1 {
				t.Errorf("%s: a young fact is asked for again", name)
			}
			time.Sleep(2 * time.Second)
			for range 3 {
				if v, ok := c.glance("U1"); v != 1 || !ok {
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
			if v, ok := c.glance("U1"); ok != (answer == nil) || ok && v != 2 {
				t.Errorf("%s: afterwards the fact is %d, %v", name, v, ok)
			}
		})
	}
}
