package audit

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// raw changes the tables themselves.
func (w *world) raw(statements ...string) {
	w.t.Helper()
	driver, source := "sqlite", strings.TrimPrefix(w.address, "sqlite:")
	if source == w.address {
		driver = "pgx"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(w.t.Context(), s); err != nil {
			w.t.Fatalf("%s: %v", s, err)
		}
	}
}

// goOn lets casterbot write on after an attack, with a checkpoint of its own.
func (w *world) goOn(events int) {
	w.t.Helper()
	w.clock.pass(time.Minute)
	w.denied(events)
	w.clock.pass(time.Minute)
	if err := w.log.Close(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// loosened is the table of the entries without what keeps its numbers apart.
var loosened = []string{`CREATE TABLE copied AS SELECT * FROM audit_leaves`, `DROP TABLE audit_leaves`,
	`ALTER TABLE copied RENAME TO audit_leaves`}

// laterAttacks are such that need more than to write rows, or after which casterbot goes on.
var laterAttacks = []attack{
	{"two rows with one number", func(w *world) {
		w.raw(append(loosened, `INSERT INTO audit_leaves SELECT 57, event, format, salt, who, who_salt, hashes FROM audit_leaves
			WHERE n = 58`)...)
	}, Inserted, 57, false},
	{"a row before all others, and an event behind it", func(w *world) {
		w.raw(loosened...)
		w.tamper(`INSERT INTO events (seq, at, name, actor, team, channel, detail, mark)
			SELECT $1, at, 'approved', 'U0EVE', team, channel, detail, 'm' FROM events WHERE seq = 61`, 9001)
		w.raw(`INSERT INTO audit_leaves SELECT -1, 9001, format, salt, who, who_salt, hashes FROM audit_leaves WHERE n = 58`)
	}, Inserted, -1, false},
	{"an approval that is copied, with its seal", func(w *world) {
		w.tamper(`INSERT INTO events (operation, at, name, actor, team, channel, detail, mark, seal) SELECT operation, at, name,
			actor, team, channel, detail, 'm', seal FROM events WHERE seq = $1`, 38)
		w.goOn(3)
	}, Inserted, 122, false},
	{"the number of an event, and so its place in the trail", func(w *world) {
		w.tamper(`UPDATE events SET seq = $1 WHERE seq = 37`, 9001)
		w.tamper(`UPDATE audit_leaves SET event = $1 WHERE event = 37`, 9001)
	}, Reordered, 37, false},
	{"entries that are taken out, all hashes, and casterbot goes on", func(w *world) {
		w.tamper(`DELETE FROM audit_leaves WHERE n = $1`, 57)
		w.tamper(`DELETE FROM events WHERE seq = $1`, 58)
		w.renumber(57, -1)
		w.forge()
		w.goOn(3)
	}, Forked, 40, true},
	{"an entry that is edited, all hashes, and casterbot goes on", func(w *world) {
		w.tamper(`UPDATE events SET actor = 'U0EVE' WHERE seq = $1`, 58)
		w.forge()
		w.goOn(3)
	}, Edited, 57, true},
	{"a policy file that was in force", func(w *world) {
		w.tamper(`UPDATE audit_policies SET body = 'grants: []' WHERE hash <> $1`, "")
	}, Edited, -1, false},
	{"a policy file that is gone", func(w *world) {
		w.tamper(`DELETE FROM audit_policies WHERE hash <> $1`, "")
	}, Removed, 0, false},
}

func TestLaterAttacksAreFound(t *testing.T) { everywhere(t, testLaterAttacks) }

func testLaterAttacks(t *testing.T, address string) {
	for _, a := range laterAttacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, another(t, address))
			if strings.HasPrefix(a.name, "a policy") {
				w.log.Policy = func() (hash, text string) { return sumOf("channels: {}"), "channels: {}" }
				w.step()
			}
			outside := w.evening()
			a.do(w)
			if !a.all {
				w.names(a, w.verify(w.key.Verifier()))
			}
			w.names(a, w.verify(w.key.Verifier(), outside...))
		})
	}
}

// another is a fresh database of the same kind.
func another(t *testing.T, address string) string {
	if strings.HasPrefix(address, "sqlite:") {
		return "sqlite:" + t.TempDir() + "/bot.db"
	}
	return server.Address(t)
}

// kept are the tables that a backup by hand has.
var kept = []string{"events", "audit_leaves", "audit_log", "audit_checkpoints"}

// A backup that somebody put back by hand, without casterbot restore: no event says so.
func TestABackupThatWasPutBackByHand(t *testing.T) { everywhere(t, testPutBackByHand) }

func testPutBackByHand(t *testing.T, address string) {
	for name, c := range map[string]struct {
		after int
		kind  Kind
		n     int64
	}{"and nothing since": {0, CutOff, 40}, "and less since": {30, CutOff, 70}, "and more since": {180, Forked, 40}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, another(t, address))
			w.denied(40)
			if err := w.log.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			outside := []string{w.last().Note}
			for _, table := range kept {
				w.raw("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
			}
			w.denied(100)
			w.clock.pass(time.Minute)
			if err := w.log.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			outside = append(outside, w.last().Note)
			for _, table := range kept {
				w.raw("DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM kept_"+table)
			}
			if c.after > 0 {
				w.goOn(c.after)
			}
			r := w.verify(w.key.Verifier(), outside...)
			w.names(attack{kind: c.kind, n: c.n}, r)
		})
	}
}

// What names a person and was taken out can be put back out of a backup. It is what the tree has, so only the record of
// the erasure shows it.
func TestAPersonWhoIsPutBack(t *testing.T) { everywhere(t, testAPersonWhoIsPutBack) }

func testAPersonWhoIsPutBack(t *testing.T, address string) {
	w := newWorld(t, address)
	outside := w.evening()
	w.raw("CREATE TABLE kept_events AS SELECT * FROM events", "CREATE TABLE kept_leaves AS SELECT * FROM audit_leaves")
	if _, err := w.log.Erase(t.Context(), "U0P0003"); err != nil {
		t.Fatal(err)
	}
	w.goOn(1)
	if r := w.verify(w.key.Verifier(), outside...); len(r.Findings) > 0 || r.Erased != 3 {
		t.Errorf("%+v", r)
	}
	w.tamper(`UPDATE events SET actor = (SELECT k.actor FROM kept_events k WHERE k.seq = events.seq), team = 'T0SHOW',
		seal = (SELECT k.seal FROM kept_events k WHERE k.seq = events.seq) WHERE seq = $1`, 4)
	w.tamper(`UPDATE audit_leaves SET who = '', who_salt = (SELECT k.who_salt FROM kept_leaves k WHERE k.n = audit_leaves.n)
		WHERE n = $1`, 3)
	w.names(attack{kind: Edited, n: -1}, w.verify(w.key.Verifier(), outside...))
}

// An event that says that entries were emptied cannot be copied to empty others.
func TestAnErasureThatIsCopied(t *testing.T) {
	w := newWorld(t, "sqlite:"+t.TempDir()+"/bot.db")
	outside := w.evening()
	if _, err := w.log.Erase(t.Context(), "U0P0003"); err != nil {
		t.Fatal(err)
	}
	w.step()
	w.tamper(`INSERT INTO events (at, name, actor, team, channel, detail, mark, seal) SELECT at, name, actor, team, channel,
		detail, 'm', seal FROM events WHERE name = $1`, op.EventErased)
	w.goOn(1)
	w.names(attack{kind: Inserted, n: 123}, w.verify(w.key.Verifier(), outside...))
}

// A number that was changed is seen without any seal, by the order of the entries alone.
func TestANumberThatWasChanged(t *testing.T) {
	w := newWorld(t, "sqlite:"+t.TempDir()+"/bot.db")
	w.evening()
	w.tamper(`UPDATE events SET seq = $1 WHERE seq = 37`, 9001)
	w.tamper(`UPDATE audit_leaves SET event = $1 WHERE event = 37`, 9001)
	w.names(attack{kind: Reordered, n: 37}, w.verify(nil))
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Whoever writes into the row that says how far the log is keeps nobody from appending to it.
func TestTheLogGoesOn(t *testing.T) { everywhere(t, testTheLogGoesOn) }

func testTheLogGoesOn(t *testing.T, address string) {
	w := newWorld(t, address)
	outside := w.evening()
	w.tamper(`UPDATE audit_log SET low = 100000, holder = 'nobody', until = $1 WHERE id = 1`,
		w.clock.Now().Add(24*time.Hour).UnixMilli())
	at := w.clock.Now()
	w.denied(3)
	w.clock.pass(time.Second)
	w.step()
	if n := len(w.all()); n != 125 {
		t.Errorf("there are %d entries", n)
	}
	w.denied(2)
	r := w.verify(w.key.Verifier(), outside...)
	if len(r.Findings) > 0 || r.Waiting != 2 || !r.Since.Equal(at.Add(time.Second)) || r.Covered != 122 {
		t.Errorf("%+v", r)
	}
}
