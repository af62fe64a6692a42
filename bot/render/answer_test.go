package render

import (
	"encoding/json"
	"fmt"
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

// However much there is to say, what stands below the things is never cut off: they give way, and are counted.
func TestThingsGiveWay(t *testing.T) {
	a := op.Answer{Title: op.L("t"), Note: op.L("the note"), Next: []op.Next{{Label: "Stop", Text: "caster stop x"}}}
	for range 60 {
		a.Lines = append(a.Lines, op.L(op.V(strings.Repeat("line ", 500)))) // five a section
	}
	for n := range 40 {
		a.Items = append(a.Items, op.Item{Title: op.L(op.B(fmt.Sprint("thing", n))),
			Next: []op.Next{{Label: "Show", Text: fmt.Sprint("caster show ", n)}}})
	}
	m := Printer{}.Answer(a)
	drawn, err := json.Marshal(m.Blocks)
	if err != nil || len(m.Blocks) > maxBlocks {
		t.Fatalf("%d blocks, %v", len(m.Blocks), err)
	}
	for _, part := range []string{"the note", "caster stop x", " more. Add a word"} {
		if !strings.Contains(string(drawn), part) {
			t.Errorf("%q is cut off of %d: …%s", part, len(m.Blocks), drawn[len(drawn)-600:])
		}
	}
}

// Of several, what is not known and what was not done is spoken of before what went well.
func TestWorstOfSeveralFirst(t *testing.T) {
	var members []op.Operation
	for n := range 20 {
		m := op.Operation{State: op.Succeeded, Outcome: &op.Outcome{Since: op.Since{After: op.L("its file is written")}},
			Plan: op.Plan{Target: op.Target{Kind: "stream", ID: fmt.Sprint(n), Name: fmt.Sprint("cam", n)}}}
		if n == 17 {
			m.State, m.Outcome = op.Failed, &op.Outcome{Text: op.L("cam17 was refused")}
		}
		if n == 19 {
			m.State, m.Outcome = op.Unknown, nil
		}
		members = append(members, m)
	}
	lines := tally{op.Tallied(members)}.named(members)
	if len(lines) != maxNamedAsking+1 || !strings.HasPrefix(lines[0].Plain(), "⚠️ cam19") ||
		!strings.Contains(lines[1].Plain(), "cam17 was refused") || lines[2].Plain() != "…and 18 more of this kind." {
		t.Errorf("%v", lines)
	}
	members[19].State, members[19].Outcome = op.Succeeded, members[0].Outcome
	lines = tally{op.Tallied(members)}.named(members)
	if len(lines) != maxNamed+1 || !strings.Contains(lines[0].Plain(), "cam17 was refused") ||
		lines[maxNamed].Plain() != "…and 12 more of this kind." {
		t.Errorf("when all is known: %v", lines)
	}
}
