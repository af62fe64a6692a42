package engine

import (
	"testing"
	"time"

	"casterbot/internal/op"
)

// A sweep that has read an operation before somebody else's look makes no second one when that look is over.
func TestALookThatWasMadeMeanwhileIsNotMadeAgain(t *testing.T) {
	s := newStage(t)
	looks := 0
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	s.verify = func() (op.Evidence, error) { looks++; return op.Evidence{Seen: op.L("idle")}, nil }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.advance(6 * time.Second)
	if err := s.e.lookIfDue(t.Context(), o.ID); err != nil || looks != 1 {
		t.Errorf("%d looks where one is due, %v", looks, err)
	}
}
