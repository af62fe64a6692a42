package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// keygen writes the key for its owner alone, shows only the public one, and never takes a file that is there.
func TestKeygen(t *testing.T) {
	var out, errs bytes.Buffer
	p := Program{Name: "casterbot", Out: &out, Err: &errs, Commands: []Command{AuditCommand([]string{"caster.restart", "record.stop"}, nil, nil)}}
	file := filepath.Join(t.TempDir(), "audit.key")
	if code := p.Run(t.Context(), []string{"audit", "keygen", "--name", "example.com/show", file}); code != OK {
		t.Fatalf("%d, %s", code, errs.String())
	}
	secret, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(string(secret))
	if err != nil || out.String() != key.Public()+"\n" || key.Name() != "example.com/show" {
		t.Errorf("%v, %q", err, out.String())
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if code := p.Run(t.Context(), []string{"audit", "keygen", file}); code != Failure ||
		!strings.Contains(errs.String(), "there already") {
		t.Errorf("%d, %s", code, errs.String())
	}
	if again, _ := os.ReadFile(file); !bytes.Equal(again, secret) {
		t.Error("the key was written over")
	}
	for _, wrong := range [][]string{{"audit", "keygen"}, {"audit", "keygen", "--name", "a b", file + "2"}} {
		if code := p.Run(t.Context(), wrong); code != Misused {
			t.Errorf("%v: %d", wrong, code)
		}
	}
}

// verify says in a line that all is well, or what is wrong with exit code 1; what it needs and has not is a mistake in
// the call.
func TestVerify(t *testing.T) {
	folder := t.TempDir()
	secret, public, err := audit.NewKey("example.com/show")
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	address, checkpoints := "sqlite:"+filepath.Join(folder, "bot.db"), filepath.Join(folder, "checkpoints")
	db, err := store.Open(t.Context(), address, store.Options{Seal: key.Seal})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 3 {
		if err := db.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: "U0ANA"}); err != nil {
			t.Fatal(err)
		}
	}
	file := audit.File{Path: checkpoints, Key: key.Verifier()}
	log := audit.New(audit.Config{Store: db, Key: key, Places: []audit.Place{file}})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	runs := func(code int, want string, args ...string) {
		t.Helper()
		t.Setenv("CASTERBOT_DATABASE_URL", address)
		var out bytes.Buffer
		p := Program{Name: "casterbot", Out: &out, Err: &out, Commands: []Command{AuditCommand([]string{"caster.restart", "record.stop"}, nil, nil)}}
		if got := p.Run(t.Context(), append([]string{"audit", "verify"}, args...)); got != code ||
			!strings.Contains(out.String(), want) {
			t.Errorf("%v: %d, %s", args, got, out.String())
		}
	}
	runs(OK, "3 entries", "--key", public, "--checkpoint", checkpoints)
	runs(OK, "2 checkpoints; 3 of them are sealed", "--key", public, "--checkpoint", checkpoints)
	runs(OK, "No key is known")
	runs(OK, "nothing was cut off", "--key", public)
	runs(Misused, "the public key of the log is needed", "--checkpoint", checkpoints)
	runs(Misused, "it should look like", "--key", "fake")
	runs(Misused, "no such file", "--key", public, "--checkpoint", checkpoints+"x")
	t.Setenv("CASTERBOT_AUDIT_KEY", secret)
	runs(OK, "3 entries", "--checkpoint", checkpoints)
	other := strings.Replace(read(t, checkpoints), "\n3\n", "\n4\n", 1)
	if err := os.WriteFile(checkpoints, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	runs(Failure, "wrong: a checkpoint with another key", "--key", public, "--checkpoint", checkpoints)
}

// The folder and the proof of an operation come out of a database; the proof is checked without one.
func TestTilesAndProofs(t *testing.T) {
	folder := t.TempDir()
	secret, public, err := audit.NewKey("example.com/show")
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	address := "sqlite:" + filepath.Join(folder, "bot.db")
	db, err := store.Open(t.Context(), address, store.Options{Seal: key.Seal})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	o, err := db.Create(t.Context(), op.Operation{Key: "k", State: op.Pending, Verb: "caster.stop", Requester: "U0ANA",
		Expires: time.Now().Add(time.Hour)}, op.Event{Name: op.EventReceived, Actor: "U0ANA"})
	if err != nil {
		t.Fatal(err)
	}
	if err := audit.New(audit.Config{Store: db, Key: key}).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	run := func(want int, args ...string) string {
		t.Helper()
		t.Setenv("CASTERBOT_DATABASE_URL", address)
		var out, errs bytes.Buffer
		p := Program{Name: "casterbot", Out: &out, Err: &errs, Commands: []Command{AuditCommand([]string{"caster.restart", "record.stop"}, nil, nil)}}
		if code := p.Run(t.Context(), append([]string{"audit"}, args...)); code != want {
			t.Errorf("%v: %d, %s", args, code, errs.String())
		}
		return out.String()
	}
	tiles, proof := filepath.Join(folder, "tiles"), filepath.Join(folder, "proof")
	if said := run(OK, "tiles", "--key", public, tiles); !strings.Contains(said, "of 1 entry\n") ||
		!strings.Contains(read(t, filepath.Join(tiles, "checkpoint")), "example.com/show\n1\n") {
		t.Errorf("said %q", said)
	}
	if err := os.WriteFile(proof, []byte(run(OK, "prove", "--key", public, o.Ref())), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := run(OK, "check", "--key", public, proof); !strings.Contains(said, `"person":"U0ANA"`) ||
		!strings.Contains(said, "by its checkpoint of 1.") {
		t.Errorf("said %q", said)
	}
	if err := os.WriteFile(proof, []byte(strings.Replace(read(t, proof), "U0ANA", "U0EVE", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	run(Failure, "check", "--key", public, proof)
	run(Failure, "prove", "--key", public, "ZZZZZZ")
	run(Misused, "prove", "--key", public)
	run(Misused, "tiles", tiles)
	run(Misused, "check", proof)
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// erase needs a database that no bot has open and a person who has nothing open, and says how much it was.
func TestEraseCommand(t *testing.T) {
	address := "sqlite:" + filepath.Join(t.TempDir(), "bot.db")
	run := func(want int, says string, args ...string) {
		t.Helper()
		t.Setenv("CASTERBOT_DATABASE_URL", address)
		var out bytes.Buffer
		p := Program{Name: "casterbot", Out: &out, Err: &out, Commands: []Command{AuditCommand([]string{"caster.restart", "record.stop"}, nil, nil)}}
		if code := p.Run(t.Context(), append([]string{"audit", "erase"}, args...)); code != want ||
			!strings.Contains(out.String(), says) {
			t.Errorf("%v: %d, %s", args, code, out.String())
		}
	}
	db, err := store.Open(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Create(t.Context(), op.Operation{Key: "k", State: op.Pending, Verb: "caster.stop", Requester: "U0ANA",
		Expires: time.Now().Add(time.Hour)}, op.Event{Name: op.EventReceived, Actor: "U0ANA"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: "U0BEN"}); err != nil {
		t.Fatal(err)
	}
	run(Failure, "process", "U0BEN")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	run(OK, "1 entry without a name from now on", "U0BEN")
	run(OK, "0 entries", "U0BEN")
	run(Failure, "still open", "U0ANA")
	run(Failure, "no id of a person", "ana")
	run(Misused, "takes one PERSON")
}

// who answers by the policy that was in force at the time.
func TestWhoCould(t *testing.T) {
	address := "sqlite:" + filepath.Join(t.TempDir(), "bot.db")
	now := time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)
	db, err := store.Open(t.Context(), address, store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	text := sample
	log := audit.New(audit.Config{Store: db, Policy: func() (string, string) {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:]), text
	}})
	for range 2 {
		if err := log.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		now, text = now.Add(time.Hour), strings.ReplaceAll(sample, "U0ANA", "U0BEN")
	}
	run := func(want int, says, not string, args ...string) {
		t.Helper()
		t.Setenv("CASTERBOT_DATABASE_URL", address)
		var out bytes.Buffer
		p := Program{Name: "casterbot", Out: &out, Err: &out,
			Commands: []Command{AuditCommand([]string{"caster.restart", "record.stop"}, nil, nil)}}
		if code := p.Run(t.Context(), append([]string{"audit", "who"}, args...)); code != want ||
			!strings.Contains(out.String(), says) || not != "" && strings.Contains(out.String(), not) {
			t.Errorf("%v: %d, %s", args, code, out.String())
		}
	}
	run(OK, "U0ANA", "U0BEN", "caster.restart", "Evening News", "--at", "2026-11-28T20:30:00Z")
	run(OK, "U0BEN", "U0ANA", "caster.restart", "Evening News")
	run(OK, "in force since 2026-11-28T21:00:00Z", "U0BEN", "caster.restart", "Morning")
	run(Failure, "does not say which policy", "", "caster.restart", "Evening News", "--at", "2026-11-28T19:00:00Z")
	run(Misused, "no verb", "", "caster.fly", "Evening News")
	run(Misused, "--at", "", "caster.restart", "Evening News", "--at", "yesterday")
	run(Misused, "takes a VERB", "", "caster.restart")
}
