package render

import (
	"encoding/json"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/test/slackworld"
)

// TestHomeIsLong: as much as Slack takes.
func TestHomeIsLong(t *testing.T) {
	a := op.Answer{Title: op.L("page"), Note: op.L("As of now.")}
	for range 200 {
		a.Items = append(a.Items,
			op.Item{Title: op.L("x"), Next: []op.Next{{Label: "Show", Text: "caster show x", Channel: "C0SHOW"}}})
	}
	drawn := slackworld.JSON(t, plain.Home(a, nil))
	if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 || strings.Count(drawn, `"Show"`) != homeItems ||
		!strings.Contains(drawn, "Refresh") {
		t.Errorf("%v, %d buttons", p, strings.Count(drawn, `"Show"`))
	}
}

// TestHomeShowsTheCard: who answers on the page reads what the card says, also whether its call is still being sent.
func TestHomeShowsTheCard(t *testing.T) {
	o := slackworld.Operation(op.Unknown)
	o.Card, o.Version = "1795377600.000100", 4
	a := op.Answer{Title: op.L("page"), Items: []op.Item{{Title: op.L("waits"), Card: &o}}}
	for repeats, want := range map[bool]string{true: "asked again with the same", false: "will not be sent again"} {
		drawn := slackworld.JSON(t, plain.Home(a, func(op.Operation) bool { return repeats }))
		if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 || !strings.Contains(drawn, want) {
			t.Errorf("%v, without %q: %s", p, want, drawn)
		}
	}
	full := op.Answer{Title: op.L("page")}
	for range 30 {
		full.Items = append(full.Items, a.Items[0])
	}
	drawn := slackworld.JSON(t, plain.Home(full, func(op.Operation) bool { return false }))
	if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 {
		t.Error(p)
	}
}
