package commands

import (
	"strconv"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Turn says why a call of an action of the cloud waits, and for about how long.
func Turn(action string, wait time.Duration) op.Line {
	return op.L("ApsaraVideo Live allows ", op.V(strconv.Itoa(live.PerSecond(action))), " calls a second. Yours is next in about ", op.For(max(time.Second, wait)), ".")
}
