package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What has moved to the archive is proven, answered and told with it; without it each command says that it is missing.
func TestTheArchiveIsRead(t *testing.T) {
	secret, _, err := audit.NewKey("example.com/show")
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	folder, now := t.TempDir(), time.Date(2025, 3, 1, 20, 0, 0, 0, time.UTC)
	address, archive := "sqlite:"+filepath.Join(folder, "bot.db"), filepath.Join(folder, "archive")
	db, err := store.Open(t.Context(), address, store.Options{Seal: key.Seal, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := audit.New(audit.Config{Store: db, Key: key, Archive: audit.Archive{Dir: archive, Keep: 24 * time.Hour},
		Policy: func() (string, string) {
			sum := sha256.Sum256([]byte(sample))
			return hex.EncodeToString(sum[:]), sample
		}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(log.Step(t.Context()))
	o := done(t, db, "caster.restart")
	now = now.Add(time.Hour)
	for i := range 260 {
		must(db.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: fmt.Sprint("U0P", i)}))
	}
	must(log.Close(t.Context()))
	now = now.Add(48 * time.Hour)
	must(db.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: "U0ANA"}))
	must(log.Close(t.Context()))
	if _, err := log.MoveSome(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args          []string
		with, without string
		fails         bool
	}{
		{[]string{"prove", o.Ref()}, `"n": 4,`, "--archive", true},
		{[]string{"who", "caster.restart", "Evening News", "--at", "2025-03-01T20:30:00Z"},
			"in force since 2025-03-01T20:00:00Z", "--archive", true},
		{[]string{"asrun"}, ",aired,answer,", "--archive", false},
	} {
		flags := append([]string{c.args[0], "--archive", archive}, c.args[1:]...)
		if code, out, errs := ran(t, address, secret, flags...); code != OK || errs != "" || !strings.Contains(out, c.with) {
			t.Errorf("%v: %d %s\n%s", c.args, code, errs, out)
		}
		code, out, errs := ran(t, address, secret, c.args...)
		if (code == OK) == c.fails || !strings.Contains(errs, c.without) || strings.Contains(out, c.with) {
			t.Errorf("%v without the archive: %d %s\n%s", c.args, code, errs, out)
		}
		t.Setenv("CASTERBOT_AUDIT_ARCHIVE", archive)
		if code, out, errs := ran(t, address, secret, c.args...); code != OK || !strings.Contains(out, c.with) {
			t.Errorf("%v by the setting: %d %s\n%s", c.args, code, errs, out)
		}
		t.Setenv("CASTERBOT_AUDIT_ARCHIVE", "")
	}
}

// done is an operation that was asked for, confirmed, sent and answered.
func done(t *testing.T, db *store.Store, verb string) op.Operation {
	t.Helper()
	o, err := db.Create(t.Context(), op.Operation{Key: verb, State: op.Pending, Verb: verb, Channel: "C0SHOW",
		Requester: "U0ANA", Plan: op.Plan{Target: op.Target{Kind: "caster", ID: "c1", Name: "Evening News"},
			Title: op.L("Restart ", op.B("Evening News")), OnAir: true}, Expires: db.Now().Add(time.Hour)},
		op.Event{Name: op.EventReceived})
	for _, m := range []store.Move{
		{From: op.Pending, To: op.Queued, By: "U0ANA", Event: op.Event{Name: op.EventConfirmed}},
		{From: op.Queued, To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}},
		{From: op.Running, To: op.Succeeded, Outcome: &op.Outcome{State: op.Succeeded},
			Event: op.Event{Name: op.EventAnswered}},
	} {
		if m.ID = o.ID; err == nil {
			_, err = db.Move(t.Context(), m)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}
