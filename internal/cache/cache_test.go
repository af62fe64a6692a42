package cache_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/cache"
)

const (
	goodFor  = time.Minute
	renewAt  = 45 * time.Second
	staleFor = time.Hour
	freshFor = 5 * time.Second
	most     = 16
)

var errDown, errGone = errors.New("down"), errors.New("gone")

func config() cache.Config {
	return cache.Config{
		Now: time.Now, Good: goodFor, Renew: renewAt, Stale: staleFor, Within: 5 * time.Second, Most: most,
		Gone: func(err error) bool { return errors.Is(err, errGone) },
	}
}

// asked is a question that a test answers: it tells what was so when it was asked.
type asked struct {
	value atomic.Int64
	count atomic.Int64
	takes atomic.Int64 // nanoseconds
	err   atomic.Pointer[error]
}

func (a *asked) ask(context.Context, string) (int64, error) {
	a.count.Add(1)
	value := a.value.Load()
	time.Sleep(time.Duration(a.takes.Load()))
	if err := a.err.Load(); err != nil {
		return 0, *err
	}
	return value, nil
}

// TestOneQuestion: many who ask at once share one question; one that was asked too early serves nobody who wants a
// later answer; a caller who gives up does not take the answer away from the others.
func TestOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a := cache.New[string, int64](config()), &asked{}
		a.takes.Store(int64(10 * time.Second))
		given, giveUp := context.WithCancel(t.Context())
		giveUp()
		if _, err := c.Get(given, "key", time.Time{}, a.ask); !errors.Is(err, context.Canceled) {
			t.Errorf("giving up gives %v", err)
		}
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() {
				if v, err := c.Get(t.Context(), "key", time.Time{}, a.ask); err != nil || v.Stale {
					t.Errorf("got %+v, %v", v, err)
				}
			})
		}
		time.Sleep(freshFor)
		a.value.Store(1)
		if v, err := c.Get(t.Context(), "key", time.Now().Add(-freshFor), a.ask); v.Value != 1 || err != nil {
			t.Errorf("fresh: %+v, %v", v, err)
		}
		wait.Wait()
		if n := a.count.Load(); n != 2 {
			t.Errorf("%d questions, want 2", n)
		}
	})
}

// TestCountsFromTheQuestion: an answer that took long is as old as its question, also one that was asked for ahead of
// time.
func TestCountsFromTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a := cache.New[string, int64](config()), &asked{}
		get := func() int64 {
			v, err := c.Get(t.Context(), "key", time.Time{}, a.ask)
			if err != nil || v.Stale {
				t.Fatalf("got %+v, %v", v, err)
			}
			return v.Value
		}
		get()
		time.Sleep(goodFor - 1)
		a.takes.Store(int64(4 * time.Second))
		get() // the last nanosecond: a new one is asked for behind the back
		synctest.Wait()
		a.value.Store(1) // too late for it
		time.Sleep(5 * time.Second)
		if v := get(); v != 0 || a.count.Load() != 2 {
			t.Errorf("the renewed answer is not kept: %d, %d questions", v, a.count.Load())
		}
		time.Sleep(goodFor - 5*time.Second)
		if v := get(); v != 1 {
			t.Error("what was so before is seen for longer than a minute after the question")
		}
	})
}

// TestForgotten: an answer to a question that was asked before a change is not kept.
func TestForgotten(t *testing.T) {
	for name, change := range map[string]func(*cache.Cache[string, int64]){
		"forget": func(c *cache.Cache[string, int64]) { c.Forget("key") }, "expire": (*cache.Cache[string, int64]).Expire,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, a := cache.New[string, int64](config()), &asked{}
				a.takes.Store(int64(time.Second))
				go func() { _, _ = c.Get(t.Context(), "key", time.Time{}, a.ask) }()
				synctest.Wait()
				change(c)
				time.Sleep(2 * time.Second)
				if _, ok := c.Peek("key", time.Time{}, nil); ok {
					t.Error("the old answer is kept")
				}
			})
		})
	}
}

// TestExpired: what has expired still serves when there is no better answer; what was forgotten does not.
func TestExpired(t *testing.T) {
	c, a := cache.New[string, int64](config()), &asked{}
	if _, err := c.Get(t.Context(), "key", time.Time{}, a.ask); err != nil {
		t.Fatal(err)
	}
	c.Expire()
	a.err.Store(&errDown)
	if v, err := c.Get(t.Context(), "key", time.Time{}, a.ask); !v.Stale || err != nil {
		t.Errorf("expired: %+v, %v", v, err)
	}
	c.Forget("key")
	if v, err := c.Get(t.Context(), "key", time.Time{}, a.ask); !errors.Is(err, errDown) {
		t.Errorf("forgotten: %+v, %v", v, err)
	}
}

// TestGone: that there is nothing is an answer; an older one does not stand in for it.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a := cache.New[string, int64](config()), &asked{}
		if _, err := c.Get(t.Context(), "key", time.Time{}, a.ask); err != nil {
			t.Fatal(err)
		}
		time.Sleep(goodFor)
		a.err.Store(&errGone)
		if v, err := c.Get(t.Context(), "key", time.Time{}, a.ask); !errors.Is(err, errGone) || v.Stale {
			t.Errorf("got %+v, %v", v, err)
		}
		if _, ok := c.Last("key"); ok {
			t.Error("the older answer is kept")
		}
	})
}

// TestPanic: whoever waits for a question that panics is not left waiting.
func TestPanic(t *testing.T) {
	conf := config()
	conf.Run = func(work func(context.Context)) {
		go func() {
			defer func() { _ = recover() }()
			work(context.Background())
		}()
	}
	c := cache.New[string, int64](conf)
	_, err := c.Get(t.Context(), "key", time.Time{}, func(context.Context, string) (int64, error) { panic("oh") })
	if !errors.Is(err, cache.ErrNoAnswer) {
		t.Errorf("got %v", err)
	}
}

func TestBounded(t *testing.T) {
	c, kept := cache.New[int, int](config()), 0
	for i := range 5 * most {
		_, _ = c.Get(t.Context(), i, time.Time{}, func(_ context.Context, i int) (int, error) { return i, nil })
	}
	for i := range 5 * most {
		if _, ok := c.Last(i); ok {
			kept++
		}
	}
	if kept == 0 || kept > most {
		t.Errorf("%d are kept", kept)
	}
}

// history is what was so, and when somebody was told to forget it.
type history struct {
	mu        sync.Mutex
	changed   []time.Time // when each value began
	forgotten time.Time
}

func (h *history) at(when time.Time) (value int64) {
	for i, from := range h.changed {
		if !from.After(when) {
			value = int64(i)
		}
	}
	return value
}

// oldest is the moment from which on a value may be seen that was asked for at begun.
func (h *history) oldest(begun, since time.Time, stale bool) time.Time {
	oldest := begun.Add(-goodFor)
	switch {
	case stale:
		oldest = begun.Add(-staleFor)
	case since.After(oldest):
		oldest = since
	}
	if h.forgotten.After(oldest) && h.forgotten.Before(begun) {
		oldest = h.forgotten
	}
	return oldest
}

// TestNeverOlderThanPromised: whatever is asked, changed, slow, down and forgotten in whatever order, nobody sees for
// longer than was promised what is no longer so.
func TestNeverOlderThanPromised(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) { walk(t, rand.New(rand.NewPCG(seed, 7))) })
	}
}

func walk(t *testing.T, rnd *rand.Rand) {
	c, a, h := cache.New[string, int64](config()), &asked{}, &history{changed: []time.Time{time.Now()}}
	look := func(since time.Time) {
		begun := time.Now()
		v, err := c.Get(t.Context(), "key", since, a.ask)
		h.mu.Lock()
		defer h.mu.Unlock()
		if oldest := h.oldest(begun, since, v.Stale); err == nil && v.Value < h.at(oldest) {
			t.Errorf("saw %d (%+v), which ended before %s", v.Value, v, oldest)
		}
	}
	var looks sync.WaitGroup
	for range 200 {
		synctest.Wait()
		time.Sleep(time.Millisecond)
		h.mu.Lock()
		switch rnd.IntN(8) {
		case 0:
			a.value.Add(1)
			h.changed = append(h.changed, time.Now())
		case 1:
			c.Forget("key")
			h.forgotten = time.Now()
		case 2:
			a.takes.Store(rnd.Int64N(int64(4 * time.Second)))
		case 3:
			a.err.Store(map[bool]*error{true: &errDown}[rnd.IntN(3) == 0])
		case 4:
			h.mu.Unlock()
			time.Sleep(time.Duration(rnd.Int64N(int64(goodFor))))
			h.mu.Lock()
		default:
			since := map[bool]time.Time{true: time.Now().Add(-freshFor)}[rnd.IntN(2) == 0]
			looks.Go(func() { look(since) })
		}
		h.mu.Unlock()
	}
	looks.Wait()
	time.Sleep(time.Minute)
}
