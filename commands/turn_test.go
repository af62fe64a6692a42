package commands

import (
	"testing"
	"time"
)

func TestTurn(t *testing.T) {
	for _, c := range []struct {
		action string
		wait   time.Duration
		want   string
	}{
		{"CopyCaster", 3700 * time.Millisecond, "ApsaraVideo Live allows 10 calls a second. Yours is next in about 4 s."},
		{"RealTimeRecordCommand", 200 * time.Millisecond, "ApsaraVideo Live allows 50 calls a second. Yours is next in about 1 s."},
	} {
		if got := Turn(c.action, c.wait).Plain(); got != c.want {
			t.Errorf("%s %s: %q", c.action, c.wait, got)
		}
	}
}
