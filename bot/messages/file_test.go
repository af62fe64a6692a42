package messages

import (
	"strings"
	"testing"

	"casterbot/bot/webapi"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
)

// told is what a person got: the words of answers, and files.
func (w *world) told() (words, files []string) {
	for _, c := range w.Log(0) {
		switch {
		case c.Error != "":
		case c.Method == "chat.postEphemeral":
			words = append(words, c.Text)
		case c.Method == "files.completeUploadExternal":
			files = append(files, c.Channel+" "+c.Text)
		}
	}
	return words, files
}

func (w *world) reports(lacks bool) error {
	chat := New(w.Config)
	me := webapi.Identity{Scopes: []string{"chat:write", "files:write"}}
	if lacks {
		me.Scopes = me.Scopes[:1]
	}
	chat.SetScopes(me)
	return chat.Tell(w.t.Context(), op.Address{Person: "U0ANA", Channel: "C0SHOW"}, op.Answer{Title: op.L("The report"),
		File: &op.File{Name: "as-run.csv", Body: []byte("date,channel\n")}})
}

// The file of an answer goes to its reader alone, and the answer says so.
func TestFile(t *testing.T) {
	w := newWorld(t)
	w.Grant(webapi.FilesScope)
	if err := w.reports(false); err != nil {
		t.Fatal(err)
	}
	words, files := w.told()
	if len(files) != 1 || files[0] != "D0ANA as-run.csv\ndate,channel\n" || !strings.Contains(words[0], "direct message") {
		t.Errorf("%q, %q", words, files)
	}
}

// Without the scope nothing is tried, and the answer says what is missing.
func TestNoFileWithoutTheScope(t *testing.T) {
	w := newWorld(t)
	if err := w.reports(true); err != nil {
		t.Fatal(err)
	}
	words, files := w.told()
	if len(files) > 0 || len(words) != 1 || !strings.Contains(words[0], "files:write") {
		t.Errorf("%q, %q", words, files)
	}
	for _, c := range w.Log(0) {
		if strings.HasPrefix(c.Method, "files.") {
			t.Errorf("%s was called", c.Method)
		}
	}
}

// A file that does not get there is told: nobody waits for it.
func TestFileThatFails(t *testing.T) {
	for _, method := range []string{"files.getUploadURLExternal", "files.completeUploadExternal", "conversations.open"} {
		w := newWorld(t)
		w.Grant(webapi.FilesScope)
		w.Fail(method, fakeslack.Fault{Error: "internal_error"})
		if err := w.reports(false); err != nil {
			t.Fatal(err)
		}
		words, files := w.told()
		if len(files) > 0 || len(words) != 2 || !strings.Contains(words[1], "could not be sent") {
			t.Errorf("%s: %q, %q", method, words, files)
		}
	}
}
