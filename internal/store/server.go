package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// oldestServer is the first PostgreSQL that numbers transactions in a way that can be asked for later.
const oldestServer = 130000

// serverSettings are asked of every connection to PostgreSQL where a connection can ask, and read back at start.
var serverSettings = []struct {
	name, ask string
	reads     []string
	why       string
}{
	{"statement_timeout", "5000", []string{"5s"}, "a statement must end"},
	{"idle_in_transaction_session_timeout", "10000", []string{"10s"}, "a dead process must not hold rows"},
	{"default_transaction_isolation", "read committed", []string{"read committed"}, "guards read what others have just written"},
	{"synchronous_commit", "", []string{"on", "remote_apply"}, "what is answered must be on the disk"},
	{"fsync", "", []string{"on"}, "what is answered must be on the disk"},
	{"server_encoding", "", []string{"UTF8"}, "names are in every script"},
}

// checkServer asks the server everything that must be so before it is trusted, and makes the tables.
func (s *Store) checkServer(ctx context.Context) error {
	for _, check := range []func(context.Context, *sql.DB) error{modernServer, oursAlone, obeyedByServer} {
		if err := check(ctx, s.writer); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := obeyedByServer(ctx, s.reader); err != nil {
		return err
	}
	return s.Beat(ctx)
}

func modernServer(ctx context.Context, db *sql.DB) error {
	var number int
	var version string
	const query = `SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_version')`
	if err := db.QueryRowContext(ctx, query).Scan(&number, &version); err != nil {
		return err
	}
	return recentServer(number, version)
}

func recentServer(number int, version string) error {
	if number < oldestServer {
		return fmt.Errorf("PostgreSQL %s is too old; use 13 or later", version)
	}
	return nil
}

// oursAlone refuses to put tables among those of another program.
func oursAlone(ctx context.Context, db *sql.DB) error {
	const tables = `SELECT COALESCE(current_schema(), ''), COUNT(*), COUNT(CASE WHEN table_name = 'migrations' THEN 1 END)
		FROM information_schema.tables WHERE table_schema = current_schema()`
	var schema string
	var all, known int
	if err := db.QueryRowContext(ctx, tables).Scan(&schema, &all, &known); err != nil {
		return err
	}
	if schema == "" {
		return errors.New("the schema that search_path names does not exist: create it")
	}
	if all > 0 && known == 0 {
		return fmt.Errorf("the schema %s has the tables of another program; name another database", schema)
	}
	return nil
}

// obeyedByServer reads back the settings of a connection.
func obeyedByServer(ctx context.Context, db *sql.DB) error {
	for _, set := range serverSettings {
		var got string
		if err := db.QueryRowContext(ctx, `SELECT current_setting($1)`, set.name).Scan(&got); err != nil {
			return fmt.Errorf("read %s: %w", set.name, err)
		}
		if !slices.Contains(set.reads, got) {
			return fmt.Errorf("PostgreSQL has %s=%s, and it must be %s: %s", set.name, got, set.reads[0], set.why)
		}
	}
	return nil
}
