package quota

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Use says what is in use and who waits; Waited hears how long that took.
func TestUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var waited []time.Duration
		q := New(Config{Share: 10, Waited: func(c Class, d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			if c != Confirmed {
				t.Errorf("waited as %s", c)
			}
			waited = append(waited, d)
		}})
		defer q.Close()
		one := func() Use {
			all := q.Use()
			return all[slices.IndexFunc(all, func(u Use) bool { return u.Operation == "RestartCaster" })]
		}
		if u := one(); u.Limit != 10 || u.InUse != 0 || len(u.Waiting) != 0 {
			t.Errorf("before: %+v", u)
		}
		ctx := With(t.Context(), Caller{Class: Confirmed})
		p, err := q.Reserve(ctx, "RestartCaster", 0)
		if err != nil || p.Left() != nil {
			t.Fatal(err)
		}
		var other sync.WaitGroup
		other.Go(func() {
			if _, err := q.Reserve(ctx, "RestartCaster", 0); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if u := one(); u.InUse != 1 || u.Waiting[Confirmed] != 1 {
			t.Errorf("one waits: %+v", u)
		}
		other.Wait()
		if len(waited) != 2 || waited[0] != 0 || waited[1] < time.Second {
			t.Errorf("waited %v", waited)
		}
		gone, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		if _, err := q.Reserve(gone, "RestartCaster", 0); err == nil || len(waited) != 2 {
			t.Errorf("who gave up has waited: %v, %v", waited, err)
		}
	})
	if all := (*Quota)(nil).Use(); len(all) != len(limits) || all[0].Limit == 0 {
		t.Errorf("without limits of its own: %+v", all)
	}
}

func TestClassesHaveWords(t *testing.T) {
	words := map[string]bool{}
	for _, c := range Classes() {
		words[c.String()] = true
	}
	if len(words) != int(Background) || words["none"] || Class(0).String() != "none" {
		t.Errorf("%v", words)
	}
}
