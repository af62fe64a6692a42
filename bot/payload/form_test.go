package payload

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"casterbot/bot/render"
	"casterbot/internal/op"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

// formSample is a view as Slack gives it back.
func formSample(command, person string, sent bool) string {
	f := slackworld.CopyForm()
	f.Command = command
	kind, actions := "view_submission", ""
	if !sent {
		kind, actions = "block_actions", `"actions":[{"action_id":"field","block_id":"caster~1","action_ts":"7.7"}],`
	}
	metadata, _ := json.Marshal(remembered(f, person))
	return fmt.Sprintf(`{"type":"%s","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},%s"trigger_id":"t","view":{"id":"V1","hash":"h1","type":"modal",
		"private_metadata":%s,"state":{"values":{"caster~0badcafe":{"field":{"type":"static_select","selected_option":{"value":"id1"}}},
		"name":{"field":{"type":"plain_text_input","value":"Evening News 3"}},"foreign":{"field":{"value":"x"}}}}}}`, kind, actions, metadata)
}

func TestFormsComeBack(t *testing.T) {
	for _, c := range []struct {
		name, payload, want string
	}{
		{"sent", formSample("caster copy {caster} {name}", "U0ANA", true),
			"form caster copy {caster} {name} map[caster:id1 name:Evening News 3] sent=true"},
		{"changed", formSample("caster copy {caster} {name}", "U0ANA", false),
			"form caster copy {caster} {name} map[caster:id1 name:Evening News 3] sent=false"},
		{"of somebody else", formSample("caster copy {caster} {name}", "U0BO", true), "ignored"},
		{"without a command", formSample("", "U0ANA", true), "ignored"},
	} {
		a, err := me.Decode("interactive", "e", json.RawMessage(c.payload), slackworld.T0)
		if got := described(a, err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	a, err := me.Decode("interactive", "e", json.RawMessage(formSample("x {caster}", "U0ANA", true)), slackworld.T0)
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
		v := seenView{}
		if err := json.Unmarshal([]byte(`{"state":{"values":{"stream":{"field":{"selected_options":`+c.picked+`}}}}}`),
			&v); err != nil {
			t.Fatal(err)
		}
		if notice := hold(f, v); f.Fields[0].Value != c.value || notice != c.notice {
			t.Errorf("%s: %q, notice %q", c.picked, f.Fields[0].Value, notice)
		}
	}
}

// TestPickersThatAreNotOurs offer nothing.
func TestPickersThatAreNotOurs(t *testing.T) {
	typing := func(person, command string) string {
		metadata, _ := json.Marshal(remembered(op.Form{Command: command, Channel: "C0SHOW",
			Fields: []op.Field{{Name: "caster"}, {Name: "scene"}}}, "U0ANA"))
		return fmt.Sprintf(`{"type":"block_suggestion","team":{"id":"T0SHOW"},"user":{"id":%q,"team_id":"T0SHOW"},"action_id":"field","block_id":"scene~1","value":"pre",
			"view":{"id":"V1","private_metadata":%s,"state":{"values":{"caster":{"field":{"selected_option":{"value":"id1"}}},"scene~1":{"field":{"selected_option":{"value":"?"}}}}}}}`, person, metadata)
	}
	a, err := me.Decode("interactive", "e", json.RawMessage(typing("U0ANA", "x {caster} {scene}")), slackworld.T0)
	if err != nil || a.Query == nil || a.Key != "" || a.Query.Field != "scene" ||
		fmt.Sprint(a.Query.Args) != "map[caster:id1]" || a.Query.Request.Channel != "C0SHOW" {
		t.Errorf("decoded %+v, %v", a.Query, err)
	}
	for name, body := range map[string]string{
		"somebody else's": typing("U0BO", "x {caster} {scene}"), "without a command": typing("U0ANA", ""),
		"without a form": `{"type":"block_suggestion","user":{"id":"U0ANA"},"action_id":"field","block_id":"x","value":""}`,
	} {
		if a, err := me.Decode("interactive", "e", json.RawMessage(body), slackworld.T0); err != nil || a.Query != nil ||
			fmt.Sprintf("%s", a.Refusal) != `{"options":[]}` {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// TestFormsThatAreNotOurs stay open and say so.
func TestFormsThatAreNotOurs(t *testing.T) {
	asked := op.Form{Command: "caster copy {name}", Title: "/caster copy", Channel: "C0SHOW",
		Fields: []op.Field{{Name: "name", Label: "New name", Max: 64}}}
	for metadata, person := range map[string]string{"": "U0ANA", remembered(asked, "U0BO"): "U0ANA"} {
		in := interaction{Type: "view_submission", User: member{ID: person},
			View: seenView{ID: "V1", Metadata: metadata}}
		in.View.State.Values = map[string]map[string]slack.BlockAction{"name": {}, "caster~1": {}}
		a, err := me.interaction(in, slackworld.T0)
		if err != nil || a.Ignored == "" || a.Wrong == nil {
			t.Fatalf("a form that is not ours: %+v, %v", a, err)
		}
		said := slackworld.JSON(t, render.Printer{}.Mistake(a.Wrong.Block, a.Wrong.Words))
		if !strings.Contains(said, "caster~1") || !strings.Contains(said, "This form cannot be used") {
			t.Errorf("a form that is not ours: %+v, %v", a, err)
		}
	}
}

// remembered is the metadata of a form of somebody.
func remembered(f op.Form, person string) string {
	return render.Printer{}.Loading(f, person).PrivateMetadata
}
