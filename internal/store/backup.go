package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a whole copy of the database, as of one moment, into a new file, while work goes on. It is on the disk
// when there is no error; a file that is there already is never touched.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.dialect.remote {
		return errors.New("backup: a PostgreSQL database is backed up with its own means, for example pg_dump")
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("backup: %s is there already; name a new file", path)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer file.Close()
	err = s.copyTo(ctx, path)
	if err == nil {
		err = errors.Join(file.Sync(), syncFolder(filepath.Dir(path)))
	}
	if err != nil {
		return fmt.Errorf("backup: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// copyTo copies over a connection of its own: the readers may not write, and the writer has other work. A database in
// memory has only the writer.
func (s *Store) copyTo(ctx context.Context, path string) error {
	db := s.writer
	if s.reader != s.writer {
		own, err := sql.Open("sqlite", s.address)
		if err != nil {
			return err
		}
		defer own.Close()
		db = own
	}
	_, err := db.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}

// syncFolder makes the name of a new file durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
