package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// long is a log of more than two full tiles.
func (w *world) long() {
	w.t.Helper()
	for range 3 {
		w.denied(180)
		w.clock.pass(time.Minute)
	}
	w.asked(1)
	if err := w.log.Close(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) tiles(dir string) (c Checkpoint, err error) {
	w.t.Helper()
	wrong := store.Look(w.t.Context(), w.address, func(tx *sql.Tx) error {
		c, err = Tiles{Dir: dir, Key: w.key.Verifier(), Public: w.key.Public()}.Write(w.t.Context(), tx)
		return nil
	})
	return c, errors.Join(err, wrong)
}

// The folder has what the library makes of the log, and texts that its entries are commitments to; with each further
// checkpoint it grows.
func TestTiles(t *testing.T) { everywhere(t, testTiles) }

func testTiles(t *testing.T, address string) {
	w, dir := newWorld(t, address), t.TempDir()
	w.denied(20)
	w.step()
	if _, err := w.tiles(dir); err != nil {
		t.Fatal(err)
	}
	w.long()
	c, err := w.tiles(dir)
	if err != nil || c.Size != 562 {
		t.Fatalf("%+v, %v", c, err)
	}
	tree := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, folderTiles(dir))
	list := w.all()
	for _, n := range []int64{0, 255, 256, 300, 511, 512, 561} {
		proof, err := tlog.ProveRecord(c.Size, n, tree)
		if err != nil {
			t.Fatal(err)
		}
		if hash, _ := list[n].hash(); tlog.CheckRecord(proof, c.Size, c.Root, n, hash) != nil {
			t.Errorf("entry %d is not in the folder's tree", n)
		}
	}
	opened := readFile(t, dir, "opened/001")
	bundle := readFile(t, dir, "tile/entries/001")
	for i, line := range strings.Split(strings.TrimSpace(opened), "\n") {
		sum := sha256.Sum256([]byte(line))
		at := i/2*34 + 2
		if i%2 == 0 && bundle[at:at+32] != string(sum[:]) {
			t.Errorf("line %d is not what entry %d is of", i, i/2)
		}
		if i%2 == 1 && !strings.Contains(strings.Split(opened, "\n")[i-1], hex.EncodeToString(sum[:])) {
			t.Errorf("line %d is not whom entry %d is about", i, i/2)
		}
	}
	if text := readFile(t, dir, "checkpoint"); text != c.Note || readFile(t, dir, "public.key") != w.key.Public()+"\n" {
		t.Errorf("%q", text)
	}
	w.tamper(`UPDATE events SET actor = 'U0EVE' WHERE seq = $1`, 3)
	if _, err := w.tiles(dir); err == nil {
		t.Error("a log that was changed is written")
	}
	w.forge()
	if _, err := w.tiles(dir); err == nil {
		t.Error("a log that was forged is written over the one that was there")
	}
}

// folderTiles reads tiles as package tlog wants them.
type folderTiles string

func (folderTiles) Height() int                     { return 8 }
func (folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folderTiles) ReadTiles(tiles []tlog.Tile) (all [][]byte, err error) {
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func readFile(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checker is a program that is not ours and knows the format.
const checker = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4"

// buildChecker builds it, from what the module proxy serves.
func buildChecker(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "install", checker)
	build.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if said, err := build.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s cannot be built: %v\n%s", checker, err, said)
		}
		t.Logf("*** SKIPPED: %s cannot be built: %v\n%s", checker, err, said)
		t.SkipNow()
	}
	return filepath.Join(dir, "fsck")
}

// agrees runs it. Its exit code says nothing, and with one worker it never ends.
func agrees(t *testing.T, program, dir string) (bool, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	check := exec.CommandContext(ctx, program, "--ui=false", "--N=16", "--storage_url=file://"+dir+"/",
		"--public_key="+filepath.Join(dir, "public.key"))
	said, _ := check.CombinedOutput()
	return strings.Contains(string(said), "Successfully fsck'd log with size"), string(said)
}

// Somebody else's checker finds the folder good, and each of five copies that were changed not.
func TestAnIndependentChecker(t *testing.T) {
	program := buildChecker(t)
	w, dir := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db")), t.TempDir()
	w.long()
	if _, err := w.tiles(dir); err != nil {
		t.Fatal(err)
	}
	if ok, said := agrees(t, program, dir); !ok {
		t.Fatalf("it is not good:\n%s", said)
	}
	other := newKey(t)
	for name, change := range map[string]func(dir string) error{
		"an entry": func(dir string) error { return flip(dir, "tile/entries/001", 40) },
		"a hash":   func(dir string) error { return flip(dir, "tile/0/000", 900) },
		"a file that is cut off": func(dir string) error {
			return os.Truncate(filepath.Join(dir, "tile/entries/000"), 34*255)
		},
		"two entries that changed places": func(dir string) error {
			path := filepath.Join(dir, "tile/entries/000")
			data, err := os.ReadFile(path)
			a, b := bytes.Clone(data[34:68]), bytes.Clone(data[68:102])
			copy(data[34:], b)
			copy(data[68:], a)
			return errors.Join(err, os.WriteFile(path, data, 0o600))
		},
		"a checkpoint of another key": func(dir string) error {
			c, err := other.Sign(w.last().Size, w.last().Root)
			return errors.Join(err, os.WriteFile(filepath.Join(dir, "checkpoint"), []byte(c.Note), 0o600))
		},
	} {
		changed := t.TempDir()
		if err := os.CopyFS(changed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := change(changed); err != nil {
			t.Fatal(err)
		}
		if ok, said := agrees(t, program, changed); ok {
			t.Errorf("%s: it is found good:\n%s", name, said)
		}
	}
}

func flip(dir, name string, at int) error {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data[at] ^= 1
	return os.WriteFile(path, data, 0o600)
}

// The entries of one operation are proven to somebody with the public key alone: by this program, and by the functions
// of Go's checksum database.
func TestProve(t *testing.T) { everywhere(t, testProve) }

func testProve(t *testing.T, address string) {
	w := newWorld(t, address)
	w.denied(30)
	o := w.asked(1)
	w.denied(40)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	proof, err := Prove(t.Context(), w.db.Reader(), o.Ref(), "", w.key.Verifier())
	if err != nil || len(proof.Entries) != 2 {
		t.Fatalf("%+v, %v", proof, err)
	}
	if c, err := proof.Check(w.key.Verifier()); err != nil || c.Size != 72 {
		t.Errorf("%+v, %v", c, err)
	}
	strangers(t, proof, w.key.Public())
	for name, change := range map[string]func(p *Proof){
		"the entry":  func(p *Proof) { p.Entries[0].Entry = strings.Replace(p.Entries[0].Entry, "C0SHOW", "C0EVIL", 1) },
		"the person": func(p *Proof) { p.Entries[1].Person = strings.Replace(p.Entries[1].Person, "U0BEN", "U0EVE", 1) },
		"its place":  func(p *Proof) { p.Entries[1].N++ },
		"a hash":     func(p *Proof) { p.Entries[0].Hashes[2][7] ^= 1 },
		"the root":   func(p *Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n72\n", "\n73\n", 1) },
		"all of it":  func(p *Proof) { p.Entries = nil },
	} {
		text, err := json.Marshal(proof)
		if err != nil {
			t.Fatal(err)
		}
		var changed Proof
		if err := json.Unmarshal(text, &changed); err != nil {
			t.Fatal(err)
		}
		change(&changed)
		if _, err := changed.Check(w.key.Verifier()); err == nil {
			t.Errorf("%s may be another one", name)
		}
	}
	if _, err := proof.Check(newKey(t).Verifier()); err == nil {
		t.Error("any key will do")
	}
	w.record(op.Event{Name: op.EventReconciled, Operation: o.ID})
	w.step()
	if _, err := Prove(t.Context(), w.db.Reader(), o.ID, "", w.key.Verifier()); err == nil {
		t.Error("what no checkpoint covers is proven")
	}
	if _, err := Prove(t.Context(), w.db.Reader(), "zzzzzz", "", w.key.Verifier()); err == nil {
		t.Error("nothing is proven")
	}
}

// strangers checks a proof with nothing of this package.
func strangers(t *testing.T, p Proof, public string) {
	t.Helper()
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Open([]byte(p.Checkpoint), note.VerifierList(verifier))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(signed.Text, "\n")
	root, err := tlog.ParseHash(lines[2])
	size, wrong := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || wrong != nil {
		t.Fatal(err, wrong)
	}
	for _, e := range p.Entries {
		data := sha256.Sum256([]byte(e.Salt + " " + e.Entry))
		if err := tlog.CheckRecord(e.Hashes, size, root, e.N, tlog.RecordHash(data[:])); err != nil {
			t.Errorf("entry %d: %v", e.N, err)
		}
		who := sha256.Sum256([]byte(e.WhoSalt + " " + e.Person))
		if !strings.Contains(e.Entry, hex.EncodeToString(who[:])) {
			t.Errorf("entry %d is about somebody else than %s", e.N, e.Person)
		}
	}
}
