package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/notify"
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
		s.settle()
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
			s.advance(time.Minute)
			if got := strings.Count(strings.Join(s.told, "; "), "still not known"); got != want {
				t.Errorf("%s: told %d times at look %d, want %d", name, got, i, want)
			}
			if c.later != nil {
				s.with(func() { c.later(s) })
			}
		}
	}
}

// What is said unasked is owed from before it is tried: a process that dies in the middle of it leaves it to the next
// one, which says it once.
func TestWhatIsSaidUnaskedIsOwed(t *testing.T) {
	for name, c := range map[string]struct {
		begin func(s *silent)
		says  string
	}{
		"to the holder of a lock": {func(s *silent) {
			s.withConditions()
			s.lock(bo)
			s.click(ana, s.asked("caster standby c1"), op.ActionConfirm)
		}, "through your lock"},
		"a reminder": {func(s *silent) {
			s.unknown("caster restart c1")
			s.advance(remindAfter)
		}, "still not known"},
	} {
		s := newSilent(t)
		owed := false
		s.tellAll = func(a op.Answer) {
			if strings.Contains(a.Title.Plain(), c.says) {
				left, err := s.store.Documents(context.Background(), notify.KindTell)
				owed = err == nil && len(left) == 1 && strings.Contains(left[0].Body, c.says)
			}
		}
		if c.begin(s); !owed {
			t.Errorf("%s: it is tried before it is owed", name)
		}
		s.restart()
		s.withConditions()
		s.speak()
		for range 3 {
			s.advance(time.Minute)
		}
		s.restart()
		s.advance(time.Minute)
		if got := s.said(); strings.Count(got, c.says) != 1 || len(s.told) != 1 {
			t.Errorf("%s: told %q", name, got)
		}
	}
}

// A reminder that comes late is no reminder when somebody has settled it meanwhile.
func TestNobodyIsRemindedOfWhatIsSettled(t *testing.T) {
	s := newSilent(t)
	o := s.unknown("caster restart c1")
	s.advance(remindAfter)
	if s.memos() != 1 {
		t.Fatalf("%d are owed", s.memos())
	}
	s.click(ana, o, op.ActionNot)
	s.speak()
	s.advance(time.Minute)
	if got := s.said(); strings.Contains(got, "still not known") {
		t.Errorf("told %q", got)
	}
}
