package store

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
)

// What is open, behind and kept is counted on either database, with the time of that which is so for longest.
func TestHowThingsStand(t *testing.T) { everywhere(t, testHowThingsStand) }

func testHowThingsStand(t *testing.T, e engine) {
	s, c := e.fresh(t)
	ctx := t.Context()
	for what, n := range map[string]func() (Number, error){
		"cards":   func() (Number, error) { return s.BehindNow(ctx) },
		"answers": func() (Number, error) { return s.KeptNow(ctx, "tell") },
	} {
		if got, err := n(); err != nil || got != (Number{}) {
			t.Errorf("no %s: %+v, %v", what, got, err)
		}
	}
	begun := c.Now()
	bring(t, s, sample(1), op.Unknown)
	c.pass(time.Minute)
	bring(t, s, sample(2), op.Unknown)
	bring(t, s, sample(3), op.Queued)
	ended := bring(t, s, sample(4), op.Failed)
	open, err := s.OpenNow(ctx)
	slices.SortFunc(open, func(a, b Number) int { return a.Count - b.Count })
	if want := []Number{{op.Queued, 1, c.Now()}, {op.Unknown, 2, begun}}; err != nil || !slices.Equal(open, want) {
		t.Errorf("%+v, want %+v (%v)", open, want, err)
	}
	if got, err := s.BehindNow(ctx); err != nil || got != (Number{Count: 4, Since: begun}) {
		t.Errorf("cards: %+v, %v", got, err)
	}
	if err := s.Shown(ctx, ended.ID, ended.Version, "17.1"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.BehindNow(ctx); err != nil || got.Count != 3 {
		t.Errorf("one was shown: %+v, %v", got, err)
	}
	putDocument(t, s, Document{Key: "tell/1", Kind: "tell", Ends: c.Now().Add(time.Hour)})
	putDocument(t, s, Document{Key: "tell/2", Kind: "tell", Ends: c.Now().Add(time.Minute)})
	putDocument(t, s, Document{Key: "lock/1", Kind: "lock"})
	if got, err := s.KeptNow(ctx, "tell"); err != nil || got != (Number{Count: 2, Since: c.Now().Add(time.Minute)}) {
		t.Errorf("answers: %+v, %v", got, err)
	}
	c.pass(2 * time.Minute)
	if got, err := s.KeptNow(ctx, "tell"); err != nil || got.Count != 1 {
		t.Errorf("one has ended: %+v, %v", got, err)
	}
}

// Of several the members count, once there are any.
func TestSeveralStandAsTheirMembers(t *testing.T) { everywhere(t, testSeveralStandAsTheirMembers) }

func testSeveralStandAsTheirMembers(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := bring(t, s, sample(1), op.Queued)
	members := []op.Operation{sample(2), sample(3)}
	for i := range members {
		members[i].State = op.Queued
	}
	if _, err := s.Begin(t.Context(), Move{ID: o.ID, Event: op.Event{Name: op.EventBegun}}, members); err != nil {
		t.Fatal(err)
	}
	open, err := s.OpenNow(t.Context())
	if err != nil || len(open) != 1 || open[0].State != op.Queued || open[0].Count != 2 {
		t.Errorf("%+v, %v", open, err)
	}
}

// Whoever measures is told of every operation and arrow once, and of every read and transaction.
func TestWatch(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	took, lost := map[Kind]int{}, 0
	say := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, text)
	}
	s, err := Open(t.Context(), "sqlite::memory:", Options{Now: newClock().Now, Watch: Watch{
		Made:  func(o op.Operation) { say("made " + string(o.State)) },
		Moved: func(from op.State, o op.Operation) { say(string(from) + " to " + string(o.State)) },
		Took: func(k Kind, d time.Duration, failed bool) {
			mu.Lock()
			defer mu.Unlock()
			took[k]++
			if failed {
				lost++
			}
			if d <= 0 {
				t.Errorf("a %s took %s", k, d)
			}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	o := bring(t, s, sample(1), op.Running)
	again := Move{ID: o.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: "again"}}
	if _, err := s.Move(t.Context(), again); err == nil {
		t.Error("moved twice")
	}
	if want := []string{"made pending", "pending to queued", "queued to running"}; !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
	if _, err := s.Get(t.Context(), o.ID); err != nil || took[Reads] == 0 || took[Writes] < 4 || lost != 0 {
		t.Errorf("%v, %d lost, %v", took, lost, err)
	}
	given, cancel := context.WithCancel(t.Context())
	cancel()
	_ = s.Ping(given)
	if lost != 0 {
		t.Error("what its caller gave up is no failure")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err == nil || lost != 1 {
		t.Errorf("a closed database: %v, %d lost", err, lost)
	}
}
