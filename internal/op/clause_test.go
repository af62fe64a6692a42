package op

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var clausalTable = Table{Commands: append([]Command{
	{Usage: "caster lock {caster} {until?} {why?}", Verb: "caster.lock"},
	{Usage: "caster break {caster} {why}", Verb: "caster.break"},
	{Usage: "caster why {verb} {target?} {person?}", Verb: "caster.why"},
}, table.Commands...)}

func TestParseGathersClauses(t *testing.T) {
	for text, want := range map[string]struct {
		args    Args
		missing string
	}{
		`caster lock main`:                     {Args{"caster": "main"}, ""},
		`caster lock Evening News`:             {Args{"caster": "Evening News"}, ""},
		`caster lock Evening News until 22:00`: {Args{"caster": "Evening News", "until": "until 22:00"}, ""},
		`caster lock Evening News until 22:00 election night`: {Args{"caster": "Evening News", "until": "until 22:00",
			"why": "election night"}, ""},
		`caster lock "Evening News" election night`: {Args{"caster": "Evening News",
			"why": "election night"}, ""},
		`caster lock main until 2026-11-23 01:30 "a b"`: {Args{"caster": "main", "until": "until 2026-11-23 01:30",
			"why": "a b"}, ""},
		`caster lock main until 2026-11-23 01:30 UTC late show`: {Args{"caster": "main",
			"until": "until 2026-11-23 01:30 UTC", "why": "late show"}, ""},
		`caster lock main "until 2026-11-23 01:30 UTC" late`: {Args{"caster": "main",
			"until": "until 2026-11-23 01:30 UTC", "why": "late"}, ""},
		`caster lock main until tomorrow 9:30`: {Args{"caster": "main", "until": "until tomorrow 9:30"}, ""},
		`caster lock main UNTIL 9 pm 2 shows`: {Args{"caster": "main", "until": "UNTIL 9 pm",
			"why": "2 shows"}, ""},
		`caster lock main for 90m`: {Args{"caster": "main", "until": "for 90m"}, ""},
		`caster lock News for Kids for 2 hours rehearsal`: {Args{"caster": "News for Kids", "until": "for 2 hours",
			"why": "rehearsal"}, ""},
		`caster lock until 22:00`: {Args{"until": "until 22:00"}, "caster"},
		`caster lock Evening News until lunch break`: {Args{"caster": "Evening News", "until": "until lunch",
			"why": "break"}, ""},
		`caster lock ? ? ?`:      {Args{}, "caster until why"},
		`caster lock`:            {Args{}, "caster"},
		`caster break main fire`: {Args{"caster": "main", "why": "fire"}, ""},
		`caster break "Evening News" Ana is on a train`: {Args{"caster": "Evening News",
			"why": "Ana is on a train"}, ""},
		`caster break Evening News "Ana is on a train"`: {Args{"caster": "Evening News",
			"why": "Ana is on a train"}, ""},
		`caster break main`:                           {Args{"caster": "main"}, "why"},
		`caster break Evening News Ana is on a train`: {nil, ""},
		`caster why restart`:                          {Args{"verb": "caster.restart"}, ""},
		`caster why restart Evening News`: {Args{"verb": "caster.restart",
			"target": "Evening News"}, ""},
		`caster why caster.restart "Evening News" for <@U0BO>`: {Args{"verb": "caster.restart", "target": "Evening News",
			"person": "U0BO"}, ""},
		`caster why scene start Evening News for <@U0BO|bo>`: {Args{"verb": "caster.scene.start", "target": "Evening News",
			"person": "U0BO"}, ""},
		`caster why /record stop main`:        {Args{"verb": "record.stop", "target": "main"}, ""},
		`caster why record cancel_delay`:      {Args{"verb": "record.finish"}, ""},
		`caster why cancel_delay for <@U0BO>`: {Args{"verb": "record.finish", "person": "U0BO"}, ""},
		`caster why dance main`:               {Args{"verb": "dance", "target": "main"}, ""},
		`caster why`:                          {Args{}, "verb"},
	} {
		p, err := clausalTable.Parse(text)
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
		args := Args{"caster": text.Filter(func(s string) bool { return s != "until" }).Draw(t, "caster"),
			"until": "until 2026-11-23 01:30 UTC", "why": text.Draw(t, "why")}
		written := Format("caster lock {caster} {until?} {why?}", args)
		p, err := clausalTable.Parse(written)
		if err != nil || !reflect.DeepEqual(p.Args, args) {
			t.Fatalf("%s: %v, %v", written, err, p.Args)
		}
	})
}
