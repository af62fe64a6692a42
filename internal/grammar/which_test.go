package grammar

import (
	"maps"
	"testing"

	"casterbot/internal/op"
)

var pastTable = op.Table{Commands: []op.Command{{Usage: "caster history {caster?} {which?}"},
	{Usage: "caster report {when?}"}}}

// What is wanted of the past stands behind a name without quotes, or alone; in quotes it is a name.
func TestWhich(t *testing.T) {
	for text, want := range map[string]op.Args{
		"caster history":                                       {},
		"caster history failed":                                {"which": "failed"},
		"caster history Evening News":                          {"caster": "Evening News"},
		"caster history Evening News failed by <@U0ANA>":       {"caster": "Evening News", "which": "failed by U0ANA"},
		`caster history "Evening News" yesterday page 2`:       {"caster": "Evening News", "which": "yesterday page 2"},
		"caster history <@U0ANA|ana>":                          {"which": "U0ANA"},
		"caster history since 18:00 CET":                       {"which": "since 18:00 CET"},
		`caster history "failed"`:                              {"caster": "failed"},
		`caster history “Failed Show”  FAILED since yesterday`: {"caster": "Failed Show", "which": "FAILED since yesterday"},
		"caster report":                                        {},
		"caster report since yesterday 18:00":                  {"when": "since yesterday 18:00"},
	} {
		p, err := Parse(pastTable, text)
		if err != nil || !maps.Equal(p.Args, want) {
			t.Errorf("%q: %v, %v, want %v", text, p.Args, err, want)
			continue
		}
		again, err := Parse(pastTable, Format(p.Command.Usage, p.Args))
		if err != nil || !maps.Equal(again.Args, want) {
			t.Errorf("%q was written as %q and read as %v, %v", text, Format(p.Command.Usage, p.Args), again.Args, err)
		}
	}
}

// Words that could be a name as well are read as one too, for where there is a studio of it.
func TestWhichMayBeAName(t *testing.T) {
	p, err := Parse(pastTable, "caster history Failed Show")
	if err != nil || len(p.Others) == 0 || p.Others[0]["caster"] != "Failed Show" {
		t.Errorf("%+v, %v", p, err)
	}
}
