package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Restored is what became of a database that was put back.
type Restored struct {
	Holding        // as it was in the backup
	Path    string // of the database
	Kept    string // where the files from before are now; empty when there were none
}

// Restore puts a backup in the place of a database that no bot has open. The backup is read through first and stays as
// it is; the files from before are kept under a name with the time. Retire is given the copy before it gets its place:
// a backup is older than the world, so nothing that is open in it may go on by itself. A crash in between leaves either
// the old database or a place that is empty, at which no bot starts.
func Restore(ctx context.Context, address, from string, o Options,
	retire func(context.Context, *Store) error) (Restored, error) {
	path, err := fileOf(address)
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	held, err := hold(path, o.Now())
	if err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", path, err)
	}
	r, err := restore(ctx, path, from, o.filled(), retire, held)
	return r, wrap(errors.Join(err, held.release()), "restore %s from %s", path, from)
}

func restore(ctx context.Context, path, from string, o Options, retire func(context.Context, *Store) error,
	held *lock) (Restored, error) {
	r := Restored{Path: path}
	if err := exists(from); err != nil {
		return r, err
	}
	if same(path, from) {
		return r, errors.New("this is the database itself, no backup of it")
	}
	err := looking(from, func(db *sql.DB) error {
		return errors.Join(sound(ctx, db, "integrity_check"), casterbots(ctx, db))
	})
	if err != nil {
		return r, fmt.Errorf("%w; take another backup, nothing was changed", oneLine(advise(err)))
	}
	next := path + ".restoring"
	if r.Holding, err = snapshot(ctx, from, next); err != nil {
		return r, err
	}
	if err := prepareNext(ctx, next, o, retire); err != nil {
		return r, errors.Join(err, discard(next))
	}
	if err := held.remember(); err != nil { // from here on an empty place is known to be a loss
		return r, err
	}
	if r.Kept, err = setAside(path, o.Now()); err != nil {
		return r, err
	}
	return r, rename(next, path)
}

// prepareNext opens the copy as a bot would, retires it and brings it to the disk in one file.
func prepareNext(ctx context.Context, next string, o Options, retire func(context.Context, *Store) error) error {
	s, err := attach(ctx, next, o, func() error { return nil })
	if err != nil {
		return err
	}
	if err := errors.Join(retire(ctx, s), s.Close()); err != nil {
		return err
	}
	if _, err := os.Stat(next + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return errors.New("the copy is still open somewhere; try again")
	}
	file, err := os.OpenFile(next, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// same reports whether two names lead to one file.
func same(a, b string) bool {
	first, err1 := os.Stat(a)
	second, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(first, second)
}

// setAside gives the files of a database a name with the time, the database itself first: without it nobody starts, so
// its log can never be read into another one.
func setAside(path string, now time.Time) (string, error) {
	kept := path + ".before-" + now.UTC().Format("20060102T150405Z")
	for _, part := range beside {
		if _, err := os.Lstat(kept + part); err == nil {
			return "", fmt.Errorf("%s is there already; try again in a second", kept+part)
		}
	}
	moved := 0
	for _, part := range beside {
		err := os.Rename(path+part, kept+part)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if err == nil {
			moved++
		}
	}
	if moved == 0 {
		return "", nil
	}
	return kept, syncFolder(filepath.Dir(path))
}
