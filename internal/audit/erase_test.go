package audit

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Nothing names the person any more, what happened is still told, and the log is that of the checkpoints from before.
func TestErase(t *testing.T) { everywhere(t, testErase) }

func testErase(t *testing.T, address string) {
	w := newWorld(t, address)
	o := w.asked(1)
	if _, err := w.db.Move(t.Context(), store.Move{ID: o.ID, From: op.Queued, To: op.Failed, Outcome: &op.Outcome{
		State: op.Failed, Text: op.L("called off by ", op.Who("U0ANA"))},
		Event: op.Event{Name: op.EventClosed, Detail: map[string]string{"pastLockOf": "U0ANA"}}}); err != nil {
		t.Fatal(err)
	}
	w.denied(300)
	w.record(op.Event{Name: op.EventLocked, Actor: "U0ANA",
		Detail: map[string]string{"target": "caster/c1", "why": "Ana's show"}})
	w.record(op.Event{Name: op.EventAnswered, Operation: o.ID,
		Detail: map[string]string{"session": o.Session(), "outcome": "failed"}})
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := w.last()
	for _, wrong := range []string{"", "ana", "%", "U0ANA' OR '1"} {
		if _, err := w.log.Erase(t.Context(), wrong); err == nil {
			t.Errorf("%q is taken for a person", wrong)
		}
	}
	n, err := w.log.Erase(t.Context(), "U0ANA")
	if err != nil || n.Entries != 4 {
		t.Fatalf("%+v, %v", n, err)
	}
	if r := w.verify(w.key.Verifier(), before.Note); len(r.Findings) > 0 || r.Erased != 4 {
		t.Errorf("at once: %+v", r)
	}
	w.clock.pass(time.Minute)
	w.step()
	r := w.verify(w.key.Verifier(), before.Note)
	if len(r.Findings) > 0 || r.Erased != 4 || r.Sealed != 302 || r.Entries != 306 {
		t.Errorf("%+v", r)
	}
	for _, l := range w.all() {
		entry, person, err := l.texts()
		all := string(entry) + string(person)
		if err != nil || strings.Contains(all, "U0ANA") || strings.Contains(all, "Ana's") {
			t.Errorf("%s, %v", all, err)
		}
	}
	if last := w.all()[305].event; last.Name != op.EventErased || last.Detail[DetailEntries] != "4" {
		t.Errorf("%+v", last)
	}
	if o, err := w.db.Get(t.Context(), o.ID); err != nil || o.Requester != Erased || o.DecidedBy != "U0BEN" ||
		strings.Contains(o.Outcome.Text.Plain(), "U0ANA") || o.Verb != "caster.restart" {
		t.Errorf("%+v, %v", o, err)
	}
	if n, err := w.log.Erase(t.Context(), "U0ANA"); err != nil || n != (Erasure{}) {
		t.Errorf("once more: %+v, %v", n, err)
	}
}

// Who empties an entry by SQL is found, as no event of casterbot says that it was done.
func TestAnEntryThatSomebodyEmptied(t *testing.T) {
	w := newWorld(t, "sqlite:"+t.TempDir()+"/bot.db")
	outside := w.evening()
	l := w.all()[57]
	err := w.db.Change(t.Context(), func(x store.Tx) error { return l.erase(x) })
	if err != nil {
		t.Fatal(err)
	}
	if r := w.verify(w.key.Verifier(), outside...); len(r.Findings) != 1 || r.Findings[0].Kind != Edited {
		t.Errorf("%v", r.Findings)
	}
}

// Beside the record nothing names the person either: not what is over, not a key of what was worked off, nor, in a
// file, what was deleted. What still stands has to end first.
func TestEraseBesideTheRecord(t *testing.T) { everywhere(t, testEraseBeside) }

func testEraseBeside(t *testing.T, address string) {
	w := newWorld(t, address)
	const key, body = "click-U0ANA-1796070295.719908-op:confirm", `{"holder":"U0ANA"}`
	if _, err := w.db.Receive(t.Context(), key, "click", []byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.db.Done(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	o := w.asked(1)
	w.tamper(`UPDATE operations SET key = $1 WHERE id = $2`, key, o.ID)
	if _, err := w.db.Move(t.Context(), store.Move{ID: o.ID, From: op.Queued, To: op.Failed, Outcome: &op.Outcome{
		State: op.Failed}, Event: op.Event{Name: op.EventClosed}}); err != nil {
		t.Fatal(err)
	}
	const lock = `INSERT INTO memos (key, kind, body, version, at, ends, mark) VALUES ($1, 'lock', $2, 1, 1, $3, 'm')`
	w.tamper(lock, "lock/caster/c1", body, 2)
	w.tamper(lock, "lock/caster/c2", body, w.clock.Now().Add(time.Hour).UnixMilli())
	if _, err := w.log.Erase(t.Context(), "U0ANA"); err == nil || !strings.Contains(err.Error(), "lock/caster/c2") {
		t.Errorf("who holds a lock: %v", err)
	}
	w.clock.pass(2 * time.Hour)
	if _, err := w.log.Erase(t.Context(), "U0ANA"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"events", "operations", "inbox", "memos"} {
		err := each(t.Context(), w.db.Reader(), func(rows *sql.Rows) error {
			names, err := rows.Columns()
			values := make([]any, len(names))
			for i := range values {
				values[i] = new(sql.RawBytes)
			}
			err = errors.Join(err, rows.Scan(values...))
			for i, value := range values {
				if strings.Contains(string(*value.(*sql.RawBytes)), "U0ANA") {
					t.Errorf("%s.%s: %s", table, names[i], *value.(*sql.RawBytes))
				}
			}
			return err
		}, "SELECT * FROM "+table)
		if err != nil {
			t.Error(err)
		}
	}
	path, file := strings.CutPrefix(address, "sqlite:")
	for _, name := range []string{path, path + "-wal"} {
		if data, err := os.ReadFile(name); file && err == nil && strings.Contains(string(data), "U0ANA") {
			t.Errorf("the file %s names who was taken out", name)
		}
	}
}
