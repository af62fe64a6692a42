package engine

import (
	"errors"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// That nothing was sent is said once, by what the reason is and not by how it is worded.
func TestThatNothingWasSentIsSaidOnce(t *testing.T) {
	const added = "Nothing was sent, nothing changed."
	s := newStage(t)
	for name, c := range map[string]struct {
		why  error
		adds bool
	}{
		"it says so":             {op.Refuse(op.L("Rien.")).SaysSo(), false},
		"it only sounds like it": {op.Refuse(op.L("Nothing was done.")), true},
		"it is wrapped":          {errors.Join(op.Refuse(op.L("Rien.")).SaysSo(), errors.New("x")), false},
		"an internal error":      {errors.New("x"), false},
		"not written":            {store.ErrUnwritten, false},
		"perhaps written":        {errors.Join(store.ErrUnwritten, store.ErrUnsure), true},
	} {
		if got := s.e.unsent(op.Operation{}, c.why).Plain(); strings.Contains(got, added) != c.adds {
			t.Errorf("%s: %q", name, got)
		}
	}
}
