package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"casterbot/internal/op"
)

// Two groups with the same targets begin at once on two replicas, their members go on side by side, and others are
// confirmed between them: nobody waits for another in a circle, and each member runs once.
func TestSeveralBeginSideBySide(t *testing.T) {
	stores, _ := replicas(t, 2)
	var work sync.WaitGroup
	for g := range 4 {
		s := stores[g%2]
		head := sample(1000 + g)
		head.Plan.Target, head.State = op.Target{}, op.Queued
		head.Plan.Parts = []op.Part{{}}
		head, err := s.Create(t.Context(), head, op.Event{Name: op.EventReceived})
		if err != nil {
			t.Fatal(err)
		}
		var members []op.Operation
		for i := range 20 {
			m := sample(100*(g+1) + i)
			m.State, m.Plan.Target = op.Queued, sample((i*7+g*3)%20).Plan.Target
			m.Plan.Target.ID = fmt.Sprint("c", (i*7+g*3)%20)
			members = append(members, m)
		}
		work.Go(func() {
			if _, err := s.Begin(t.Context(), Move{ID: head.ID, Event: op.Event{Name: op.EventBegun}}, members); err != nil {
				t.Errorf("begin: %v", err)
				return
			}
			all, err := s.Members(t.Context(), head.ID)
			if err != nil || len(all) != 20 {
				t.Errorf("%d members, %v", len(all), err)
			}
			var each sync.WaitGroup
			for _, m := range all {
				each.Go(func() {
					for {
						_, err := s.Move(t.Context(),
							Move{ID: m.ID, From: op.Queued, To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}})
						if errors.Is(err, ErrTargetBusy) {
							continue
						}
						if err == nil {
							_, err = s.Move(t.Context(),
								Move{ID: m.ID, From: op.Running, To: op.Succeeded, Event: op.Event{Name: op.EventAnswered}})
						}
						if err != nil {
							t.Errorf("%v", err)
						}
						return
					}
				})
			}
			each.Wait()
			if _, err := s.Move(t.Context(),
				Move{ID: head.ID, From: op.Running, To: op.Succeeded, Event: op.Event{Name: op.EventGathered}}); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
}

// Either each target has an operation of its own, or the whole stays confirmed and none has.
func TestSeveralBeginAllOrNone(t *testing.T) {
	everywhere(t, func(t *testing.T, e engine) {
		s, _ := e.fresh(t)
		head := sample(0)
		head.Plan.Target, head.State = op.Target{}, op.Queued
		head = create(t, s, head)
		taken := create(t, s, sample(3))
		var members []op.Operation
		for n := range 3 {
			m := sample(n + 1)
			m.State = op.Queued
			members = append(members, m)
		}
		if _, err := s.Begin(t.Context(), Move{ID: head.ID, Event: op.Event{Name: op.EventBegun}}, members); !errors.Is(err,
			ErrExists) {
			t.Fatalf("with a key that %s has: %v", taken.ID, err)
		}
		now, err := s.Get(t.Context(), head.ID)
		all, failed := s.Members(t.Context(), head.ID)
		if err != nil || failed != nil || now.State != op.Queued || len(all) > 0 {
			t.Errorf("it is %s with %d members: %v, %v", now.State, len(all), err, failed)
		}
	})
}
