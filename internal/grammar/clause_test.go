package grammar

import (
	"reflect"
	"strings"
	"testing"

	"casterbot/internal/op"

	"pgregory.net/rapid"
)

var clausalTable = op.Table{Commands: append([]op.Command{
	{Usage: "caster lock {caster} {until?} {why?}", Verb: "caster.lock"},
	{Usage: "caster break {caster} {why}", Verb: "caster.break"},
	{Usage: "caster why {verb} {target?} {person?}", Verb: "caster.why"},
}, table.Commands...)}

func TestParseGathersClauses(t *testing.T) {
	for text, want := range map[string]struct {
		args    op.Args
		missing string
	}{
		`caster lock main`:                     {op.Args{"caster": "main"}, ""},
		`caster lock Evening News`:             {op.Args{"caster": "Evening News"}, ""},
		`caster lock Evening News until 22:00`: {op.Args{"caster": "Evening News", "until": "until 22:00"}, ""},
		`caster lock Evening News until 22:00 election night`: {op.Args{"caster": "Evening News", "until": "until 22:00",
			"why": "election night"}, ""},
		`caster lock "Evening News" election night`: {op.Args{"caster": "Evening News",
			"why": "election night"}, ""},
		`caster lock main until 2026-11-23 01:30 "a b"`: {op.Args{"caster": "main", "until": "until 2026-11-23 01:30",
			"why": "a b"}, ""},
		`caster lock main until 2026-11-23 01:30 UTC late show`: {op.Args{"caster": "main",
			"until": "until 2026-11-23 01:30 UTC", "why": "late show"}, ""},
		`caster lock main "until 2026-11-23 01:30 UTC" late`: {op.Args{"caster": "main",
			"until": "until 2026-11-23 01:30 UTC", "why": "late"}, ""},
		`caster lock main until tomorrow 9:30`: {op.Args{"caster": "main", "until": "until tomorrow 9:30"}, ""},
		`caster lock main UNTIL 9 pm 2 shows`: {op.Args{"caster": "main", "until": "UNTIL 9 pm",
			"why": "2 shows"}, ""},
		`caster lock main for 90m`: {op.Args{"caster": "main", "until": "for 90m"}, ""},
		`caster lock News for Kids for 2 hours rehearsal`: {op.Args{"caster": "News for Kids", "until": "for 2 hours",
			"why": "rehearsal"}, ""},
		`caster lock until 22:00`: {op.Args{"until": "until 22:00"}, "caster"},
		`caster lock Evening News until lunch break`: {op.Args{"caster": "Evening News", "until": "until lunch",
			"why": "break"}, ""},
		`caster lock ? ? ?`:      {op.Args{}, "caster until why"},
		`caster lock`:            {op.Args{}, "caster"},
		`caster break main fire`: {op.Args{"caster": "main", "why": "fire"}, ""},
		`caster break "Evening News" Ana is on a train`: {op.Args{"caster": "Evening News",
			"why": "Ana is on a train"}, ""},
		`caster break Evening News "Ana is on a train"`: {op.Args{"caster": "Evening News",
			"why": "Ana is on a train"}, ""},
		`caster break main`:                           {op.Args{"caster": "main"}, "why"},
		`caster break Evening News Ana is on a train`: {nil, ""},
		`caster why restart`:                          {op.Args{"verb": "caster.restart"}, ""},
		`caster why restart Evening News`: {op.Args{"verb": "caster.restart",
			"target": "Evening News"}, ""},
		`caster why caster.restart "Evening News" for <@U0BO>`: {op.Args{"verb": "caster.restart", "target": "Evening News",
			"person": "U0BO"}, ""},
		`caster why scene start Evening News for <@U0BO|bo>`: {op.Args{"verb": "caster.scene.start", "target": "Evening News",
			"person": "U0BO"}, ""},
		`caster why /record stop main`:        {op.Args{"verb": "record.stop", "target": "main"}, ""},
		`caster why record cancel_delay`:      {op.Args{"verb": "record.finish"}, ""},
		`caster why cancel_delay for <@U0BO>`: {op.Args{"verb": "record.finish", "person": "U0BO"}, ""},
		`caster why dance main`:               {op.Args{"verb": "dance", "target": "main"}, ""},
		`caster why`:                          {op.Args{}, "verb"},
	} {
		p, err := Parse(clausalTable, text)
		if want.args == nil {
			if err == nil {
				t.Errorf("%s: accepted with %v", text, p.Args)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(p.Args, want.args) || strings.Join(p.Missing, " ") != want.missing {
			t.Errorf("%s: %v, %v, missing %v", text, err, p.Args, p.Missing)
		}
	}
}

// What Format writes is read as the same arguments again, whatever names and reasons hold.
func TestFormatOfClausesIsReadAgain(t *testing.T) {
	text := rapid.SampledFrom([]string{"Evening News", "until 22:00", "for 2h", "News for 2 Kids", `say "hi"`, "?", "x",
		"until", "for"})
	rapid.Check(t, func(t *rapid.T) {
		args := op.Args{"caster": text.Filter(func(s string) bool { return s != "until" }).Draw(t, "caster"),
			"until": "until 2026-11-23 01:30 UTC", "why": text.Draw(t, "why")}
		written := Format("caster lock {caster} {until?} {why?}", args)
		p, err := Parse(clausalTable, written)
		if err != nil || !reflect.DeepEqual(p.Args, args) {
			t.Fatalf("%s: %v, %v", written, err, p.Args)
		}
	})
}
