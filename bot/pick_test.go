package bot

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"casterbot/bot/messages"
	"casterbot/bot/render"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

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
	if p := blockkit.Lint("message", json.RawMessage(slackworld.JSON(t, plain.Answer(a).Blocks))); len(p) > 0 {
		t.Error(p)
	}
	press := fakeslack.Press{Action: actionOf(t, plain.Answer(a))}
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
	text := slackworld.JSON(t, plain.Answer(op.Answer{Title: op.L("x"), Pick: &long}))
	if !strings.Contains(text, "Choose…") || strings.Contains(text, "external_select") {
		t.Errorf("a command that is too long for a picker: %s", text)
	}
}

// actionOf is the id of the picker in a message.
func actionOf(t *testing.T, m render.Message) string {
	t.Helper()
	for _, b := range m.Blocks {
		if row, ok := b.(*slack.ActionBlock); ok {
			return row.Elements.ElementSet[0].(*slack.SelectBlockElement).ActionID
		}
	}
	t.Fatal("no picker")
	return ""
}

// TestAPickedNotice keeps its form open.
func TestAPickedNotice(t *testing.T) {
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
