package bot

import (
	"testing"
	"time"

	"casterbot/bot/socket"
)

func TestWhereTimeIsNotRealAnEnvelopeMayWait(t *testing.T) {
	for patient, want := range map[bool]time.Duration{true: time.Minute, false: socket.AcceptWithin} {
		if got := (&times{patient: patient}).most(socket.AcceptWithin); got != want {
			t.Errorf("patient %v: %s, want %s", patient, got, want)
		}
	}
}
