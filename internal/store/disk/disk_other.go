//go:build !linux

package disk

import (
	"strconv"
	"syscall"
)

// Local knows the kinds of file systems on Linux only.
func Local(string) error { return nil }

// Free is not known elsewhere.
func Free(string) *uint64 { return nil }

// Locked goes by the process that the lock file names.
func Locked(_, process string) bool {
	number, err := strconv.Atoi(process)
	return err == nil && number > 0 && syscall.Kill(number, 0) != syscall.ESRCH
}

// Openers cannot be seen elsewhere.
func Openers(...string) ([]string, bool) { return nil, false }
