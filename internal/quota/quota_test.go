package quota

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// call makes one call that takes a while, and gives when it left.
func call(ctx context.Context, q *Quota, operation string, takes time.Duration) (time.Time, error) {
	p, err := q.Reserve(ctx, operation, 0)
	if err != nil {
		return time.Time{}, err
	}
	if err := p.Left(); err != nil {
		p.Return()
		return time.Time{}, err
	}
	left := time.Now()
	time.Sleep(takes)
	p.Answered(false)
	return left, nil
}

// most is the largest number of moments in any window of one second.
func most(times []time.Time) int {
	slices.SortFunc(times, time.Time.Compare)
	n := 0
	for first, last := 0, 0; last < len(times); last++ {
		for times[last].Sub(times[first]) >= time.Second {
			first++
		}
		n = max(n, last-first+1)
	}
	return n
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		operation string
		share     int
		shared    bool
		want      int
	}{
		{"RestartCaster", 90, false, 9}, {"RestartCaster", 100, false, 10}, {"RestartCaster", 1, false, 1},
		{"RestartCaster", 100, true, 10},
		{"RealTimeRecordCommand", 90, false, 45}, {"DescribeCasters", 100, false, 15}, {"DescribeCasters", 100, true, 13},
		{"DescribeCasters", 90, true, 13},
	} {
		if got := slotsOf(c.operation, c.share, c.shared); got != c.want {
			t.Errorf("%d percent of %s, shared %v: %d turns, want %d", c.share, c.operation, c.shared, got, c.want)
		}
	}
	if _, err := New(Config{}).Reserve(t.Context(), "NoSuchOperation", 0); !errors.Is(err, ErrNoLimit) {
		t.Errorf("an operation without a row: %v", err)
	}
}

// In every window of a second at most the share leaves; with work waiting at least nine tenths of it are used.
func TestOneProcessUsesItsShareAndNoMore(t *testing.T) {
	for _, takes := range []time.Duration{0, 20 * time.Millisecond, 300 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			q := New(Config{})
			left := make(chan time.Time, 1000)
			begun := time.Now()
			const n = 200
			for range n {
				go func() {
					at, err := call(t.Context(), q, "RestartCaster", takes)
					if err != nil {
						t.Error(err)
					}
					left <- at
				}()
			}
			var all []time.Time
			for range n {
				all = append(all, <-left)
			}
			if got := most(all); got > 9 {
				t.Errorf("calls of %v: %d in a second", takes, got)
			}
			if took := time.Since(begun) - takes; took > n*time.Second*10/9/9 {
				t.Errorf("calls of %v: %d took %v", takes, n, took)
			}
		})
	}
}

// A request that leaves long after its turn came, because the process stood still, uses the moment at which it leaves.
func TestALateRequestCountsWhenItLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{})
		var held []*Permit
		for range 9 {
			p, err := q.Reserve(t.Context(), "RestartCaster", 0)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, p)
		}
		time.Sleep(time.Minute)
		for _, p := range held {
			if err := p.Left(); err != nil {
				t.Fatal(err)
			}
		}
		begun := time.Now()
		if at, err := call(t.Context(), q, "RestartCaster", 0); err != nil || at.Sub(begun) < time.Second {
			t.Errorf("the next one left %v after them: %v", at.Sub(begun), err)
		}
	})
}

func TestAReturnedPermitIsAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{Share: 10})
		for range 5 {
			p, err := q.Reserve(t.Context(), "RestartCaster", 0)
			if err != nil {
				t.Fatal(err)
			}
			p.Return()
			p.Return()
			if p.Left() == nil {
				t.Fatal("a returned permit was used")
			}
		}
		p, _ := q.Reserve(t.Context(), "RestartCaster", 0)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.Reserve(short, "RestartCaster", 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("two have one turn: %v", err)
		}
		if err := p.Left(); err != nil {
			t.Error(err)
		}
		p.Return() // it was used
		p.Answered(false)
		if at, err := call(t.Context(), q, "RestartCaster", 0); err != nil || at.Sub(p.left) < time.Second {
			t.Errorf("after %v: %v", at.Sub(p.left), err)
		}
	})
}

// Whoever takes a turn ahead has it before it comes, and cannot use it before.
func TestAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{Share: 10})
		first, err := call(t.Context(), q, "RestartCaster", 0)
		if err != nil {
			t.Fatal(err)
		}
		p, err := q.Reserve(t.Context(), "RestartCaster", 500*time.Millisecond)
		if err != nil || time.Since(first) > 600*time.Millisecond {
			t.Fatalf("after %v: %v", time.Since(first), err)
		}
		if p.Left() == nil {
			t.Error("a request left before its turn")
		}
		if err := p.Wait(t.Context()); err != nil || p.Left() != nil || p.left.Sub(first) < time.Second {
			t.Errorf("%v after the first: %v", p.left.Sub(first), err)
		}
	})
}

func TestCarriedOnce(t *testing.T) {
	q := New(Config{})
	p, err := q.Reserve(t.Context(), "RestartCaster", 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx := Carry(t.Context(), p)
	if _, ok := Carried(ctx, "StopCaster"); ok {
		t.Error("a permit serves for another operation")
	}
	if got, ok := Carried(ctx, "RestartCaster"); !ok || got != p {
		t.Error("not carried")
	}
	if _, ok := Carried(ctx, "RestartCaster"); ok {
		t.Error("carried twice")
	}
}

// served gives the order in which callers are served by one turn that is taken at first.
func served(t *testing.T, callers []Caller) string {
	var order []string
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{Share: 10})
		hold, err := q.Reserve(t.Context(), "RestartCaster", 0)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan string, len(callers))
		for i, c := range callers {
			go func() {
				p, err := q.Reserve(With(t.Context(), c), "RestartCaster", 0)
				if err != nil {
					t.Error(err)
					return
				}
				done <- fmt.Sprintf("%s%d", c.Person, i)
				p.Return()
			}()
			synctest.Wait()
		}
		hold.Return()
		for range callers {
			order = append(order, <-done)
		}
	})
	return strings.Join(order, " ")
}

func TestOrderOfService(t *testing.T) {
	for _, c := range []struct {
		what    string
		callers []Caller
		want    string
	}{
		{"classes", []Caller{{Class: Background, Person: "a"}, {Class: Suggested, Person: "a"}, {Class: Read, Person: "a"},
			{Class: Checked, Person: "a"},
			{Class: Asked, Person: "a"}, {Class: Confirmed, Person: "a"}, {Class: Confirmed, OnAir: true, Person: "a"}},
			"a6 a5 a4 a3 a2 a1 a0"},
		{"people in turn", []Caller{{Class: Read, Person: "a"}, {Class: Read, Person: "a"}, {Class: Read, Person: "a"},
			{Class: Read, Person: "b"},
			{Class: Read, Person: "b"}, {Class: Read, Person: "c"}}, "a0 b3 c5 a1 b4 a2"},
		{"on air counts for what is confirmed only",
			[]Caller{{Class: Read, Person: "a"}, {Class: Read, OnAir: true, Person: "b"}}, "a0 b1"},
		{"nobody in particular", []Caller{{}, {}, {}}, "0 1 2"},
	} {
		if got := served(t, c.callers); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// Whatever is more urgent, everybody is served some time.
func TestNobodyStarves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{})
		ctx, cancel := context.WithCancel(t.Context())
		for range 50 {
			go func() {
				for ctx.Err() == nil {
					_, _ = call(With(ctx, Caller{Class: Confirmed, Person: "a"}), q, "RestartCaster", 0)
				}
			}()
		}
		synctest.Wait()
		begun := time.Now()
		if _, err := call(With(t.Context(), Caller{Class: Background}), q, "RestartCaster", 0); err != nil ||
			time.Since(begun) > 10*time.Second {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		cancel()
		time.Sleep(5 * time.Second)
	})
}

// Who waits for a second is told how many come first and how long that takes, and once more every second.
func TestWaitingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{})
		for range 9 + 18 {
			go func() { _, _ = call(With(t.Context(), Caller{Class: Read, Person: "a"}), q, "RestartCaster", 0) }()
		}
		synctest.Wait()
		var told []string
		c := Caller{Class: Background, Person: "b", Waiting: func(before int, about time.Duration) {
			told = append(told, fmt.Sprint(before, " ", about.Round(100*time.Millisecond)))
		}}
		begun := time.Now()
		if _, err := call(With(t.Context(), c), q, "RestartCaster", 0); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 3500*time.Millisecond || strings.Join(told, ", ") != "18 2.2s, 9 1.2s, 0 200ms" {
			t.Errorf("after %v: told %q", took, told)
		}
		time.Sleep(5 * time.Second)
	})
}

// A throttling answer takes half of an operation's turns, however many of a burst say so; one comes back every second.
func TestThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{Share: 100})
		burst := func() int {
			short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			var all []*Permit
			for {
				p, err := q.Reserve(short, "RestartCaster", 0)
				if err != nil {
					break
				}
				_ = p.Left()
				all = append(all, p)
			}
			time.Sleep(10 * time.Millisecond)
			for _, p := range all {
				p.Answered(true)
			}
			return len(all)
		}
		if n := burst(); n != 10 {
			t.Fatalf("%d at first", n)
		}
		time.Sleep(1200 * time.Millisecond)
		if n := burst(); n != 6 { // half, and one second has passed
			t.Errorf("%d after a throttled burst", n)
		}
		if p, err := q.Reserve(t.Context(), "StopCaster", 0); err != nil || p == nil {
			t.Error("another operation is slowed down")
		}
		time.Sleep(8 * time.Second)
		var left []time.Time
		for range 40 {
			at, err := call(t.Context(), q, "RestartCaster", 0)
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, at)
		}
		if n := most(left); n != 10 {
			t.Errorf("%d in a second when it has found its way back", n)
		}
	})
}

// Somebody who waits is served when a slowed operation recovers, without anything else happening.
func TestRecoveryServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{Share: 20})
		var held []*Permit
		for range 2 {
			p, _ := q.Reserve(t.Context(), "RestartCaster", 0)
			held = append(held, p)
		}
		_ = held[0].Left()
		held[0].Answered(true) // one of two is left, and somebody has it for long
		begun := time.Now()
		if _, err := q.Reserve(t.Context(), "RestartCaster", 0); err != nil || time.Since(begun) > 1100*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

// What an earlier process may have sent a moment ago counts as well: a quick restart exceeds nothing.
func TestAfterARestartNothingLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		q := New(Config{Began: began})
		defer q.Close()
		if left, err := call(t.Context(), q, "RestartCaster", 0); err != nil || left.Sub(began) < time.Second+mostSpread {
			t.Errorf("after %s, %v", left.Sub(began), err)
		}
	})
}
