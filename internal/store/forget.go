package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Forget removes a SQLite database with the files beside it. It is for worlds to play in; what is gone is gone.
func Forget(path string) error {
	for _, part := range []string{"", "-wal", "-shm", ".lock"} {
		if err := os.Remove(path + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget the database: %w", err)
		}
	}
	return nil
}
