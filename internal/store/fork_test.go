package store

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A lock that was given free is free, though a process that is just being begun still has the file open.
func TestAReleasedLockIsFree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "casterbot.db")
	held, err := hold(path, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	forked, err := syscall.Dup(int(held.file.Fd())) // as fork does until the program begins
	if err != nil {
		t.Fatal(err)
	}
	defer os.NewFile(uintptr(forked), "forked").Close()
	if err := held.release(); err != nil {
		t.Fatal(err)
	}
	again, err := hold(path, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.release(); err != nil {
		t.Error(err)
	}
}
