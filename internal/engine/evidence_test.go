package engine

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// What a look shows after two operations on one target proves nothing for either that got no answer.
func TestEvidenceOfAnotherOperationProvesNothing(t *testing.T) {
	silent := func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	refused := func(int) op.Outcome { return op.Outcome{State: op.Failed} }
	nothing := func() (op.Evidence, error) { return op.Evidence{}, nil }
	happened := func() (op.Evidence, error) {
		return op.Evidence{Happened: true, Dated: true, Seen: op.L("it runs")}, nil
	}
	for name, c := range map[string]struct {
		second func(int) op.Outcome
		want   op.State
	}{
		"the second succeeded":                       {nil, op.Unknown},
		"the second got no answer either":            {silent, op.Unknown},
		"the second was refused and changed nothing": {refused, op.Succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.apply, s.verify = silent, nothing
			first := s.asked("caster restart c1")
			s.click(ana, first, op.ActionConfirm)
			s.with(func() { s.apply, s.now = c.second, s.now.Add(time.Second) })
			second := s.asked("caster restart c1")
			s.click(ana, second, op.ActionConfirm)
			s.with(func() { s.verify = happened })
			s.advance(20 * time.Second)
			s.want(first, c.want, 2)
			if seen := s.get(first).Outcome.Evidence.Plain(); c.want == op.Unknown &&
				!strings.Contains(seen, "Another operation") {
				t.Errorf("the card says %q", seen)
			}
		})
	}
}
