package op

import "testing"

// TestWanting: the text has a question mark in the place of the argument, and reads as asking for it.
func TestWanting(t *testing.T) {
	const scene, files = "caster scene start {caster} {scene}", "record files {stream?} {page?}"
	table := Table{Commands: []Command{{Usage: scene}, {Usage: files}, {Usage: "record stop {stream}"}}}
	for _, c := range []struct {
		usage string
		args  Args
		field string
		want  string
	}{
		{"record stop {stream}", Args{"stream": "main"}, "stream", "record stop ?"},
		{scene, Args{"caster": "c1", "scene": "Preview 1"}, "scene", "caster scene start c1 ?"},
		{scene, Args{"caster": "Evening Talk", "scene": "Preview 1"}, "caster", `caster scene start ? "Preview 1"`},
		{scene, Args{"caster": "Evening Talk"}, "caster", "caster scene start ?"},
		{files, Args{"stream": "main", "page": "2"}, "stream", "record files ? 2"},
		{files, Args{"page": "2"}, "stream", "record files ? 2"},
	} {
		got := Format(c.usage, c.args, c.field)
		p, err := table.Parse(got)
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
		`caster scene start "a b"`:       Format(usage, Args{"caster": "a b"}),
		`caster scene start ? "?"`:       Format(usage, Args{"scene": "?"}, "caster"),
		`caster scene start "a b" &lt;x`: Format(usage, Args{"caster": "a b", "scene": "<x"}),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
