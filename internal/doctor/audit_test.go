package doctor

import (
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What is said of the audit log, from no key to a checkpoint that has come somewhere.
func TestTheAuditLog(t *testing.T) {
	s := newStand(t)
	key := ""
	said := func(want string) { // a look takes the secrets out of the environment
		t.Helper()
		t.Setenv("CASTERBOT_AUDIT_KEY", key)
		t.Setenv("CASTERBOT_DATABASE_URL", "sqlite:"+filepath.Join(s.dir, "casterbot.db"))
		if text := s.look().Text(); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	said("CASTERBOT_AUDIT_KEY is not set")
	key = "PRIVATE+KEY+fakefake"
	said("make one with casterbot audit keygen")
	secret, _, err := audit.NewKey("example.com/casterbot")
	if err != nil {
		t.Fatal(err)
	}
	own, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	key = secret
	said("go nowhere")
	file := filepath.Join(s.dir, "checkpoints")
	t.Setenv("CASTERBOT_AUDIT_FILE", file)
	said("how much of the audit log stands elsewhere: not checked")
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(s.dir, "casterbot.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Record(t.Context(), op.Event{Name: op.EventBoard}); err != nil {
		t.Fatal(err)
	}
	log := audit.New(audit.Config{Store: db, Key: own, Places: []audit.Place{audit.File{Path: file, Key: own.Verifier()}}})
	if err := log.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	said("no checkpoint of the audit log has come to the file yet")
	if err := log.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	said("and has 1 of 1 entries")
	t.Setenv("CASTERBOT_AUDIT_ARCHIVE", filepath.Join(s.dir, "archive"))
	said("the archive of the audit log has the first 0 of 1 entries")
	err = db.Change(t.Context(), func(x store.Tx) error {
		_, err := x.Exec("INSERT INTO audit_archived (n, hashes) VALUES ($1, '')", 255)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	said("has moved 256 entries to an archive, and")
}
