package audit

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// strangersProgram builds the program that docs/audit.md gives to strangers, as that page says it.
func strangersProgram(t *testing.T) func(dir, key string, notes ...string) (bool, string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "\n```go\n")
	program, _, _ := strings.Cut(rest, "\n```\n")
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	version, err := exec.CommandContext(t.Context(), "go", "list", "-m", "golang.org/x/mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"main.go": program, "go.sum": string(sums),
		"go.mod": "module check\n\ngo 1.25\n\nrequire " + strings.TrimSpace(string(version)) + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", "check", ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return func(folder, key string, notes ...string) (bool, string) {
		own := t.TempDir()
		args := []string{folder, filepath.Join(own, "key"), filepath.Join(own, "notes")}
		for name, text := range map[string]string{args[1]: key, args[2]: strings.Join(notes, "\n")} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		said, err := exec.CommandContext(t.Context(), filepath.Join(dir, "check"), args...).CombinedOutput()
		return err == nil && strings.Contains(string(said), "are whole"), string(said)
	}
}

// A stranger with the page, the folder, the key and checkpoints finds a log whole, as it grows, when somebody was taken
// out of it, and in an archive.
func TestAStrangerChecksALog(t *testing.T) {
	check := strangersProgram(t)
	w, dir := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db")), filepath.Join(t.TempDir(), "tiles")
	outside := w.evening()
	whole := func(dir string, notes ...string) {
		t.Helper()
		if ok, said := check(dir, w.key.Public(), notes...); !ok {
			t.Error(said)
		}
	}
	tiles := func(dir string) string {
		t.Helper()
		if _, err := w.tiles(dir); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	whole(tiles(dir), outside...)
	w.goOn(440)
	whole(tiles(dir), append(outside, w.last().Note)...)
	if _, err := w.log.Erase(t.Context(), "U0P0003"); err != nil {
		t.Fatal(err)
	}
	w.goOn(1)
	whole(tiles(dir+"2"), append(outside, w.last().Note)...)
	if ok, said := check(dir, w.key.Public(), w.last().Note); ok || !strings.Contains(said, "not here") {
		t.Errorf("a folder that is too old: %s", said)
	}
	if ok, said := check(dir, newKey(t).Public(), outside...); ok {
		t.Errorf("by another key: %s", said)
	}
	archived, old := aged(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
	archived.moveAll()
	if ok, said := check(archived.log.Archive.Dir, archived.key.Public()); ok || !strings.Contains(said, "no checkpoint") {
		t.Errorf("without a checkpoint from elsewhere: %s", said)
	}
	text := readFile(t, archived.log.Archive.Dir, checkpointFile)
	if ok, said := check(archived.log.Archive.Dir, archived.key.Public(), text); !ok {
		t.Errorf("%s (%d)", said, old.Size)
	}
}

// What somebody does to a folder is found, with the first entry that is wrong.
func TestAStrangerFindsAttacks(t *testing.T) {
	check := strangersProgram(t)
	w, dir := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db")), t.TempDir()
	outside := w.evening()
	w.goOn(440)
	if _, err := w.tiles(dir); err != nil {
		t.Fatal(err)
	}
	for _, a := range []struct {
		name, says string
		do         func(dir string) error
	}{
		{"a text", "entry 0:", func(dir string) error { return change(dir, "opened/000", "caster.stop", "caster.list") }},
		{"a person", "entry 0:", func(dir string) error { return change(dir, "opened/000", "U0P0000", "U0EVE00") }},
		{"an entry", "entry 263:", func(dir string) error { return flip(dir, "tile/entries/001", 34*7+9) }},
		{"all of an entry", "entries 40 to 101:", func(dir string) error { return forgeTile(dir, 57) }},
		{"two entries", "entry 10:", swapped},
		{"the end", "001 has not", func(dir string) error {
			return shorten(dir, "tile/entries/001", func([]byte) int { return 34 * 20 })
		}},
		{"a checkpoint that ends early", "malformed", func(dir string) error {
			return shorten(dir, "checkpoint", func(b []byte) int { return len(b) - 30 })
		}},
	} {
		changed := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(changed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := a.do(changed); err != nil {
			t.Fatalf("%s: %v", a.name, err)
		}
		if ok, said := check(changed, w.key.Public(), outside...); ok || !strings.Contains(said, a.says) {
			t.Errorf("%s: %s", a.name, said)
		}
	}
}

// A database that was put back to a backup and went on gives a folder that is good by itself: it is not that of the
// checkpoints from elsewhere.
func TestAStrangerFindsAFork(t *testing.T) {
	check := strangersProgram(t)
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"))
	outside := w.evening()
	for _, table := range kept {
		w.raw("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
	}
	w.goOn(50)
	outside = append(outside, w.last().Note)
	for _, table := range kept {
		w.raw("DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM kept_"+table)
	}
	w.clock.pass(time.Hour)
	w.goOn(90)
	dir := t.TempDir()
	if _, err := w.tiles(dir); err != nil {
		t.Fatal(err)
	}
	if ok, said := check(dir, w.key.Public(), outside[:3]...); !ok {
		t.Error(said)
	}
	if ok, said := check(dir, w.key.Public(), outside...); ok || !strings.Contains(said, "entries 122 to 171:") {
		t.Error(said)
	}
}

// Whatever somebody does to the entries in a database, no folder comes of it that a stranger takes for the log of their
// checkpoints. What the tree does not have only verify finds.
func TestNoFolderComesOfAnAttack(t *testing.T) {
	check := strangersProgram(t)
	for _, a := range slices.Concat(attacks, laterAttacks) {
		beside := a.n < 0 && a.kind != Unsigned || slices.Contains([]string{"a policy file that is gone",
			"an approval that is copied, with its seal", "the number of an event, and so its place in the trail"}, a.name)
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			w, dir := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db")), t.TempDir()
			if strings.HasPrefix(a.name, "a policy") {
				w.log.Policy = func() (hash, text string) { return sumOf("channels: {}"), "channels: {}" }
				w.step()
			}
			outside := w.evening()
			a.do(w)
			_, err := w.tiles(dir)
			if err != nil && !beside {
				return
			}
			if ok, said := check(dir, w.key.Public(), outside...); err != nil || ok != beside {
				t.Errorf("%v, %s", err, said)
			}
		})
	}
}
