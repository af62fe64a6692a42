package quota

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// memory is a book in memory.
type memory struct {
	mu      sync.Mutex
	pages   map[string]string
	version map[string]int64
	asked   int
}

func newMemory() *memory { return &memory{pages: map[string]string{}, version: map[string]int64{}} }

func (m *memory) Page(_ context.Context, operation string) (string, int64, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	return m.pages[operation], m.version[operation], time.Now(), nil
}

// questions is how often it was asked, and what stands there.
func (m *memory) questions(operation string) (int, string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked, m.pages[operation]
}

func (m *memory) SetPage(_ context.Context, operation, page string, version int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.version[operation] != version {
		return false, nil
	}
	m.pages[operation] = page
	m.version[operation]++
	return true, nil
}

// faulty is a book that cannot always be reached: it answers late, not at all, or does what was asked and says that it
// did not.
type faulty struct {
	*memory
	delay func() time.Duration
	fails func() bool
}

var errAway = errors.New("the book is away")

func (f faulty) Page(ctx context.Context, operation string) (string, int64, time.Time, error) {
	page, version, now, _ := f.memory.Page(ctx, operation)
	time.Sleep(f.delay())
	if f.fails() || ctx.Err() != nil {
		return "", 0, now, errAway
	}
	return page, version, now, nil
}

func (f faulty) SetPage(ctx context.Context, operation, page string, version int64) (bool, error) {
	fails := f.fails()
	if fails && rand.IntN(2) == 0 {
		return false, errAway
	}
	time.Sleep(f.delay())
	ok, _ := f.memory.SetPage(ctx, operation, page, version)
	if fails || ctx.Err() != nil {
		return false, errAway
	}
	return ok, nil
}

func replica(book Book, n, peers int) *Quota {
	return New(Config{Book: book, Replica: fmt.Sprint(n), Peers: func() int { return peers }})
}

// Whatever replicas do and however long anything takes, no window of a second holds more arrivals than the share.
func TestReplicasNeverExceedTheShare(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		operation := rapid.SampledFrom([]string{"RestartCaster", "DescribeCasters"}).Draw(rt, "operation")
		replicas := rapid.IntRange(2, 3).Draw(rt, "replicas")
		workers := rapid.IntRange(1, 30).Draw(rt, "workers")
		trouble := rapid.IntRange(0, 40).Draw(rt, "trouble")
		crashes := rapid.IntRange(0, 2).Draw(rt, "crashes")
		seed := rapid.Uint64().Draw(rt, "seed")
		var arrived []time.Time
		synctest.Test(t, func(t *testing.T) {
			arrived = storm(t, operation, replicas, workers, trouble, crashes, seed)
		})
		if n, share := most(arrived), slotsOf(operation, usualShare, true); n > share {
			rt.Fatalf("%d of %d arrivals in a second, of %d", n, share, len(arrived))
		}
	})
}

// storm lets replicas work for a while, and gives when requests arrived.
func storm(t *testing.T, operation string, replicas, workers, trouble, crashes int, seed uint64) []time.Time {
	var mu sync.Mutex
	var arrived []time.Time
	random := rand.New(rand.NewPCG(seed, 1))
	under := func(n int) int { // safe for many
		mu.Lock()
		defer mu.Unlock()
		return random.IntN(max(1, n))
	}
	book, ctx := newMemory(), t.Context()
	over, end := context.WithTimeout(ctx, 40*time.Second)
	defer end()
	var all sync.WaitGroup
	var quotas []*Quota
	begin := func(n int, crash time.Duration) {
		alive, cancel := context.WithTimeout(over, crash)
		f := faulty{book, func() time.Duration {
			if under(100) < trouble {
				return time.Duration(under(7000)) * time.Millisecond
			}
			return time.Duration(under(5)) * time.Millisecond
		}, func() bool { return alive.Err() != nil || under(200) < trouble }}
		q := replica(f, n, replicas-1)
		quotas = append(quotas, q)
		for range workers {
			all.Go(func() {
				for alive.Err() == nil {
					time.Sleep(time.Duration(under(50)) * time.Millisecond)
					p, err := q.Reserve(alive, operation, time.Duration(under(2))*500*time.Millisecond)
					if err != nil {
						continue
					}
					_ = p.Wait(ctx)
					if under(300) < trouble { // the process stands still
						time.Sleep(time.Duration(under(9000)) * time.Millisecond)
					}
					if under(20) == 0 || alive.Err() != nil || p.Left() != nil {
						p.Return()
						continue
					}
					if p.slot.scarce { // out of what the share leaves free
						p.Answered(false)
						continue
					}
					way := time.Duration(under(100)) * time.Millisecond
					time.Sleep(way)
					mu.Lock()
					arrived = append(arrived, time.Now())
					mu.Unlock()
					time.Sleep(time.Duration(under(200)) * time.Millisecond)
					if under(5) == 0 { // no answer comes for long
						time.Sleep(time.Duration(under(3000)) * time.Millisecond)
					}
					p.Answered(under(500) == 0)
				}
			})
		}
		all.Go(func() { <-alive.Done(); cancel() })
	}
	for n := range replicas {
		begin(n, time.Hour)
	}
	for n := range crashes {
		time.Sleep(time.Duration(under(5000)) * time.Millisecond)
		begin(replicas+n, time.Duration(under(8000))*time.Millisecond)
	}
	all.Wait()
	for _, q := range quotas {
		q.Close()
	}
	return arrived
}

// working keeps a replica busy until ctx ends, and gives its calls to left.
func working(ctx context.Context, all *sync.WaitGroup, q *Quota, operation string, workers int, left func(time.Time)) {
	for range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				if at, err := call(ctx, q, operation, 20*time.Millisecond); err == nil {
					left(at)
				}
			}
		})
	}
}

// Replicas that all have work use four fifths of the share and more; one that has it alone nearly everything.
func TestReplicasUseTheShare(t *testing.T) {
	for _, c := range []struct{ busy, peers, least int }{{1, 0, 90}, {1, 1, 80}, {2, 1, 80}, {3, 2, 80}} {
		synctest.Test(t, func(t *testing.T) {
			book := newMemory()
			ctx, end := context.WithTimeout(t.Context(), 34*time.Second)
			defer end()
			var all sync.WaitGroup
			var mu sync.Mutex
			calls := map[int]int{}
			begun := time.Now()
			for n := range c.busy {
				q := replica(book, n, c.peers)
				defer q.Close()
				working(ctx, &all, q, "RestartCaster", 15, func(at time.Time) {
					mu.Lock()
					defer mu.Unlock()
					if at.Sub(begun) >= 4*time.Second {
						calls[n]++
					}
				})
				time.Sleep(300 * time.Millisecond)
			}
			all.Wait()
			sum := 0
			for n := range c.busy {
				if sum += calls[n]; calls[n] < 30*2*9/10/c.busy {
					t.Errorf("%+v: replica %d made %d calls in 30 s", c, n, calls[n])
				}
			}
			if want := 30 * 9 * c.least / 100; sum < want {
				t.Errorf("%+v: %d calls in 30 s, want %d", c, sum, want)
			}
			if asked, _ := book.questions(""); asked > 40*c.busy {
				t.Errorf("%+v: the book was asked %d times for %d calls", c, asked, sum)
			}
		})
	}
}

// One that has little to do finds a turn at once, however much the others do.
func TestAnotherReplicaHasItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newMemory()
		busy, other, calm := replica(book, 1, 2), replica(book, 2, 2), replica(book, 3, 2)
		ctx, end := context.WithTimeout(t.Context(), 10*time.Second)
		defer end()
		var all sync.WaitGroup
		working(ctx, &all, busy, "RestartCaster", 30, func(time.Time) {})
		time.Sleep(time.Second)
		working(ctx, &all, other, "RestartCaster", 30, func(time.Time) {})
		for _, after := range []time.Duration{100 * time.Millisecond, 3 * time.Second, 3 * time.Second} {
			time.Sleep(after)
			begun := time.Now()
			if _, err := call(t.Context(), calm, "RestartCaster", 0); err != nil || time.Since(begun) > 0 {
				t.Errorf("after %v: %v", time.Since(begun), err)
			}
		}
		all.Wait()
		for _, q := range []*Quota{busy, other, calm} {
			q.Close()
		}
	})
}

// A single call asks the book once before it leaves; what is not used is given back; then nobody asks any more.
func TestAnIdleReplicaAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newMemory()
		q := replica(book, 1, 1)
		defer q.Close()
		for range 4 {
			if _, err := call(t.Context(), q, "RestartCaster", 0); err != nil {
				t.Fatal(err)
			}
		}
		if asked, _ := book.questions(""); asked != 1 {
			t.Errorf("four calls asked the book %d times", asked)
		}
		time.Sleep(4 * time.Second)
		before, page := book.questions("RestartCaster")
		if before > 3 || page != "{}" {
			t.Errorf("afterwards it was asked %d times, and has %s", before, page)
		}
		time.Sleep(time.Hour)
		if asked, _ := book.questions(""); asked != before {
			t.Errorf("idle, it asked %d times", asked-before)
		}
	})
}

// A replica that cannot ask keeps to what it has; when that has ended it changes nothing, and looks once a second.
func TestWithoutTheBook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool
		q := replica(faulty{newMemory(), func() time.Duration { return 0 }, away.Load}, 1, 1)
		defer q.Close()
		try := func(operation string) error {
			_, err := call(t.Context(), q, operation, 0)
			return err
		}
		if err := errors.Join(try("RestartCaster"), try("DescribeCasters")); err != nil {
			t.Fatal(err)
		}
		away.Store(true)
		time.Sleep(1200 * time.Millisecond)
		if err := try("RestartCaster"); err != nil {
			t.Errorf("while it has turns: %v", err)
		}
		time.Sleep(6 * time.Second)
		if err := try("RestartCaster"); !errors.Is(err, ErrAlone) {
			t.Errorf("without any: %v", err)
		}
		var left []time.Time
		for range 5 {
			at, err := call(t.Context(), q, "DescribeCasters", 0)
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, at)
		}
		if most(left) != 1 {
			t.Errorf("looks without the book: %v", left)
		}
		away.Store(false)
		time.Sleep(2 * time.Second)
		if err := try("RestartCaster"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A permit is worth nothing once others may have its turn. That is counted from the question, not from its answer.
func TestALeaseThatEndedHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool
		begun := time.Now()
		q := replica(faulty{newMemory(), func() time.Duration { return 900 * time.Millisecond }, away.Load}, 1, 1)
		defer q.Close()
		p, err := q.Reserve(t.Context(), "RestartCaster", 0)
		if err != nil {
			t.Fatal(err)
		}
		away.Store(true)
		time.Sleep(leaseFor - time.Since(begun))
		if p.Left() == nil {
			t.Error("a request left without a lease")
		}
		p.Return()
	})
}

// After the end what was lent is free at once.
func TestTheEndGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newMemory()
		one := replica(book, 1, 0)
		if _, err := call(t.Context(), one, "RestartCaster", 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond)
		one.Close()
		if _, page := book.questions("RestartCaster"); page != "{}" {
			t.Errorf("left: %s", page)
		}
		if _, err := one.Reserve(t.Context(), "RestartCaster", 0); err == nil {
			t.Error("a closed one gives permits that are not shared")
		}
	})
}

// Who starts in the place of a process that has just died, and whose turns are still lent, looks once a second out of
// what the share leaves free, and changes nothing before they are free.
func TestAfterACrashOneIsNotBlind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, begun := newMemory(), time.Now()
		for _, operation := range []string{"DescribeCasters", "RestartCaster"} {
			all := slotsOf(operation, usualShare, true)
			book.pages[operation] = fmt.Sprintf(`{"dead":{"held":%d,"needs":%d,"until":%d}}`, all, all,
				begun.Add(leaseFor).UnixMicro())
		}
		q := replica(book, 1, 0)
		defer q.Close()
		var left []time.Time
		for range 3 {
			at, err := call(t.Context(), q, "DescribeCasters", 0)
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, at)
		}
		if took := left[2].Sub(begun); left[0].Sub(begun) > 100*time.Millisecond || took > 4*time.Second || most(left) != 1 {
			t.Errorf("looks after %s to %s, %d in a second", left[0].Sub(begun), took, most(left))
		}
		if at, err := call(t.Context(), q, "RestartCaster", 0); err != nil || at.Sub(begun) < leaseFor+leaseCools {
			t.Errorf("a change after %s: %v", at.Sub(begun), err)
		}
	})
}
