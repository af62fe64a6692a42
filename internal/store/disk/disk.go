// Package disk tells what a database has to know of the disk that it is on, and what lies beside its file. It must not
// know what a database is.
package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// access is access(2); tests have disks of their own.
var access = syscall.Access

// Writable asks the kernel whether some files, or new ones in the folder of the first, may be written. Nothing is.
func Writable(path string, beside ...string) error {
	const write = 2 // W_OK of access(2)
	places := []string{filepath.Dir(path), path}
	for _, part := range beside {
		places = append(places, path+part)
	}
	for _, place := range places {
		if err := access(place, write); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &fs.PathError{Op: "write", Path: place, Err: err}
		}
	}
	return nil
}

// Saved is what is added to the name of a file for the one that says when its last backup was made.
const Saved = ".saved"

// SavedAt is when that was; zero when it is not known.
func SavedAt(path string) time.Time {
	text, err := os.ReadFile(path + Saved)
	if err != nil {
		return time.Time{}
	}
	at, _ := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	return at
}

// NoteSaved writes it down, in a new file: the one before may be of another user, and a link leads elsewhere. Whoever has
// made the backup, the bot's own user can read it. Where it cannot be written, the backup is good all the same.
func NoteSaved(path string, at time.Time) {
	_ = os.Remove(path + Saved)
	file, err := os.OpenFile(path+Saved, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return
	}
	_, _ = file.WriteString(at.UTC().Format(time.RFC3339) + "\n")
	_ = file.Close()
}
