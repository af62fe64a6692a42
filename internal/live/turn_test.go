package live

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// within gives a client limits.
func within(share int) func(*Config) {
	return func(c *Config) { c.Quota = quota.New(quota.Config{Share: share}) }
}

// Every operation that is called has a limit.
func TestEveryActionHasALimit(t *testing.T) {
	for _, a := range Actions() {
		if quota.Limit(a.Name) == 0 {
			t.Errorf("%s has no row in internal/quota", a.Name)
		}
	}
}

// A crowd leaves no faster than the limit of each operation; what has no limit of its own is not sent.
func TestCallsKeepToTheLimits(t *testing.T) {
	f := newCloud(t, ok())
	c := f.client(t, within(20))
	var all sync.WaitGroup
	begun := time.Now()
	for range 5 {
		all.Go(func() {
			if _, err := c.RestartCaster(t.Context(), permitted, "c1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(begun); took < 2*time.Second {
		t.Errorf("five calls in %v with two a second", took)
	}
	if _, err := c.turn(t.Context(), permitted, find("NoSuchOperation"), true); err == nil || err.Class != NotSent ||
		!strings.Contains(err.Message, "not an operation") {
		t.Errorf("an unknown operation: %v", err)
	}
}

// A request leaves with the permit that its context carries; a repetition needs another one.
func TestTheCarriedPermitIsUsed(t *testing.T) {
	f := newCloud(t, refuse(400, "Throttling.User"), ok())
	c := f.client(t, within(20))
	var held []*quota.Permit
	for range 2 {
		p, err := c.config.Quota.Reserve(t.Context(), "RestartCaster", 0)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, p)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.RestartCaster(short, permitted, "c1"); ClassOf(err) != NotSent {
		t.Errorf("without a permit: %v", err)
	}
	wantSends(t, f, 0)
	begun := time.Now()
	if _, err := c.RestartCaster(quota.Carry(t.Context(), held[0]), permitted, "c1"); err != nil ||
		time.Since(begun) < time.Second {
		t.Errorf("it was tried again after %v, though all turns were taken: %v", time.Since(begun), err)
	}
	wantSends(t, f, 2)
}

// What never left gives its turn back.
func TestAPermitThatWasNotUsedIsFree(t *testing.T) {
	f := newCloud(t, ok())
	leave := atomic.Bool{}
	c := f.client(t, within(10))
	permit := op.NewSendPermit(func() error {
		if leave.Load() {
			return nil
		}
		return context.Canceled
	}, nil)
	for range 20 {
		if _, err := c.RestartCaster(t.Context(), permit, "c1"); ClassOf(err) != NotSent {
			t.Fatal(err)
		}
	}
	leave.Store(true)
	if _, err := c.RestartCaster(t.Context(), permit, "c1"); err != nil {
		t.Error(err)
	}
	wantSends(t, f, 1)
}

// lapsing is a book of turns that is away after it was asked once.
type lapsing struct{ asked atomic.Int64 }

func (b *lapsing) Page(context.Context, string) (string, int64, time.Time, error) {
	if b.asked.Add(1) > 1 {
		return "", 0, time.Now(), context.DeadlineExceeded
	}
	return "", 0, time.Now(), nil
}

func (b *lapsing) SetPage(context.Context, string, string, int64) (bool, error) { return true, nil }

// A request whose turn others may have by now does not leave, although it has a permit: here the process stood still
// until then.
func TestALateTurnIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := quota.New(quota.Config{Book: &lapsing{}})
		p, err := q.Reserve(t.Context(), "RestartCaster", 0)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		x := &exchange{ctx: t.Context(), turn: p}
		if x.held = x.mayLeave(); x.held == nil || !x.stale {
			t.Errorf("it may leave: %v", x.held)
		}
		x.traced.Store(true)
		x.released = true
		_, failed := x.outcome(find("RestartCaster"), keys{}, false)
		if failed.Class != NotSent || failed.final || !failed.stale {
			t.Errorf("%+v", failed)
		}
		q.Close()
	})
}

// Where the turns that replicas share cannot be asked for, nothing is changed.
func TestWithoutSharedTurnsNothingIsChanged(t *testing.T) {
	f := newCloud(t, ok())
	book := &lapsing{}
	book.asked.Store(1)
	q := quota.New(quota.Config{Book: book})
	defer q.Close()
	c := f.client(t, func(c *Config) { c.Quota = q })
	if _, err := c.RestartCaster(t.Context(), permitted, "c1"); ClassOf(err) != NotSent ||
		!strings.Contains(err.Error(), "all replicas share") {
		t.Errorf("a change: %v", err)
	}
	if _, err := c.Casters(t.Context()); err != nil {
		t.Errorf("a look: %v", err)
	}
	wantSends(t, f, 1)
}

// A throttling answer slows its operation down, and no other.
func TestThrottlingSlowsOneOperation(t *testing.T) {
	f := newCloud(t, refuse(400, "Throttling.User"))
	c := f.client(t, within(20))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, _ = c.RestartCaster(ctx, permitted, "c1")
	one, short := 0, t.Context()
	for range 2 {
		ctx, cancel := context.WithTimeout(short, 10*time.Millisecond)
		if _, err := c.config.Quota.Reserve(ctx, "StopCaster", 0); err == nil {
			one++
		}
		cancel()
	}
	if one != 2 {
		t.Errorf("%d of two turns of another operation", one)
	}
	if n := len(f.requests()); n != 1 {
		t.Errorf("%d requests of a slowed operation", n)
	}
}

// Waits are told to whoever ordered the call, and to the caller.
func TestWaitsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		c := &Client{config: Config{Quota: quota.New(quota.Config{Share: 10}),
			Waiting: func(_ context.Context, _ op.SendPermit, action string, why Class, _ time.Duration) {
				told = append(told, action+" "+string(why))
			}}}
		hold, err := c.turn(t.Context(), permitted, find("RestartCaster"), true)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(2500*time.Millisecond, hold.Return)
		heard := 0
		ctx := quota.With(t.Context(), quota.Caller{Waiting: func(int, time.Duration) { heard++ }})
		if _, err := c.turn(ctx, permitted, find("RestartCaster"), true); err != nil || heard != 2 || len(told) != 2 ||
			told[0] != "RestartCaster throttled" {
			t.Errorf("told %v and %d times: %v", told, heard, err)
		}
	})
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Client{}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if c.pause(ctx, permitted, "", Throttled, time.Hour) || !c.pause(t.Context(), permitted, "", Throttled, time.Hour) {
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

// slowly answers when the test lets it.
func slowly(turn <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		<-turn
		ok()(w, r)
	}
}
