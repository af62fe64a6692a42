package audit

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"

	"golang.org/x/mod/sumdb/note"
)

// The public key of a key is the one that the library makes, and its name is the origin.
func TestKeys(t *testing.T) {
	secret, public, err := NewKey("example.com/casterbot")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKey(" " + secret + "\n")
	if err != nil || key.Public() != public || key.Name() != "example.com/casterbot" {
		t.Errorf("%v, %v", key, err)
	}
	for _, name := range []string{"", "two words", "a+b", "a\nb"} {
		if _, _, err := NewKey(name); err == nil {
			t.Errorf("a key named %q", name)
		}
	}
	for _, text := range []string{"", public, secret[:len(secret)-4], strings.Replace(secret, "casterbot", "other", 1)} {
		if _, err := ParseKey(text); err == nil || len(text) > 50 && strings.Contains(err.Error(), text[len(text)-20:]) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A seal holds for the event as it is and for the key that made it.
func TestSeals(t *testing.T) {
	key := newKey(t)
	sealed := op.Event{Operation: "op1", At: time.UnixMilli(1764500000123), Name: op.EventApproved, Actor: "U0BEN",
		Team: "T0SHOW", Channel: "C0SHOW", Detail: map[string]string{"state": "queued", "params": "1"}}
	sealed.Seal = key.Seal(sealed)
	if !IsSealed(key.Verifier(), sealed) || IsSealed(newKey(t).Verifier(), sealed) {
		t.Error("it does not hold for its key, or holds for another")
	}
	for name, change := range map[string]func(*op.Event){
		"operation": func(e *op.Event) { e.Operation = "op2" },
		"time":      func(e *op.Event) { e.At = e.At.Add(time.Millisecond) },
		"name":      func(e *op.Event) { e.Name = op.EventConfirmed },
		"actor":     func(e *op.Event) { e.Actor = "U0EVE" },
		"team":      func(e *op.Event) { e.Team = "T0EVE" },
		"channel":   func(e *op.Event) { e.Channel = "C0EVE" },
		"detail":    func(e *op.Event) { e.Detail = map[string]string{"state": "queued", "params": "2"} },
		"seal":      func(e *op.Event) { e.Seal = "" },
	} {
		e := sealed
		if change(&e); IsSealed(key.Verifier(), e) {
			t.Errorf("another %s", name)
		}
	}
}

// Only what the log's own key has signed, about this log, is its checkpoint.
func TestCheckpoints(t *testing.T) {
	key, other := newKey(t), newKey(t)
	c, err := key.Sign(7, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseCheckpoint(c.Note, key.Verifier())
	if err != nil || read.Size != 7 || read.Root != c.Root || read.Origin != key.Name() {
		t.Errorf("%+v, %v", read, err)
	}
	foreign, err := note.Sign(&note.Note{Text: "another\n7\n" + c.Root.String() + "\n"}, key.signer)
	if err != nil {
		t.Fatal(err)
	}
	odd, err := note.Sign(&note.Note{Text: key.Name() + "\n07\n" + c.Root.String() + "\n"}, key.signer)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := other.Sign(7, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", string(foreign), string(odd), theirs.Note, strings.Replace(c.Note, "\n7\n", "\n8\n", 1)} {
		if _, err := ParseCheckpoint(text, key.Verifier()); err == nil {
			t.Errorf("it is taken:\n%s", text)
		}
	}
	if notes := SplitNotes("\n" + c.Note + "\n\n" + theirs.Note + c.Note); len(notes) != 3 || notes[0] != c.Note ||
		notes[1] != theirs.Note || notes[2] != c.Note {
		t.Errorf("%q", notes)
	}
	cutOff := strings.Join(strings.SplitAfter(theirs.Note, "\n")[:3], "")
	if notes := SplitNotes(cutOff + c.Note + cutOff); len(notes) != 3 || notes[0] != cutOff || notes[1] != c.Note {
		t.Errorf("what nobody has signed is dropped: %q", notes)
	}
	if notes := SplitNotes("See you tomorrow.\n"); len(notes) != 0 {
		t.Errorf("%q", notes)
	}
}
