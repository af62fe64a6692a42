package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func (w *world) deliver() error {
	w.t.Helper()
	w.step()
	for _, p := range w.log.places { // not to wait for it
		p.again = time.Time{}
	}
	return w.log.Deliver(w.t.Context())
}

// Checkpoints are appended to the file, whatever stands at its end.
func TestCheckpointsGoToAFile(t *testing.T) { everywhere(t, testCheckpointsGoToAFile) }

func testCheckpointsGoToAFile(t *testing.T, address string) {
	path := filepath.Join(t.TempDir(), "checkpoints")
	w := newWorld(t, address)
	w.log = New(Config{Store: w.db, Key: w.key, Places: []Place{File{Path: path, Key: w.key.Verifier()}}})
	var want []int64
	for i := range 4 {
		w.denied(1 + i)
		w.clock.pass(time.Minute)
		for range 2 {
			if err := w.deliver(); err != nil {
				t.Fatal(err)
			}
		}
		want = append(want, w.last().Size)
		if i == 1 { // as a crash leaves it
			cut(t, path)
			want = want[:1]
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int64
	for _, n := range SplitNotes(string(text)) {
		if c, err := ParseCheckpoint(n, w.key.Verifier()); err == nil {
			sizes = append(sizes, c.Size)
		}
	}
	if fmt.Sprint(sizes) != fmt.Sprint(want) {
		t.Errorf("%v, want %v in\n%s", sizes, want, text)
	}
	s, err := w.log.Status(t.Context())
	if err != nil || s.Entries != 10 || s.Signed != 10 || s.Waiting != 0 || len(s.Outside) != 1 ||
		s.Outside[0].Size != 10 || !s.Outside[0].At.Equal(w.clock.Now()) || s.Outside[0].Place != "file" {
		t.Errorf("%+v, %v", s, err)
	}
}

// cut cuts the last signature off.
func cut(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, info.Size()-9)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A log that was set back does not go on in the file of the one before.
func TestAFileOfAnotherLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoints")
	for name, denied := range map[string]int{"is longer": 2, "has another root": 4} {
		first := newWorld(t, "sqlite::memory:")
		first.log = New(Config{Store: first.db, Key: first.key, Places: []Place{File{Path: path, Key: first.key.Verifier()}}})
		first.denied(3)
		if err := first.deliver(); err != nil {
			t.Fatal(err)
		}
		second := newWorld(t, "sqlite::memory:")
		second.log = New(Config{Store: second.db, Key: first.key, Places: first.log.Places})
		second.denied(denied)
		before, _ := os.ReadFile(path)
		if err := second.deliver(); !errors.Is(err, ErrForked) {
			t.Errorf("the log there %s: %v", name, err)
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Errorf("the log there %s: it was written to", name)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// witness signs what goes on from what it has signed before, by its own understanding of the protocol.
type witness struct {
	t      *testing.T
	log    note.Verifier
	secret ed25519.PrivateKey
	id     []byte

	mu    sync.Mutex
	size  int64
	root  tlog.Hash
	asked []string
}

const witnessName = "witness.example.com"

func newWitness(t *testing.T, log note.Verifier) (*witness, Witness) {
	public, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	encoded := append([]byte{4}, public...)
	sum := sha256.Sum256(append([]byte(witnessName+"\n"), encoded...))
	w := &witness{t: t, log: log, secret: secret, id: sum[:4]}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	key, err := ParseWitnessKey(fmt.Sprintf("%s+%x+%s", witnessName, w.id, base64.StdEncoding.EncodeToString(encoded)))
	if err != nil {
		t.Fatal(err)
	}
	return w, Witness{URL: server.URL + "/", Key: key, Client: server.Client()}
}

func (w *witness) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	head, signed, ok := strings.Cut(string(body), "\n\n")
	c, wrong := ParseCheckpoint(signed, w.log)
	if err != nil || !ok || r.Method != http.MethodPost || r.URL.Path != "/add-checkpoint" {
		w.t.Errorf("%s %s, %v:\n%s", r.Method, r.URL, err, body)
	}
	lines := strings.Split(head, "\n")
	w.asked = append(w.asked, lines[0])
	var proof tlog.TreeProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			w.t.Error(err)
		}
		proof = append(proof, hash)
	}
	switch {
	case wrong != nil:
		to.WriteHeader(http.StatusForbidden)
	case lines[0] != fmt.Sprintf("old %d", w.size), c.Size == w.size && c.Root != w.root:
		to.Header().Set("Content-Type", "text/x.tlog.size")
		to.WriteHeader(http.StatusConflict)
		fmt.Fprintf(to, "%d\n", w.size)
	case w.size > 0 && c.Size > w.size && tlog.CheckTree(proof, c.Size, c.Root, w.size, w.root) != nil,
		w.size == 0 && len(proof) > 0:
		to.WriteHeader(http.StatusUnprocessableEntity)
	default:
		w.size, w.root = c.Size, c.Root
		fmt.Fprint(to, w.sign(signed[:strings.Index(signed, "\n\n")+1]))
	}
}

func (w *witness) sign(text string) string {
	const at = 1700000000
	signature := ed25519.Sign(w.secret, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text))
	raw := append(binary.BigEndian.AppendUint64(append([]byte{}, w.id...), at), signature...)
	return "— " + witnessName + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// A witness signs what goes on from what it has, also when it has more than this log knows of, and the checkpoint has
// its signature from then on.
func TestAWitnessSigns(t *testing.T) { everywhere(t, testAWitnessSigns) }

func testAWitnessSigns(t *testing.T, address string) {
	w := newWorld(t, address)
	server, place := newWitness(t, w.key.Verifier())
	w.log = New(Config{Store: w.db, Key: w.key, Places: []Place{place}})
	for i, n := range []int{3, 5, 120} {
		w.denied(n)
		w.clock.pass(time.Minute)
		if i == 2 { // the note of what has come there is lost
			w.tamper(`UPDATE audit_outside SET size = $1`, 1)
		}
		if err := w.deliver(); err != nil {
			t.Fatal(err)
		}
		signed, err := note.Open([]byte(w.last().Note), note.VerifierList(place.Key, w.key.Verifier()))
		if err != nil || len(signed.Sigs) != 2 || server.size != w.last().Size {
			t.Errorf("%+v, %v, the witness has %d", signed, err, server.size)
		}
	}
	if got, want := fmt.Sprint(server.asked), "[old 0 old 3 old 1 old 8]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A witness does not sign for a log that was set back, and nothing counts that another one has signed.
func TestWhatAWitnessDoesNotSign(t *testing.T) {
	w := newWorld(t, "sqlite::memory:")
	server, place := newWitness(t, w.key.Verifier())
	w.log = New(Config{Store: w.db, Key: w.key, Places: []Place{place}})
	w.denied(4)
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{"longer": 9, "another": 4} {
		server.size, server.root = size, tlog.RecordHash([]byte("another"))
		w.denied(1)
		w.clock.pass(time.Minute)
		if err := w.deliver(); !errors.Is(err, ErrForked) {
			t.Errorf("the log there is %s: %v", name, err)
		}
	}
	server.size, server.root = w.last().Size-1, tlog.Hash{}
	if err := w.deliver(); !errors.Is(err, ErrForked) {
		t.Errorf("got %v", err)
	}
	server.log = newKey(t).Verifier()
	if err := w.deliver(); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("got %v", err)
	}
	server.log, server.size = w.key.Verifier(), 0
	_, server.secret, _ = ed25519.GenerateKey(nil)
	if err := w.deliver(); err == nil || !strings.Contains(err.Error(), "not signed by it") {
		t.Errorf("got %v", err)
	}
	if s, err := w.log.Status(t.Context()); err != nil || len(s.Outside) != 1 || s.Outside[0].Size != 4 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestParseWitnessKey(t *testing.T) {
	for _, text := range []string{"", "x", newKey(t).Public(), "witness.example.com+00000000+BAAA",
		"w+12345678+" + base64.StdEncoding.EncodeToString(append([]byte{4}, make([]byte, 32)...))} {
		if _, err := ParseWitnessKey(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// A channel gets each checkpoint as it is; where there is none it counts for nothing. A place that fails holds up none
// of the others.
func TestPlacesDoNotWaitForEachOther(t *testing.T) {
	w := newWorld(t, "sqlite::memory:")
	id, said := "", []op.Answer{}
	channel := Channel{ID: func() string { return id }, Post: func(_ context.Context, to string, a op.Answer) error {
		if to != "C0AUDIT" {
			t.Errorf("posted to %s", to)
		}
		said = append(said, a)
		return nil
	}}
	w.log = New(Config{Store: w.db, Key: w.key, Places: []Place{
		File{Path: filepath.Join(t.TempDir(), "no such folder", "file"), Key: w.key.Verifier()}, channel}})
	w.denied(2)
	_ = w.deliver()
	if err := w.log.Deliver(t.Context()); err != nil { // the file is not tried again so soon
		t.Error(err)
	}
	if s, _ := w.log.Status(t.Context()); len(s.Outside) != 0 || len(said) != 0 {
		t.Errorf("%+v, %v", s, said)
	}
	id = "C0AUDIT"
	if err := w.log.Deliver(t.Context()); err != nil || len(said) != 1 {
		t.Fatalf("%v, %v", err, said)
	}
	copied := "casterbot  12:04\n" + said[0].Title.Plain() + "\n"
	for _, line := range append(said[0].Lines, said[0].Note) {
		copied += line.Plain() + "\n"
	}
	if notes := SplitNotes(copied + copied); len(notes) != 2 || notes[0] != w.last().Note || notes[1] != notes[0] {
		t.Errorf("out of the chat come %q", notes)
	}
	if err := w.deliver(); err == nil || len(said) != 1 {
		t.Errorf("%v, %d messages", err, len(said))
	}
}
