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
		`caster lock "Evening News" 2h`:  {op.Args{"caster": "Evening News", "until": "2h"}, ""},
		`caster lock Evening News 23:30`: {op.Args{"caster": "Evening News", "until": "23:30"}, ""},
		`caster lock "Evening News" 10 p.m. late show`: {op.Args{"caster": "Evening News", "until": "10 p.m.",
			"why": "late show"}, ""},
		`caster lock main till 22:30 late`: {op.Args{"caster": "main", "until": "till 22:30", "why": "late"}, ""},
		`caster lock main until 22:00 CET late`: {op.Args{"caster": "main", "until": "until 22:00 CET", "why": "late"},
			""},
		`caster lock main until 23:00 tomorrow`:  {op.Args{"caster": "main", "until": "until 23:00 tomorrow"}, ""},
		`caster lock main for 1 hour 30 minutes`: {op.Args{"caster": "main", "until": "for 1 hour 30 minutes"}, ""},
		`caster lock main for 2 hours and 15 minutes`: {op.Args{"caster": "main",
			"until": "for 2 hours and 15 minutes"}, ""},
		`caster lock 24h Newsroom`:                         {op.Args{"caster": "24h Newsroom"}, ""},
		`caster lock 24h Newsroom 2h`:                      {op.Args{"caster": "24h Newsroom", "until": "2h"}, ""},
		`caster lock 2h`:                                   {op.Args{"until": "2h"}, "caster"},
		`caster lock "2h"`:                                 {op.Args{"caster": "2h"}, ""},
		`caster lock main "22:30 show"`:                    {op.Args{"caster": "main", "why": "22:30 show"}, ""},
		`caster lock main for 2h "2h"`:                     {op.Args{"caster": "main", "until": "for 2h", "why": "2h"}, ""},
		`caster lock "Evening News" at 22:00`:              {nil, ""},
		`caster lock "Evening News" rehearsal until 22:00`: {nil, ""},
		`caster lock "Evening News" unitl 22:00`:           {nil, ""},
		`caster lock "Evening News" tomorrow`:              {nil, ""},
		`caster lock "Evening News" 22`:                    {nil, ""},
		`caster lock main until 22:00 XYT`:                 {op.Args{"caster": "main", "until": "until 22:00 XYT"}, ""},
		`caster lock main until 22:00 for 2h`:              {nil, ""},
		`caster lock main for 2 hours and a bit`:           {nil, ""},
		`caster lock main until 22:00 in the evening`:      {nil, ""},
		`caster lock main until 22:00 Berlin time`:         {nil, ""},
		`caster lock until 22:00`:                          {op.Args{"until": "until 22:00"}, "caster"},
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
		`caster why scene start Evening News for <@U0BO|bo>`: {op.Args{"verb": "caster.scene.start",
			"target": "Evening News",
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
		"until", "for", "2h", "22:30", "22", "tomorrow", "at 22:00", "10pm", "CET", "24h Newsroom"})
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

// What a field of a form holds is an end, whether it says so or not.
func TestEndsOfForms(t *testing.T) {
	for typed, want := range map[string]string{"22:00": "until 22:00", "2h": "for 2h", "22": "until 22",
		"lunch":     "until lunch",
		"10 pm CET": "until 10 pm CET", "90 minutes": "for 90 minutes", "until 22:00": "until 22:00", "for 2h": "for 2h"} {
		written := Format("caster lock {caster} {until?} {why?}", op.Args{"caster": "main", "until": typed, "why": "22"})
		p, err := Parse(clausalTable, written)
		if err != nil || p.Args["until"] != want || p.Args["why"] != "22" {
			t.Errorf("%s: %s, %v, %v", typed, written, p.Args, err)
		}
	}
}

// Words without quotes have other readings, for those who know which names there are.
func TestOtherReadings(t *testing.T) {
	names := func(all []op.Args) (list []string) {
		for _, args := range all {
			list = append(list, args["caster"]+"|"+args["scene"]+args["until"]+args["why"])
		}
		return list
	}
	for text, want := range map[string]string{
		"caster scene start Preview 1":                            "Preview 1| Preview|1 |Preview 1",
		`caster scene start "Preview 1"`:                          "",
		"caster scene start Evening News Main":                    "Evening News Main| Evening News|Main Evening|News Main |Evening News Main",
		"caster restart Evening News":                             "",
		"caster lock main":                                        "",
		"caster lock until 22:00":                                 "until 22:00| until|22:00",
		"caster lock Until 22:00 Show":                            "Until 22:00 Show| Until 22:00|Show Until|22:00Show",
		"caster lock Until 22:00 Show for 2h":                     "Until 22:00 Show for 2h| Until 22:00 Show for|2h Until 22:00 Show|for 2h Until|22:00Show for 2h",
		"caster lock 4f0c7a1e-0000-4000-8000-000000000002 for 2h": "",
	} {
		p, _ := Parse(clausalTable, text)
		if got := strings.Join(names(p.Others), " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
