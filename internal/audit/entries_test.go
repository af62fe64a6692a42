package audit

import (
	"strings"
	"testing"

	"casterbot/internal/op"
)

// Of a log of which a part was moved each entry is read once, from the archive or the database; what is missing is
// said.
func TestEntriesAreReadOnce(t *testing.T) { everywhere(t, testEntriesAreReadOnce) }

func testEntriesAreReadOnce(t *testing.T, address string) {
	w, _ := aged(t, address)
	w.moveAll()
	from, to, err := Extent(t.Context(), w.db.Reader())
	if err != nil || from == 0 || from%PerTile != 0 || to <= from {
		t.Fatal(from, to, err)
	}
	old, err := ReadArchived(w.log.Archive.Dir, 0, from)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Read(t.Context(), w.db.Reader(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range append(old, all...) {
		if e.N != int64(i) || e.Event == "" || e.At == "" || e.Erased {
			t.Fatalf("entry %d: %+v", i, e)
		}
	}
	for name, err := range map[string]error{
		"moved":     second(Read(t.Context(), w.db.Reader(), from-1, to)),
		"not yet":   second(Read(t.Context(), w.db.Reader(), from, to+1)),
		"elsewhere": second(ReadArchived(t.TempDir(), 0, from)),
	} {
		if err == nil {
			t.Errorf("%s: nobody says that entries are missing", name)
		}
	}
	w.tamper(`DELETE FROM events WHERE seq = (SELECT event FROM audit_leaves WHERE n = $1)`, to-1)
	_, err = Read(t.Context(), w.db.Reader(), from, to)
	if err == nil || !strings.Contains(err.Error(), "lost its event") {
		t.Errorf("a removed event: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Whether the log has seals shows its newest event, and an empty log has none.
func TestSealed(t *testing.T) { everywhere(t, testSealed) }

func testSealed(t *testing.T, address string) {
	w := newWorld(t, address)
	for _, want := range []bool{false, true} {
		if got, err := Sealed(t.Context(), w.db.Reader()); err != nil || got != want {
			t.Errorf("%v, %v, want %v", got, err, want)
		}
		w.record(op.Event{Name: op.EventBoard, Actor: "U0ANA"})
	}
}
