package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"

	"casterbot/internal/op"
)

// filled makes a closed database with one queued operation and gives its address and path.
func filled(t *testing.T) (url, path string, o op.Operation) {
	t.Helper()
	url = file(t)
	s := open(t, url, newClock())
	receive(t, s, "waiting")
	o = bring(t, s, sample(1), op.Queued)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return url, strings.TrimPrefix(url, "sqlite:"), o
}

func refused(t *testing.T, url, want string) string {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	seen, unseen := Examine(t.Context(), url) // says the same
	if seen.Holder == "" && (unseen == nil || !strings.Contains(unseen.Error(), want)) {
		t.Errorf("a look says %v, want %q", unseen, want)
	}
	return fmt.Sprint(err)
}

func TestRestart(t *testing.T) {
	url, path, o := filled(t)
	s := open(t, url, newClock())
	got, err := s.Get(t.Context(), o.ID)
	if err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("%+v, %v\nwant %+v", got, err, o)
	}
	if keys := unsettled(t, s); !reflect.DeepEqual(keys, []string{"waiting"}) || receive(t, s, "waiting") {
		t.Errorf("%v", keys)
	}
	if events, err := s.Events(t.Context(), o.ID); err != nil || len(events) != 2 {
		t.Errorf("%v, %v", events, err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestFileIsClosedToOthers(t *testing.T) {
	url, path, _ := filled(t)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, url, newClock())
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// damages are ways in which a file is spoiled.
var damages = map[string]func([]byte) []byte{
	"another kind of file": func([]byte) []byte { return []byte(strings.Repeat("this is a letter\n", 300)) },
	"head gone":            func(b []byte) []byte { return append(make([]byte, 100), b[100:]...) },
	"head garbled":         func(b []byte) []byte { return append(bytes.Repeat([]byte{0x5a}, 16), b[16:]...) },
	"tail gone":            func(b []byte) []byte { return b[:len(b)/2] },
	"cut within a page":    func(b []byte) []byte { return b[:len(b)-1000] },
	"only a beginning":     func(b []byte) []byte { return b[:50] },
	"the last page overwritten": func(b []byte) []byte {
		copy(b[len(b)-4096:], bytes.Repeat([]byte{0xa5}, 4096))
		return b
	},
	"a page overwritten": func(b []byte) []byte {
		copy(b[8192:], bytes.Repeat([]byte{0xa5}, 4096))
		return b
	},
}

func TestDamagedFilesAreRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	for name, damage := range damages {
		url, path, _ := filled(t)
		broken := spoil(t, path, damage)
		said := refused(t, url, "casterbot restore BACKUP")
		if !strings.Contains(said, path) || strings.Contains(said, "\n") {
			t.Errorf("%s: not one line with the name of the file: %q", name, said)
		}
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, broken) {
			t.Errorf("%s: the file was changed, %v", name, err)
		}
	}
}

// A large file is looked through beside the work. One that is damaged takes nothing any more from then on; one whose
// tables have to be changed first is looked through before that, like a small one.
func TestALargeFileIsLookedThroughBesideTheWork(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]bool{"up to date": false, "of a version before": true} {
		url, path, _ := filled(t)
		large := Options{Now: newClock().Now, atOnce: 1}
		s, err := Open(t.Context(), url, large)
		if err != nil || s.Ping(t.Context()) != nil {
			t.Fatalf("%s: a sound one: %v", name, err)
		}
		if old {
			last := len(migrationFiles())
			if _, err := s.writer.Exec("DELETE FROM migrations WHERE number = $1", last); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		spoil(t, path, damages["the last page overwritten"])
		said := &bytes.Buffer{}
		large.Log = slog.New(slog.NewTextHandler(said, nil))
		s, err = Open(t.Context(), url, large)
		if old {
			if !errors.Is(err, errDamaged) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		until(t, func() bool { return errors.Is(s.Ping(t.Context()), errDamaged) })
		if err := s.Record(t.Context(), op.Event{Name: "t"}); err == nil {
			t.Error("an event is written")
		}
		if _, err := s.Events(t.Context(), "none"); err != nil {
			t.Errorf("it cannot be read: %v", err)
		}
		if err := s.Close(); err != nil || !strings.Contains(said.String(), "casterbot restore BACKUP") {
			t.Errorf("%v, %s", err, said)
		}
	}
}

// That a file cannot be looked through says nothing of it: the work goes on.
func TestAFileThatCannotBeLookedThroughIsNotDamaged(t *testing.T) {
	t.Parallel()
	url, _, _ := filled(t)
	tried := make(chan string, 1)
	log := slog.New(slog.NewTextHandler(onWrite(func(line string) {
		select {
		case tried <- line:
		default:
		}
	}), nil))
	s, err := Open(t.Context(), url, Options{Now: newClock().Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	reader := s.reader
	s.reader = sql.OpenDB(unreachable{})
	s.lookThrough()
	if line := <-tried; !strings.Contains(line, "could not be looked through") {
		t.Error(line)
	}
	if err := s.Record(t.Context(), op.Event{Name: "t"}); err != nil {
		t.Errorf("nothing is written: %v", err)
	}
	if err := errors.Join(reader.Close(), s.Close()); err != nil {
		t.Error(err)
	}
}

type onWrite func(string)

func (w onWrite) Write(b []byte) (int, error) {
	w(string(b))
	return len(b), nil
}

// unreachable is a database to which there is no connection.
type unreachable struct{}

func (unreachable) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("no file handle is free")
}

func (unreachable) Driver() driver.Driver { return nil }

// spoil damages a file and gives what is in it then.
func spoil(t *testing.T, path string, damage func([]byte) []byte) []byte {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(damage(whole))
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	return broken
}

func TestADatabaseThatLacksAPartIsRefused(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]string{
		"DROP INDEX operations_running":             "there is no index operations_running",
		"DROP TABLE paces":                          "there is no table paces",
		"ALTER TABLE operations DROP COLUMN looked": "there is no table operations with a column looked",
	} {
		url, path, _ := filled(t)
		alter(t, path, "DROP INDEX operations_unshown", "ALTER TABLE probe ADD COLUMN more TEXT",
			"CREATE INDEX operations_unshown ON operations (created)")
		alter(t, path, statement)
		said := refused(t, url, want)
		if !strings.Contains(said, "casterbot restore BACKUP") {
			t.Error(said)
		}
	}
}

// alter runs statements on a closed database.
func alter(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
}

func TestLostDatabaseIsNotBegunAnew(t *testing.T) {
	url, path, _ := filled(t)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	refused(t, url, "a database was there")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"-wal", []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, url, "a database was there")
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was made")
	}
	if err := os.Remove(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	refused(t, url, "a database was there")
	if err := os.Remove(path + ".lock"); err != nil { // the last file of it
		t.Fatal(err)
	}
	open(t, url, newClock())
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	url, _, _ := filled(t)
	s := open(t, url, newClock())
	for _, statement := range []string{"DROP TABLE migrations", "CREATE TABLE songs (name TEXT)"} {
		if _, err := s.writer.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, url, "another program")
}

func TestNewerDatabaseIsUsedWithAWarning(t *testing.T) {
	url, _, o := filled(t)
	s := open(t, url, newClock())
	if _, err := s.writer.Exec(insertMigration, 99, "099_later.sql", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	s, err := Open(t.Context(), url, Options{Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Get(t.Context(), o.ID); err != nil || !strings.Contains(said.String(), "newer casterbot") {
		t.Errorf("%v, %s", err, said.String())
	}
}
