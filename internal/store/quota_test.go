package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/op"
)

func TestPages(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		s, c := e.fresh(t)
		page := func(want string, version int64) {
			t.Helper()
			text, at, now, err := s.Page(t.Context(), "RestartCaster")
			if err != nil || text != want || at != version || !now.Equal(c.Now().Truncate(time.Microsecond)) {
				t.Errorf("%q, %d, %v, %v", text, at, now, err)
			}
		}
		set := func(text string, version int64, want bool) {
			t.Helper()
			if ok, err := s.SetPage(t.Context(), "RestartCaster", text, version); err != nil || ok != want {
				t.Errorf("%q at %d: %v, %v", text, version, ok, err)
			}
		}
		page("", 0)
		set("a", 1, false)
		set("a", 0, true)
		set("b", 0, false)
		page("a", 1)
		set("b", 1, true)
		set("c", 1, false)
		c.pass(time.Hour)
		page("b", 2)
	})
}

// Of many who write a page in place of the same version one wins.
func TestOnePageWins(t *testing.T) {
	stores, _ := replicas(t, 3)
	for version := range int64(20) {
		var won atomic.Int64
		together(9, func(i int) {
			ok, err := stores[i%3].SetPage(t.Context(), "RestartCaster", fmt.Sprint(i), version)
			if err != nil {
				t.Error(err)
			}
			if ok {
				won.Add(1)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d wrote version %d", won.Load(), version)
		}
	}
}

// The time of a page is that of the database.
func TestThePageHasTheDatabasesClock(t *testing.T) {
	s, err := Open(t.Context(), server.Address(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, _, first, err := s.Page(t.Context(), "RestartCaster")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, next, err := s.Page(t.Context(), "RestartCaster"); err != nil || next.Before(first) || first.IsZero() {
		t.Errorf("%v, then %v: %v", first, next, err)
	}
}

// What waits for a turn expires later, never sooner.
func TestANoteGivesMoreTime(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		s, c := e.fresh(t)
		o := bring(t, s, sample(1), op.Queued)
		for _, n := range []struct{ until, want time.Duration }{{time.Hour, time.Hour}, {time.Second, time.Hour},
			{2 * time.Hour, 2 * time.Hour}} {
			err := s.Note(t.Context(), o.ID, Note{From: op.Queued, Expires: c.Now().Add(n.until)},
				op.Event{Name: op.EventWaiting})
			if err != nil {
				t.Fatal(err)
			}
			if now, err := s.Get(t.Context(), o.ID); err != nil ||
				!now.Expires.Equal(c.Now().Add(n.want).Truncate(time.Millisecond)) {
				t.Errorf("until %v: it expires at %v, want %v: %v", n.until, now.Expires, c.Now().Add(n.want), err)
			}
		}
		if err := s.Note(t.Context(), o.ID, Note{From: op.Queued}, op.Event{Name: op.EventWaiting}); err != nil {
			t.Fatal(err)
		}
		if now, err := s.Get(t.Context(), o.ID); err != nil || now.Expires.IsZero() {
			t.Errorf("a note without a time: %v, %v", now.Expires, err)
		}
	})
}

// All replicas together: in no second more turns than burst and rate allow, whoever asks, and no fewer than that
// either.
func TestNoSecondHasTooManyTurns(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		for _, c := range []struct {
			family string
			rate   float64
			burst  int
			limit  int
		}{{"caster-write", 7, 3, 10}, {"list", 10, 5, 15}, {"record", 40, 10, 50}} {
			stores, clock := pacers(t, e)
			turns := take(t, stores, clock, c.family, c.rate, c.burst, 3*c.limit)
			for i := range turns[c.limit:] {
				if turns[i+c.limit]-turns[i] < time.Second {
					t.Fatalf("%s: turns %d to %d within a second: %v", c.family, i, i+c.limit, turns[i:i+c.limit+1])
				}
			}
			if last := turns[len(turns)-1]; last > 5*time.Second {
				t.Errorf("%s: %d turns take %v", c.family, len(turns), last)
			}
		}
	})
}

// take reserves turns from all stores at once, half of them a little later, and gives their times.
func take(t *testing.T, stores []*Store, clock *clock, family string, rate float64, burst, n int) []time.Duration {
	var mu sync.Mutex
	var turns []time.Duration
	start := clock.Now()
	for range 2 {
		together(n/2, func(i int) {
			wait, err := stores[i%len(stores)].Reserve(t.Context(), family, rate, burst, time.Minute)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			turns = append(turns, clock.Now().Sub(start)+wait)
		})
		clock.pass(700 * time.Millisecond)
	}
	slices.Sort(turns)
	return turns
}

func TestATurnThatComesLateIsNotTaken(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		s, c := e.fresh(t)
		reserve := func(within time.Duration) (time.Duration, error) {
			return s.Reserve(t.Context(), "list", 10, 2, within)
		}
		for _, want := range []time.Duration{0, 0, 100 * time.Millisecond} {
			if wait, err := reserve(100 * time.Millisecond); err != nil || wait != want {
				t.Fatalf("%v, %v, want %v", wait, err, want)
			}
		}
		for range 5 {
			if _, err := reserve(150 * time.Millisecond); !errors.Is(err, ErrNoTurn) {
				t.Fatal(err)
			}
		}
		if wait, err := reserve(time.Second); err != nil || wait != 200*time.Millisecond {
			t.Errorf("those that were refused used turns: %v, %v", wait, err)
		}
		if wait, err := s.Reserve(t.Context(), "record", 10, 2, 0); err != nil || wait != 0 {
			t.Errorf("families share turns: %v, %v", wait, err)
		}
		c.pass(time.Hour)
		for _, want := range []time.Duration{0, 0, 100 * time.Millisecond} {
			if wait, err := reserve(time.Second); err != nil || wait != want {
				t.Errorf("after a rest: %v, %v, want %v", wait, err, want)
			}
		}
	})
}

func TestTurnsByTheDatabasesClock(t *testing.T) {
	s, err := Open(t.Context(), server.Address(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, want := range []time.Duration{0, time.Hour} {
		wait, err := s.Reserve(t.Context(), "list", 1.0/3600, 1, 2*time.Hour)
		if err != nil || wait > want || wait < want-time.Minute {
			t.Errorf("%v, %v, want %v", wait, err, want)
		}
	}
}

// pacers are the stores that share turns: three replicas where the database is shared, else one.
func pacers(t *testing.T, e engine) ([]*Store, *clock) {
	if e.memory == "" {
		return replicas(t, 3)
	}
	s, c := e.fresh(t)
	return []*Store{s}, c
}
