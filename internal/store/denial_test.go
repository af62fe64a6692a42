package store

import (
	"strconv"
	"testing"
	"time"

	"casterbot/internal/op"
)

// denials gives of each person how many stand in full, in how many other rows, and how many those count.
func denials(t *testing.T, s *Store) map[string][3]int {
	t.Helper()
	events, err := s.Recent(t.Context(), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string][3]int{}
	for _, e := range events {
		sum := seen[e.Actor]
		switch e.Name {
		case op.EventDenied:
			sum[0]++
		case op.EventDeniedMore:
			n, err := strconv.Atoi(e.Detail[Count])
			if err != nil {
				t.Error(err)
			}
			sum[1]++
			sum[2] += n
		}
		seen[e.Actor] = sum
	}
	return seen
}

// Of the denials of one person in a minute twenty stand in full, the others are one row, and the count is exact.
func TestDenialsAreCounted(t *testing.T) { everywhere(t, testDenials) }

func testDenials(t *testing.T, e engine) {
	s, c := e.fresh(t)
	deny := func(who string, n int) {
		for range n {
			o := op.Event{Name: op.EventDenied, Actor: who, Channel: "C0SHOW", Detail: map[string]string{"verb": "caster.stop"}}
			if err := s.Record(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
	}
	deny("U0GUS", 20)
	deny("U0DEE", 3)
	if got := denials(t, s); got["U0GUS"] != [3]int{20, 0, 0} || got["U0DEE"] != [3]int{3, 0, 0} {
		t.Errorf("%v", got)
	}
	deny("U0GUS", 100)
	deny("U0DEE", 1)
	if got := denials(t, s); got["U0GUS"] != [3]int{20, 1, 100} || got["U0DEE"] != [3]int{4, 0, 0} {
		t.Errorf("%v", got)
	}
	c.pass(time.Minute)
	deny("U0GUS", 25)
	if got := denials(t, s); got["U0GUS"] != [3]int{40, 2, 105} {
		t.Errorf("a minute later: %v", got)
	}
}

// Two replicas that are asked at once lose none.
func TestDenialsAreCountedOverReplicas(t *testing.T) {
	t.Parallel()
	stores, _ := replicas(t, 2)
	together(100, func(i int) {
		if err := stores[i%2].Record(t.Context(), op.Event{Name: op.EventDenied, Actor: "U0GUS"}); err != nil {
			t.Error(err)
		}
	})
	if got := denials(t, stores[0]); got["U0GUS"] != [3]int{20, 1, 80} {
		t.Errorf("%v", got)
	}
}
