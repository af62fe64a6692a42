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

// What another channel calls a stream is said in no channel that calls it otherwise.
func TestNamesOfStreamsAreTheChannelsOwn(t *testing.T) {
	s := Scope{Stream: func(path string) bool { return path != "d/app/hidden" },
		Streams: []StreamAlias{{Alias: "stage", Pattern: "d/app/*"}, {Alias: "main", Pattern: "d/app/s1"}}}
	for name, c := range map[string]struct {
		target Target
		want   bool
	}{
		"its alias":           {Target{Kind: "stream", ID: "d/app/s1", Name: "main"}, true},
		"the stream's own":    {Target{Kind: "stream", ID: "d/app/s1", Name: "s1"}, true},
		"another's alias":     {Target{Kind: "stream", ID: "d/app/s1", Name: "merger"}, false},
		"only a pattern here": {Target{Kind: "stream", ID: "d/app/s2", Name: "merger"}, false},
		"not the channel's":   {Target{Kind: "stream", ID: "d/app/hidden", Name: "hidden"}, false},
	} {
		if got := s.NamesAsOwn(c.target); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
