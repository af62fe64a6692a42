package store

import (
	"context"
	"testing"
	"time"

	"casterbot/internal/op"
)

// Somebody who has written and does not end holds a migration up, but not those who write behind it.
func TestMigrationLetsOthersWrite(t *testing.T) {
	t.Parallel()
	address := server.Address(t)
	old := open(t, address, newClock())
	o, other := create(t, old, sample(1)), create(t, old, sample(2))
	for _, undo := range []string{
		"DROP INDEX operations_open_channel, operations_open_target, operations_looks, operations_acted, memos_live",
		"ALTER TABLE operations DROP COLUMN turn, DROP COLUMN member_of",
		"DROP TABLE quotas",
		"DROP INDEX operations_undone, operations_undone_target, operations_ended",
		"DROP INDEX operations_asked, operations_asked_target, operations_recordings",
		"ALTER TABLE events DROP COLUMN seal", "ALTER TABLE inbox DROP COLUMN seal",
		"DROP TABLE audit_log, audit_leaves, audit_checkpoints, audit_outside, audit_policies, audit_archived",
		"DELETE FROM migrations WHERE number >= 5",
	} {
		if _, err := old.writer.Exec(undo); err != nil {
			t.Fatal(err)
		}
	}
	stuck, err := old.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Rollback()
	if _, err := stuck.Exec("UPDATE operations SET thread = '9.1' WHERE id = $1", o.ID); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error)
	go func() {
		s, err := Open(context.WithoutCancel(t.Context()), address, Options{Now: old.now, Replica: "two"})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	until(t, func() bool {
		var waits int
		err := old.reader.QueryRow(
			"SELECT COUNT(*) FROM pg_locks WHERE relation = 'operations'::regclass AND NOT granted").Scan(&waits)
		return err == nil && waits > 0
	})
	if _, err := old.writer.Exec("UPDATE operations SET thread = '9.2' WHERE id = $1", other.ID); err != nil {
		t.Errorf("the version before cannot write: %v", err)
	}
	if err := stuck.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
	if o, err := old.Get(t.Context(), o.ID); err != nil || o.Thread != "9.1" || o.State != op.Pending {
		t.Errorf("%+v, %v", o, err)
	}
	var at int
	if err := old.reader.QueryRow(selectMigrated).Scan(&at); err != nil || at < 5 {
		t.Errorf("the tables are at %d, %v", at, err)
	}
}

func until(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come to that")
		}
	}
}
