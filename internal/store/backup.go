package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store/connect"
	"casterbot/internal/store/disk"
)

// ErrRemote says that a database is not a file of ours: its own tools save it and put it back.
var ErrRemote = errors.New("a PostgreSQL database is saved by pg_dump and put back by pg_restore")

// Holding is what a database file holds.
type Holding struct {
	Operations int
	Events     int
	States     map[op.State]int // of the operations
	Newest     time.Time        // of the newest event
	Size       int64            // bytes
}

// Backup writes a whole copy of a database, as of one moment, into a new file, and says what is in it. A bot may work
// on the database meanwhile. When there is no error the copy is on the disk and was read through; a file that is there
// already is never touched, and what is left of a copy that failed is no database.
func Backup(ctx context.Context, address, path string) (Holding, error) {
	from, err := fileOf(address)
	if err != nil {
		return Holding{}, fmt.Errorf("backup: %w", err)
	}
	h, err := backup(ctx, from, path)
	if err == nil {
		disk.NoteSaved(from, time.Now())
	}
	return h, wrap(err, "backup of %s", from)
}

func backup(ctx context.Context, from, path string) (Holding, error) {
	if err := exists(from); err != nil {
		return Holding{}, err
	}
	taken, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // keeps the name until the copy is whole
	if errors.Is(err, fs.ErrExist) {
		return Holding{}, fmt.Errorf("%s is there already; name a new file", path)
	}
	if err != nil {
		return Holding{}, err
	}
	if err := taken.Close(); err != nil {
		return Holding{}, err
	}
	partial := path + ".partial"
	h, err := snapshot(ctx, from, partial)
	if err == nil {
		err = rename(partial, path)
	}
	if err != nil {
		return h, errors.Join(err, os.Remove(path))
	}
	return h, nil
}

// fileOf gives the path of the file that an address names.
func fileOf(address string) (string, error) {
	kind, name, _ := strings.Cut(address, ":")
	switch {
	case kind == "postgres" || kind == "postgresql":
		return "", ErrRemote
	case kind != "sqlite" || name == "" || name == memory:
		return "", errors.New("this is no address of a file; use sqlite:FILE")
	}
	return connect.File(name)
}

// exists demands a file with something in it, to its end.
func exists(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Size() == 0:
		return errors.New("this is no database")
	}
	return cutOff(path)
}

// snapshot copies the database in one file into another, which it makes anew, brings it to the disk and reads it
// through.
func snapshot(ctx context.Context, from, to string) (h Holding, err error) {
	if err := discard(to); err != nil { // left by one that was killed
		return h, err
	}
	file, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return h, err
	}
	defer func() {
		err = errors.Join(err, file.Close())
		if err != nil {
			err = errors.Join(err, discard(to))
		}
	}()
	err = looking(from, func(db *sql.DB) error {
		if err := casterbots(ctx, db); err != nil {
			return err
		}
		_, err := db.ExecContext(ctx, `VACUUM INTO $1`, absolute(to))
		return err
	})
	if err != nil {
		return h, advise(err)
	}
	if err := file.Sync(); err != nil {
		return h, err
	}
	return holding(ctx, to)
}

// looking opens a file for reading only. Where no log lies beside it nobody writes to it, and it may lie on a disk that
// takes no writes at all.
func looking(path string, do func(*sql.DB) error) error {
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		q.Set("immutable", "1")
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: absolute(path), RawQuery: q.Encode()}).String())
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

// absolute keeps a name from being read as an option or an address.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// holding reads a file through and counts what it holds.
func holding(ctx context.Context, path string) (Holding, error) {
	h := Holding{States: map[op.State]int{}}
	info, err := os.Stat(path)
	if err != nil {
		return h, err
	}
	h.Size = info.Size()
	err = looking(path, func(db *sql.DB) error {
		if err := sound(ctx, db, "integrity_check"); err != nil {
			return err
		}
		return h.count(ctx, db)
	})
	return h, advise(err)
}

func (h *Holding) count(ctx context.Context, db *sql.DB) error {
	states, err := all(ctx, db, text, `SELECT state FROM operations`)
	if err != nil {
		return err
	}
	for _, state := range states {
		h.States[op.State(state)]++
	}
	h.Operations = len(states)
	const events = `SELECT COUNT(*), COALESCE(MAX(at), 0) FROM events`
	return db.QueryRowContext(ctx, events).Scan(&h.Events, timeOf{&h.Newest})
}

// rename gives a file its new name for good.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
