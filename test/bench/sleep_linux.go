package main

import (
	"syscall"
	"time"
)

// pause sleeps in the kernel: the runtime's own timers wake up to a millisecond late when nothing else happens, which
// is longer than what is measured here.
func pause(d time.Duration) {
	if d > 0 {
		left := syscall.NsecToTimespec(d.Nanoseconds())
		_ = syscall.Nanosleep(&left, nil)
	}
}
