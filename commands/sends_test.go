package commands

import (
	"slices"
	"strings"
	"testing"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Every changing operation of the cloud is named by a command, which then waits for its turn before it decides; a
// command that names none changes only what the bot itself knows.
func TestSends(t *testing.T) {
	named := map[string]string{}
	own := map[string]bool{"caster.lock": true, "caster.unlock": true, "caster.break": true, "caster.ask": true,
		"caster.board": true}
	for _, c := range Table(nil, nil, nil).Commands {
		if (c.Sends != "") != (c.Effect != op.Read && !own[c.Verb]) {
			t.Errorf("%s sends %q", c.Usage, c.Sends)
		}
		touched := slices.DeleteFunc(slices.Concat(c.Starts, c.Ends), func(x op.Condition) bool { return x == op.IsLocked })
		if (c.Sends != "") != (len(touched) > 0) {
			t.Errorf("%s calls %q, starts %v and ends %v: say what of its target holds after the call", c.Usage, c.Sends,
				c.Starts, c.Ends)
		}
		named[c.Sends] += c.Verb + " "
	}
	for _, a := range live.Actions() {
		if (named[a.Name] != "") != a.Write {
			t.Errorf("%s is called by %q", a.Name, named[a.Name])
		}
	}
	if !strings.Contains(named["CopyCasterSceneConfig"], "caster.take") {
		t.Errorf("%v", named)
	}
}
