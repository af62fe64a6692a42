package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"casterbot/internal/op"
)

func TestBackupOfADatabaseInUse(t *testing.T) {
	t.Parallel()
	url, _, o := filled(t)
	s := open(t, url, newClock())
	later := move(t, s, Move{ID: o.ID, From: op.Queued, To: op.Running, Send: true}) // in the log beside the file
	copied := filepath.Join(t.TempDir(), "copy's.db")
	h, err := Backup(t.Context(), url, copied)
	if err != nil {
		t.Fatal(err)
	}
	if h.Operations != 1 || h.Events != 3 || h.States[op.Running] != 1 || !h.Newest.Equal(newClock().Now()) {
		t.Errorf("%+v", h)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 || info.Size() != h.Size {
		t.Errorf("%v, %v", info, err)
	}
	move(t, s, Move{ID: o.ID, From: op.Running, To: op.Succeeded})
	alone(t, copied)
	second := open(t, "sqlite:"+copied, newClock())
	if got, err := second.Get(t.Context(), o.ID); err != nil || !reflect.DeepEqual(got, later) {
		t.Errorf("%+v, %v", got, err)
	}
}

// alone demands that a folder holds one file.
func alone(t *testing.T, path string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Dir(path) + "/*"); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

// The work goes on while a backup is made by another process: each copy is whole, and as of one moment.
func TestBackupsUnderLoad(t *testing.T) {
	t.Parallel()
	url := file(t)
	p := spawn(t, "write", url)
	folder := t.TempDir()
	for n := range 5 {
		p.lines.Scan()
		path := filepath.Join(folder, string(rune('a'+n)))
		h, err := Backup(t.Context(), url, path)
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, "sqlite:"+path, newClock())
		all, err := s.List(t.Context(), Query{Limit: 100000})
		if err != nil || len(all) != h.Operations {
			t.Errorf("%d operations, %+v, %v", len(all), h, err)
		}
		versions := int64(0)
		for _, o := range all {
			versions += o.Version
		}
		if int64(h.Events) != versions {
			t.Errorf("%d events for %d changes", h.Events, versions)
		}
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.rest()
}

func TestBackupTouchesNothingThatIsThere(t *testing.T) {
	url, _, _ := filled(t)
	there := filepath.Join(t.TempDir(), "there.db")
	if err := os.WriteFile(there, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), url, there); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(there); err != nil || string(after) != "precious" {
		t.Errorf("%q, %v", after, err)
	}
	alone(t, there)
}

func TestBackupThatFailsLeavesNothing(t *testing.T) {
	_, spoiled, _ := filled(t)
	spoil(t, spoiled, damages["a page overwritten"])
	good, _, _ := filled(t)
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	for name, c := range map[string]struct {
		ctx  context.Context
		url  string
		path string
		want string
	}{
		"no time":         {ended, good, folder + "/new.db", "canceled"},
		"damaged":         {t.Context(), "sqlite:" + spoiled, folder + "/new.db", "damaged"},
		"nothing there":   {t.Context(), "sqlite:" + spoiled + ".none", folder + "/new.db", "no such file"},
		"an empty file":   {t.Context(), "sqlite:" + empty, folder + "/new.db", "no database"},
		"no such folder":  {t.Context(), good, folder + "/none/new.db", "no such file"},
		"a database away": {t.Context(), "postgres://u:secret@db/x", folder + "/new.db", ErrRemote.Error()},
		"memory":          {t.Context(), "sqlite::memory:", folder + "/new.db", "no address of a file"},
	} {
		_, err := Backup(c.ctx, c.url, c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := filepath.Glob(folder + "/*"); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
}

// expireAll is what the tests retire a copy with.
func expireAll(ctx context.Context, s *Store) error {
	open, err := s.List(ctx, Query{States: []op.State{op.Queued}})
	for _, o := range open {
		_, moved := s.Move(ctx, Move{ID: o.ID, From: o.State, To: op.Expired, Event: op.Event{Name: op.EventExpired}})
		err = errors.Join(err, moved)
	}
	return err
}

// saved makes a database and a backup of it.
func saved(t *testing.T) (url, path, backup string, o op.Operation) {
	t.Helper()
	url, path, o = filled(t)
	backup = filepath.Join(t.TempDir(), "backup.db")
	if _, err := Backup(t.Context(), url, backup); err != nil {
		t.Fatal(err)
	}
	return url, path, backup, o
}

func TestRestore(t *testing.T) {
	t.Parallel()
	for name, spoiled := range map[string]func(t *testing.T, path string){
		"over a damaged file": func(t *testing.T, path string) { spoil(t, path, damages["head gone"]) },
		"over a good one with a log": func(t *testing.T, path string) {
			if err := os.WriteFile(path+"-wal", []byte("rows of the old one"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"where nothing is left": func(t *testing.T, path string) {
			if err := discard(path); err != nil {
				t.Fatal(err)
			}
		},
		"after one that was killed": func(t *testing.T, path string) {
			if err := os.Rename(path, path+".restoring"); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+".restoring-wal", []byte("rows"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, path, backup, o := saved(t)
			saved, err := os.ReadFile(backup)
			if err != nil {
				t.Fatal(err)
			}
			spoiled(t, path)
			before := map[string][]byte{}
			for _, part := range beside {
				before[part], _ = os.ReadFile(path + part)
			}
			r, err := Restore(t.Context(), url, backup, Options{Now: newClock().Now}, expireAll)
			if err != nil {
				t.Fatal(err)
			}
			if r.States[op.Queued] != 1 || r.Operations != 1 || (r.Kept != "") != (before[""] != nil) {
				t.Errorf("%+v", r)
			}
			for part, was := range before {
				if is, _ := os.ReadFile(r.Kept + part); r.Kept != "" && !bytes.Equal(is, was) {
					t.Errorf("%q is kept as %q", part, is)
				}
			}
			if after, err := os.ReadFile(backup); err != nil || !bytes.Equal(saved, after) {
				t.Errorf("the backup was changed, %v", err)
			}
			alone(t, backup)
			s := open(t, url, newClock())
			if got, err := s.Get(t.Context(), o.ID); err != nil || got.State != op.Expired {
				t.Errorf("%+v, %v", got, err)
			}
			if left, _ := filepath.Glob(path + ".restoring*"); len(left) > 0 {
				t.Error(left)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}

func TestRestoreRefusesAndChangesNothing(t *testing.T) {
	t.Parallel()
	songs := filepath.Join(t.TempDir(), "songs.db")
	alter(t, songs, "CREATE TABLE songs (name TEXT)")
	damaged := func(name string) string {
		_, path, _ := filled(t)
		spoil(t, path, damages[name])
		return path
	}
	url, path, backup, _ := saved(t)
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(context.Context, *Store) error { return errors.New("it cannot be retired") }
	for name, c := range map[string]struct {
		from   string
		retire func(context.Context, *Store) error
		want   string
	}{
		"no file":              {backup + ".none", expireAll, "no such file"},
		"a folder":             {t.TempDir(), expireAll, "no database"},
		"the database itself":  {path, expireAll, "the database itself"},
		"of another program":   {songs, expireAll, "another program"},
		"another kind of file": {damaged("another kind of file"), expireAll, "damaged"},
		"cut off":              {damaged("tail gone"), expireAll, "damaged"},
		"cut within a page":    {damaged("cut within a page"), expireAll, "within a page"},
		"a page overwritten":   {damaged("a page overwritten"), expireAll, "damaged"},
		"not retired":          {backup, refuse, "cannot be retired"},
	} {
		_, err := Restore(t.Context(), url, c.from, Options{}, c.retire)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if is, err := os.ReadFile(path); err != nil || !bytes.Equal(is, was) {
			t.Errorf("%s: the database was changed, %v", name, err)
		}
		left, _ := filepath.Glob(path + ".*")
		if !reflect.DeepEqual(left, []string{path + ".lock", path + ".saved"}) {
			t.Errorf("%s: %v is left", name, left)
		}
	}
	if _, err := Restore(t.Context(), "postgres://u:secret@db/x", backup, Options{}, expireAll); !errors.Is(err,
		ErrRemote) {
		t.Error(err)
	}
}

func TestRestoreUnderARunningBot(t *testing.T) {
	url, _, backup, o := saved(t)
	s := open(t, url, newClock())
	if _, err := Restore(t.Context(), url, backup, Options{}, expireAll); err == nil ||
		!strings.Contains(err.Error(), "in use by process") {
		t.Error(err)
	}
	move(t, s, Move{ID: o.ID, From: op.Queued, To: op.Running, Send: true})
}

// A crash between the two steps of the exchange leaves a place at which no bot starts.
func TestHalfARestoreIsNoDatabase(t *testing.T) {
	url, path, backup, _ := saved(t)
	if _, err := setAside(path, newClock().Now()); err != nil {
		t.Fatal(err)
	}
	refused(t, url, "a database was there")
	if _, err := Restore(t.Context(), url, backup, Options{}, expireAll); err != nil {
		t.Fatal(err)
	}
	open(t, url, newClock())
}
