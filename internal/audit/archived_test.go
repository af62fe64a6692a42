package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// lived is a log of which the oldest 512 entries are in an archive: one operation there, one that has its last entry in
// the database, a new one, and two policies.
type lived struct {
	*world
	dir              string
	old, long, fresh op.Operation
	began            time.Time
}

func policyText(n int) string { return "version: 1\n# " + strings.Repeat("!", n) + "\n" }

func newLived(t *testing.T, address string) *lived {
	w := &lived{world: newWorld(t, address)}
	text := policyText(1)
	w.began, w.dir = w.clock.Now(), filepath.Join(t.TempDir(), "archive")
	w.log.Archive = Archive{Dir: w.dir, Keep: 400 * aDay}
	w.log.Policy = func() (string, string) {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:]), text
	}
	w.step()
	w.old = w.asked(1)
	w.record(op.Event{Name: op.EventAnswered, Operation: w.old.ID,
		Detail: map[string]string{op.DetailState: string(op.Succeeded), "requestId": "R-1"}})
	w.denied(300)
	w.step()
	w.clock.pass(time.Hour)
	text = policyText(2)
	w.step()
	w.long = w.asked(2)
	w.denied(230)
	w.step()
	w.clock.pass(401 * aDay)
	w.record(op.Event{Name: op.EventReconciled, Operation: w.long.ID})
	w.fresh = w.asked(3)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.moveAll()
	if n := w.all()[0].n; n != 512 {
		t.Fatalf("the first entry is %d", n)
	}
	return w
}

// An operation is proven with what the archive has of it, to strangers too; without the archive nothing is proven that
// could lack something.
func TestProveFromTheArchive(t *testing.T) { everywhere(t, testProveFromTheArchive) }

func testProveFromTheArchive(t *testing.T, address string) {
	w := newLived(t, address)
	for _, o := range []op.Operation{w.old, w.long, w.fresh} {
		want := map[string]int{w.old.ID: 3, w.long.ID: 3, w.fresh.ID: 2}[o.ID]
		proof, err := Prove(t.Context(), w.db.Reader(), o.Ref(), w.dir, w.key.Verifier())
		if err != nil || len(proof.Entries) != want {
			t.Fatalf("%d entries, %v", len(proof.Entries), err)
		}
		if _, err := proof.Check(w.key.Verifier()); err != nil {
			t.Error(err)
		}
		strangers(t, proof, w.key.Public())
		_, err = Prove(t.Context(), w.db.Reader(), o.Ref(), "", w.key.Verifier())
		if known := o.ID == w.fresh.ID; known != (err == nil) || !known && !strings.Contains(err.Error(), "--archive") {
			t.Errorf("without the archive: %v", err)
		}
	}
}

// What an archive has instead of the log's own entries is neither proven nor believed.
func TestAnotherArchive(t *testing.T) {
	for name, do := range map[string]func(w *lived) error{
		"a text":     func(w *lived) error { return change(w.dir, "opened/000", "C0SHOW", "C0EVIL") },
		"all hashes": func(w *lived) error { return forgeTile(w.dir, 100) },
		"a file":     func(w *lived) error { return os.Remove(filepath.Join(w.dir, "opened/000")) },
	} {
		w := newLived(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
		if err := do(w); err != nil {
			t.Fatal(err)
		}
		_, err := Prove(t.Context(), w.db.Reader(), w.old.Ref(), w.dir, w.key.Verifier())
		if err == nil || !strings.Contains(err.Error(), "archive") {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, _, err := PolicyAt(t.Context(), w.db.Reader(), w.dir, w.began); err == nil {
			t.Errorf("%s: the policy is believed", name)
		}
		if _, err := Settled(t.Context(), w.db.Reader(), w.dir, time.Time{}); err == nil {
			t.Errorf("%s: what became of it is believed", name)
		}
	}
}

// The archive says which policy was in force at a time, and since when.
func TestPoliciesInTheArchive(t *testing.T) { everywhere(t, testPoliciesInTheArchive) }

func testPoliciesInTheArchive(t *testing.T, address string) {
	w := newLived(t, address)
	for _, c := range []struct {
		at, since time.Duration
		want      string
	}{{-time.Second, 0, ""}, {0, 0, policyText(1)}, {59 * time.Minute, 0, policyText(1)},
		{time.Hour, time.Hour, policyText(2)}, {402 * aDay, time.Hour, policyText(2)}} {
		text, _, since, err := PolicyAt(t.Context(), w.db.Reader(), w.dir, w.began.Add(c.at))
		if text != c.want || (err == nil) != (c.want != "") || err == nil && !since.Equal(w.began.Add(c.since)) {
			t.Errorf("after %s: %q, since %s, %v", c.at, text, since, err)
		}
	}
	_, _, _, err := PolicyAt(t.Context(), w.db.Reader(), "", w.began)
	if err == nil || !strings.Contains(err.Error(), "--archive") {
		t.Errorf("without the archive: %v", err)
	}
}

// The archive says by what it was known what became of an operation.
func TestSettledInTheArchive(t *testing.T) {
	w := newLived(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
	all, err := Settled(t.Context(), w.db.Reader(), w.dir, w.began)
	if err != nil || len(all) != 1 || len(all[w.old.ID]) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	if e := all[w.old.ID][0]; e.Name != op.EventAnswered || e.Detail[op.DetailState] != string(op.Succeeded) {
		t.Errorf("%+v", e)
	}
	if all, err := Settled(t.Context(), w.db.Reader(), "", w.began); err != nil || len(all) > 0 {
		t.Errorf("without the archive: %v, %v", all, err)
	}
}
