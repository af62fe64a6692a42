package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A look from outside sees what a bot has open, and leaves no trace: no lock, no file, no byte.
func TestExamineLooksOnly(t *testing.T) {
	t.Parallel()
	url, path, _ := filled(t)
	s := open(t, url, newClock())
	was, files := contentsOf(t, path)
	seen, err := Examine(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Operations != 1 || seen.Version != seen.Last || seen.New || !strings.HasPrefix(seen.Engine, "SQLite 3.") ||
		!strings.HasPrefix(seen.Holder, "process ") || seen.Free == nil || seen.ReadableBy != 0 {
		t.Errorf("%+v", seen)
	}
	if is, left := contentsOf(t, path); !bytes.Equal(was, is) || !reflect.DeepEqual(files, left) {
		t.Errorf("something was written: %v, before %v", left, files)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if seen, err = Examine(t.Context(), url); err != nil || seen.Holder != "" {
		t.Errorf("closed: %+v, %v", seen, err)
	}
}

// contentsOf is what is in a file and which files are beside it.
func contentsOf(t *testing.T, path string) ([]byte, []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(path + "*")
	return text, files
}

func TestExamineOfNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new.db")
	if seen, err := Examine(t.Context(), "sqlite:"+path); err != nil || !seen.New {
		t.Errorf("%+v, %v", seen, err)
	}
	if files, _ := filepath.Glob(path + "*"); len(files) > 0 {
		t.Errorf("%v was made", files)
	}
	seen, err := Examine(t.Context(), server.Address(t))
	if err != nil || !seen.New || !strings.HasPrefix(seen.Engine, "PostgreSQL ") {
		t.Errorf("%+v, %v", seen, err)
	}
}

// The bots that share a server are counted, and a newer version is told.
func TestExamineOfAServer(t *testing.T) {
	t.Parallel()
	url := server.Address(t)
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.writer.Exec(`INSERT INTO migrations (number, name, at) VALUES ($1, 'newer', 1)`, 999); err != nil {
		t.Fatal(err)
	}
	if seen, err := Examine(t.Context(), url); err != nil || seen.Replicas != 1 || seen.New || seen.Version != 999 {
		t.Errorf("%+v, %v", seen, err)
	}
}

// A backup leaves its time beside the database.
func TestTheLastBackupIsKnown(t *testing.T) {
	t.Parallel()
	url, _, _ := filled(t)
	if seen, err := Examine(t.Context(), url); err != nil || !seen.Saved.IsZero() {
		t.Errorf("before: %v, %v", seen.Saved, err)
	}
	if _, err := Backup(t.Context(), url, filepath.Join(t.TempDir(), "copy.db")); err != nil {
		t.Fatal(err)
	}
	if seen, err := Examine(t.Context(), url); err != nil || time.Since(seen.Saved) > time.Hour {
		t.Errorf("after: %v, %v", seen.Saved, err)
	}
}

// Several questions meet a file that is no database; why is told once.
func TestExamineOfText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Examine(t.Context(), "sqlite:"+path)
	if !errors.Is(err, errDamaged) || strings.Count(err.Error(), "is not a database") != 1 {
		t.Errorf("%v", err)
	}
}
