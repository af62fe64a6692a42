package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"casterbot/internal/op"
)

// together runs a function in many goroutines that start at one moment.
func together(n int, do func(int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}

func TestOfManyExactlyOneWins(t *testing.T) { everywhere(t, testOfManyExactlyOneWins) }

func testOfManyExactlyOneWins(t *testing.T, e engine) {
	s := open(t, e.address(t), newClock())
	for _, from := range []op.State{op.Pending, op.Queued, op.Running, op.Unknown} {
		o := bring(t, s, sample(len(way[from])), from)
		var won, lost atomic.Int64
		var winner atomic.Value
		together(50, func(i int) {
			to := op.Failed
			if from == op.Pending {
				to = op.Queued
			}
			me := fmt.Sprintf("U%d", i)
			now, err := s.Move(t.Context(),
				Move{ID: o.ID, From: from, To: to, By: me, Event: op.Event{Name: "moved", Actor: me}})
			switch {
			case err == nil:
				won.Add(1)
				winner.Store(now.DecidedBy)
			case errors.Is(err, ErrLost) && now.State == to && now.DecidedBy != me:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
		if won.Load() != 1 || lost.Load() != 49 {
			t.Errorf("%s: %d won, %d lost", from, won.Load(), lost.Load())
		}
		events, err := s.Events(t.Context(), o.ID)
		if err != nil || len(events) != len(way[from])+2 || events[len(events)-1].Actor != winner.Load() {
			t.Errorf("%s: %v, %v", from, events, err)
		}
	}
}

func TestOfManyOnOneTargetOneRuns(t *testing.T) { everywhere(t, testOfManyOnOneTargetOneRuns) }

func testOfManyOnOneTargetOneRuns(t *testing.T, e engine) {
	s := open(t, e.address(t), newClock())
	queued := make([]op.Operation, 20)
	for i := range queued {
		o := sample(i)
		o.Plan.Target = sample(0).Plan.Target
		queued[i] = bring(t, s, o, op.Queued)
	}
	var ran, busy atomic.Int64
	together(len(queued), func(i int) {
		_, err := s.Move(t.Context(),
			Move{ID: queued[i].ID, From: op.Queued, To: op.Running, Event: op.Event{Name: op.EventSent}})
		switch {
		case err == nil:
			ran.Add(1)
		case errors.Is(err, ErrTargetBusy):
			busy.Add(1)
		default:
			t.Error(err)
		}
	})
	if ran.Load() != 1 || busy.Load() != 19 {
		t.Errorf("%d ran, %d were told busy", ran.Load(), busy.Load())
	}
}

func TestOfManyCreationsWithOneKeyOneStays(t *testing.T) {
	everywhere(t, testOfManyCreationsWithOneKeyOneStays)
}

func testOfManyCreationsWithOneKeyOneStays(t *testing.T, e engine) {
	s := open(t, e.address(t), newClock())
	var made atomic.Int64
	together(30, func(int) {
		_, err := s.Create(t.Context(), sample(1), received())
		if err == nil {
			made.Add(1)
		} else if !errors.Is(err, ErrExists) {
			t.Error(err)
		}
	})
	if made.Load() != 1 {
		t.Errorf("%d made", made.Load())
	}
}

func TestOfManyRepeatsOneIsFresh(t *testing.T) { everywhere(t, testOfManyRepeatsOneIsFresh) }

func testOfManyRepeatsOneIsFresh(t *testing.T, e engine) {
	s := open(t, e.address(t), newClock())
	var fresh [10]atomic.Int64
	together(500, func(i int) {
		ok, err := s.Receive(t.Context(), fmt.Sprint(i%10), "command", []byte("{}"))
		if err != nil {
			t.Error(err)
		}
		if ok {
			fresh[i%10].Add(1)
		}
	})
	for key := range fresh {
		if n := fresh[key].Load(); n != 1 {
			t.Errorf("key %d was fresh %d times", key, n)
		}
	}
}
