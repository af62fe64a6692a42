package engine

import (
	"context"
	"errors"
	"testing"
	"time"

	"casterbot/internal/op"
)

// What a card shows is what the operation has come to when the channel's turn is there, not when it was asked for; a card that
// is up to date takes no turn.
func TestNewestStateAtTheTurn(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	turns := 0
	s.turn = func() {
		turns++
		if now := s.get(o); now.State == op.Queued {
			s.moved(now, "", op.Running, op.Unknown)
		}
	}
	s.moved(o, "", op.Queued)
	for range 3 {
		if err := s.e.draw(context.Background(), o.ID); err != nil {
			t.Fatal(err)
		}
	}
	if last := s.shown[len(s.shown)-1]; last.State != op.Unknown || len(s.shown) != 2 || turns != 1 {
		t.Errorf("after %d turns the %d. picture is %s", turns, len(s.shown), last.State)
	}
}

// A busy channel is tried again soon, however often; what fails otherwise is left alone for longer and longer, up to a limit.
func TestRestOfACard(t *testing.T) {
	busy := errors.Join(ErrBusy, errors.New("the channel is free again in 6s"))
	for _, c := range []struct {
		failures []error
		want     time.Duration
	}{
		{[]error{busy}, shortestRest},
		{[]error{busy, busy, busy, busy}, shortestRest},
		{[]error{errLost}, shortestRest},
		{[]error{errLost, errLost, errLost}, 4 * shortestRest},
		{[]error{errLost, errLost, busy}, 2 * shortestRest},
		{[]error{errLost, errLost, errLost, errLost, errLost, errLost, errLost}, longestRest},
	} {
		w := &owed{}
		w.init()
		for _, err := range c.failures {
			w.later["o"] = rest{last: w.later["o"].last} // time passes
			if !w.begin("o") || w.end("o", err) {
				t.Fatalf("%v: it is not tried again after a rest", c.failures)
			}
		}
		if got := w.later["o"].last; got != c.want || w.begin("o") {
			t.Errorf("after %v it rests for %s, not %s", c.failures, got, c.want)
		}
	}
}

var errLost = errors.New("no answer")
