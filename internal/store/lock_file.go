package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// opened ends the line of a lock file once the database beside it has been opened for the first time.
const opened = " opened"

// lock is the lock file beside a database: one line with the number of the process that holds it and since when. The
// kernel gives it free when that process ends, however it ends.
type lock struct {
	file   *os.File
	line   string
	opened bool // there was a database before
}

// Hold takes a lock of the same kind for something else than a database, and gives what releases it.
func Hold(path string, now time.Time) (release func() error, err error) {
	l, err := hold(path, now)
	if err != nil {
		return nil, err
	}
	return l.release, nil
}

// hold takes the lock of a database, or says who has it.
func hold(path string, now time.Time) (*lock, error) {
	file, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	text, unread := io.ReadAll(io.LimitReader(file, 256))
	before := strings.TrimSpace(string(text))
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		_ = file.Close()
		return nil, fmt.Errorf("in use by process %s; stop that one first, or name another one",
			strings.TrimSuffix(before, opened))
	case err != nil || unread != nil:
		_ = file.Close()
		return nil, fmt.Errorf("lock: %w", errors.Join(err, unread))
	}
	l := &lock{file: file, opened: strings.HasSuffix(before, opened)}
	l.line = fmt.Sprintf("%d since %s", os.Getpid(), now.UTC().Format(time.RFC3339))
	if l.opened {
		l.line += opened
	}
	if err := l.write(); err != nil {
		return nil, errors.Join(err, l.release())
	}
	return l, nil
}

// remember writes down that there is a database now.
func (l *lock) remember() error {
	if l.opened {
		return nil
	}
	l.line += opened
	return l.write()
}

// write puts the line over the one before. On a full disk that fails without losing what stood there.
func (l *lock) write() error {
	_, err := l.file.WriteAt([]byte(l.line+"\n"), 0)
	if err == nil {
		err = l.file.Truncate(int64(len(l.line) + 1))
	}
	return wrap(err, "write the lock")
}

// release gives the lock free. The file stays: removing it would let two processes lock two files of one name. To close
// it is not enough: a process that was forked a moment ago and has not begun its program yet has it open too.
func (l *lock) release() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}
