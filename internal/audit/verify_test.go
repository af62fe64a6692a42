package audit

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"

	"golang.org/x/mod/sumdb/tlog"
)

// evening fills a log with 120 entries, and gives the checkpoints that came outside: of 40, of 100 and of all.
func (w *world) evening() (outside []string) {
	w.t.Helper()
	for n, events := range []int{36, 58, 18} {
		w.denied(events)
		w.asked(n + 1)
		if n < 2 {
			w.asked(10 + n)
		}
		w.clock.pass(time.Minute)
		if err := w.log.Close(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		outside = append(outside, w.last().Note)
	}
	return outside
}

func (w *world) verify(key Verifier, notes ...string) Report {
	w.t.Helper()
	return w.report(Verification{Key: key, Notes: notes})
}

func (w *world) report(v Verification) (r Report) {
	w.t.Helper()
	err := store.Look(w.t.Context(), w.address, func(tx *sql.Tx) (err error) {
		r, err = v.Verify(w.t.Context(), tx)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// A log that nobody has touched is whole, and agrees with every checkpoint, also while it goes on.
func TestAnUntouchedLog(t *testing.T) { everywhere(t, testAnUntouchedLog) }

func testAnUntouchedLog(t *testing.T, address string) {
	w := newWorld(t, address)
	if r := w.verify(w.key.Verifier()); len(r.Findings) > 0 || r.Entries != 0 {
		t.Errorf("%+v", r)
	}
	outside := w.evening()
	w.denied(3) // not in the log yet
	r := w.verify(w.key.Verifier(), outside...)
	if len(r.Findings) > 0 || r.Entries != 122 || r.Compared < 6 || r.Sealed != 122 || r.Root != grown(t, w.all()) {
		t.Errorf("%+v", r)
	}
	if r := w.verify(nil); len(r.Findings) > 0 || r.Compared != 0 {
		t.Errorf("%+v", r)
	}
}

// forge makes the hashes of the whole log anew, as somebody who knows how it is built, and drops the checkpoints of the
// database that do not fit it, which only the key could make anew.
func (w *world) forge() {
	w.t.Helper()
	tree := frontier{}
	for i, l := range w.all() {
		hash, err := l.hash()
		if err != nil {
			w.t.Fatal(err)
		}
		if l.n != int64(i) {
			w.t.Fatalf("entry %d is number %d", i, l.n)
		}
		w.tamper(`UPDATE audit_leaves SET hashes = $1 WHERE n = $2`, pack(tree.add(hash)), l.n)
	}
	w.tamper(`UPDATE audit_log SET size = $1 WHERE id = 1`, tree.size)
	w.tamper(`DELETE FROM audit_checkpoints WHERE size > $1`, 0)
}

// renumber moves the rows from one number on.
func (w *world) renumber(from, by int64) {
	w.t.Helper()
	const far = 1 << 40
	w.tamper(`UPDATE audit_leaves SET n = n + $1 WHERE n >= $2`, far, from)
	w.tamper(`UPDATE audit_leaves SET n = n - $1 WHERE n >= $2`, far-by, far/2)
}

// insert puts an event and its leaf in, as well as somebody can who has no key.
func (w *world) insert(n int64) {
	w.t.Helper()
	w.tamper(`INSERT INTO events (seq, at, name, actor, team, channel, detail, mark, seal)
		SELECT $1, at, 'approved', 'U0EVE', team, channel, detail, 'm', seal FROM events WHERE seq = 61`, 9001)
	e := op.Event{Seq: 9001, Name: "approved", Actor: "U0EVE"}
	l := newLeaf(n, e)
	w.tamper(`INSERT INTO audit_leaves (n, event, format, salt, who, who_salt, hashes) VALUES ($1, $2, 1, $3, '', $4, $5)`,
		n, 9001, l.salt, l.whoSalt, make([]byte, 32))
}

// attack is something that somebody does to a database with SQL alone.
type attack struct {
	name string
	do   func(*world)
	kind Kind
	n    int64
	all  bool // only with the checkpoints from outside
}

var attacks = []attack{
	{"the person of an event", func(w *world) {
		w.tamper(`UPDATE events SET actor = 'U0EVE' WHERE seq = $1`, 58)
	}, Edited, 57, false},
	{"the time of an event", func(w *world) {
		w.tamper(`UPDATE events SET at = at + 1 WHERE seq = $1`, 1)
	}, Edited, 0, false},
	{"a detail of the last event", func(w *world) {
		w.tamper(`UPDATE events SET detail = replace(detail, 'queued', 'failed') WHERE seq = $1`, 122)
	}, Edited, 121, false},
	{"an event and its hash", func(w *world) {
		w.tamper(`UPDATE events SET actor = 'U0EVE' WHERE seq = $1`, 58)
		hash, _ := w.all()[57].hash()
		w.tamper(`UPDATE audit_leaves SET hashes = $1 WHERE n = 57`, pack(append([]tlog.Hash{hash}, w.all()[57].hashes[1:]...)))
	}, Edited, 57, false},
	{"an event, and all hashes", func(w *world) {
		w.tamper(`UPDATE events SET actor = 'U0EVE' WHERE seq = $1`, 58)
		w.forge()
	}, Edited, 57, true},
	{"an event that is removed", func(w *world) { w.tamper(`DELETE FROM events WHERE seq = $1`, 58) }, Removed, 57, false},
	{"a row that is removed", func(w *world) {
		w.tamper(`DELETE FROM audit_leaves WHERE n = $1`, 57)
		w.tamper(`DELETE FROM events WHERE seq = $1`, 58)
	}, Removed, 57, false},
	{"a row that is removed, with others in its place", func(w *world) {
		w.tamper(`DELETE FROM audit_leaves WHERE n = $1`, 57)
		w.tamper(`DELETE FROM events WHERE seq = $1`, 58)
		w.renumber(57, -1)
	}, Removed, 57, false},
	{"a row that is removed, and all hashes", func(w *world) {
		w.tamper(`DELETE FROM audit_leaves WHERE n = $1`, 57)
		w.tamper(`DELETE FROM events WHERE seq = $1`, 58)
		w.renumber(57, -1)
		w.forge()
	}, Edited, 40, true},
	{"an event beside the log", func(w *world) {
		w.tamper(`UPDATE audit_log SET low = $1 WHERE id = 1`, 10000)
		w.tamper(`INSERT INTO events (seq, at, name, actor, team, channel, detail, mark)
			SELECT $1, at, 'approved', 'U0EVE', team, channel, detail, 'm' FROM events WHERE seq = 61`, 9001)
	}, Inserted, -1, false},
	{"a row that is put in", func(w *world) {
		w.renumber(57, 1)
		w.insert(57)
	}, Edited, 57, false},
	{"a row that is put in, and all hashes", func(w *world) {
		w.renumber(57, 1)
		w.insert(57)
		w.forge()
	}, Edited, 57, true},
	{"two rows that change places", func(w *world) {
		for _, move := range [][2]int{{57, -1}, {70, 57}, {-1, 70}} {
			w.swap(move[0], move[1])
		}
	}, Reordered, 57, false},
	{"two rows that change places, and all hashes", func(w *world) {
		for _, move := range [][2]int{{30, -1}, {70, 30}, {-1, 70}} {
			w.swap(move[0], move[1])
		}
		w.forge()
	}, Reordered, 31, true},
	{"an end that is cut off", func(w *world) {
		w.tamper(`DELETE FROM audit_leaves WHERE n >= $1`, 90)
		w.tamper(`DELETE FROM events WHERE seq > $1`, 90)
		w.tamper(`UPDATE audit_log SET size = $1 WHERE id = 1`, 90)
		w.tamper(`DELETE FROM audit_checkpoints WHERE size > $1`, 90)
	}, CutOff, 90, true},
	{"a checkpoint of another key", func(w *world) {
		c, _ := newKey(w.t).Sign(122, grown(w.t, w.all()))
		w.tamper(`UPDATE audit_checkpoints SET note = $1 WHERE size = 122`, c.Note)
	}, Unsigned, -1, false},
}

func (w *world) swap(from, to int) {
	w.tamper(`UPDATE audit_leaves SET n = $1 WHERE n = $2`, to+1<<30*min(0, to)*-1, from+1<<30*min(0, from)*-1)
}

// What somebody does to the database is found, with the first entry that is wrong and how.
func TestAttacksAreFound(t *testing.T) { everywhere(t, testAttacksAreFound) }

func testAttacksAreFound(t *testing.T, address string) {
	for i, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			here := address + fmt.Sprint(i)
			if !strings.HasPrefix(address, "sqlite:") {
				here = server.Address(t)
			}
			w := newWorld(t, here)
			outside := w.evening()
			a.do(w)
			if a.all { // it is well made: nothing but what was kept elsewhere shows it
				if r := w.verify(nil); len(r.Findings) > 0 {
					t.Errorf("without them: %v", r.Findings)
				}
			} else {
				w.names(a, w.verify(w.key.Verifier()))
			}
			w.names(a, w.verify(w.key.Verifier(), outside...))
		})
	}
}

func (w *world) names(a attack, r Report) {
	w.t.Helper()
	if len(r.Findings) != 1 || r.Findings[0].Kind != a.kind || r.Findings[0].N != a.n {
		w.t.Errorf("%s: %v, want %s at %d", a.name, r.Findings, a.kind, a.n)
	}
}

// An approval that somebody writes into the table of events becomes an entry, and is named as what casterbot did not
// write.
func TestAnApprovalThatSomebodyWrote(t *testing.T) { everywhere(t, testAnApprovalThatSomebodyWrote) }

func testAnApprovalThatSomebodyWrote(t *testing.T, address string) {
	w := newWorld(t, address)
	outside := w.evening()
	w.tamper(`INSERT INTO events (at, name, actor, team, channel, detail, mark) VALUES ($1, 'approved', 'U0EVE', 'T0', 'C0', '{}', 'm')`,
		w.clock.Now().UnixMilli())
	w.denied(2)
	w.clock.pass(time.Minute)
	w.step()
	r := w.verify(w.key.Verifier(), outside...)
	if len(r.Findings) != 1 || r.Findings[0].Kind != Unsealed || r.Findings[0].N != 122 {
		t.Errorf("%v", r.Findings)
	}
	if r := w.verify(newKey(t).Verifier(), outside...); len(r.Findings) < 3 || r.Findings[0].Kind != Unsigned {
		t.Errorf("with another key: %v", r.Findings)
	}
}

// A backup that was put back: what the checkpoints say came after it is not there, or went on otherwise.
func TestABackupThatWasPutBack(t *testing.T) {
	for name, c := range map[string]struct {
		after int
		kind  Kind
	}{"and nothing since": {0, Forked}, "and as much since": {90, Forked}} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			w := newWorld(t, "sqlite:"+folder+"/bot.db")
			w.denied(40)
			w.step()
			if _, err := store.Backup(t.Context(), w.address, folder+"/backup"); err != nil {
				t.Fatal(err)
			}
			outside := w.evening()
			if err := w.db.Close(); err != nil {
				t.Fatal(err)
			}
			restored := func(ctx context.Context, db *store.Store) error {
				return db.Record(ctx, op.Event{Name: op.EventRestored})
			}
			as := store.Options{Now: w.clock.Now, Seal: w.key.Seal}
			_, err := store.Restore(t.Context(), w.address, folder+"/backup", as, restored)
			if err != nil {
				t.Fatal(err)
			}
			w.db, w.log = w.replica("two")
			w.clock.pass(time.Minute)
			w.denied(c.after)
			w.step()
			r := w.verify(w.key.Verifier(), outside...)
			if len(r.Findings) != 1 || r.Findings[0].Kind != c.kind || r.Findings[0].N != 40 {
				t.Errorf("%v", r.Findings)
			}
		})
	}
}
