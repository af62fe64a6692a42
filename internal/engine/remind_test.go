package engine

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// Who asked for something of which nobody knows what became is told so once, unless somebody settles it before.
func TestTheUnknownIsRemindedOf(t *testing.T) {
	s := newStage(t)
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	first, second := s.asked("caster restart c1"), s.asked("caster restart c2")
	s.click(ana, first, op.ActionConfirm)
	s.click(ana, second, op.ActionConfirm)
	s.want(first, op.Unknown, 2)
	s.click(ana, second, op.ActionNot)
	remind := func() string {
		t.Helper()
		s.with(func() { s.told = nil })
		if err := s.e.remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return strings.Join(s.told, "; ")
	}
	if got := remind(); got != "" {
		t.Errorf("at once: %s", got)
	}
	s.with(func() { s.now = s.now.Add(remindAfter) })
	if got := remind(); strings.Count(got, "still not known") != 1 {
		t.Errorf("after a while: %q", got)
	}
	s.with(func() { s.now = s.now.Add(time.Hour) })
	if got := remind(); got != "" {
		t.Errorf("again: %s", got)
	}
}
