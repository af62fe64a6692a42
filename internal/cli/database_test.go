package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// operated makes a database with an operation in each open state, and gives its path. It stays open until the test
// ends.
func operated(t *testing.T) (path string, s *store.Store) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "casterbot.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	way := []op.State{op.Pending, op.Queued, op.Running, op.Unknown}
	for n := range way {
		o := op.Operation{Key: string(way[n]), State: op.Pending, Command: "c", Verb: "v", Effect: op.Change,
			Plan: op.Plan{Target: op.Target{Kind: "caster", ID: string(way[n])}}}
		o, err = s.Create(t.Context(), o, op.Event{Name: op.EventReceived})
		for i := range n {
			if err == nil {
				_, err = s.Move(t.Context(), store.Move{ID: o.ID, From: way[i], To: way[i+1], Event: op.Event{Name: "moved"}})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CASTERBOT_DATABASE_URL_FILE", "")
	return path, s
}

// do runs a command line over a database and gives the exit code and everything said.
func do(t *testing.T, database string, args ...string) (int, string) {
	t.Helper()
	t.Setenv("CASTERBOT_DATABASE_URL", database)
	out := &bytes.Buffer{}
	nothing := func(context.Context, *store.Store) error { return nil }
	p := Program{Name: "casterbot", Out: out, Err: out, Commands: []Command{BackupCommand(), RestoreCommand(nothing)}}
	code := p.Run(t.Context(), args)
	return code, out.String()
}

func TestBackupAndRestore(t *testing.T) {
	path, s := operated(t)
	backup := filepath.Join(t.TempDir(), "backup.db")
	today := time.Now().UTC().Format("2006-01-02")
	steps := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"a backup beside the running bot", []string{"backup", backup}, OK,
			[]string{backup + " is written, ", "KiB: 4 operations, 10 events, the newest of " + today}},
		{"not twice", []string{"backup", backup}, Failure, []string{"is there already"}},
		{"no restore under a running bot", []string{"restore", backup}, Failure, []string{"in use by process"}},
		{"stop", nil, 0, nil},
		{"a restore", []string{"restore", backup}, OK, []string{
			"is in the place of " + path + ": 4 operations", "kept: " + path + ".before-" + strings.ReplaceAll(today, "-", ""),
			"1 pending: now expired", "1 queued: now expired", "1 running: now unknown", "1 unknown: now unknown still",
		}},
		{"no backup", []string{"restore", backup + ".none"}, Failure, []string{"no such file"}},
		{"a backup of nothing", []string{"backup"}, Misused, []string{"takes one FILE"}},
		{"two files", []string{"restore", "a", "b"}, Misused, []string{"takes one FILE"}},
		{"help", []string{"backup", "--help"}, OK, []string{"Examples:", "CASTERBOT_DATABASE_URL", "date +%F"}},
		{"help", []string{"restore", "--help"}, OK, []string{"Examples:", "casterbot restore backup", "stays as it is"}},
	}
	for _, step := range steps {
		if step.args == nil {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		code, said := do(t, "sqlite:"+path, step.args...)
		if code != step.code {
			t.Errorf("%s: exit %d: %s", step.name, code, said)
		}
		for _, want := range step.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not in %s", step.name, want, said)
			}
		}
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestOtherDatabases(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://u:secret@db/x": "pg_dump", "casterbot.db": "CASTERBOT_DATABASE_URL",
	} {
		for _, command := range []string{"backup", "restore"} {
			code, said := do(t, address, command, filepath.Join(t.TempDir(), "file"))
			if code != Misused || !strings.Contains(said, want) || strings.Contains(said, "secret") {
				t.Errorf("%s of %s: exit %d, %s", command, address, code, said)
			}
		}
	}
}
