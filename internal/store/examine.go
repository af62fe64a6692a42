package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"casterbot/internal/store/connect"
	"casterbot/internal/store/disk"
)

// Seen is what a look at a database shows that neither opens it for writing nor takes its lock.
type Seen struct {
	Path          string    // of the file
	New           bool      // there is no database yet: the start makes it
	Holder        string    // the bot that has the file open: "process 12 since …"
	OpenBy        []string  // numbers of processes that have it open, a bot's too
	Watched       bool      // whoever has it open would be seen
	Replicas      int       // that live, on a server
	Engine        string    // "SQLite 3.53.2"
	Version, Last int       // migrations that it has, and that this program knows
	Operations    int       // in it
	Saved         time.Time // of the last backup that this program made; zero: none is known
	Free          *uint64   // bytes on its disk; nil: not known
	ReadableBy    fs.FileMode
	Unprivate     bool // the certificate of the server is not checked
}

// Examine looks at the database of an address. Its error is what the start would say, in the same words.
func Examine(ctx context.Context, address string) (Seen, error) {
	if err := connect.Check(address); err != nil {
		return Seen{}, err
	}
	kind, name, _ := strings.Cut(address, ":")
	s := Seen{Last: len(migrationFiles())}
	if kind != "sqlite" {
		err := s.server(ctx, address)
		return s, wrap(oneLine(err), "open the PostgreSQL database")
	}
	err := s.file(ctx, name)
	return s, wrap(wayOut(advise(err)), "open %s", name)
}

// file looks at a file, and at what lies beside it.
func (s *Seen) file(ctx context.Context, name string) (err error) {
	if s.Path, err = connect.File(name); err != nil {
		return err
	}
	if err := disk.Local(filepath.Dir(s.Path)); err != nil {
		return err
	}
	s.Free, s.Saved = disk.Free(filepath.Dir(s.Path)), disk.SavedAt(s.Path)
	if err := errors.Join(lost(s.Path, s.held()), disk.Writable(s.Path, "-wal", ".lock")); err != nil {
		return err
	}
	info, err := os.Stat(s.Path)
	if s.New = errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0; s.New {
		return nil
	}
	if err != nil {
		return err
	}
	s.ReadableBy = info.Mode().Perm() & 0o077
	if err := cutOff(s.Path); err != nil {
		return err
	}
	return looking(s.Path, func(db *sql.DB) error { return s.read(ctx, db) })
}

// read asks a file what the start asks it.
func (s *Seen) read(ctx context.Context, db *sql.DB) error {
	var version string
	if err := cmp.Or(modern(ctx, db), sound(ctx, db, "quick_check"), ours(ctx, db)); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	s.Engine = "SQLite " + version
	if err := casterbots(ctx, db); errors.Is(err, errForeign) { // ours, and cut short in its first minute
		s.New = true
		return nil
	}
	if err := s.count(ctx, db); err != nil || s.Version < s.Last { // the start brings it up to date
		return err
	}
	return (&Store{reader: db, writer: db}).complete(ctx)
}

func (s *Seen) count(ctx context.Context, db *sql.DB) error {
	if err := db.QueryRowContext(ctx, selectMigrated).Scan(&s.Version); err != nil {
		return err
	}
	return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM operations`).Scan(&s.Operations)
}

// held notes who holds the lock of the file, by the kernel's list of locks, and reports that there was a database.
// Nothing is locked for it.
func (s *Seen) held() (before bool) {
	s.OpenBy, s.Watched = disk.Openers(s.Path, s.Path+"-shm", s.Path+"-wal")
	text, err := os.ReadFile(s.Path + ".lock")
	if err != nil {
		return false
	}
	line := strings.TrimSpace(string(text))
	if line == "" {
		line = "without a number"
	}
	if process, _, _ := strings.Cut(line, " "); disk.Locked(s.Path+".lock", process) {
		s.Holder = "process " + strings.TrimSuffix(line, opened)
	}
	return strings.HasSuffix(line, opened)
}

func (s *Seen) server(ctx context.Context, address string) error {
	db, err := s.connect(address)
	if err != nil {
		return err
	}
	return errors.Join(s.ask(ctx, db), db.Close())
}

// connect connects as the start does, for looking only.
func (s *Seen) connect(address string) (*sql.DB, error) {
	config, err := connect.Postgres(address)
	if err != nil {
		return nil, err
	}
	if s.Unprivate = waived(config); !s.Unprivate {
		if err := private(&config.Config); err != nil {
			return nil, err
		}
	}
	start(config)
	readOnly := connect.Setting{Name: "default_transaction_read_only", Value: "on"}
	return connect.Pool(*config, readers, append(asked(), readOnly)), nil
}

// ask asks a server what the start asks it, and whether it may be written to.
func (s *Seen) ask(ctx context.Context, db *sql.DB) error {
	for _, check := range []func(context.Context, *sql.DB) error{
		connect.OneSession, modernServer, oursAlone, obeyedByServer, s.rights,
	} {
		if err := check(ctx, db); err != nil {
			return err
		}
	}
	if s.New {
		return nil
	}
	const alive = `SELECT COUNT(*) FROM replicas
		WHERE beat > CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT) - $1`
	if err := db.QueryRowContext(ctx, alive, deadAfter.Milliseconds()).Scan(&s.Replicas); err != nil {
		return err
	}
	return s.count(ctx, db)
}

// rights asks whether tables can be made, or written where there are some.
func (s *Seen) rights(ctx context.Context, db *sql.DB) error {
	var version, only string
	var tables int
	var make, write bool
	const query = `SELECT current_setting('server_version'),
		(SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'operations'),
		has_schema_privilege(current_schema(), 'CREATE'),
		(SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only')`
	if err := db.QueryRowContext(ctx, query).Scan(&version, &tables, &make, &only); err != nil {
		return err
	}
	s.Engine, s.New = "PostgreSQL "+strings.Fields(version + " ?")[0], tables == 0
	if only == "on" {
		return errors.New("the database takes no writes (default_transaction_read_only=on): set it off for this user and database")
	}
	if s.New && !make {
		return errors.New("the user may not make tables in the schema: GRANT CREATE ON SCHEMA it, or use a schema of its own")
	}
	if s.New {
		return nil
	}
	const may = `SELECT has_table_privilege('operations', 'INSERT') AND
		has_table_privilege('operations', 'UPDATE') AND has_table_privilege('events', 'INSERT')`
	if err := db.QueryRowContext(ctx, may).Scan(&write); err != nil {
		return err
	}
	if !write {
		return errors.New("the user may not write the tables: use the one that made them, or GRANT it their rights")
	}
	return nil
}
