package render

import (
	"encoding/json"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/test/slackworld"
)

func TestAnswers(t *testing.T) {
	denial := op.Answer{
		Mark: op.MarkDenied, Title: op.L("You can't restart ", op.B("Evening News"), " from ", op.In("C0RAND"), "."),
		Lines: []op.Line{op.L("policy.yml:14 allows it in ", op.In("C0SHOW"), " for ", op.Group("S0CREW"), ".")},
		Next: []op.Next{{Label: "Why?", Text: "caster why restart"}, {Label: "Empty"},
			{Label: "Too long", Text: strings.Repeat("x", maxValue+1)}},
	}
	for name, a := range map[string]op.Answer{
		"denial": denial, "list": slackworld.Listing(3, true), "list-plain": slackworld.Listing(3, false),
		"full":       slackworld.Listing(60, true),
		"full-plain": slackworld.Listing(60, false), "empty": {},
	} {
		m := plain.Answer(a)
		lint(t, name, m)
		if p := blockkit.Lint("home", json.RawMessage(slackworld.JSON(t, plain.Home(a, nil).Blocks))); len(p) > 0 {
			t.Errorf("%s as home: %v", name, p)
		}
		if name != "full" && name != "full-plain" {
			golden(t, "answer-"+name, m)
		}
	}
	for _, buttons := range []bool{true, false} {
		got := slackworld.JSON(t, asSent(plain.Answer(slackworld.Listing(60, buttons))))
		if !strings.Contains(got, "…and 20 more") || strings.Contains(got, "Evening 40*") {
			t.Error("a long list is not cut, or does not say so")
		}
	}
}

// TestEveryMarkHasASign fails when a mark is added that no person would see.
func TestEveryMarkHasASign(t *testing.T) {
	seen := map[string]op.Mark{}
	for _, m := range []op.Mark{
		op.MarkProgram, op.MarkPreview, op.MarkIdle, op.MarkRecording, op.MarkPaused, op.MarkOK, op.MarkWait, op.MarkFailed,
		op.MarkUnknown, op.MarkDenied, op.MarkNeutral,
	} {
		if marks[m] == "" || seen[marks[m]] != "" {
			t.Errorf("%s has no sign of its own", m)
		}
		seen[marks[m]] = m
	}
}
