package commands

import (
	"errors"
	"strings"
	"testing"

	"casterbot/internal/op"
)

// What words with stars mean: names that people see, and paths; never the letters of an id that nobody sees.
func TestStarsStandForNames(t *testing.T) {
	casters := []thing{{id: "4f0c7a1e-0000-4000-8000-000000000001", name: "Evening News"},
		{id: "e0c77a1e-0000-4000-8000-000000000002", name: "4K Studio"}}
	paths := []thing{{id: "live.example.com/show/main", name: "main"},
		{id: "live.example.com/show/backup", name: "backup"}, {id: "live.example.com/kids/cam1", name: "cam1"}}
	none := func(string) (thing, error) { return thing{}, errors.New("not looked for") }
	for _, c := range []struct {
		of   noun
		all  []thing
		word string
		want string
	}{
		{studios, casters, "4*", "4K Studio"},
		{studios, casters, "e*", "Evening News"},
		{studios, casters, "*0*", ""},
		{studios, casters, "*STUDIO", "4K Studio"},
		{studios, casters, "ALL", "Evening News 4K Studio"},
		{streams, paths, "*m*", "main cam1"},
		{streams, paths, "live*", ""},
		{streams, paths, "*/show/*", "main backup"},
		{streams, paths, "live.example.com/kids/c*", "cam1"},
		{streams, paths, "m.*n", ""},
	} {
		found, err := c.of.several("", []string{c.word}, c.all, none)
		var names []string
		for _, o := range found {
			names = append(names, o.Label)
		}
		if got := strings.Join(names, " "); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s means %q, not %q; %v", c.word, got, c.want, err)
		}
		if refusal, ok := errors.AsType[*op.Refusal](err); err != nil && !ok {
			t.Errorf("%s: %v", c.word, refusal)
		}
	}
}

// Where something is called "all" the word means two things.
func TestAllMayBeAName(t *testing.T) {
	things := []thing{{id: "d/a/1", name: "main"}, {id: "d/a/2", name: "All"}}
	for _, words := range [][]string{{"all"}, {"main", "ALL"}} {
		found, err := streams.several("", words, things, func(string) (thing, error) { return things[0], nil })
		if refusal, ok := errors.AsType[*op.Refusal](err); !ok || refusal == nil || len(found) > 0 && len(words) == 1 ||
			!strings.Contains(err.Error(), "or several") {
			t.Errorf("%q means %v, %v", words, found, err)
		}
	}
}
