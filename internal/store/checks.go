package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errDamaged says that the file cannot be trusted. The store never repairs or replaces it by itself.
var errDamaged = errors.New("the file is damaged or no database")

// errForeign says that the file belongs to something else.
var errForeign = errors.New("this is the database of another program")

// wayOut adds to what is wrong with a file what to do about it, all in one line.
func wayOut(err error) error {
	switch {
	case errors.Is(err, errDamaged):
		err = fmt.Errorf("%w; put a backup in its place with casterbot restore BACKUP, which keeps this file", err)
	case errors.Is(err, errForeign):
		err = fmt.Errorf("%w; name another file", err)
	}
	return oneLine(err)
}

// oneLine keeps the text of an error in one line, whatever the database said.
func oneLine(err error) error {
	if err == nil || !strings.Contains(err.Error(), "\n") {
		return err
	}
	return flat{err}
}

type flat struct{ error }

func (f flat) Error() string { return strings.Join(strings.Fields(f.error.Error()), " ") }

func (f flat) Unwrap() error { return f.error }

// advise says what to do where SQLite only says what is wrong.
func advise(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%w)", errDamaged, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("make room on the disk: %w", err)
	}
	return err
}

// modern refuses a SQLite that can lose committed rows.
func modern(ctx context.Context, db *sql.DB) error {
	var text string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&text); err != nil {
		return err
	}
	return recent(text)
}

func recent(text string) error {
	var v [3]int
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return fmt.Errorf("read the version of SQLite %q: %w", text, err)
	}
	if slices.Compare(v[:], oldest[:]) < 0 {
		return fmt.Errorf("SQLite %s can lose committed rows; build with at least %d.%d.%d", text, oldest[0],
			oldest[1], oldest[2])
	}
	return nil
}

// sound looks through the whole file for damage, by quick_check or, slower, by integrity_check.
func sound(ctx context.Context, db *sql.DB, check string) error {
	found, err := all(ctx, db, text, "PRAGMA "+check+"(1)")
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w (%v)", errDamaged, found)
	}
	return nil
}

// cutOff notices a file that ends within a page, which SQLite reads as zeros. Where rows wait in a log beside it the
// log has the rest.
func cutOff(path string) error {
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, 18)
	n, err := io.ReadFull(file, head)
	// a new file, or one that SQLite itself refuses
	if n == 0 || n == len(head) && string(head[:15]) != "SQLite format 3" {
		return nil
	}
	info, unread := file.Stat()
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 { // as the format writes the size that does not fit
		page = 1 << 16
	}
	if err != nil || unread != nil || page == 0 || info.Size()%page != 0 {
		return fmt.Errorf("%w (it ends within a page)", errDamaged)
	}
	return nil
}

// ours refuses to put tables into the database of another program.
func ours(ctx context.Context, db *sql.DB) error {
	var all, known int
	const tables = `SELECT COUNT(*), COUNT(CASE WHEN name = 'migrations' THEN 1 END) FROM sqlite_master WHERE type = 'table'`
	if err := db.QueryRowContext(ctx, tables).Scan(&all, &known); err != nil {
		return err
	}
	if all > 0 && known == 0 {
		return errForeign
	}
	return nil
}

// casterbots demands the tables of casterbot; a database without any is none of its.
func casterbots(ctx context.Context, db *sql.DB) error {
	var known int
	const tables = `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('migrations', 'operations', 'events', 'inbox')`
	if err := db.QueryRowContext(ctx, tables).Scan(&known); err != nil {
		return err
	}
	if known < 4 {
		return errForeign
	}
	return nil
}

// complete demands every table, column and index that the migrations make: without the index of running operations, for
// instance, two could run at once. What a newer version has added or dropped is its matter.
func (s *Store) complete(ctx context.Context) error {
	var at int
	err := s.reader.QueryRowContext(ctx, selectMigrated).Scan(&at)
	if err != nil || at > len(migrationFiles()) { // a version after this one has worked on it
		return err
	}
	want, err := model()
	if err != nil {
		return err
	}
	have, err := partsOf(ctx, s.writer)
	for _, part := range want {
		if err == nil && !slices.Contains(have, part) {
			return fmt.Errorf("%w (there is no %s)", errDamaged, part)
		}
	}
	return err
}

// model gives the parts of a database that is new. They are what the migrations say, so they are made once.
var model = sync.OnceValues(func() ([]string, error) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", memory)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, createMigrations); err != nil {
		return nil, err
	}
	for _, file := range migrationFiles() {
		if _, err := db.ExecContext(ctx, strings.ReplaceAll(file.text, "{serial}", sqliteDialect.serial)); err != nil {
			return nil, err
		}
	}
	return partsOf(ctx, db)
})

// partsOf lists every table, column and index.
func partsOf(ctx context.Context, db *sql.DB) ([]string, error) {
	const parts = `SELECT m.type || ' ' || m.name || COALESCE(' with a column ' || c.name, '') FROM sqlite_master m
		LEFT JOIN pragma_table_info(m.name) c ON m.type = 'table' WHERE m.name NOT LIKE 'sqlite_%' ORDER BY 1`
	return all(ctx, db, text, parts)
}

// obeyed reads back the settings of a connection.
func obeyed(ctx context.Context, db *sql.DB) error {
	for _, set := range settings {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+set.pragma).Scan(&got); err != nil {
			return fmt.Errorf("read %s: %w", set.pragma, err)
		}
		if got != set.reads {
			return fmt.Errorf("SQLite does not take %s=%s, it stays %s; use a file on a local disk", set.pragma, set.value, got)
		}
	}
	return nil
}
