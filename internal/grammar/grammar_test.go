package grammar

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"casterbot/internal/op"

	"pgregory.net/rapid"
)

var table = op.Table{Commands: []op.Command{
	{Usage: "caster list {text?}", Verb: "caster.list"},
	{Usage: "caster copy {caster} {name}", Verb: "caster.copy"},
	{Usage: "caster restart {caster}", Verb: "caster.restart"},
	{Usage: "caster scene start {caster} {scene}", Verb: "caster.scene.start"},
	{Usage: "record stop {stream}", Verb: "record.stop"},
	{Usage: "record finish {stream}", Aliases: []string{"record cancel_delay {stream}"}, Verb: "record.finish"},
}}

func TestParseUnderstands(t *testing.T) {
	for text, want := range map[string]struct {
		usage   string
		args    op.Args
		missing string
	}{
		`caster restart main`: {"caster restart {caster}", op.Args{"caster": "main"}, ""},
		`caster restart Evening News`: {"caster restart {caster}",
			op.Args{"caster": "Evening News"}, ""},
		`caster restart “Evening News”`: {"caster restart {caster}",
			op.Args{"caster": "Evening News"}, ""},
		`caster restart ‘Evening News’`: {"caster restart {caster}",
			op.Args{"caster": "Evening News"}, ""},
		`caster restart «Evening News»`: {"caster restart {caster}",
			op.Args{"caster": "Evening News"}, ""},
		"caster\u00a0restart\u00a0main": {"caster restart {caster}", op.Args{"caster": "main"}, ""},
		`ＣＡＳＴＥＲ restart main`: {"caster restart {caster}",
			op.Args{"caster": "main"}, ""},
		`Caster RESTART Ana's`: {"caster restart {caster}", op.Args{"caster": "Ana's"}, ""},
		`caster restart "A &amp; B &lt;1&gt;"`: {"caster restart {caster}",
			op.Args{"caster": "A & B <1>"}, ""},
		`caster restart <http://news.example.com|news.example.com>`: {"caster restart {caster}",
			op.Args{"caster": "news.example.com"}, ""},
		`caster restart <@U0ANA|ana>`: {"caster restart {caster}", op.Args{"caster": "U0ANA"}, ""},
		`caster restart a < b`:        {"caster restart {caster}", op.Args{"caster": "a < b"}, ""},
		`caster copy "Evening News" "say \"hi\""`: {"caster copy {caster} {name}",
			op.Args{"caster": "Evening News", "name": `say "hi"`}, ""},
		`caster copy`: {"caster copy {caster} {name}", op.Args{}, "caster name"},
		`caster copy ? x`: {"caster copy {caster} {name}",
			op.Args{"name": "x"}, "caster"},
		`caster copy "?" x`: {"caster copy {caster} {name}",
			op.Args{"caster": "?", "name": "x"}, ""},
		`caster restart ？`:            {"caster restart {caster}", op.Args{}, "caster"},
		`caster list`:                 {"caster list {text?}", op.Args{}, ""},
		`caster list two words`:       {"caster list {text?}", op.Args{"text": "two words"}, ""},
		`caster restart 'Allo 'Allo`:  {"caster restart {caster}", op.Args{"caster": "'Allo 'Allo"}, ""},
		`caster restart 'Ana's Show'`: {"caster restart {caster}", op.Args{"caster": "Ana's Show"}, ""},
		`caster copy 'Ana’s Show' ‘New One’`: {"caster copy {caster} {name}",
			op.Args{"caster": "Ana’s Show", "name": "New One"}, ""},
		`caster restart '90s Night`: {"caster restart {caster}", op.Args{"caster": "'90s Night"}, ""},
		"caster restart \u202eswen": {"caster restart {caster}", op.Args{"caster": "\u202eswen"}, ""},
		"caster restart שידור\u200f חי": {"caster restart {caster}",
			op.Args{"caster": "שידור\u200f חי"}, ""},
		"caster restart \"晚间　新闻\"": {"caster restart {caster}",
			op.Args{"caster": "晚间　新闻"}, ""},
		"caster restart 晚间　新闻": {"caster restart {caster}",
			op.Args{"caster": "晚间　新闻"}, ""},
		"caster restart two  spaces\nand a line": {"caster restart {caster}", op.Args{"caster": "two  spaces and a line"},
			""},
		"caster restart 👨\u200d👩\u200d👧 می\u200cخواهم": {"caster restart {caster}",
			op.Args{"caster": "👨\u200d👩\u200d👧 می\u200cخواهم"}, ""},
		"caster restart Evening :clapper:": {"caster restart {caster}", op.Args{"caster": "Evening :clapper:"}, ""},
		"caster copy main \"Evening :clapper:\"": {"caster copy {caster} {name}", op.Args{"caster": "main",
			"name": "Evening 🎬"}, ""},
		`caster scene start "Evening News" Preview 2`: {"caster scene start {caster} {scene}",
			op.Args{"caster": "Evening News", "scene": "Preview 2"}, ""},
		`caster scene start ? Preview 2`: {"caster scene start {caster} {scene}", op.Args{"scene": "Preview 2"}, "caster"},
		`caster scene start "Evening News" 5ce`: {"caster scene start {caster} {scene}",
			op.Args{"caster": "Evening News", "scene": "5ce"}, ""},
		`record cancel_delay main`: {"record finish {stream}", op.Args{"stream": "main"}, ""},
		`record cancel—delay main`: {"", nil, ""},
	} {
		p, err := Parse(table, text)
		if want.usage == "" {
			if err == nil {
				t.Errorf("%s: accepted as %s", text, p.Command.Usage)
			}
			continue
		}
		if err != nil || p.Command.Usage != want.usage || !reflect.DeepEqual(p.Args, want.args) ||
			strings.Join(p.Missing, " ") != want.missing {
			t.Errorf("%s: %v, %q, %v, missing %v", text, err, p.Command.Usage, p.Args, p.Missing)
		}
	}
}

func TestParseAsks(t *testing.T) {
	for text, want := range map[string]bool{"caster restart ?": true, "caster restart": false, "caster copy ? x": true,
		`caster copy "?" x`: false} {
		if p, err := Parse(table, text); err != nil || p.Asks != want {
			t.Errorf("%s: %v %v", text, p.Asks, err)
		}
	}
}

func TestParseHelp(t *testing.T) {
	for text, want := range map[string]Parsed{
		"":                        {Help: true},
		"caster":                  {Help: true, Noun: "caster"},
		"record help":             {Help: true, Noun: "record"},
		"caster help scene start": {Help: true, Noun: "caster", Topic: "scene start"},
		"help caster copy":        {Help: true, Topic: "caster copy"},
	} {
		if p, err := Parse(table, text); err != nil || !reflect.DeepEqual(p, want) {
			t.Errorf("%q: %+v %v", text, p, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string][]string{
		`caster restrat main`:                    {"/caster restrat main", "Did you mean /caster restart {caster}"},
		`caster xyzzy`:                           {"/caster help"},
		`studio restart`:                         {"no command studio restart.", "/caster help"},
		`caster restart "Evening`:                {"never closed", `▸"Evening`},
		`caster restart "a"b`:                    {"space is needed", "▸b"},
		`caster scene start Evening News Main`:   {"quotes", `/caster scene start "Evening News" "Preview 1"`, "▸Main"},
		"caster copy main ma\u202ein":            {"U+202E", "▸⟨U+202E⟩in"},
		"caster copy main \"a b\u200dc\"":        {"U+200D", "▸⟨U+200D⟩c"},
		"caster rest\u200bart main":              {"U+200B", "▸⟨U+200B⟩art"},
		"caster restart ma\x00in":                {"U+0000"},
		"caster restart <!channel>":              {"can't be used in a command"},
		"caster " + strings.Repeat("x", MaxText): {"too long"},
		`caster restart "a" "b"`:                 {"more here than /caster restart <studio>", `▸"b"`},
	} {
		_, err := Parse(table, text)
		refusal := &op.Refusal{}
		if !errors.As(err, &refusal) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		said := refusal.Answer.Title.Plain()
		for _, line := range refusal.Answer.Lines {
			said += "\n" + line.Plain()
		}
		for _, part := range want {
			if !strings.Contains(said, part) {
				t.Errorf("%s: %q is not in %q", text, part, said)
			}
		}
	}
}

func TestFormatIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		arg := rapid.StringOfN(rapid.RuneFrom([]rune(`ab "'“”«\&<>|?@#!-—あＡ ;lgtmp`)), 1, 12, -1)
		args := op.Args{"caster": arg.Draw(t, "caster"), "name": arg.Draw(t, "name")}
		text := Format("caster copy {caster} {name}", args)
		p, err := Parse(table, text)
		if err != nil || !reflect.DeepEqual(p.Args, args) || len(p.Missing) > 0 {
			t.Fatalf("%q reads as %v (%v), not %v", text, p.Args, err, args)
		}
	})
}

func TestFormatKeepsPlaces(t *testing.T) {
	if got := Format("caster scene start {caster} {scene}", op.Args{"scene": "x"}); got != "caster scene start ? x" {
		t.Error(got)
	}
	if got := Format("caster scene start {caster} {scene}",
		op.Args{"caster": "x y"}); got != `caster scene start "x y"` {
		t.Error(got)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "caster", `caster copy “a” b`, "caster restart <@U1>", "<", "&amp",
		"record stop \"", "caster scene start ? ?"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(table, text)
		refusal := &op.Refusal{}
		if err != nil && (!errors.As(err, &refusal) || len(refusal.Answer.Title) == 0) {
			t.Fatalf("an error that is not for people: %v", err)
		}
		for name, value := range p.Args {
			if value == "" || strings.ContainsFunc(value, never) || !named[name] && op.Hidden(value) >= 0 {
				t.Fatalf("argument %s is %q", name, value)
			}
		}
	})
}

// What is not known is answered with what is probably meant.
func TestWhatIsProbablyMeant(t *testing.T) {
	all := op.Table{Commands: []op.Command{
		{Usage: "caster list {text?}"}, {Usage: "caster show {caster}"}, {Usage: "caster copy {caster} {name}"},
		{Usage: "caster start {caster}"}, {Usage: "caster stop {caster}"}, {Usage: "caster restart {caster}"},
		{Usage: "caster scene start {caster} {scene}", Aliases: []string{"caster scene open {caster} {scene}"}},
		{Usage: "caster scene stop {caster} {scene}"}, {Usage: "caster take {caster} {scene}"},
		{Usage: "caster standby {caster}"}, {Usage: "record status {stream?}"}, {Usage: "record files {stream?}"},
		{Usage: "record start {stream}"}, {Usage: "record stop {stream}", Aliases: []string{"record pause {stream}"}},
		{Usage: "record finish {stream}"}, {Usage: "caster lock {caster} {until?} {why?}"},
		{Usage: "caster unlock {caster}"}, {Usage: "caster break {caster} {why}"},
	}}
	for typed, want := range map[string]string{
		"record list":        "/record status {stream?} or /caster list {text?}",
		"list":               "/caster list {text?}",
		"caster back":        "/caster take {caster} {scene}",
		"back":               "/caster take {caster} {scene}",
		"stop main":          "/caster stop {caster} or /record stop {stream}",
		"pause main":         "/record pause {stream}",
		"caster pause main":  "/record pause {stream}",
		"record restart":     "/caster restart {caster}",
		"restrat main":       "/caster restart {caster}",
		"caster resart main": "/caster restart {caster}",
		"record pauze main":  "/record pause {stream}",
		"caster cut news":    "/caster take {caster} {scene}",
		"slate":              "/caster standby {caster}",
		"record streams":     "/record status {stream?}",
		"caster open x":      "/caster scene start {caster} {scene}",
		"scene open x y":     "/caster scene open {caster} {scene}",
		"scene start":        "/caster scene start {caster} {scene}",
		"caster files main":  "/record files {stream?}",
		"record show":        "/caster show {caster}",
		"status":             "/record status {stream?}",
		"record halt main":   "/record stop {stream}",
		"caster unlok news":  "/caster unlock {caster}",
		"xyzzy":              "",
		"coffee please":      "",
	} {
		_, err := Parse(all, typed)
		said := ""
		for _, line := range err.(*op.Refusal).Answer.Lines {
			if rest, ok := strings.CutPrefix(line.Plain(), "Did you mean "); ok {
				said = strings.TrimSuffix(rest, "?")
			}
		}
		if said != want {
			t.Errorf("%s: %s, want %s", typed, said, want)
		}
	}
}
