package slackworld

import (
	"sync/atomic"
	"time"
)

// Clock is one that a test moves.
type Clock struct{ at atomic.Int64 }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Unix(1_800_000_000, c.at.Load()) }

// Advance moves it.
func (c *Clock) Advance(d time.Duration) { c.at.Add(int64(d)) }
