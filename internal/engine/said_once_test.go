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

// Who has left the channel, or may not settle it any more, is not reminded; as long as Slack does not tell, nobody is.
func TestOnlyThoseWhoMaySettleItAreReminded(t *testing.T) {
	for name, c := range map[string]struct {
		change, later func(*stage)
		told          [2]int
	}{
		"has left the channel":  {func(s *stage) { s.rooms = map[string][]string{ana: {"C0OTHER"}} }, nil, [2]int{0, 0}},
		"has lost the right":    {func(s *stage) { s.forbid[ana] = true }, nil, [2]int{0, 0}},
		"Slack does not tell":   {func(s *stage) { s.deaf = true }, func(s *stage) { s.deaf = false }, [2]int{0, 1}},
		"is there, and may so":  {func(*stage) {}, nil, [2]int{1, 1}},
		"it was asked long ago": {func(s *stage) { s.now = s.now.Add(remindFor) }, nil, [2]int{0, 0}},
		"comes back a bit later": {func(s *stage) { s.rooms = map[string][]string{} },
			func(s *stage) { s.rooms = nil }, [2]int{0, 0}},
	} {
		s := newStage(t)
		s.unknown("caster restart c1")
		s.with(func() {
			s.told, s.now = nil, s.now.Add(remindAfter)
			c.change(s)
		})
		for i, want := range c.told {
			if err := s.e.remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(strings.Join(s.told, "; "), "still not known"); got != want {
				t.Errorf("%s: told %d times at look %d, want %d", name, got, i, want)
			}
			if c.later != nil {
				s.with(func() { c.later(s) })
			}
		}
	}
}
