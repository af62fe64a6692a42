package scenario

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestContributingShowsEveryAct: each kind of act has an example in CONTRIBUTING.md, and each example there is one.
func TestContributingShowsEveryAct(t *testing.T) {
	page, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| line | means |")
	shown := map[*regexp.Regexp]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1) {
		known := false
		for _, kind := range inputs {
			if kind.form.MatchString(m[1]) {
				known, shown[kind.form] = true, true
				break
			}
		}
		if !known {
			t.Errorf("CONTRIBUTING.md: no story can say %q", m[1])
		}
	}
	for _, kind := range inputs {
		if !shown[kind.form] {
			t.Errorf("CONTRIBUTING.md has no example of %s", kind.form)
		}
	}
}
