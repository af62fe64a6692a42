package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"casterbot/bot/messages"
	"casterbot/bot/render"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/internal/sandbox/fakeslack"

	"github.com/slack-go/slack"
)

// TestWhatPickersHold: at most a hundred options and 19 KiB, whatever things are called; that there are more is said.
func TestWhatPickersHold(t *testing.T) {
	things := func(n, length int) []op.Option {
		var list []op.Option
		for i := range n {
			group := [2]string{"On air", "Idle"}[min(i, 1)]
			list = append(list, op.Option{Label: fmt.Sprint("n", i, strings.Repeat("ж", length)), Value: fmt.Sprint("id", i),
				Group: op.L(group), Hint: strings.Repeat("\u3164", length)})
		}
		return list
	}
	long := things(3, 1)
	long[1].Value = strings.Repeat("v", render.MaxOptionValue+1)
	for _, c := range []struct {
		name    string
		options []op.Option
		want    []string // options of each group, from a to b
		more    string
	}{
		{"none", nil, []string{}, ""},
		{"a notice", []op.Option{{Says: op.L("Studio comes first."), Value: op.Ask}}, []string{"1"}, ""},
		{"two groups", things(3, 1), []string{"1", "2"}, ""},
		{"a value that Slack refuses", long, []string{"1", "1"}, ""},
		{"a hundred", things(100, 1), []string{"1", "99"}, ""},
		{"more", things(150, 1), []string{"1", "99"}, "…and 51 more: type a part of the name"},
		{"too much", things(150, 80), []string{"1", "41"}, "…and 109 more: type a part of the name"},
	} {
		data := plain.Offered(c.options)
		if p := blockkit.LintOptions(data); len(p) > 0 || len(data) > render.MaxAck {
			t.Errorf("%s: %d bytes, %v", c.name, len(data), p)
		}
		groups := fakeslack.Ack{Payload: data}.Groups()
		counts, last := []string{}, ""
		for _, g := range groups {
			counts = append(counts, fmt.Sprint(len(g.Options)))
			last = g.Options[len(g.Options)-1].Text.Text
		}
		if fmt.Sprint(counts) != fmt.Sprint(c.want) || (c.more != "") != strings.HasPrefix(last, "…and") ||
			c.more != "" && last != c.more {
			t.Errorf("%s: %v, at the end %q", c.name, counts, last)
		}
	}
}

// TestPickBesideAMessage: what is typed asks the engine, what is chosen is a command of whoever chose it.
func TestPickBesideAMessage(t *testing.T) {
	w := NewWorld(t)
	queries, said := make(chan op.Query, 1), make(chan op.Request, 1)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		said <- r
		return engine.Accepted{}, nil
	}
	w.engine.suggest = func(_ context.Context, q op.Query) []op.Option {
		queries <- q
		if q.Text == "panic" {
			panic("at a suggestion")
		}
		return []op.Option{{Label: "Evening Talk", Value: "id7"}}
	}
	w.start()
	asked := op.Pick{Label: "Studio", Text: `caster copy ? "Evening X"`, Typed: "Talk <1> & ж"}
	a := op.Answer{Mark: op.MarkFailed, Title: op.L("Which one?"), Pick: &asked}
	if err := messages.New(w.Config).Tell(context.Background(), op.Address{Person: "U0ANA", Channel: "C0SHOW"},
		a); err != nil {
		t.Fatal(err)
	}
	private := w.Calls("chat.postEphemeral")
	at := fakeslack.Place{Channel: "C0SHOW", TS: private[len(private)-1].TS}
	if p := blockkit.Lint("message", json.RawMessage(mustJSON(t, plain.Answer(a).Blocks))); len(p) > 0 {
		t.Error(p)
	}
	press := fakeslack.Press{Action: actionOf(t, asked)}
	ack := w.Acknowledged(w.Suggest("U0ANA", at, press, "eve"))
	if q := <-queries; q.Request.Text != asked.Text || q.Typed != asked.Typed || q.Text != "eve" || q.Command != "" ||
		q.Request.Person != "U0ANA" || q.Request.Channel != "C0SHOW" {
		t.Errorf("the engine was asked %+v", q)
	}
	press.State = fakeslack.State{SelectedOption: &ack.Options()[0]}
	w.Acknowledged(w.Click("U0ANA", "C0SHOW", at.TS, press))
	if r := <-said; r.Text != asked.Text || r.Pick != "id7" || r.Person != "U0ANA" || r.Channel != "C0SHOW" ||
		r.Trigger == "" {
		t.Errorf("the choice said %+v", r)
	}
	if ack := w.Acknowledged(w.Suggest("U0ANA", at, press, "panic")); len(ack.Options()) != 0 {
		t.Errorf("after a panic: %s", ack.Payload)
	}
	long := asked
	long.Text = "caster copy ? " + strings.Repeat("x", 300)
	if text := mustJSON(t, plain.Answer(op.Answer{Title: op.L("x"), Pick: &long})); !strings.Contains(text, "Choose…") ||
		strings.Contains(text, "external_select") {
		t.Errorf("a command that is too long for a picker: %s", text)
	}
}

// actionOf is the id of the picker beside a message.
func actionOf(t *testing.T, p op.Pick) string {
	t.Helper()
	row, ok := render.PickRow(p)
	if !ok {
		t.Fatal("no picker")
	}
	return row.Elements.ElementSet[0].(*slack.SelectBlockElement).ActionID
}

// TestPickersThatAreNotOurs offer nothing; a notice that somebody picked in a form keeps it open.
func TestPickersThatAreNotOurs(t *testing.T) {
	typing := func(person, command string) string {
		metadata, _ := json.Marshal(render.Remember(op.Form{Command: command, Channel: "C0SHOW",
			Fields: []op.Field{{Name: "caster"}, {Name: "scene"}}}, "U0ANA"))
		return fmt.Sprintf(`{"type":"block_suggestion","team":{"id":"T0SHOW"},"user":{"id":%q,"team_id":"T0SHOW"},"action_id":"field","block_id":"scene~1","value":"pre",
			"view":{"id":"V1","private_metadata":%s,"state":{"values":{"caster":{"field":{"selected_option":{"value":"id1"}}},"scene~1":{"field":{"selected_option":{"value":"?"}}}}}}}`, person, metadata)
	}
	a, err := Me.Decode("interactive", "e", json.RawMessage(typing("U0ANA", "x {caster} {scene}")), T0)
	if err != nil || a.Query == nil || a.Key != "" || a.Query.Field != "scene" ||
		fmt.Sprint(a.Query.Args) != "map[caster:id1]" || a.Query.Request.Channel != "C0SHOW" {
		t.Errorf("decoded %+v, %v", a.Query, err)
	}
	for name, body := range map[string]string{
		"somebody else's": typing("U0BO", "x {caster} {scene}"), "without a command": typing("U0ANA", ""),
		"without a form": `{"type":"block_suggestion","user":{"id":"U0ANA"},"action_id":"field","block_id":"x","value":""}`,
	} {
		if a, err := Me.Decode("interactive", "e", json.RawMessage(body), T0); err != nil || a.Query != nil ||
			fmt.Sprintf("%s", a.Refusal) != `{"options":[]}` {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	w := NewWorld(t)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		if r.Text == "record stop" {
			return engine.Accepted{Form: &op.Form{Command: "record stop {stream}", Channel: "C0SHOW",
				Fields: []op.Field{{Name: "stream", Label: "Stream"}}}}, nil
		}
		t.Errorf("%q was taken", r.Text)
		return engine.Accepted{}, nil
	}
	w.engine.fill = func(_ context.Context, _ op.Request, f op.Form) (op.Form, error) { return f, nil }
	w.start()
	w.Types("U0ANA", "C0SHOW", "/record stop")
	view := w.view("U0ANA", "Stream")
	w.Acknowledged(w.Submit("U0ANA", view.ID,
		map[string]map[string]fakeslack.State{"stream": {"field": fakeslack.Chosen(op.Ask)}}))
	if said := w.view("U0ANA", "Stream").Errors["stream"]; !strings.Contains(said, "only says why") {
		t.Errorf("the form says %q", said)
	}
}
