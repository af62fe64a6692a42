package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errDamaged says that the file cannot be trusted. The store never repairs or replaces it by itself.
var errDamaged = errors.New("the file is damaged or no database: stop here, keep a copy of it, and put the newest backup in its place")

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
	for i := range v {
		if v[i] > oldest[i] {
			return nil
		}
		if v[i] < oldest[i] {
			return fmt.Errorf("SQLite %s can lose committed rows; build with at least %d.%d.%d", text, oldest[0], oldest[1], oldest[2])
		}
	}
	return nil
}

// sound looks through the whole file for damage.
func sound(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "PRAGMA quick_check(1)")
	if err != nil {
		return err
	}
	found, err := collect(rows, func(row scanner) (text string, err error) { return text, row.Scan(&text) })
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w (%v)", errDamaged, found)
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
		return errors.New("this is the database of another program; name another file")
	}
	return nil
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
