package setup

import (
	"context"
	"io"
	"strings"
	"testing"

	"casterbot/internal/config"
)

// TestBrokenIsAFailure: a script that goes on after the set-up stops where the check found that no bot would work.
func TestBrokenIsAFailure(t *testing.T) {
	for _, row := range config.Rows() { // the check reads them out of the environment
		t.Setenv(row.Name, "")
		t.Setenv(row.Name+"_FILE", "")
	}
	for well, want := range map[bool]string{true: "", false: "mend what is broken above, and look again with: "} {
		w := openWorld(t)
		w.given()
		w.Program.Check = func(context.Context, io.Writer) (bool, error) { return well, nil }
		said, err := w.runs()
		if (err == nil) != well || !strings.Contains(said, "To start it") || !strings.Contains(said, want) {
			t.Errorf("well %v: %v\n%s", well, err, said)
		}
	}
}

// TestStoppedGoesOnInTheSameCloud: the cloud that was named by a flag is kept from the first step on, and what is said
// at the end names the folder.
func TestStoppedGoesOnInTheSameCloud(t *testing.T) {
	w := openWorld(t)
	p := w.sits().logsIn().reads("Region of the studios")
	p.stop()
	<-p.ended
	if p.err == nil || !strings.HasSuffix(p.err.Error(), "casterbot init --dir "+w.Dir+" goes on where it was") {
		t.Errorf("%v", p.err)
	}
	if !strings.Contains(w.written("casterbot.env"), "CASTERBOT_LIVE_ENDPOINT="+w.Cloud.Endpoint) {
		t.Errorf("the cloud is forgotten:\n%s", w.written("casterbot.env"))
	}
}

// TestNobodyIsAnAnswer where nothing is one.
func TestNobodyIsAnAnswer(t *testing.T) {
	for _, text := range []string{"", "nobody", "None"} {
		if found, err := (picker{what: "producer", none: true}).read(text); err != nil || len(found) > 0 {
			t.Errorf("%q: %v, %v", text, found, err)
		}
	}
	if _, err := (picker{what: "operator"}).read("nobody"); err == nil {
		t.Error("nobody operates")
	}
}
