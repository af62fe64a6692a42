package audit

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/tlog"
)

// archiveAttacks are what somebody does to an archive, or to what the database has kept of it.
var archiveAttacks = []struct {
	name  string
	do    func(w *world, dir string) error
	kind  Kind
	n     int64
	alone bool // it is found without the archive too
}{
	{"a text", func(_ *world, dir string) error {
		return change(dir, "opened/000", `"verb":"caster.stop"`, `"verb":"caster.list"`)
	}, Edited, 1, false},
	{"a person", func(_ *world, dir string) error { return change(dir, "opened/001", "U0P0099", "U0EVE99") }, Edited, 280,
		false},
	{"an entry", func(_ *world, dir string) error { return flip(dir, "tile/entries/001", 34*7+9) }, Edited, 263, false},
	{"a hash", func(_ *world, dir string) error { return flip(dir, "tile/0/000", 32*9+1) }, Edited, 9, false},
	{"the last entry of a tile", func(_ *world, dir string) error { return forgeTile(dir, 255) }, Edited, 255, false},
	{"an entry and all hashes of its tile", func(_ *world, dir string) error { return forgeTile(dir, 100) }, Edited, 100,
		false},
	{"a tile above", func(_ *world, dir string) error { return flip(dir, "tile/1/000.p/2", 40) }, Edited, 0, false},
	{"a file that is gone", func(_ *world, dir string) error { return os.Remove(filepath.Join(dir, "opened/001")) },
		Removed, 256, false},
	{"a text that ends early", func(_ *world, dir string) error {
		return shorten(dir, "opened/001", func(data []byte) int {
			return len(bytes.Join(bytes.SplitAfter(data, []byte("\n"))[:2*40+1], nil))
		})
	}, Removed, 296, false},
	{"entries that end early", func(_ *world, dir string) error {
		return shorten(dir, "tile/entries/000", func([]byte) int { return 34*200 + 11 })
	}, Removed, 200, false},
	{"more than there was", func(_ *world, dir string) error {
		data, err := os.ReadFile(filepath.Join(dir, "opened/000"))
		return errors.Join(err, os.WriteFile(filepath.Join(dir, "opened/000"), append(data, data[:900]...), 0o600))
	}, Inserted, 0, false},
	{"two entries that change places", func(_ *world, dir string) error { return swapped(dir) }, Reordered, 10, false},
	{"a checkpoint of another key", func(w *world, dir string) error {
		c, err := newKey(w.t).Sign(512, tlog.Hash{})
		return errors.Join(err, os.WriteFile(filepath.Join(dir, checkpointFile), []byte(c.Note), 0o600))
	}, Unsigned, -1, false},
	{"an older checkpoint", func(w *world, dir string) error {
		c, err := w.key.Sign(256, tlog.Hash{})
		return errors.Join(err, os.WriteFile(filepath.Join(dir, checkpointFile), []byte(c.Note), 0o600))
	}, CutOff, 256, false},
	{"what the database has of a tile", func(w *world, _ string) error {
		w.tamper(`UPDATE audit_archived SET hashes = $1 WHERE n = 255`, bytes.Repeat([]byte{7}, 9*32))
		return nil
	}, Edited, 255, false},
	{"the root of it all", func(w *world, _ string) error {
		w.tamper(`UPDATE audit_archived SET hashes = $1 WHERE n = 511`, bytes.Repeat([]byte{7}, 10*32))
		return nil
	}, Edited, 0, true},
	{"a row of it", func(w *world, _ string) error {
		w.tamper(`DELETE FROM audit_archived WHERE n = $1`, 511)
		return nil
	}, Removed, 256, true},
	{"all of it", func(w *world, _ string) error {
		w.tamper(`DELETE FROM audit_archived WHERE n > $1`, 0)
		return nil
	}, Removed, 0, true},
	{"more than was moved", func(w *world, _ string) error {
		w.clock.pass(401 * aDay)
		w.denied(300)
		w.step()
		w.tamper(`INSERT INTO audit_archived (n, hashes) SELECT n, hashes FROM audit_leaves WHERE n = $1`, 767)
		w.tamper(`DELETE FROM events WHERE name <> 'archived' AND seq IN (SELECT event FROM audit_leaves WHERE n < $1)`, 768)
		w.tamper(`DELETE FROM audit_leaves WHERE n < $1`, 768)
		return nil
	}, Removed, 512, true},
	{"an event behind the number of an entry that was moved", func(w *world, _ string) error {
		w.tamper(`INSERT INTO events (seq, at, name, actor, team, channel, detail, mark)
			SELECT $1, at, 'approved', 'U0EVE', team, channel, '{}', 'm' FROM events WHERE name = 'archived'`, 90001)
		w.tamper(`INSERT INTO audit_leaves (n, event, format, salt, who, who_salt, hashes)
			SELECT 7, 90001, 1, 's', '', 's', hashes FROM audit_archived WHERE n = $1`, 255)
		return nil
	}, Inserted, -1, true},
	{"and says so", func(w *world, _ string) error {
		w.tamper(`INSERT INTO audit_archived (n, hashes) SELECT 767, hashes FROM audit_archived WHERE n = $1`, 511)
		w.tamper(`INSERT INTO events (at, name, actor, team, channel, detail, mark, seal)
			SELECT at, name, actor, team, channel, replace(detail, '512', '768'), 'm', seal FROM events WHERE name = $1`, "archived")
		return nil
	}, Unsealed, -1, true},
}

// What somebody does to the archive is found, with the first entry that is wrong and how.
func TestAttacksOnTheArchiveAreFound(t *testing.T) { everywhere(t, testAttacksOnTheArchive) }

func testAttacksOnTheArchive(t *testing.T, address string) {
	w, old := aged(t, address)
	w.moveAll()
	w.step()
	whole := w.log.Archive.Dir
	for i, a := range archiveAttacks {
		if i > 0 && w.touched() {
			w, old = aged(t, another(t, address))
			w.moveAll()
			w.step()
			whole = w.log.Archive.Dir
		}
		w.log.Archive.Dir = filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(w.log.Archive.Dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		if err := a.do(w, w.log.Archive.Dir); err != nil {
			t.Fatalf("%s: %v", a.name, err)
		}
		want := attack{name: a.name, kind: a.kind, n: a.n}
		w.names(want, w.checked(old.Note))
		if a.alone {
			w.names(want, w.verify(w.key.Verifier(), old.Note))
		}
		w.log.Archive.Dir = whole
	}
}

// An approval that was moved cannot be copied back to count once more.
func TestACopyOfWhatWasMoved(t *testing.T) { everywhere(t, testACopyOfWhatWasMoved) }

func testACopyOfWhatWasMoved(t *testing.T, address string) {
	w := newWorld(t, address)
	w.log.Archive = Archive{Dir: filepath.Join(t.TempDir(), "archive"), Keep: 400 * aDay}
	w.asked(1)
	w.raw(`CREATE TABLE kept AS SELECT * FROM events WHERE name = 'approved'`)
	w.denied(600)
	w.goOn(0)
	w.clock.pass(401 * aDay)
	w.goOn(1)
	w.moveAll()
	w.goOn(1)
	if r := w.checked(); len(r.Findings) > 0 || r.Entries < 600 {
		t.Fatalf("%+v", r)
	}
	w.tamper(`INSERT INTO events (operation, at, name, actor, team, channel, detail, mark, seal) SELECT operation, at, name, actor,
		team, channel, detail, 'm', seal FROM kept WHERE name = $1`, op.EventApproved)
	n := w.checked().Entries
	w.goOn(1)
	w.names(attack{name: "a copy of what was moved", kind: Inserted, n: n}, w.checked())
}

// touched reports a database that somebody has changed.
func (w *world) touched() bool { return len(w.checked().Findings) > 0 }

func change(dir, name, from, to string) error {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if !bytes.Contains(data, []byte(from)) {
		return errors.New("there is no such text")
	}
	return errors.Join(err, os.WriteFile(path, bytes.Replace(data, []byte(from), []byte(to), 1), 0o600))
}

func shorten(dir, name string, to func(data []byte) int) error {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	return errors.Join(err, os.Truncate(path, int64(to(data))))
}

// swapped lets two entries change places, in all files.
func swapped(dir string) error {
	for name, size := range map[string]int{"tile/entries/000": 34, "tile/0/000": 32} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		a := bytes.Clone(data[10*size : 11*size])
		copy(data[10*size:], data[20*size:21*size])
		copy(data[20*size:], a)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	path := filepath.Join(dir, "opened/000")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for i := range 2 {
		lines[20+i], lines[40+i] = lines[40+i], lines[20+i]
	}
	return os.WriteFile(path, bytes.Join(lines, nil), 0o600)
}

// forgeTile makes an entry of the first tile anew, with all that the folder has of it, as somebody can who has no key.
func forgeTile(dir string, n int) error {
	list, err := readTile(dir, 0)
	if err != nil {
		return err
	}
	l := list[n]
	l.event.Actor = "U0EVE"
	data, err := l.data()
	if err != nil {
		return err
	}
	var opened bytes.Buffer
	for i, other := range list {
		if i == n {
			other = l
		}
		if err := other.open(&opened); err != nil {
			return err
		}
	}
	hash := tlog.RecordHash(data)
	return errors.Join(os.WriteFile(filepath.Join(dir, "opened/000"), opened.Bytes(), 0o600),
		patch(dir, "tile/entries/000", 34*n+2, data), patch(dir, "tile/0/000", 32*n, hash[:]))
}

func patch(dir, name string, at int, with []byte) error {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	copy(data[at:], with)
	return os.WriteFile(path, data, 0o600)
}
