package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
)

func inCare(t *testing.T, s *Store) []string {
	t.Helper()
	found, err := s.Orphans(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range found {
		keys = append(keys, o.Key)
	}
	slices.Sort(keys)
	return keys
}

func beat(t *testing.T, stores ...*Store) {
	t.Helper()
	for _, s := range stores {
		if err := s.Beat(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPeersAreThoseThatLive(t *testing.T) {
	r, c := replicas(t, 3)
	beat(t, r...)
	beat(t, r[0])
	if n := r[0].Peers(); n != 2 {
		t.Errorf("%d others live", n)
	}
	c.pass(deadAfter + time.Second)
	beat(t, r[1], r[0])
	if n := r[0].Peers(); n != 1 {
		t.Errorf("%d others live when one is dead", n)
	}
}

func TestTheDeadLeaveTheirOperations(t *testing.T) {
	r, c := replicas(t, 2)
	one, two := r[0], r[1]
	beat(t, one, two)
	bring(t, one, sample(1), op.Running)
	bring(t, one, sample(2), op.Succeeded)
	bring(t, one, sample(3), op.Unknown)
	bring(t, two, sample(4), op.Running)
	for _, at := range []struct {
		passed   time.Duration
		one, two []string
	}{
		{0, []string{"key-1"}, []string{"key-4"}},
		{15 * time.Second, []string{"key-1"}, []string{"key-4"}},
		{time.Millisecond, []string{"key-1"}, []string{"key-1", "key-4"}}, // two has had its heartbeat since
	} {
		c.pass(at.passed)
		beat(t, two)
		if got := inCare(t, two); !slices.Equal(got, at.two) {
			t.Errorf("after %v two cares for %v", at.passed, got)
		}
		if got := inCare(t, one); !slices.Equal(got, at.one) {
			t.Errorf("after %v one cares for %v", at.passed, got)
		}
	}
}

func TestQueuedOperationsHaveAnOwner(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		s, _ := e.fresh(t)
		beat(t, s)
		o := sample(1)
		o.State = op.Queued
		if made := create(t, s, o); made.Claim != "one" {
			t.Errorf("created queued with the claim %q", made.Claim)
		}
		if o := bring(t, s, sample(2), op.Queued); o.Claim != "one" {
			t.Errorf("queued with the claim %q", o.Claim)
		}
	})
}

func TestAdopt(t *testing.T) {
	r, c := replicas(t, 2)
	one, two := r[0], r[1]
	beat(t, one, two)
	receive(t, one, "b")
	receive(t, one, "settled")
	if err := one.Done(t.Context(), "settled"); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	receive(t, one, "a")
	receive(t, two, "own")
	if got, err := two.Adopt(t.Context(), 10); err != nil || len(got) != 0 {
		t.Errorf("adopted %v from the living, %v", got, err)
	}
	c.pass(deadAfter)
	beat(t, two)
	got, err := two.Adopt(t.Context(), 10)
	if err != nil || len(got) != 2 || got[0].Key != "b" || got[1].Key != "a" || string(got[0].Body) != `{"text":"b"}` {
		t.Errorf("adopted %v, %v", got, err)
	}
	if again, err := two.Adopt(t.Context(), 10); err != nil || len(again) != 0 {
		t.Errorf("adopted %v twice, %v", again, err)
	}
}

// Every row that a dead replica left goes to exactly one of those that try.
func TestOneAdoptsEachRow(t *testing.T) {
	r, c := replicas(t, 3)
	const n = 200
	together(n, func(i int) {
		if _, err := r[0].Receive(t.Context(), fmt.Sprint(i), "command", nil); err != nil {
			t.Error(err)
		}
	})
	c.pass(deadAfter + time.Second)
	beat(t, r[1:]...)
	var mu sync.Mutex
	taken := map[string]int{}
	together(40, func(i int) {
		rows, err := r[1+i%2].Adopt(t.Context(), 10)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, row := range rows {
			taken[row.Key]++
		}
	})
	for key, times := range taken {
		if times != 1 {
			t.Errorf("%s was adopted %d times", key, times)
		}
	}
	if len(taken) < n/2 {
		t.Errorf("only %d of %d rows were adopted", len(taken), n)
	}
}

func TestAfterARestartEverythingIsAdopted(t *testing.T) {
	url := file(t)
	s := open(t, url, newClock())
	beat(t, s)
	receive(t, s, "a")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), url, Options{Replica: "two"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for want := 1; want >= 0; want-- {
		if got, err := s.Adopt(t.Context(), 10); err != nil || len(got) != want {
			t.Errorf("adopted %v, %v", got, err)
		}
	}
}

func TestAdoptWhoseCommitFails(t *testing.T) {
	for name, cut := range cuts {
		r, c := replicas(t, 2)
		receive(t, r[0], "a")
		c.pass(deadAfter + time.Second)
		beat(t, r[1])
		r[1].cut(cut.end)
		got, err := r[1].Adopt(t.Context(), 10)
		if (err == nil) != cut.took || (len(got) == 1) != cut.took {
			t.Errorf("cut %s: %v, %v", name, got, err)
		}
	}
}

func TestOneReplicaHoldsACard(t *testing.T) {
	r, c := replicas(t, 2)
	o := create(t, r[0], sample(1))
	hold := func(what string, s *Store, want bool) {
		t.Helper()
		if seen, is, err := s.Undrawn(t.Context(), o.ID); err != nil || is != want || seen.ID != o.ID {
			t.Errorf("%s: undrawn %v, %v", what, is, err)
		}
		got, ok, err := s.ClaimCard(t.Context(), o.ID)
		if err != nil || ok != want || ok && got.ID != o.ID {
			t.Errorf("%s: %v, %v", what, ok, err)
		}
	}
	hold("first", r[0], true)
	hold("first again, after its drawing failed", r[0], true)
	hold("second", r[1], false)
	if err := r[0].Shown(t.Context(), o.ID, 1, "17.1"); err != nil {
		t.Fatal(err)
	}
	hold("second, when it is up to date", r[1], false)
	o = move(t, r[1], Move{ID: o.ID, From: op.Pending, To: op.Queued})
	hold("second, when it has changed", r[1], true)
	hold("first, meanwhile", r[0], false)
	c.pass(deadAfter + time.Second)
	beat(t, r[0])
	hold("first, when the second is dead", r[0], true)
	if _, ok, err := r[0].ClaimCard(t.Context(), "none"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, is, err := r[0].Undrawn(t.Context(), "none"); is || !errors.Is(err, ErrNotFound) {
		t.Errorf("%v, %v", is, err)
	}
}

func TestHoldInAFile(t *testing.T) {
	s, _ := engines[0].fresh(t)
	o := create(t, s, sample(1))
	if _, is, err := s.Undrawn(t.Context(), o.ID); !is || err != nil {
		t.Errorf("%v, %v", is, err)
	}
	if _, ok, err := s.ClaimCard(t.Context(), o.ID); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if err := s.Shown(t.Context(), o.ID, 1, ""); err != nil {
		t.Fatal(err)
	}
	if _, is, err := s.Undrawn(t.Context(), o.ID); is || err != nil {
		t.Errorf("%v, %v", is, err)
	}
	if _, ok, err := s.ClaimCard(t.Context(), o.ID); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestWhoLeavesIsNotWaitedFor(t *testing.T) {
	r, _ := replicas(t, 2)
	bring(t, r[0], sample(1), op.Running)
	receive(t, r[0], "a")
	if got := inCare(t, r[1]); len(got) != 0 {
		t.Errorf("two cares for %v", got)
	}
	if err := r[0].Close(); err != nil {
		t.Fatal(err)
	}
	if got := inCare(t, r[1]); len(got) != 1 {
		t.Errorf("two cares for %v", got)
	}
	if got, err := r[1].Adopt(t.Context(), 10); err != nil || len(got) != 1 {
		t.Errorf("adopted %v, %v", got, err)
	}
}

func TestOldHeartbeatsAreForgotten(t *testing.T) {
	r, c := replicas(t, 2)
	beat(t, r...)
	c.pass(forgetAfter + time.Second)
	beat(t, r[1])
	var n int
	if err := r[0].reader.QueryRow("SELECT COUNT(*) FROM replicas").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// What cannot wait is taken from a replica that is silent for a few seconds: by one of those that try, and nothing else
// of it.
func TestTheSilentLeaveWhatCannotWait(t *testing.T) {
	r, c := replicas(t, 3)
	one, two, three := r[0], r[1], r[2]
	beat(t, r...)
	receive(t, one, "slate")
	receive(t, one, "restart")
	bring(t, one, sample(1), op.Queued)
	for _, at := range []struct {
		passed time.Duration
		silent bool
	}{{silentAfter, false}, {time.Millisecond, true}} {
		c.pass(at.passed)
		beat(t, two, three)
		operations, rows, err := two.OfSilent(t.Context(), 10)
		if err != nil || (len(rows) == 2) != at.silent || (len(operations) == 1) != at.silent {
			t.Errorf("after %s: %v, %v, %v", at.passed, operations, rows, err)
		}
		adopted := 0
		for _, s := range []*Store{two, three} {
			rows, err := s.AdoptOfSilent(t.Context(), "slate", "nothing")
			if adopted += len(rows); err != nil {
				t.Error(err)
			}
		}
		if (adopted == 1) != at.silent || adopted > 1 {
			t.Errorf("after %s: adopted %d times", at.passed, adopted)
		}
	}
}

// Who comes to something that another replica has worked off meanwhile makes no operation of it.
func TestNothingIsMadeOfWhatWasWorkedOff(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		s, _ := e.fresh(t)
		o := sample(1)
		receive(t, s, o.Key)
		if err := s.Done(t.Context(), o.Key); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Create(t.Context(), o, op.Event{Name: op.EventReceived}); !errors.Is(err, ErrExists) {
			t.Errorf("create: %v", err)
		}
		if _, err := s.ByKey(t.Context(), o.Key); !errors.Is(err, ErrNotFound) {
			t.Errorf("it is there: %v", err)
		}
	})
}
