package store

import (
	"bytes"
	"context"
	"errors"
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

func refused(t *testing.T, url, want string) {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err == nil {
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
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

func TestDamagedFilesAreRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func([]byte) []byte{
		"another kind of file": func([]byte) []byte { return []byte(strings.Repeat("this is a letter\n", 300)) },
		"head gone":            func(b []byte) []byte { return append(make([]byte, 100), b[100:]...) },
		"tail gone":            func(b []byte) []byte { return b[:len(b)/2] },
		"the last page overwritten": func(b []byte) []byte {
			copy(b[len(b)-4096:], bytes.Repeat([]byte{0xa5}, 4096))
			return b
		},
		"a page overwritten": func(b []byte) []byte {
			copy(b[8192:], bytes.Repeat([]byte{0xa5}, 4096))
			return b
		},
	} {
		url, path, _ := filled(t)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		broken := bytes.Clone(damage(whole))
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, url, "put the newest backup in its place")
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, broken) {
			t.Errorf("%s: the file was changed, %v", name, err)
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

func TestBackup(t *testing.T) {
	url, _, o := filled(t)
	s := open(t, url, newClock())
	copied := t.TempDir() + "/copy's.db"
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	move(t, s, Move{ID: o.ID, From: op.Queued, To: op.Expired})
	before, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), copied); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(copied); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup was touched, %v", err)
	}
	second := open(t, "sqlite:"+copied, newClock())
	if got, err := second.Get(t.Context(), o.ID); err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("%+v, %v", got, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	broken := copied + ".2"
	if err := s.Backup(ended, broken); err == nil {
		t.Error("a backup without time")
	}
	if _, err := os.Stat(broken); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a backup is left, %v", err)
	}
}
