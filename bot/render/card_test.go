package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

var update = flag.Bool("update", false, "write the golden files again")

// plain speaks English.
var plain = Printer{}

func idle(o *op.Operation) {
	o.Plan.OnAir, o.Plan.Facts, o.Plan.Button = false, []op.Line{op.L("⚫ idle")}, "Start studio"
}

// take is a plan that says more than its card has room for.
func take(o *op.Operation) {
	news := op.B("Evening News")
	o.Plan.Title, o.Plan.Button = op.L("Take to PROGRAM: ", news, " / ", op.B("Preview 1")), "Take to PROGRAM"
	o.Plan.Viewers = op.L("Viewers will then see ", op.B("Preview 1"), ". Check it first: ",
		op.Link("https://play.example.com/a?auth_key=1-2-3", "▶ Preview 1"))
	o.Plan.Facts = []op.Line{
		op.L("⚠️ ", op.Strong("STANDBY"), " up since ", op.At(slackworld.T0), " by ", op.Who("U0KEN"),
			", unless changed elsewhere"),
		op.L("🔴 ", op.Strong("ON AIR"), " since ", op.At(slackworld.T0), " · PROGRAM scene ", op.B("Main")),
		op.L("PROGRAM has the picture of ", op.B("Preview 2"), " now."),
		op.L("It is not known what became of an earlier operation: ", op.Code("op ABC123"), ", Restart studio ", news, "."),
	}
}

// pause is a plan about a recording.
func pause(o *op.Operation) {
	o.Plan.Title, o.Plan.Button, o.Plan.OnAir = op.L("Pause recording of ", op.B("main")), "Pause recording", false
	o.Plan.Viewers = op.L("Viewers notice nothing.")
	o.Plan.Facts = []op.Line{
		op.L("As far as the cloud shows, it has been recording since ", op.At(slackworld.T0), ", or was paused at ",
			op.At(slackworld.T0), "."),
		op.L("Nothing is seen to be recording; ApsaraVideo Live may refuse."),
		op.L("Records on command only; the file follows ", op.V("3 min"), " after a pause."),
		op.L(op.Code("live.example.com/show/main"), " · ", op.Strong("live"), " since ", op.At(slackworld.T0)),
	}
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
		Text:     op.L(op.B("Evening News"), " restarted"),
		Evidence: op.L("On air again since ", op.At(slackworld.T0.Add(18*time.Second))),
		Checked:  true, RequestID: "6EBD-01",
	}
	return map[string]op.Operation{
		"pending":       slackworld.Operation(op.Pending),
		"pending-idle":  slackworld.Operation(op.Pending, idle),
		"pending-other": slackworld.Operation(op.Pending, slackworld.Other),
		"pending-take":  slackworld.Operation(op.Pending, take, slackworld.Other),
		"pending-pause": slackworld.Operation(op.Pending, pause),
		"queued":        slackworld.Operation(op.Queued),
		"queued-none":   slackworld.Operation(op.Queued, func(o *op.Operation) { o.Decision.Confirm = op.ConfirmNone }),
		"running":       slackworld.Operation(op.Running),
		"running-other": slackworld.Operation(op.Running, slackworld.Other),
		"running-slow":  slackworld.Operation(op.Running, ended(op.Outcome{Evidence: op.L("Still waiting for an answer.")})),
		"running-turn": slackworld.Operation(op.Running, ended(op.Outcome{
			Evidence: op.L("ApsaraVideo Live allows 10 calls a second. Yours is next in about 4 s."),
		})),
		"succeeded": slackworld.Operation(op.Succeeded, ended(done)),
		"succeeded-other": slackworld.Operation(op.Succeeded, slackworld.Other,
			ended(op.Outcome{Text: op.L(op.B("Evening News 47"), " copied"), Checked: true})),
		"succeeded-play": slackworld.Operation(op.Succeeded, ended(op.Outcome{
			Text: op.L("🟢 PREVIEW is open"), Play: "https://play.example.com/a?auth_key=1-2-3", Next: next,
		})),
		"succeeded-closed": slackworld.Operation(op.Succeeded, func(o *op.Operation) { o.SettledBy = "U0BO" },
			ended(op.Outcome{Text: op.L("Restart studio ", op.B("Evening News"), ": no answer came. ", op.Who("U0BO"),
				" says that it happened.")})),
		"failed": slackworld.Operation(op.Failed, ended(op.Outcome{
			Text: op.L(op.B("Evening News"), " was not restarted: the studio is not running"),
			Code: "IncorrectCasterStatus.Idle", RequestID: "6EBD-02",
			Next: []op.Next{{Label: "Start it instead", Text: "caster start a"}}, NothingChanged: true,
		})),
		"failed-already": slackworld.Operation(op.Failed,
			ended(op.Outcome{Text: op.L(op.B("Preview 2"), " is already open. Nothing was changed."), Already: true})),
		"failed-closed": slackworld.Operation(op.Failed, func(o *op.Operation) {
			o.SettledBy = "U0BO"
		}, ended(op.Outcome{Text: op.L("No answer came. ", op.Who("U0BO"), " says that it did not happen.")})),
		"unknown": slackworld.Operation(op.Unknown,
			func(o *op.Operation) { o.Looked, o.Looks = slackworld.T0.Add(20*time.Second), 1 },
			ended(op.Outcome{Evidence: op.L("Studio now: streaming since ", op.At(slackworld.T0.Add(9*time.Second)))})),
		"unknown-bare": slackworld.Operation(op.Unknown),
		"unknown-words": slackworld.Operation(op.Unknown,
			ended(op.Outcome{Text: op.L("This machine stood still just before the call, so I did not make it.")})),
		"unknown-token": slackworld.Operation(op.Unknown, func(o *op.Operation) { o.Sends = 3 }),
		"expired":       slackworld.Operation(op.Expired),
		"cancelled":     slackworld.Operation(op.Cancelled),
		"declined":      slackworld.Operation(op.Cancelled, slackworld.Other),
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
	explained := cards()["failed"]
	explained.Outcome.Text = op.L("It is idle (", op.Code(explained.Outcome.Code), "). Nothing was changed.")
	explained.Outcome.NothingChanged = false
	if got := slackworld.JSON(t, asSent(plain.Card(explained, false))); strings.Contains(got, "code `") ||
		strings.Contains(got, `"Nothing was changed."`) {
		t.Errorf("what the outcome says is said twice: %s", got)
	}
	repeating := plain.Card(slackworld.Operation(op.Unknown), true)
	if got := slackworld.JSON(t, asSent(repeating)); !strings.Contains(got, "cannot create a second studio") ||
		strings.Contains(got, "will not be sent again") {
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

// TestButtons: what a card offers follows from its state.
func TestButtons(t *testing.T) {
	for name, want := range map[string]string{
		"pending": "op:confirm op:cancel", "pending-other": "op:approve op:decline", "queued": "", "running": "",
		"pending-take": "op:approve op:decline op:details", "pending-pause": "op:confirm op:cancel op:details",
		"succeeded": "", "succeeded-play": "op:next op:next", "failed": "op:next", "failed-already": "",
		"unknown": "op:look op:happened op:not", "expired": "op:again", "cancelled": "op:again",
	} {
		var ids []string
		for _, p := range cardViews[cards()[name].State](cards()[name], false).presses {
			act, _, _ := strings.Cut(strings.TrimPrefix(p.action, CardAction), ":")
			ids = append(ids, CardAction+act)
			if p.value != cards()[name].ID {
				t.Errorf("%s: the value of %s is %q, not the operation's id", name, p.action, p.value)
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
			harmless(t, kind, name, slackworld.JSON(t, asSent(plain.Card(poisoned(o, name), false))))
		}
		a := hostileAnswer(name)
		lint(t, "answer", plain.Answer(a))
		harmless(t, "answer", name, slackworld.JSON(t, asSent(plain.Answer(a))))
		harmless(t, "reply", name, slackworld.JSON(t, plain.Answer(a).Reply()))
		f := hostileForm(name)
		view := slackworld.JSON(t, plain.DrawForm(f, "U0ANA"))
		if p := blockkit.LintView(json.RawMessage(view)); len(p) > 0 {
			t.Errorf("form with %.60q: %v", name, p)
		}
		harmless(t, "form", name, slackworld.JSON(t, plain.DrawForm(f, "U0ANA").Blocks))
	}
}

func poisoned(o op.Operation, name string) op.Operation {
	o.Plan.Title = op.L("Restart ", op.B(name), " ", name)
	o.Plan.Facts = []op.Line{op.L(op.Code(name), op.B(name)), op.L(name)}
	o.Plan.Viewers, o.Plan.Warnings = op.L(op.B(name), name), []op.Line{op.L(op.B(name), name)}
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

func lint(t *testing.T, name string, m Message) {
	t.Helper()
	for _, blocks := range [][]slack.Block{m.Blocks, m.body} {
		if blocks == nil {
			continue
		}
		if p := blockkit.Lint("message", json.RawMessage(slackworld.JSON(t, blocks))); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// asSent is a message as Slack would get it.
func asSent(m Message) any {
	return struct {
		Text        string             `json:"text"`
		Blocks      []slack.Block      `json:"blocks"`
		Attachments []slack.Attachment `json:"attachments,omitempty"`
	}{m.Text, m.Blocks, m.Attachments()}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	if m, ok := v.(Message); ok {
		v = asSent(m)
	}
	file := filepath.Join("testdata", name+".json")
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(slackworld.JSON(t, v)), "", " "); err != nil {
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
