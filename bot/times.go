package bot

import (
	"time"

	"casterbot/bot/socket"
)

// times is how long things may take.
type times struct {
	halts   socket.HaltDetector
	patient bool // time is not real: what has waited for long still gets its answer
}

func (t *times) most(d time.Duration) time.Duration {
	if t.patient {
		return time.Minute
	}
	return d
}
