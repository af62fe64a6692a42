package doctor

import "testing"

// Where all is well nothing is said but that.
func TestWell(t *testing.T) {
	s := newStand(t)
	if r := s.look(); r.Exit() != ExitWell {
		t.Errorf("exit code %d:\n%s", r.Exit(), r.Text())
	} else {
		t.Log("\n" + r.Text())
	}
}
