package bot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/bot/payload"
	"casterbot/bot/render"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

var update = flag.Bool("update", false, "write the golden files again")

var T0 = time.Date(2026, 11, 22, 20, 9, 30, 0, time.UTC)

// operation is a restart of an on-air studio; change makes another one out of it.
func operation(state op.State, change ...func(*op.Operation)) op.Operation {
	o := op.Operation{
		ID: "8f2k5zr1v7q9w3x6y0b4c8d2e5", State: state, Command: "caster restart {caster}", Verb: "caster.restart",
		Effect: op.OnAir,
		Text:   `caster restart "Evening News"`, Team: "T0SHOW", Channel: "C0SHOW", Requester: "U0ANA",
		Plan: op.Plan{
			Title: op.L("Restart studio ", op.B("Evening News")), OnAir: true, Button: "Restart on-air studio",
			Facts: []op.Line{op.L("🔴 ON AIR since ", op.At(T0.Add(-time.Hour)), " · programme ", op.B("Main"))},
		},
		Decision: op.Decision{Allowed: true, Rule: "policy.yml:14", Confirm: op.ConfirmSelf},
		Created:  T0, Expires: T0.Add(5 * time.Minute),
	}
	if state != op.Pending && state != op.Expired {
		o.DecidedBy, o.Confirmed = "U0ANA", T0.Add(4*time.Second)
	}
	if state == op.Running || state == op.Succeeded || state == op.Failed || state == op.Unknown {
		o.Sent, o.Sends = T0.Add(5*time.Second), 1
	}
	if state == op.Succeeded || state == op.Failed {
		o.Ended = T0.Add(19 * time.Second)
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

func other(o *op.Operation) {
	o.Decision.Confirm, o.Decision.Approvers = op.ConfirmOther, []string{"S0LEADS", "U0BO"}
	if o.DecidedBy != "" {
		o.DecidedBy = "U0BO"
	}
}

func idle(o *op.Operation) {
	o.Plan.OnAir, o.Plan.Facts, o.Plan.Button = false, []op.Line{op.L("⚫ idle")}, "Start studio"
}

func ended(out op.Outcome) func(*op.Operation) {
	return func(o *op.Operation) {
		out.State = o.State
		o.Outcome = &out
	}
}

// cards is one sample for every state and what matters in it.
func cards() map[string]op.Operation {
	next := []op.Next{{Label: "Close preview", Text: "caster scene stop a b"}, {Label: "Show", Text: "caster show a"},
		{Label: "Third", Text: "x"}}
	done := op.Outcome{
		Text: op.L(op.B("Evening News"), " restarted"), Evidence: op.L("On air again since ", op.At(T0.Add(18*time.Second))),
		Checked: true, RequestID: "6EBD-01",
	}
	return map[string]op.Operation{
		"pending":       operation(op.Pending),
		"pending-idle":  operation(op.Pending, idle),
		"pending-other": operation(op.Pending, other),
		"queued":        operation(op.Queued),
		"queued-none":   operation(op.Queued, func(o *op.Operation) { o.Decision.Confirm = op.ConfirmNone }),
		"running":       operation(op.Running),
		"running-other": operation(op.Running, other),
		"running-slow":  operation(op.Running, ended(op.Outcome{Evidence: op.L("Still waiting for an answer.")})),
		"running-turn": operation(op.Running, ended(op.Outcome{
			Evidence: op.L("ApsaraVideo Live allows 10 calls a second. Yours is next in about 4 s."),
		})),
		"succeeded": operation(op.Succeeded, ended(done)),
		"succeeded-other": operation(op.Succeeded, other,
			ended(op.Outcome{Text: op.L(op.B("Evening News 47"), " copied"), Checked: true})),
		"succeeded-play": operation(op.Succeeded, ended(op.Outcome{
			Text: op.L("🟢 PREVIEW is open"), Play: "https://play.example.com/a?auth_key=1-2-3", Next: next,
		})),
		"succeeded-closed": operation(op.Succeeded, func(o *op.Operation) { o.SettledBy = "U0BO" },
			ended(op.Outcome{Text: op.L("Restart studio ", op.B("Evening News"), ": no answer came. ", op.Who("U0BO"),
				" says that it happened.")})),
		"failed": operation(op.Failed, ended(op.Outcome{
			Text: op.L(op.B("Evening News"), " was not restarted: the studio is not running"),
			Code: "IncorrectCasterStatus.Idle", RequestID: "6EBD-02",
			Next: []op.Next{{Label: "Start it instead", Text: "caster start a"}},
		})),
		"failed-already": operation(op.Failed,
			ended(op.Outcome{Text: op.L(op.B("Preview 2"), " is already open. Nothing was changed."), Already: true})),
		"failed-closed": operation(op.Failed, func(o *op.Operation) {
			o.SettledBy = "U0BO"
		}, ended(op.Outcome{Text: op.L("No answer came. ", op.Who("U0BO"), " says that it did not happen.")})),
		"unknown": operation(op.Unknown, func(o *op.Operation) { o.Looked, o.Looks = T0.Add(20*time.Second), 1 },
			ended(op.Outcome{Evidence: op.L("Studio now: streaming since ", op.At(T0.Add(9*time.Second)))})),
		"unknown-bare": operation(op.Unknown),
		"unknown-words": operation(op.Unknown,
			ended(op.Outcome{Text: op.L("This machine stood still just before the call, so I did not make it.")})),
		"unknown-token": operation(op.Unknown, func(o *op.Operation) { o.Sends = 3 }),
		"expired":       operation(op.Expired),
		"cancelled":     operation(op.Cancelled),
		"declined":      operation(op.Cancelled, other),
	}
}

func TestCards(t *testing.T) {
	for name, o := range cards() {
		m := plain.Card(o, false)
		golden(t, "card-"+name, m)
		lint(t, name, m)
		lint(t, name+", simple", m.Simple())
		if strings.TrimSpace(m.Text) == "" {
			t.Errorf("%s: no sentence for notifications", name)
		}
	}
	repeating := plain.Card(operation(op.Unknown), true)
	if got := mustJSON(t, repeating); !strings.Contains(got, "cannot create a second studio") ||
		strings.Contains(got, "I will not send it again") {
		t.Errorf("a repeated operation reads %s", got)
	}
}

// TestEveryStateHasACard fails when the chart gains a state that cannot be shown.
func TestEveryStateHasACard(t *testing.T) {
	for _, s := range op.States() {
		m := plain.Card(op.Operation{ID: "abcdefgh", State: s, Requester: "U0ANA"}, false)
		lint(t, string(s)+" with nothing known", m)
	}
}

// TestButtons: what a card offers follows from its state, and every button is one that the decoder knows.
func TestButtons(t *testing.T) {
	for name, want := range map[string]string{
		"pending": "op:confirm op:cancel", "pending-other": "op:approve op:decline", "queued": "", "running": "",
		"succeeded": "", "succeeded-play": "op:next op:next", "failed": "op:next", "failed-already": "",
		"unknown": "op:look op:happened op:not", "expired": "op:again", "cancelled": "op:again",
	} {
		var ids []string
		for _, p := range render.CardViews[cards()[name].State](cards()[name], false).Presses {
			act, _, _ := strings.Cut(strings.TrimPrefix(p.Action, render.CardAction), ":")
			ids = append(ids, render.CardAction+act)
			if p.Value != cards()[name].ID {
				t.Errorf("%s: the value of %s is %q, not the operation's id", name, p.Action, p.Value)
			}
			a, err := payload.CardPress(payload.Pressed{ActionID: p.Action, Value: p.Value}, op.Request{}, "1.2")
			if err != nil || a.Click == nil {
				t.Errorf("%s: %s is not understood: %v", name, p.Action, err)
			}
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: buttons %q, want %q", name, got, want)
		}
	}
}

// TestHostileNames draws every kind of message with every hostile name everywhere.
func TestHostileNames(t *testing.T) {
	for _, name := range slackworld.Hostile {
		for kind, o := range cards() {
			harmless(t, kind, name, mustJSON(t, plain.Card(poisoned(o, name), false)))
		}
		a := hostileAnswer(name)
		lint(t, "answer", plain.Answer(a))
		harmless(t, "answer", name, mustJSON(t, plain.Answer(a)))
		harmless(t, "reply", name, mustJSON(t, plain.Answer(a).Reply()))
		f := hostileForm(name)
		view := mustJSON(t, plain.DrawForm(f, "U0ANA"))
		if p := blockkit.LintView(json.RawMessage(view)); len(p) > 0 {
			t.Errorf("form with %.60q: %v", name, p)
		}
		harmless(t, "form", name, mustJSON(t, plain.DrawForm(f, "U0ANA").Blocks))
	}
}

func poisoned(o op.Operation, name string) op.Operation {
	o.Plan.Title = op.L("Restart ", op.B(name), " ", name)
	o.Plan.Facts = []op.Line{op.L(op.Code(name), op.B(name)), op.L(name)}
	o.Plan.Button = name
	o.Decision.Rule = name
	if o.Outcome != nil {
		out := *o.Outcome
		out.Text, out.Evidence, out.Code, out.RequestID = op.L(op.B(name)), op.L(name), name, name
		out.Next = []op.Next{{Label: name, Text: name}}
		o.Outcome = &out
	}
	return o
}

func hostileAnswer(name string) op.Answer {
	return op.Answer{
		Mark: op.MarkOK, Title: op.L(op.B(name)), Lines: []op.Line{op.L(name), op.L(op.Code(name))}, Note: op.L(name),
		Items: []op.Item{{Mark: op.MarkIdle, Title: op.L(op.B(name)), Facts: []op.Line{op.L(name)},
			Next: []op.Next{{Label: name, Text: "caster " + name}}}},
		Next: []op.Next{{Label: name, Text: "caster show x"}},
		Pick: &op.Pick{Label: name, Text: "caster show ?", Typed: name},
	}
}

func hostileForm(name string) op.Form {
	return op.Form{
		Command: "caster copy {caster} {name}", Title: name, Button: name, Note: op.L(name), Problem: op.L(op.B(name)),
		Channel: "C0SHOW",
		Fields: []op.Field{
			{Name: "caster", Label: name, Hint: name, Value: "id1",
				Chosen: []op.Option{{Label: name, Value: "id1", Group: op.L(name), Hint: name}}},
			{Name: "name", Label: name, Max: 64}, {Name: "scene", Label: name, Hint: name},
		},
	}
}

// harmless fails when drawn text holds an element that is not one of ours. Buttons are plain text, and the commands
// that they carry are not drawn.
func harmless(t *testing.T, kind, name, drawn string) {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(drawn), &tree); err != nil {
		t.Fatalf("%s with %.60q: %v", kind, name, err)
	}
	walk(tree, func(key string, m map[string]any, text string) {
		if key == "value" || key == "text" && m["type"] == "plain_text" {
			return
		}
		if m["type"] == "mrkdwn" && m["verbatim"] != true {
			t.Errorf("%s with %.60q: %.60q is not verbatim", kind, name, text)
		}
		for _, e := range slackworld.Element.FindAllString(text, -1) {
			if !slackworld.Ours.MatchString(e) {
				t.Errorf("%s with %.60q: active %.60q", kind, name, e)
			}
		}
	})
}

func walk(node any, see func(key string, parent map[string]any, text string)) {
	switch n := node.(type) {
	case []any:
		for _, v := range n {
			walk(v, see)
		}
	case map[string]any:
		for k, v := range n {
			if text, ok := v.(string); ok {
				see(k, n, text)
			}
			walk(v, see)
		}
	}
}

func lint(t *testing.T, name string, m render.Message) {
	t.Helper()
	for _, blocks := range [][]slack.Block{m.Blocks, m.Body} {
		if blocks == nil {
			continue
		}
		if p := blockkit.Lint("message", json.RawMessage(mustJSON(t, blocks))); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(mustJSON(t, v)), "", " "); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(b.String())
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s is another one now:\n%s", file, text)
	}
}
