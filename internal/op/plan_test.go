package op

import (
	"strings"
	"testing"
)

func plain(lines []Line) (all []string) {
	for _, l := range lines {
		all = append(all, l.Plain())
	}
	return all
}

// TestOnCard: what decides stands on the card however much there is of it; of the facts only as many as there is room
// for; the rest is a detail, and nothing is in neither.
func TestOnCard(t *testing.T) {
	lines := func(text string) (all []Line) {
		for word := range strings.FieldsSeq(text) {
			all = append(all, L(V(word)))
		}
		return all
	}
	for name, c := range map[string]struct{ viewers, warnings, facts, more, shown, details string }{
		"all fits":       {"v", "", "a b", "", "v a b", ""},
		"facts give way": {"v", "w", "a b c", "d", "v w a", "b c d"},
		"warnings never": {"v", "w x y", "a", "", "v w x y", "a"},
		"nothing":        {"v", "", "", "", "v", ""},
		"an older plan":  {"", "w", "a b c", "d", "w a b c d", ""},
		"three are many": {"v", "", "a b c", "", "v a b", "c"},
		"details never":  {"v", "", "a", "d e", "v a", "d e"},
	} {
		p := Plan{Viewers: L(V(c.viewers)), Warnings: lines(c.warnings), Facts: lines(c.facts), Details: lines(c.more)}
		if c.viewers == "" {
			p.Viewers = nil
		}
		shown, details := p.OnCard()
		if got := strings.Join(plain(shown), " "); got != c.shown {
			t.Errorf("%s: the card says %q", name, got)
		}
		if got := strings.Join(plain(details), " "); got != c.details {
			t.Errorf("%s: the details are %q", name, got)
		}
	}
}
