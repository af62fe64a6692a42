package render

import (
	"encoding/json"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/test/slackworld"
)

func TestForms(t *testing.T) {
	many := op.Form{Command: "x {caster}", Title: strings.Repeat("long ", 20), Button: strings.Repeat("long ", 20)}
	many.Fields = []op.Field{{
		Name: "caster", Label: "Studio", Value: "x",
		Chosen: []op.Option{{Label: strings.Repeat("n", 90), Value: "x", Hint: strings.Repeat("h", 90)}},
	}, {Name: "scene", Label: "Scene", Under: "x", Chosen: []op.Option{{Label: "n", Value: strings.Repeat("v", 151)}},
		Maybe: true}}
	problem := slackworld.CopyForm()
	problem.Problem, problem.Fields = op.L("You may not do this here."), nil
	waiting := op.Form{Command: "caster scene start {caster} {scene}", Title: "/caster scene start", Fields: []op.Field{
		slackworld.CopyForm().Fields[0], {Name: "scene", Label: "Scene", Hint: "pick the studio first"},
	}}
	several := op.Form{Command: "record start {stream}", Title: "/record start", Fields: []op.Field{{
		Name: "stream", Label: "Stream", Most: 50, Value: "a b",
		Chosen: []op.Option{{Label: "main", Value: "a"}, {Label: "backup", Value: "b"}},
	}}}
	for name, f := range map[string]op.Form{"copy": slackworld.CopyForm(), "several": several, "many": many,
		"problem": problem,
		"waiting": waiting} {
		v := plain.DrawForm(f, "U0ANA")
		golden(t, "form-"+name, v)
		for _, view := range []any{v, plain.Loading(f, "U0ANA")} {
			if p := blockkit.LintView(json.RawMessage(slackworld.JSON(t, view))); len(p) > 0 {
				t.Errorf("%s: %v", name, p)
			}
		}
	}
}

// TestFieldsMoveWithWhatTheyDependOn: Slack keeps what was picked under the id of a block, so under another studio a
// scene has another id.
func TestFieldsMoveWithWhatTheyDependOn(t *testing.T) {
	f := op.Field{Name: "scene", Label: "Scene", Under: "id1"}
	one := plain.block(f).BlockID
	if again := plain.block(f).BlockID; again != one || !strings.HasPrefix(one, "scene"+FieldSeparator) {
		t.Errorf("the same studio gives two ids: %s, %s", one, again)
	}
	f.Under = "id9"
	if plain.block(f).BlockID == one {
		t.Error("another studio gives the same id")
	}
}

// TestFormsKeepWithinSlacksLimits, whatever was typed or whatever things are called.
func TestFormsKeepWithinSlacksLimits(t *testing.T) {
	long := strings.Repeat("ж", 1500)
	hollow := strings.Repeat("\u3164", 20)
	f := op.Form{Command: "caster copy {caster} {name}", Title: hollow, Button: hollow, Note: op.L(hollow),
		Fields: []op.Field{
			{Name: "caster", Label: hollow, Hint: hollow, Value: "c1", Under: long, Chosen: []op.Option{{
				Label: hollow + " · idle", Value: "c1", Group: op.L(hollow), Hint: hollow,
			}}},
			{Name: "name", Label: "New name", Max: 64, Value: long},
		}}
	drawn := slackworld.JSON(t, plain.DrawForm(f, "U0ANA"))
	if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 {
		t.Errorf("%v", p)
	}
	if strings.Contains(string(drawn), strings.Repeat("ж", 65)) ||
		!strings.Contains(string(drawn), strings.Repeat("ж", 64)) {
		t.Error("the text that is filled in already is not cut to what may be typed")
	}
	if again, own := Recall(remember(f, "U0ANA"), "U0ANA"); !own || again.Command != f.Command {
		t.Errorf("a form with long values does not come back: %+v", again)
	}
	f.Command += " " + long
	drawn = slackworld.JSON(t, plain.DrawForm(f, "U0ANA"))
	if !strings.Contains(string(drawn), "too long for Slack") || strings.Contains(string(drawn), `"submit"`) {
		t.Errorf("a form that cannot come back can be sent: %s", drawn)
	}
}

// TestSmallPrint is cut where Slack's limit for it lies, which is lower than that of a paragraph.
func TestSmallPrint(t *testing.T) {
	drawn := smallText(small(strings.Repeat("x", 2500)))
	if len(drawn) > 2000 || !strings.HasSuffix(drawn, "…") {
		t.Errorf("%d bytes of small print", len(drawn))
	}
}
