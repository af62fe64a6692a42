package engine

import (
	"slices"
	"testing"

	"casterbot/internal/op"
)

// A card that waits is drawn anew when the policy names others who may approve it, once for each policy; a card that
// the policy does not let anybody approve as it stands stays as it is.
func TestWhoMayApproveIsOfThePolicyInForce(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stage)
		want   []string
	}{
		"others":               {func(s *stage) { s.second = []string{bo} }, []string{bo}},
		"the same":             {func(*stage) {}, []string{ken}},
		"nobody needs to":      {func(s *stage) { s.second, s.confirm = nil, op.ConfirmSelf }, []string{ken}},
		"it is not allowed":    {func(s *stage) { s.forbid[ana] = true }, []string{ken}},
		"Slack does not tell":  {func(s *stage) { s.second, s.deaf = []string{bo}, true }, []string{ken}},
		"no other policy came": {func(s *stage) { s.second, s.policy = []string{bo}, "one" }, []string{ken}},
	} {
		s := newStage(t)
		s.policy, s.confirm = "one", op.ConfirmOther
		o := s.asked("caster restart c1")
		s.with(func() {
			s.policy = "two"
			c.change(s)
		})
		s.advance(tellEvery)
		now := s.get(o)
		if !slices.Equal(now.Decision.Approvers, c.want) || now.Shown != now.Version || now.State != op.Pending ||
			!now.Expires.Equal(o.Expires) {
			t.Errorf("%s: %v, it shows %d of %d, %s until %s", name, now.Decision.Approvers, now.Shown, now.Version, now.State,
				now.Expires)
		}
		s.with(func() {
			s.deaf, s.policy, s.second, s.confirm, s.forbid[ana] = false, "three", []string{ana}, op.ConfirmOther, false
		})
		s.advance(tellEvery)
		if got := s.get(o).Decision; !slices.Equal(got.Approvers, []string{ana}) || got.Policy != "three" {
			t.Errorf("%s, then yet another: %+v", name, got)
		}
		version := s.get(o).Version
		if s.advance(tellEvery); s.get(o).Version != version {
			t.Errorf("%s: it is written down again", name)
		}
	}
}

// A reload that concerns many cards edits a few of them at a time.
func TestCardsAreRenewedAtAPace(t *testing.T) {
	s := newStage(t)
	s.policy, s.confirm = "one", op.ConfirmOther
	var all []op.Operation
	for i := range renewAtOnce + 3 {
		all = append(all, s.askedBy([]string{ana, bo, ken}[i%3], "caster restart c1"))
	}
	s.with(func() { s.policy, s.second = "two", []string{"U0NEW"} })
	for _, want := range []int{renewAtOnce, len(all)} {
		s.advance(tellEvery)
		done := 0
		for _, o := range all {
			if s.get(o).Decision.Policy == "two" {
				done++
			}
		}
		if done != want {
			t.Errorf("%d cards are renewed, not %d", done, want)
		}
	}
}
