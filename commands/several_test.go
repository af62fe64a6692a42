package commands

import (
	"errors"
	"strings"
	"testing"

	"casterbot/commands/naming"
	"casterbot/internal/op"
)

// What words with stars mean: names that people see, and paths; never the letters of an id that nobody sees.
func TestStarsStandForNames(t *testing.T) {
	casters := []naming.Thing{{ID: "4f0c7a1e-0000-4000-8000-000000000001", Name: "Evening News"},
		{ID: "e0c77a1e-0000-4000-8000-000000000002", Name: "4K Studio"}}
	paths := []naming.Thing{{ID: "live.example.com/show/main", Name: "main"},
		{ID: "live.example.com/show/backup", Name: "backup"}, {ID: "live.example.com/kids/cam1", Name: "cam1"}}
	none := func(string) (naming.Thing, error) { return naming.Thing{}, errors.New("not looked for") }
	for _, c := range []struct {
		of   naming.Noun
		all  []naming.Thing
		word string
		want string
	}{
		{naming.Studios, casters, "4*", "4K Studio"},
		{naming.Studios, casters, "e*", "Evening News"},
		{naming.Studios, casters, "*0*", ""},
		{naming.Studios, casters, "*STUDIO", "4K Studio"},
		{naming.Studios, casters, "ALL", "Evening News 4K Studio"},
		{naming.Streams, paths, "*m*", "main cam1"},
		{naming.Streams, paths, "live*", ""},
		{naming.Streams, paths, "*/show/*", "main backup"},
		{naming.Streams, paths, "live.example.com/kids/c*", "cam1"},
		{naming.Streams, paths, "m.*n", ""},
	} {
		found, err := c.of.Several("", []string{c.word}, c.all, none)
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
	things := []naming.Thing{{ID: "d/a/1", Name: "main"}, {ID: "d/a/2", Name: "All"}}
	for _, words := range [][]string{{"all"}, {"main", "ALL"}} {
		found, err := naming.Streams.Several("", words, things, func(string) (naming.Thing, error) { return things[0], nil })
		if refusal, ok := errors.AsType[*op.Refusal](err); !ok || refusal == nil || len(found) > 0 && len(words) == 1 ||
			!strings.Contains(err.Error(), "or several") {
			t.Errorf("%q means %v, %v", words, found, err)
		}
	}
}
