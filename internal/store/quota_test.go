package store

import (
	"fmt"
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
		for _, n := range []struct{ until, want time.Duration }{{time.Hour, time.Hour}, {time.Second, time.Hour}, {2 * time.Hour, 2 * time.Hour}} {
			err := s.Note(t.Context(), o.ID, Note{From: op.Queued, Expires: c.Now().Add(n.until)}, op.Event{Name: op.EventWaiting})
			if err != nil {
				t.Fatal(err)
			}
			if now, err := s.Get(t.Context(), o.ID); err != nil || !now.Expires.Equal(c.Now().Add(n.want).Truncate(time.Millisecond)) {
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
