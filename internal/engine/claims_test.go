package engine

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// claiming is a stage whose restarts begin a condition that another restart starts anew.
func claiming(t *testing.T) *stage {
	s := newStage(t)
	s.e.table.Commands[0].Starts = []op.Condition{op.IsOnAir}
	s.e.table.Commands[0].Ends = []op.Condition{op.IsOnAir}
	return s
}

func (s *stage) over(o op.Operation) string { return s.get(o).Outcome.Over.Plain() }

// What a card claims ends with a later operation on the same target; the card says so once, and loses its buttons.
func TestClaimsEnd(t *testing.T) {
	s := claiming(t)
	first, other := s.asked("caster restart c1"), s.asked("caster restart c2")
	s.click(ana, first, op.ActionConfirm)
	s.want(first, op.Succeeded, 1)
	s.click(ana, other, op.ActionConfirm)
	s.want(other, op.Succeeded, 2)
	s.advance(time.Minute)
	second := s.asked("caster restart c1")
	if s.over(first) != "" {
		t.Fatalf("over before anything was done: %s", s.over(first))
	}
	s.click(ana, second, op.ActionConfirm)
	s.want(second, op.Succeeded, 3)
	s.settle()
	if got := s.over(first); !strings.Contains(got, "Ended ") || !strings.Contains(got, second.Ref()) {
		t.Errorf("the first card says %q", got)
	}
	if now := s.get(first); len(now.Outcome.Next) > 0 || now.State != op.Succeeded {
		t.Errorf("%+v", now.Outcome)
	}
	if s.over(other) != "" || s.over(second) != "" {
		t.Errorf("others: %q, %q", s.over(other), s.over(second))
	}
	said := s.over(first)
	third := s.asked("caster restart c1")
	s.click(ana, third, op.ActionConfirm)
	s.want(third, op.Succeeded, 4)
	s.settle()
	if s.over(first) != said || !strings.Contains(s.over(second), third.Ref()) {
		t.Errorf("the first says %q, the second %q", s.over(first), s.over(second))
	}
}

// A process that dies between the end of an operation and the cards of those before leaves that to the sweep.
func TestClaimsEndAfterACrash(t *testing.T) {
	s := claiming(t)
	first := s.asked("caster restart c1")
	s.click(ana, first, op.ActionConfirm)
	s.want(first, op.Succeeded, 1)
	second := s.asked("caster restart c1")
	s.e.table.Commands[0].Starts, s.e.table.Commands[0].Ends = nil, nil // it never got there
	s.click(ana, second, op.ActionConfirm)
	s.want(second, op.Succeeded, 2)
	s.e.table.Commands[0].Starts = []op.Condition{op.IsOnAir}
	for range 2 {
		if err := s.e.endOldClaims(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.over(first); !strings.Contains(got, second.Ref()) {
		t.Errorf("the first card says %q", got)
	}
}

// The same when the next process begins hours later.
func TestClaimsEndAfterALongTimeDown(t *testing.T) {
	s := newStage(t)
	s.with(func() { s.confirm = op.ConfirmNone })
	first, second := s.asked("caster restart c1"), s.asked("caster restart c1")
	s.want(second, op.Succeeded, 2)
	s.close()
	s.with(func() { s.now = s.now.Add(5 * time.Hour) })
	s.open()
	s.e.table.Commands[0].Starts = []op.Condition{op.IsOnAir} // before this nobody knew what ends
	for range 2 {
		s.e.sweep(t.Context())
		s.settle()
	}
	if got := s.over(first); !strings.Contains(got, second.Ref()) {
		t.Errorf("the first card says %q", got)
	}
}

// However much was done on the target in between, the card of what is ended says so.
func TestClaimsEndAfterMuchElse(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.confirm = op.ConfirmNone })
	first := s.asked("caster standby c1")
	for range 35 {
		s.asked("caster copy c1 x")
		s.advance(time.Minute) // few are asked for at once
	}
	last := s.asked("caster restart c1")
	s.want(last, op.Succeeded, 37)
	s.settle()
	if got := s.over(first); !strings.Contains(got, last.Ref()) {
		t.Errorf("the first card says %q", got)
	}
}

// What is known late to have happened may have been ended by something later.
func TestWhatIsKnownLateMayBeOver(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	standby := s.unknown("caster standby c1")
	s.advance(time.Minute)
	other, back := s.asked("caster restart c2"), s.asked("caster restart c1")
	s.click(ana, other, op.ActionConfirm)
	s.click(ana, back, op.ActionConfirm)
	s.want(back, op.Succeeded, 3)
	s.click(ana, standby, op.ActionHappened)
	s.settle()
	if got := s.over(standby); !strings.Contains(got, back.Ref()) || len(s.get(standby).Outcome.Next) > 0 {
		t.Errorf("%q, %+v", got, s.get(standby).Outcome.Next)
	}
}

// A channel that has become shared with others hears that it is over, not by whom and by what.
func TestASharedChannelHearsOnlyThatItIsOver(t *testing.T) {
	s := claiming(t)
	first, second := s.asked("caster restart c1"), s.asked("caster restart c1")
	s.click(ana, first, op.ActionConfirm)
	s.want(first, op.Succeeded, 1)
	s.with(func() { s.shared = true })
	s.click(ana, second, op.ActionConfirm)
	s.want(second, op.Succeeded, 2)
	s.settle()
	if got := s.over(first); got != "It has ended." {
		t.Errorf("the first card says %q", got)
	}
}
