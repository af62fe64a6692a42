package scenarios

import (
	"os"
	"strings"
	"testing"
)

func TestEveryEveningCanBeRead(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 8 {
		t.Errorf("%d evenings, want at least 8", len(all))
	}
	page, err := os.ReadFile("../../../docs/embedded-world.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if !strings.Contains(string(page), "| `"+s.Name+"` |") {
			t.Errorf("docs/embedded-world.md does not have %s", s.Name)
		}
		if len(s.Title) > 60 || strings.HasSuffix(s.Title, ".") {
			t.Errorf("%s: the title is one short line: %q", s.Name, s.Title)
		}
		for _, step := range s.Steps {
			if step.Ask != "" && len(step.Sees) == 0 {
				t.Errorf("%s: nothing shows that %q was done", s.Name, step.Ask)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const head = "title: A\nabout: B\nsteps:\n"
	tests := map[string]struct{ text, want string }{
		"no steps":       {"title: A\nabout: B\n", "needs a title"},
		"unknown field":  {head + "  - {ask: a, sees: [{says: [x]}], when: 5m}", "when"},
		"neither":        {head + "  - {sees: [{says: [x]}]}", "asks for something or tells"},
		"both":           {head + "  - {ask: a, tell: b, sees: [{says: [x]}]}", "asks for something or tells"},
		"empty":          {head + "  - {tell: b}", "does nothing"},
		"no act":         {head + "  - {tell: b, do: [ana restarts]}", "no such act: ana restarts"},
		"no such event":  {head + "  - {tell: b, do: ['world> the API sleeps']}", `"the API sleeps" does not happen`},
		"words and call": {head + "  - {tell: b, sees: [{says: [x], call: y}]}", "either words or a call"},
	}
	for name, tt := range tests {
		if _, err := Parse("evening", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
