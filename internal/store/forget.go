package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// beside are the files that belong to a database, by what is added to its name; the database itself comes first.
var beside = []string{"", "-wal", "-shm"}

// Forget removes a SQLite database with the files beside it. It is for worlds to play in; what is gone is gone.
func Forget(path string) error {
	if err := errors.Join(discard(path), remove(path+".lock")); err != nil {
		return fmt.Errorf("forget the database: %w", err)
	}
	return nil
}

// discard removes the files of a database that nobody has open.
func discard(path string) error {
	for _, part := range beside {
		if err := remove(path + part); err != nil {
			return err
		}
	}
	return nil
}

// remove removes a file that may not be there.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
