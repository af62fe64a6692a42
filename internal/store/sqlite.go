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
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"casterbot/internal/sleep"
	"casterbot/internal/store/connect"
	"casterbot/internal/store/disk"
)

// memory is the name of a database that ends with the process.
const memory = connect.Memory

// Scrub writes a database file anew, so that nothing of what was deleted or changed is left in it. What a server keeps
// of it is for whoever runs that.
func (s *Store) Scrub(ctx context.Context) error {
	if !s.dialect.exclusive {
		return nil
	}
	_, err := s.writer.ExecContext(ctx, `VACUUM`)
	if err == nil { // of what stood in the log before
		var busy, pages, moved int
		err = s.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	}
	return wrap(err, "write the file anew")
}

// readers is how many connections read beside the writer.
const readers = 4

// oldest is the first SQLite without the race that can lose committed rows when a WAL starts over
// (https://sqlite.org/wal.html#walresetbug).
var oldest = [3]int{3, 51, 3}

// settings are asked of every connection and read back at start. The cache (in KiB) is a quarter of SQLite's own: five
// connections with 2 MB each filled up over hours, and what is asked all the time fits into less.
var settings = []struct{ pragma, value, reads string }{
	{"busy_timeout", "5000", "5000"},
	{"foreign_keys", "on", "1"},
	{"journal_mode", "wal", "wal"},
	{"synchronous", "full", "2"},
	{"fullfsync", "on", "1"},
	{"checkpoint_fullfsync", "on", "1"},
	{"cache_size", "-512", "-512"},
}

var sqliteDialect = dialect{
	serial:    "INTEGER PRIMARY KEY AUTOINCREMENT",
	exclusive: true,
	clock:     "CAST($5 AS BIGINT)",
	busy: func(err error) bool {
		var e *sqlite.Error
		return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE &&
			strings.Contains(e.Error(), "operations.target")
	},
}

func openSQLite(ctx context.Context, name string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if name == memory {
		return attach(ctx, name, o, func() error { return nil })
	}
	path, err := connect.File(name)
	if err != nil {
		return nil, err
	}
	if err := disk.Local(filepath.Dir(path)); err != nil {
		return nil, err
	}
	held, err := hold(path, o.Now())
	if err != nil {
		return nil, err
	}
	if err := makeFile(path, held.opened); err != nil {
		return nil, errors.Join(err, held.release())
	}
	if err := cutOff(path); err != nil {
		return nil, errors.Join(wayOut(err), held.release())
	}
	s, err := attach(ctx, path, o, held.release)
	if err != nil {
		return nil, errors.Join(err, held.release())
	}
	if err := held.remember(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// makeFile makes the file, for nobody else to read. It refuses to begin anew where a database was lost.
func makeFile(path string, opened bool) error {
	if err := lost(path, opened); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(0o600), file.Close())
}

// lost notices that a database is gone.
func lost(path string, opened bool) error {
	info, err := os.Stat(path)
	missing := err != nil
	wal, err := os.Stat(path + "-wal")
	left := err == nil && wal.Size() > 0
	if (missing || info.Size() == 0) && (opened || left) {
		return fmt.Errorf("the file is missing or empty, but a database was there: put a backup in its place with casterbot restore BACKUP, or remove %s* to begin anew", path)
	}
	return nil
}

// attach opens the connections, checks what they are and brings the tables up to date.
func attach(ctx context.Context, path string, o Options, release func() error) (*Store, error) {
	s := &Store{now: o.Now, author: o.author(), log: o.Log, watch: o.Watch, dialect: sqliteDialect,
		patience: o.patience(),
		address:  address(path),
		commit:   (*sql.Tx).Commit, release: release}
	var err error
	if s.writer, err = sql.Open("sqlite", s.address); err != nil {
		return nil, err
	}
	s.writer.SetMaxOpenConns(1)
	s.reader = s.writer
	if path != memory {
		if s.reader, err = sql.Open("sqlite", s.address+"&_pragma=query_only(on)"); err != nil {
			return nil, errors.Join(err, s.writer.Close())
		}
		s.reader.SetMaxOpenConns(readers)
		s.reader.SetMaxIdleConns(readers)
	}
	large := o.large(path)
	if err := s.check(ctx, path, large); err != nil {
		return nil, errors.Join(wayOut(advise(err)), s.reader.Close(), s.writer.Close())
	}
	if large {
		s.lookThrough()
	}
	s.startInbox()
	return s, nil
}

// address writes the name of the database with its settings as the driver reads it.
func address(path string) string {
	q := url.Values{"_txlock": {"immediate"}, "_dqs": {"0"}}
	for _, set := range settings {
		q.Add("_pragma", set.pragma+"("+set.value+")")
	}
	if path == memory {
		return memory + "?" + q.Encode()
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// large reports a file that is looked through while the bot works: a crew does not wait for it.
func (o Options) large(path string) bool {
	info, err := os.Stat(path)
	return path != memory && err == nil && info.Size() > o.atOnce
}

// lookThrough looks through the whole file beside the work. When it is damaged nothing is written any more, and so
// nothing is sent; that it cannot be looked through says nothing of it.
func (s *Store) lookThrough() {
	var damage atomic.Pointer[error]
	commit, release, ended := s.commit, s.release, make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		for again := true; again; again = sleep.For(ctx, time.Minute) == nil {
			began := time.Now()
			err := wayOut(advise(sound(ctx, s.reader, "quick_check")))
			switch {
			case err == nil:
				s.log.Info("the database was looked through", "took", time.Since(began).Round(time.Millisecond).String())
				return
			case errors.Is(err, errDamaged):
				damage.Store(&err)
				s.log.Error("nothing is written any more", "error", err)
				return
			case ctx.Err() == nil:
				s.log.Warn("the database could not be looked through", "error", err)
			}
		}
	}()
	s.commit = func(tx *sql.Tx) error {
		if err := damage.Load(); err != nil {
			return errors.Join(*err, tx.Rollback())
		}
		return commit(tx)
	}
	s.release = func() error {
		stop()
		<-ended
		return release()
	}
}

// check asks the database everything that must be so before it is trusted, and makes the tables. A large one whose
// tables are up to date is looked through later.
func (s *Store) check(ctx context.Context, path string, large bool) error {
	whole := func(ctx context.Context, db *sql.DB) error {
		var at int
		if err := db.QueryRowContext(ctx, selectMigrated).Scan(&at); large && err == nil && at >= len(migrationFiles()) {
			return nil
		}
		return sound(ctx, db, "quick_check")
	}
	if err := s.makeTables(ctx, modern, whole, ours); err != nil {
		return err
	}
	if path == memory {
		return s.prepare(ctx)
	}
	if err := s.complete(ctx); err != nil {
		return err
	}
	return errors.Join(obeyed(ctx, s.writer), obeyed(ctx, s.reader), s.prepare(ctx))
}

// beside are the files that belong to a database, by what is added to its name; the database itself comes first.
var beside = []string{"", "-wal", "-shm"}

// Forget removes a SQLite database with the files beside it. It is for worlds to play in; what is gone is gone.
func Forget(path string) error {
	return wrap(errors.Join(discard(path), remove(path+".lock"), remove(path+disk.Saved)), "forget the database")
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
