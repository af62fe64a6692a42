package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/tlog"
)

const aDay = 24 * time.Hour

// aged is a log of 543 entries that are too old, and some that are not, with the folder to which they go, and the
// checkpoint of the old ones.
func aged(t *testing.T, address string) (w *world, old Checkpoint) {
	t.Helper()
	w = newWorld(t, address)
	w.log.Archive = Archive{Dir: filepath.Join(t.TempDir(), "archive"), Keep: 400 * aDay}
	w.log.Policy = func() (string, string) {
		sum := sha256.Sum256([]byte("version: 1\n"))
		return hex.EncodeToString(sum[:]), "version: 1\n"
	}
	w.step()
	w.long()
	old = w.last()
	w.clock.pass(401 * aDay)
	w.denied(40)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w, old
}

func (w *world) moveAll() {
	w.t.Helper()
	for more := true; more; {
		var err error
		if more, err = w.log.MoveSome(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// checked verifies with the archive.
func (w *world) checked(notes ...string) Report {
	w.t.Helper()
	return w.report(Verification{Key: w.key.Verifier(), Notes: notes, Archive: w.log.Archive.Dir})
}

// What is too old is moved as whole tiles; the log is the same as before, with the archive and without, and goes on.
func TestArchive(t *testing.T) { everywhere(t, testArchive) }

func testArchive(t *testing.T, address string) {
	w, old := aged(t, address)
	before, list := w.last(), w.all()
	began := list[0].event.At
	w.moveAll()
	if n := w.all()[0].n; n != 512 {
		t.Fatalf("the first entry is %d", n)
	}
	w.clock.pass(time.Minute)
	w.denied(300)
	w.step()
	w.moveAll() // nothing more is too old
	all := append(list[:512:512], w.all()...)
	root := grown(t, all)
	if r := w.checked(old.Note, before.Note); len(r.Findings) > 0 || r.Root != root || r.Entries != 884 || r.Moved != 0 {
		t.Errorf("%+v", r)
	}
	if r := w.verify(w.key.Verifier(), old.Note, before.Note); len(r.Findings) > 0 || r.Root != root || r.Moved != 512 {
		t.Errorf("%+v", r)
	}
	w.goesOn(all)
	for at, want := range map[time.Duration]bool{401 * aDay: true, 0: false} {
		text, _, _, err := PolicyAt(t.Context(), w.db.Reader(), "", began.Add(at))
		if (text == "version: 1\n") != want || (err == nil) != want {
			t.Errorf("after %s: %q, %v", at, text, err)
		}
	}
}

// goesOn makes proofs and tiles of a log of which a part was moved, and holds them against all of it.
func (w *world) goesOn(all []leaf) {
	t, dir := w.t, filepath.Join(w.t.TempDir(), "tiles")
	o := w.asked(2)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	proof, err := Prove(t.Context(), w.db.Reader(), o.Ref(), "", w.key.Verifier())
	if err != nil || len(proof.Entries) != 2 {
		t.Fatalf("%+v, %v", proof, err)
	}
	if _, err := proof.Check(w.key.Verifier()); err != nil {
		t.Error(err)
	}
	if _, err := w.tiles(dir); err == nil || !strings.Contains(err.Error(), "in the archive") {
		t.Errorf("a folder without the old tiles: %v", err)
	}
	if err := os.CopyFS(dir, os.DirFS(w.log.Archive.Dir)); err != nil {
		t.Fatal(err)
	}
	c, err := w.tiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	tree := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, folderTiles(dir))
	for _, n := range []int64{0, 255, 300, 511, 512, 700, 883} {
		proof, err := tlog.ProveRecord(c.Size, n, tree)
		if err != nil {
			t.Fatal(err)
		}
		if hash, _ := all[n].hash(); tlog.CheckRecord(proof, c.Size, c.Root, n, hash) != nil {
			t.Errorf("entry %d is not in the folder's tree", n)
		}
	}
}

// Somebody else's checker finds the archive good as it is: it is a log of its own checkpoint.
func TestAnIndependentCheckerOfTheArchive(t *testing.T) {
	program := buildChecker(t)
	w, _ := aged(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
	w.moveAll()
	if ok, said := agrees(t, program, w.log.Archive.Dir); !ok {
		t.Errorf("it is not good:\n%s", said)
	}
}

// Nothing is moved that is not old enough, that no checkpoint outside covers, or without a key, and nothing into a
// folder that lacks what was moved before.
func TestWhatIsNotMoved(t *testing.T) {
	place := File{Path: filepath.Join(t.TempDir(), "checkpoints")}
	for name, change := range map[string]func(w *world){
		"without a folder":  func(w *world) { w.log.Archive.Dir = "" },
		"without a key":     func(w *world) { w.log.Key = nil },
		"what is kept":      func(w *world) { w.log.Archive.Keep = 402 * aDay },
		"by another one":    func(w *world) { w.tamper(`UPDATE audit_log SET holder = $1`, "two") },
		"ahead of outside":  func(w *world) { w.log.places = []*delivery{{Place: place}}; w.outside("file", 255) },
		"without its event": func(w *world) { w.tamper(`DELETE FROM events WHERE seq = $1`, 7) },
	} {
		w, _ := aged(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
		change(w)
		w.moveAll()
		if _, err := os.Stat(w.log.Archive.Dir); w.all()[0].n != 0 || w.log.Archive.Dir != "" && err == nil {
			t.Errorf("%s it is moved", name)
		}
	}
	w, _ := aged(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
	w.outside("file", 300)
	w.log.places = []*delivery{{Place: place}}
	w.moveAll()
	if w.all()[0].n != 256 {
		t.Errorf("the first entry is %d", w.all()[0].n)
	}
	w.log.places, w.log.Archive.Dir = nil, t.TempDir()
	if _, err := w.log.MoveSome(t.Context()); !errors.Is(err, errElsewhere) || w.all()[0].n != 256 {
		t.Errorf("to another folder: %v", err)
	}
}

// outside notes that a place has a checkpoint.
func (w *world) outside(place string, size int64) {
	w.tamper(`INSERT INTO audit_outside (place, size, at) VALUES ($1, $2, 1)`, place, size)
}

// A process that dies when the folder is written has moved nothing, and the next one goes on. What was emptied in
// between is not what was written.
func TestAMoveThatIsCutOff(t *testing.T) { everywhere(t, testAMoveThatIsCutOff) }

func testAMoveThatIsCutOff(t *testing.T, address string) {
	w, old := aged(t, address)
	m := move{log: w.log}
	if err := errors.Join(m.find(t.Context()), m.fill(t.Context())); err != nil || m.until != 512 {
		t.Fatalf("%d, %v", m.until, err)
	}
	if r := w.checked(old.Note); len(r.Findings) > 0 || r.Entries != 583 {
		t.Errorf("%+v", r)
	}
	if done, err := w.log.Erase(t.Context(), "U0P0007"); err != nil || done.Entries != 4 {
		t.Fatalf("%+v, %v", done, err)
	}
	if err := m.take(t.Context()); !errors.Is(err, errMeanwhile) || w.all()[0].n != 0 {
		t.Fatalf("what was written before is taken: %v", err)
	}
	w.moveAll()
	w.step()
	if r := w.checked(old.Note); len(r.Findings) > 0 || r.Erased != 4 || w.all()[0].n != 512 {
		t.Errorf("%+v", r)
	}
	for _, name := range []string{"opened/000", "opened/001"} {
		if strings.Contains(readFile(t, w.log.Archive.Dir, name), "U0P0007") {
			t.Errorf("%s names who was taken out", name)
		}
	}
}

// A person is taken out of the archive too, where it is known; where it is not that is said.
func TestEraseReachesTheArchive(t *testing.T) { everywhere(t, testEraseReachesTheArchive) }

func testEraseReachesTheArchive(t *testing.T, address string) {
	w, old := aged(t, address)
	w.moveAll()
	dir := w.log.Archive.Dir
	w.log.Archive.Dir = ""
	if done, err := w.log.Erase(t.Context(), "U0P0007"); err != nil || done != (Erasure{1, 512}) {
		t.Errorf("%+v, %v", done, err)
	}
	w.log.Archive.Dir = dir
	for _, want := range []int{3, 0} {
		if done, err := w.log.Erase(t.Context(), "U0P0007"); err != nil || done != (Erasure{want, 0}) {
			t.Errorf("%+v, %v", done, err)
		}
	}
	w.step()
	for _, r := range []Report{w.checked(old.Note), w.verify(w.key.Verifier())} {
		if len(r.Findings) > 0 {
			t.Errorf("%+v", r)
		}
	}
	for _, name := range []string{"opened/000", "opened/001"} {
		if strings.Contains(readFile(t, dir, name), "U0P0007") {
			t.Errorf("%s names who was taken out", name)
		}
	}
	if err := eraseTile(dir, 0, "U0P0009"); err != nil {
		t.Fatal(err)
	}
	r := w.checked(old.Note)
	if len(r.Findings) != 1 || r.Findings[0].Kind != Edited {
		t.Errorf("an entry that somebody emptied: %+v", r)
	}
	if err := os.Remove(filepath.Join(dir, "opened/001")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.log.Erase(t.Context(), "U0P0011"); err == nil {
		t.Error("what is not there is taken for done")
	}
}

// A session names a person.
func TestWhomAnEntryNames(t *testing.T) {
	for detail, want := range map[string]bool{"U0ANA": true, "U0ANA.8F2K5Z": true, "U0ANABEL": false, "": false} {
		l := leaf{event: op.Event{Actor: "U0KEN", Detail: map[string]string{"session": detail}}}
		if l.names("U0ANA") != want || !l.names("U0KEN") {
			t.Errorf("%q", detail)
		}
	}
}
