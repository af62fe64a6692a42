package scenario

import (
	"strings"
	"testing"

	"casterbot/internal/sandbox/scenarios"
)

const sample = `# Ana asks and is answered.
ana #show-control> /caster list

bot> restarts
ana form> Studio = Evening Loop [Continue]
bot asks ana> /caster list: Text
  New name: ‹›
slack to ana> Text: Please complete this required field.
`

func TestParseKeepsTheFile(t *testing.T) {
	s, err := Parse("sample", sample)
	if err != nil {
		t.Fatal(err)
	}
	if s.Text() != sample {
		t.Errorf("written again:\n%s", s.Text())
	}
	if len(s.Steps) != 5 || len(s.Steps[4].Out) != 3 || s.Steps[4].Line != 5 {
		t.Errorf("steps %+v", s.Steps)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no first line":        "ana #show-control> /caster\n",
		"an answer to nothing": "# Story.\nbot to ana> hello\n",
		"a line before all":    "bot to ana> hello\n",
		"nothing":              "",
	} {
		if _, err := Parse(name, text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestDiff(t *testing.T) {
	want, _ := Parse("story", sample)
	got, _ := Parse("story", strings.Replace(sample, "‹›", "‹Evening›", 1))
	if d := Diff(want, want); d != "" {
		t.Errorf("equal stories differ: %s", d)
	}
	d := Diff(want, got)
	for _, line := range []string{"story:5: ana form>", "-   New name: ‹›", "+   New name: ‹Evening›",
		"    bot asks ana>"} {
		if !strings.Contains(d, line) {
			t.Errorf("%q is missing in:\n%s", line, d)
		}
	}
}

func TestMasks(t *testing.T) {
	e := &observer{names: names{refs: map[string]string{}, tokens: map[string]string{}}}
	if got := e.names.meet("about op AAAAAA, this is op 8F2K5Z") + e.names.meet("op 9F2K5Z") +
		e.names.meet("op 8F2K5Z"); got != "op1op2op1" {
		t.Errorf("numbers %s", got)
	}
	for in, want := range map[string]string{
		"asked · op 8F2K5Z · rule":                               "asked · op1 · rule",
		"`op 9F2K5Z`":                                            "`op2`",
		"reference `op-8F2K5Z`":                                  "reference `op-……`",
		"RequestId 0A1B2C3D-0000-4000-8000-0123456789AB":         "RequestId …",
		"<!date^1^{time_secs}|20:00:00 UTC>\nnext":               "20:00:00 UTC / next",
		"<https://live.example.com/a|Watch it>":                  "Watch it (https://live.example.com/a)",
		"<http://127.0.0.1:41/archives/C0SHOW/p1795377600|card>": "card (a message in C0SHOW)",
		"&lt;!channel&gt; stays escaped, <!channel> is not":      "&lt;!channel&gt; stays escaped, <!channel> is not",
	} {
		if got := e.plain(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEveryHappeningIsReadOneWay(t *testing.T) {
	for _, words := range []string{
		"the API applies but does not answer", "the API applies but does not answer 3 times", "the API throttles 3 times",
		"another console stops Evening News", "another console renames Evening News to X", "the stream show/main breaks",
		"ana leaves the crew", "casterbot is removed from #show-control", "#show-control is renamed to x", "lin speaks zh-CN",
		"ken lives in America/New_York",
		"bo takes the pin off #show-control", "50 cameras go live", "40 studios called Evening Air go on air",
	} {
		n := 0
		for _, h := range happenings {
			if h.words.MatchString(words) {
				n++
			}
		}
		if scenarios.Known(words) {
			n++
		}
		if n != 1 {
			t.Errorf("%q is read in %d ways", words, n)
		}
	}
}
