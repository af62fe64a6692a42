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
	drawn := slackworld.JSON(t, plain.Home(a))
	if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 || strings.Count(drawn, `"Show"`) != homeItems ||
		!strings.Contains(drawn, "Refresh") {
		t.Errorf("%v, %d buttons", p, strings.Count(drawn, `"Show"`))
	}
}
