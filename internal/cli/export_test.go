package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/audit"
	"casterbot/internal/export"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// opened is a database that a bot has open, with the key of its log.
func opened(t *testing.T) (db *store.Store, log *audit.Log, address, secret string) {
	t.Helper()
	secret, _, err := audit.NewKey("example.com/show")
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	address = "sqlite:" + filepath.Join(t.TempDir(), "bot.db")
	if db, err = store.Open(t.Context(), address, store.Options{Seal: key.Seal, Replica: "bot"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, audit.New(audit.Config{Store: db, Key: key}), address, secret
}

// ran gives what `audit …` says, and its exit code.
func ran(t *testing.T, address, secret string, args ...string) (code int, out, errs string) {
	t.Helper()
	t.Setenv("CASTERBOT_DATABASE_URL", address)
	t.Setenv("CASTERBOT_AUDIT_KEY", secret)
	var o, e bytes.Buffer
	calls := func(verb string) bool { return verb == "caster.restart" }
	p := Program{Name: "casterbot", Out: &o, Err: &e,
		Commands: []Command{AuditCommand([]string{"caster.restart"}, nil, calls)}}
	code = p.Run(t.Context(), append([]string{"audit"}, args...))
	return code, o.String(), e.String()
}

// While a bot has the database open, the wanted entries come out in their order, and that they did is an entry itself,
// with its seal.
func TestExport(t *testing.T) {
	db, log, address, secret := opened(t)
	for i := range 5 {
		e := op.Event{Name: op.EventBoard, Actor: fmt.Sprintf("U0P%d", i%2), Channel: "C0SHOW"}
		if err := db.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	code, out, errs := ran(t, address, secret, "export", "--format", "jsonl", "--person", "U0P1", "--since", "2020-01-01")
	if code != OK || strings.Count(out, "\n") != 2 || !strings.Contains(out, `{"n":1,"at":`) {
		t.Fatalf("%d %s\n%s", code, errs, out)
	}
	if err := log.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, out, _ = ran(t, address, secret, "export")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var last export.Record
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.N != 5 ||
		last.Event != op.EventExported || last.Detail["person"] != "U0P1" || last.Detail["format"] != "jsonl" ||
		last.Detail["since"] == "" {
		t.Errorf("%v: %s", err, out)
	}
	if code, out, errs := ran(t, address, secret, "verify"); code != OK || !strings.Contains(out, "6 of them are sealed") {
		t.Errorf("%d %s %s", code, out, errs)
	}
}

// What cannot be recorded is not done: without the key no entry of a sealed log comes out.
func TestExportIsRecordedFirst(t *testing.T) {
	db, log, address, secret := opened(t)
	if err := db.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: "U0ANA"}); err != nil {
		t.Fatal(err)
	}
	if err := log.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	code, out, errs := ran(t, address, "", "export")
	if code != Misused || out != "" || !strings.Contains(errs, "CASTERBOT_AUDIT_KEY") {
		t.Errorf("%d %q %s", code, out, errs)
	}
	for _, wrong := range [][]string{{"--format", "xml"}, {"--since", "yesterday"}, {"--verb", "caster.["},
		{"--since", "2026-11-28", "--until", "2026-11-28"}} {
		if code, _, errs := ran(t, address, secret, append([]string{"export"}, wrong...)...); code != Misused {
			t.Errorf("%v: %d %s", wrong, code, errs)
		}
	}
	address = "sqlite:" + filepath.Join(t.TempDir(), "none.db")
	if code, _, _ := ran(t, address, secret, "export"); code != Failure {
		t.Errorf("%d without a database", code)
	}
}

// kept remembers the numbers that were written, and can fail.
type kept struct {
	numbers []int64
	fails   bool
}

func (k *kept) Write(e export.Record) error {
	if k.numbers = append(k.numbers, e.N); k.fails {
		return errors.New("the pipe is closed")
	}
	return nil
}

func (*kept) Close() error { return nil }

// Page after page each entry comes once, in its order, up to where the log ended when it was asked; a reader that goes
// away ends it.
func TestExportStreams(t *testing.T) {
	db, log, address, _ := opened(t)
	const n = 210
	err := db.Change(t.Context(), func(x store.Tx) error {
		for i := range n {
			if _, err := x.Exec(`INSERT INTO events (at, name, actor, team, channel, detail, mark) VALUES ($1, 'board', 'U0ANA', '', '', '{}', $2)`,
				1764500000000+i, fmt.Sprint("m", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = log.Step(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	all := &kept{}
	p := pages{address: address, size: n - 1, page: 100}
	if err = p.write(context.Background(), all); err != nil || len(all.numbers) != n-1 {
		t.Fatalf("%v: %d entries", err, len(all.numbers))
	}
	for i, number := range all.numbers {
		if number != int64(i) {
			t.Fatalf("entry %d is %d", i, number)
		}
	}
	if err := p.write(context.Background(), &kept{fails: true}); err == nil {
		t.Error("it goes on without a reader")
	}
}

// What was really done comes as a table, while a bot has the database open; that it was asked for is an entry.
func TestAsrun(t *testing.T) {
	db, log, address, secret := opened(t)
	for _, verb := range []string{"caster.restart", "caster.lock"} {
		done(t, db, verb)
	}
	code, out, errs := ran(t, address, secret, "asrun", "--channel", "C0SHOW", "--zone", "Europe/Berlin")
	if code != OK || strings.Count(out, "\r\n") != 3 || !strings.Contains(out, "caster.restart,U0ANA,,") ||
		!strings.Contains(out, ",aired,answer,") || !strings.Contains(out, "zone Europe/Berlin") {
		t.Errorf("%d %s\n%s", code, errs, out)
	}
	if err := log.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := ran(t, address, secret, "export", "--channel", ""); !strings.Contains(out, `"format":"asrun"`) {
		t.Errorf("nobody knows of it: %s", out)
	}
	for _, wrong := range [][]string{{"--zone", "Mars"}, {"--since", "2026-11-28", "--until", "2026-11-28"}} {
		if code, _, errs := ran(t, address, secret, append([]string{"asrun"}, wrong...)...); code != Misused {
			t.Errorf("%v: %d %s", wrong, code, errs)
		}
	}
	if code, _, errs := ran(t, address, "", "asrun"); code != Misused || !strings.Contains(errs, "CASTERBOT_AUDIT_KEY") {
		t.Errorf("without the key: %d %s", code, errs)
	}
}
