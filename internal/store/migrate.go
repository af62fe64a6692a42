package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/sleep"
)

//go:embed migrations/*.sql
var migrations embed.FS

const createMigrations = `CREATE TABLE IF NOT EXISTS migrations (
	number BIGINT PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)`

// dialect is what differs between the databases.
type dialect struct {
	serial    string           // type of a column that numbers rows
	exclusive bool             // one process at a time has the database open
	remote    bool             // a connection lies between: it may be slow, or end at any moment
	busy      func(error) bool // the error of a second running operation of one target
	// microseconds by the store's clock, in a statement whose argument $5 is this process's
	clock string
	// asks for the time in milliseconds and the number of the transaction; may be empty
	stamp string
	ended string // asks whether the transaction $1 is no longer under way
	// waits until nobody else gives a turn on the target of operation $1, or on $2; may be empty
	turn string
	// keeps other processes from migrating until the transaction ends; may be nil
	lock  func(*transaction) error
	taken func(error) bool // the error of a step that gave up waiting for a table; may be nil
}

const (
	migrateWithin = time.Minute // how long one step may take
	tableWithin   = time.Second // how long it may wait for a table: whoever wants to write meanwhile waits behind it
)

// makeTables brings the tables up to date, in a database that passes some checks.
func (s *Store) makeTables(ctx context.Context, checks ...func(context.Context, *sql.DB) error) error {
	for _, check := range checks {
		if err := check(ctx, s.writer); err != nil {
			return err
		}
	}
	return s.migrate(ctx)
}

// migrate brings the tables up to date, one transaction for each step that is missing.
func (s *Store) migrate(ctx context.Context) error {
	var at int
	err := s.alone(ctx, func(t *transaction) error {
		if _, err := t.exec(createMigrations); err != nil {
			return err
		}
		return t.row(selectMigrated).Scan(&at)
	})
	if err != nil {
		return fmt.Errorf("the table of migrations: %w", err)
	}
	files := migrationFiles()
	if at > len(files) {
		s.log.Warn("the database was made by a newer casterbot", "its version", at, "known here", len(files))
	}
	for number := at + 1; number <= len(files); number++ {
		if err := s.step(ctx, number, files[number-1]); err != nil {
			return fmt.Errorf("migration %s: %w", files[number-1].name, err)
		}
	}
	return nil
}

// migration is one numbered file of migrations.
type migration struct{ name, text string }

// migrationFiles gives all of them in their order; they are embedded, so that nothing can fail.
func migrationFiles() []migration {
	entries, _ := migrations.ReadDir("migrations")
	files := make([]migration, len(entries))
	for i, entry := range entries {
		text, _ := migrations.ReadFile("migrations/" + entry.Name())
		files[i] = migration{entry.Name(), string(text)}
	}
	return files
}

// alone runs a transaction while no other process migrates. One that stands in the way of others for too long is begun
// anew.
func (s *Store) alone(ctx context.Context, do func(*transaction) error) error {
	ctx, cancel := context.WithTimeout(ctx, migrateWithin)
	defer cancel()
	for {
		err := s.aloneOnce(ctx, do)
		if s.dialect.taken == nil || !s.dialect.taken(err) {
			return err
		}
		if sleep.For(ctx, tableWithin/2) != nil { // in which they write
			return err
		}
	}
}

func (s *Store) aloneOnce(ctx context.Context, do func(*transaction) error) error {
	return s.writeWithin(ctx, migrateWithin, func(t *transaction) error {
		if s.dialect.lock != nil {
			if err := s.dialect.lock(t); err != nil {
				return fmt.Errorf("wait for another process that migrates: %w", err)
			}
		}
		return do(t)
	})
}

// step applies one numbered file unless another process has done so meanwhile.
func (s *Store) step(ctx context.Context, number int, file migration) error {
	return s.alone(ctx, func(t *transaction) error {
		var at int
		if err := t.row(selectMigrated).Scan(&at); err != nil || at >= number {
			return err
		}
		if _, err := t.exec(strings.ReplaceAll(file.text, "{serial}", s.dialect.serial)); err != nil {
			return err
		}
		_, err := t.exec(insertMigration, number, file.name, t.now)
		return err
	})
}
