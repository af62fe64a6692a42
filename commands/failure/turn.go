package failure

import (
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// ThrottledText says why a call of an action of the cloud waits, and for about how long: for its turn, or until it is
// tried again after it ended as why.
func ThrottledText(action string, why live.Class, wait time.Duration) op.Line {
	if why == live.NotSent {
		return op.L("ApsaraVideo Live cannot be reached. The next try is in about ", op.For(max(time.Second, wait)), ".")
	}
	return op.L("ApsaraVideo Live allows ", op.N(quota.Limit(action)),
		" calls a second. Yours is next in about ", op.For(max(time.Second, wait)), ".")
}
