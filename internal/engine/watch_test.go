package engine

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
)

// Whoever measures hears of the press that has won and when it came, of each call of its operation or of its members,
// and of the cards; of a press that lost, nothing.
func TestWatch(t *testing.T) {
	s := newStage(t)
	var mu sync.Mutex
	var heard, shown []string
	hear := func(list *[]string, text string) {
		mu.Lock()
		defer mu.Unlock()
		*list = append(*list, text)
	}
	came := time.Now()
	s.e.inflight.watch.Confirmed = func(id string, at time.Time) {
		if !at.Equal(came) {
			t.Errorf("it came at %s, not at %s", at, came)
		}
		hear(&heard, "confirmed "+id)
	}
	s.e.inflight.watch.Leaves = func(id string) { hear(&heard, "leaves "+id) }
	s.e.notify.Shown = func(o op.Operation) { hear(&shown, o.ID+" "+string(o.State)) }
	o := s.asked("caster start c1 c2")
	click := s.press(ana, o, op.ActionConfirm)
	click.Came = came
	for range 2 {
		accepted, err := s.e.Press(context.Background(), click)
		if err != nil {
			t.Fatal(err)
		}
		s.do(accepted)
	}
	s.wantStates(o, op.Succeeded, "succeeded succeeded", 2)
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"confirmed " + o.ID, "leaves " + o.ID, "leaves " + o.ID}; !slices.Equal(heard, want) {
		t.Errorf("%q, want %q", heard, want)
	}
	if len(shown) < 2 || shown[0] != o.ID+" pending" || shown[len(shown)-1] != o.ID+" succeeded" {
		t.Errorf("the cards: %q", shown)
	}
}
