package fakeslack

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestThePageNamesEveryMethod: docs/embedded-world.md lists the methods that there are, and no others.
func TestThePageNamesEveryMethod(t *testing.T) {
	page, err := os.ReadFile("../../../docs/embedded-world.md")
	must(t, err)
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| Web API |") {
			continue
		}
		var named, known []string
		for _, m := range regexp.MustCompile("`([a-zA-Z.]+)`").FindAllStringSubmatch(line, -1) {
			named = append(named, m[1])
		}
		for name := range methods {
			known = append(known, name)
		}
		slices.Sort(known)
		same(t, "methods", named, known)
		return
	}
	t.Error("no row of the Web API")
}
