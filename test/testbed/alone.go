package testbed

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// Alone waits until no other package drives the whole program: each keeps the machine busy, and the bot has promised
// people how soon it answers. What it gives has to be kept until the tests are over; closed, or when the process ends,
// the next package goes on.
func Alone() (io.Closer, error) {
	file, err := os.OpenFile(filepath.Join(os.TempDir(), "casterbot-whole-program.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, file.Close())
		}
	}
}
