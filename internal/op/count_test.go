package op

import "testing"

// One is counted in the word for one.
func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 studios", 1: "1 studio", 2: "2 studios"} {
		if got := Count(n, " studio", " studios").Plain(); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
