package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

const createMigrations = `CREATE TABLE IF NOT EXISTS migrations (
	number BIGINT PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)`

// dialect is what differs between the databases.
type dialect struct {
	serial    string           // type of a column that numbers rows
	exclusive bool             // one process at a time has the database open
	busy      func(error) bool // the error of a second running operation of one target
}

// migrate brings the tables up to date, one transaction for each step that is missing.
func (s *Store) migrate(ctx context.Context) error {
	if _, err := s.writer.ExecContext(ctx, createMigrations); err != nil {
		return fmt.Errorf("create the table of migrations: %w", err)
	}
	var at int
	if err := s.writer.QueryRowContext(ctx, selectMigrated).Scan(&at); err != nil {
		return fmt.Errorf("read the table of migrations: %w", err)
	}
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	if at > len(files) {
		s.log.Warn("the database was made by a newer casterbot", "its version", at, "known here", len(files))
	}
	for _, file := range files {
		if err := s.step(ctx, file.Name(), at); err != nil {
			return fmt.Errorf("migration %s: %w", file.Name(), err)
		}
	}
	return nil
}

// step applies one numbered file unless the database is past it.
func (s *Store) step(ctx context.Context, name string, at int) error {
	digits, _, _ := strings.Cut(name, "_")
	number, err := strconv.Atoi(digits)
	if err != nil || number <= at {
		return err
	}
	text, err := migrations.ReadFile("migrations/" + name)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, strings.ReplaceAll(string(text), "{serial}", s.dialect.serial)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, insertMigration, number, name, s.millis())
		return err
	})
}
