package failure

import (
	"testing"
	"time"

	"casterbot/internal/live"
)

func TestTurn(t *testing.T) {
	for _, c := range []struct {
		action string
		why    live.Class
		wait   time.Duration
		want   string
	}{
		{"CopyCaster", live.Throttled, 3700 * time.Millisecond,
			"ApsaraVideo Live allows 10 calls a second. Yours is next in about 4 s."},
		{"RealTimeRecordCommand", live.Throttled, 200 * time.Millisecond,
			"ApsaraVideo Live allows 50 calls a second. Yours is next in about 1 s."},
		{"RestartCaster", live.NotSent, 2 * time.Second, "ApsaraVideo Live cannot be reached. The next try is in about 2 s."},
	} {
		if got := ThrottledText(c.action, c.why, c.wait).Plain(); got != c.want {
			t.Errorf("%s %s: %q", c.action, c.wait, got)
		}
	}
}
