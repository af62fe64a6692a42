package engine

import (
	"slices"
	"testing"
	"time"
)

// Both a look and a question about a change are patient, until there is an answer or a card; where time is not real
// nobody is told.
func TestSlowQuestionsSaySo(t *testing.T) {
	for _, text := range []string{"caster list", "caster restart c1"} {
		for _, real := range []bool{true, false} {
			s := newStage(t)
			if real {
				s.e.notify.After = func(d time.Duration, do func()) func() bool {
					if d > time.Second {
						do()
					}
					return func() bool { return true }
				}
			}
			s.typed("U0ANA", text)
			if got := slices.Equal(s.hinted, []string{"Looking…"}); got != real || !real && len(s.hinted) > 0 {
				t.Errorf("%s: %q", text, s.hinted)
			}
		}
	}
}
