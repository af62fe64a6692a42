//go:build !linux

package main

import "time"

// pause sleeps; where the runtime's timers are coarse the figures are, too.
func pause(d time.Duration) { time.Sleep(d) }
