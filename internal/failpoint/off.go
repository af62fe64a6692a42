//go:build !crashpoints

package failpoint

import "time"

// At names a place.
func At(string) {}

// Clock gives the clock back.
func Clock(now func() time.Time) func() time.Time { return now }

// Within gives the wait back.
func Within(d time.Duration) time.Duration { return d }
