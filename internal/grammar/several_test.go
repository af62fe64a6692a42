package grammar

import (
	"fmt"
	"strings"
	"testing"

	"casterbot/internal/op"
)

// What a form or a button writes for as many targets as one press may start is read again, however long their ids are.
func TestAsManyAsOnePressStartsCanBeRead(t *testing.T) {
	table := op.Table{Commands: []op.Command{
		{Usage: "record start {stream}", Many: &op.Several{Of: "stream"}}, {Usage: "record show {stream}"},
	}}
	var ids []string
	for i := range op.MostAtOnce {
		ids = append(ids, fmt.Sprintf("%s.example.com/election/cam-%02d", strings.Repeat("x", 200), i))
	}
	if got := SplitSeveral(Join(ids)); len(got) != len(ids) {
		t.Errorf("%d of %d are left", len(got), len(ids))
	}
	p, err := Parse(table, FormatSeveral("record start {stream}", ids))
	if err != nil || len(p.Several) != len(ids) || p.Several[49] != ids[49] {
		t.Errorf("%d targets: %v", len(p.Several), err)
	}
	for _, text := range []string{
		FormatSeveral("record start {stream}", append(ids, "one-more")), FormatSeveral("record show {stream}", ids),
		"record " + strings.Repeat("x ", MaxText), "record help " + strings.Repeat("x ", MaxText),
	} {
		if _, err := Parse(table, text); err == nil || !strings.Contains(err.Error(), "too long") {
			t.Errorf("%.40s… is read: %v", text, err)
		}
	}
}

// A name in quotes is a name: among several it never becomes everything.
func TestAllInQuotesIsNotEverything(t *testing.T) {
	table := op.Table{Commands: []op.Command{{Usage: "caster stop {caster}", Many: &op.Several{Of: "caster"}}}}
	for text, refused := range map[string]bool{
		`caster stop "all" main`: true, `caster stop main “All”`: true, `caster stop all "Evening News"`: false,
		`caster stop "Evening News" main`: false,
	} {
		if p, err := Parse(table, text); (err != nil) != refused {
			t.Errorf("%s: %q, %v", text, p.Several, err)
		}
	}
	if p, err := Parse(table, `caster stop "all"`); err != nil || len(p.Several) > 0 || p.Args["caster"] != "all" {
		t.Errorf("%+v, %v", p, err)
	}
}
