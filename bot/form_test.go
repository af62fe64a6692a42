package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"casterbot/bot/payload"
	"casterbot/bot/render"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
)

func copyForm() op.Form {
	return op.Form{
		Command: "caster copy {caster} {name}", Title: "/caster copy", Button: "Go on", Channel: "C0SHOW", Thread: "1.0",
		Note: op.L("A new studio."),
		Fields: []op.Field{
			{Name: "caster", Label: "Studio", Value: "id2", Redraw: true, Chosen: []op.Option{{
				Label: "Evening Sports", Value: "id2", Group: op.L("Idle"), Hint: "general",
			}}},
			{Name: "name", Label: "New name", Hint: "up to 64 characters", Max: 64, Value: "Evening News 2"},
		},
	}
}

// FormSample is a view as Slack gives it back.
func FormSample(command, person string, sent bool) string {
	f := copyForm()
	f.Command = command
	kind, actions := "view_submission", ""
	if !sent {
		kind, actions = "block_actions", `"actions":[{"action_id":"field","block_id":"caster~1","action_ts":"7.7"}],`
	}
	metadata, _ := json.Marshal(render.Remember(f, person))
	return fmt.Sprintf(`{"type":"%s","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},%s"trigger_id":"t","view":{"id":"V1","hash":"h1","type":"modal",
		"private_metadata":%s,"state":{"values":{"caster~0badcafe":{"field":{"type":"static_select","selected_option":{"value":"id1"}}},
		"name":{"field":{"type":"plain_text_input","value":"Evening News 3"}},"foreign":{"field":{"value":"x"}}}}}}`, kind, actions, metadata)
}

func TestForms(t *testing.T) {
	many := op.Form{Command: "x {caster}", Title: strings.Repeat("long ", 20), Button: strings.Repeat("long ", 20)}
	many.Fields = []op.Field{{
		Name: "caster", Label: "Studio", Value: "x",
		Chosen: []op.Option{{Label: strings.Repeat("n", 90), Value: "x", Hint: strings.Repeat("h", 90)}},
	}, {Name: "scene", Label: "Scene", Under: "x", Chosen: []op.Option{{Label: "n", Value: strings.Repeat("v", 151)}},
		Maybe: true}}
	problem := copyForm()
	problem.Problem, problem.Fields = op.L("You may not do this here."), nil
	waiting := op.Form{Command: "caster scene start {caster} {scene}", Title: "/caster scene start", Fields: []op.Field{
		copyForm().Fields[0], {Name: "scene", Label: "Scene", Hint: "pick the studio first"},
	}}
	several := op.Form{Command: "record start {stream}", Title: "/record start", Fields: []op.Field{{
		Name: "stream", Label: "Stream", Most: 50, Value: "a b",
		Chosen: []op.Option{{Label: "main", Value: "a"}, {Label: "backup", Value: "b"}},
	}}}
	for name, f := range map[string]op.Form{"copy": copyForm(), "several": several, "many": many, "problem": problem,
		"waiting": waiting} {
		v := plain.DrawForm(f, "U0ANA")
		golden(t, "form-"+name, v)
		for _, view := range []any{v, plain.Loading(f, "U0ANA")} {
			if p := blockkit.LintView(json.RawMessage(mustJSON(t, view))); len(p) > 0 {
				t.Errorf("%s: %v", name, p)
			}
		}
	}
}

func TestFormsComeBack(t *testing.T) {
	for _, c := range []struct {
		name, payload, want string
	}{
		{"sent", FormSample("caster copy {caster} {name}", "U0ANA", true),
			"form caster copy {caster} {name} map[caster:id1 name:Evening News 3] sent=true"},
		{"changed", FormSample("caster copy {caster} {name}", "U0ANA", false),
			"form caster copy {caster} {name} map[caster:id1 name:Evening News 3] sent=false"},
		{"of somebody else", FormSample("caster copy {caster} {name}", "U0BO", true), "ignored"},
		{"without a command", FormSample("", "U0ANA", true), "ignored"},
	} {
		a, err := Me.Decode("interactive", "e", json.RawMessage(c.payload), T0)
		if got := Described(a, err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	a, err := Me.Decode("interactive", "e", json.RawMessage(FormSample("x {caster}", "U0ANA", true)), T0)
	if err != nil {
		t.Fatal(err)
	}
	if r := a.Fill.Request; r.Channel != "C0SHOW" || r.Thread != "1.0" || r.Key != "form-V1-h1" || r.Trigger != "t" ||
		a.Fill.View != "V1" {
		t.Errorf("the request of a form: %+v", r)
	}
	if f := a.Fill.Form.Fields[0]; f.Label != "Studio" || !f.Redraw || len(f.Chosen) != 0 {
		t.Errorf("the field came back as %+v", f)
	}
}

// What is picked in a field of several comes back as a person could type it; a notice among them is none.
func TestSeveralComeBack(t *testing.T) {
	f := op.Form{Command: "record start {stream}", Fields: []op.Field{{Name: "stream", Most: 50}}}
	for _, c := range []struct{ picked, value, notice string }{
		{`[{"value":"a/b/c"},{"value":"x y"}]`, `a/b/c "x y"`, ""}, {`[]`, "", ""},
		{`[{"value":"a"},{"value":"?"}]`, "", "stream"},
	} {
		v := payload.SeenView{}
		if err := json.Unmarshal([]byte(`{"state":{"values":{"stream":{"field":{"selected_options":`+c.picked+`}}}}}`),
			&v); err != nil {
			t.Fatal(err)
		}
		if notice := payload.Hold(f, v); f.Fields[0].Value != c.value || notice != c.notice {
			t.Errorf("%s: %q, notice %q", c.picked, f.Fields[0].Value, notice)
		}
	}
}

// TestFieldsMoveWithWhatTheyDependOn: Slack keeps what was picked under the id of a block, so under another studio a
// scene has another id.
func TestFieldsMoveWithWhatTheyDependOn(t *testing.T) {
	f := op.Field{Name: "scene", Label: "Scene", Under: "id1"}
	one := plain.Block(f).BlockID
	if again := plain.Block(f).BlockID; again != one || !strings.HasPrefix(one, "scene"+render.FieldSeparator) {
		t.Errorf("the same studio gives two ids: %s, %s", one, again)
	}
	f.Under = "id9"
	if plain.Block(f).BlockID == one {
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
	drawn := mustJSON(t, plain.DrawForm(f, "U0ANA"))
	if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 {
		t.Errorf("%v", p)
	}
	if strings.Contains(string(drawn), strings.Repeat("ж", 65)) ||
		!strings.Contains(string(drawn), strings.Repeat("ж", 64)) {
		t.Error("the text that is filled in already is not cut to what may be typed")
	}
	if _, person, err := render.Recall(render.Remember(f, "U0ANA")); err != nil || person != "U0ANA" {
		t.Errorf("a form with long values does not come back: %v", err)
	}
	f.Command += " " + long
	drawn = mustJSON(t, plain.DrawForm(f, "U0ANA"))
	if !strings.Contains(string(drawn), "too long for Slack") || strings.Contains(string(drawn), `"submit"`) {
		t.Errorf("a form that cannot come back can be sent: %s", drawn)
	}
}

// TestSmallPrint is cut where Slack's limit for it lies, which is lower than that of a paragraph.
func TestSmallPrint(t *testing.T) {
	drawn := render.Words(render.Small(strings.Repeat("x", 2500)))
	if len(drawn) > 2000 || !strings.HasSuffix(drawn, "…") {
		t.Errorf("%d bytes of small print", len(drawn))
	}
}
