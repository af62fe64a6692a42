package grammar

import (
	"testing"

	"casterbot/internal/op"
)

// TestWanting: the text has a question mark in the place of the argument, and reads as asking for it.
func TestWanting(t *testing.T) {
	const scene, files = "caster scene start {caster} {scene}", "record files {stream?} {page?}"
	table := op.Table{Commands: []op.Command{{Usage: scene}, {Usage: files}, {Usage: "record stop {stream}"}}}
	for _, c := range []struct {
		usage string
		args  op.Args
		field string
		want  string
	}{
		{"record stop {stream}", op.Args{"stream": "main"}, "stream", "record stop ?"},
		{scene, op.Args{"caster": "c1", "scene": "Preview 1"}, "scene", "caster scene start c1 ?"},
		{scene, op.Args{"caster": "Evening Talk", "scene": "Preview 1"}, "caster", `caster scene start ? "Preview 1"`},
		{scene, op.Args{"caster": "Evening Talk"}, "caster", "caster scene start ?"},
		{files, op.Args{"stream": "main", "page": "2"}, "stream", "record files ? 2"},
		{files, op.Args{"page": "2"}, "stream", "record files ? 2"},
	} {
		got := Format(c.usage, c.args, c.field)
		p, err := Parse(table, got)
		if got != c.want || err != nil || len(p.Missing) == 0 || p.Missing[0] != c.field || !p.Asks {
			t.Errorf("%v without %s is %q (%+v, %v), want %q", c.args, c.field, got, p.Missing, err, c.want)
		}
	}
}

// TestWantingSeveral: everything that is missing is asked for, and what is known stays.
func TestWantingSeveral(t *testing.T) {
	const usage = "caster scene start {caster} {scene}"
	for want, got := range map[string]string{
		"caster scene start":             Format(usage, nil),
		"caster scene start ? ?":         Format(usage, nil, "scene", "caster"),
		`caster scene start "a b"`:       Format(usage, op.Args{"caster": "a b"}),
		`caster scene start ? "?"`:       Format(usage, op.Args{"scene": "?"}, "caster"),
		`caster scene start "a b" &lt;x`: Format(usage, op.Args{"caster": "a b", "scene": "<x"}),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What a button says about a thing with a name that hides something can be read back.
func TestAReasonMayHoldAnyName(t *testing.T) {
	args := op.Args{"caster": "Evening \u202eswen", "why": "start Evening \u202eswen"}
	p, err := Parse(clausalTable, Format("caster break {caster} {why}", args))
	if err != nil || p.Args["caster"] != args["caster"] || p.Args["why"] != "start Evening ⟨U+202E⟩swen" {
		t.Errorf("%q, %v", p.Args, err)
	}
}
