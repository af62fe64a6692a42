package arch

import (
	"slices"
	"strings"
	"testing"

	"casterbot/internal/op"
)

// TestChart holds the state chart of docs/architecture.md against the arrows that the code allows.
func TestChart(t *testing.T) {
	drawn := map[op.State][]op.State{}
	for line := range strings.SplitSeq(fenced(section(t, "docs/architecture.md", "## States")), "\n") {
		from, to, arrow := strings.Cut(line, "──►")
		if !arrow {
			continue
		}
		to, _, _ = strings.Cut(to, "  ")
		state := op.State(strings.TrimSpace(from))
		for next := range strings.SplitSeq(to, "|") {
			drawn[state] = append(drawn[state], op.State(strings.TrimSpace(next)))
		}
	}
	for _, from := range op.States() {
		for _, to := range op.States() {
			if have := slices.Contains(drawn[from], to); have != op.CanMove(from, to) {
				t.Errorf("from %s to %s: drawn is %v, the code says %v", from, to, have, !have)
			}
		}
		if !strings.Contains(section(t, "docs/architecture.md", "## States"), "`"+string(from)+"`") {
			t.Errorf("docs/architecture.md does not say what %s means", from)
		}
	}
	for from, list := range drawn {
		for _, state := range append(list, from) {
			if !slices.Contains(op.States(), state) {
				t.Errorf("docs/architecture.md draws %q, which is no state", state)
			}
		}
	}
}
