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

// TestEveryButtonIsUnderstood: each that a card may have is one that the decoder knows.
func TestEveryButtonIsUnderstood(t *testing.T) {
	next := op.Outcome{Next: []op.Next{{Label: "Show", Text: "caster show a"}}}
	seen := map[op.Action]bool{}
	for _, state := range op.States() {
		for _, o := range []op.Operation{slackworld.Operation(state), slackworld.Operation(state, slackworld.Other)} {
			o.Outcome = &next
			o.Plan.Viewers = op.L("Viewers notice nothing.")
			o.Plan.Facts = append(o.Plan.Facts, op.L("one more"), op.L("and one"), op.L("and another"))
			for _, b := range (render.Printer{}).Card(o, false).Attachments()[0].Blocks.BlockSet {
				row, _ := b.(*slack.ActionBlock)
				if row == nil {
					continue
				}
				for _, e := range row.Elements.ElementSet {
					drawn := e.(*slack.ButtonBlockElement)
					a, err := cardPress(slack.BlockAction{ActionID: drawn.ActionID, Value: drawn.Value}, op.Request{}, "1.2")
					if err != nil || a.Click == nil {
						t.Fatalf("%s: %s is not understood: %v", state, drawn.ActionID, err)
					}
					seen[a.Click.Action] = true
				}
			}
		}
	}
	if len(seen) != len(acts) {
		t.Errorf("cards have %v", seen)
	}
}

// TestCardsOnThePage: each button that a card has on the page is read as the click that it stands for, on the card that
// it names; anything else means nothing.
func TestCardsOnThePage(t *testing.T) {
	o := slackworld.Operation(op.Pending)
	o.Card, o.Version = "1795377600.000100", 7
	unknown := slackworld.Operation(op.Unknown)
	unknown.Card, unknown.Version = "1795377600.000200", 9
	again := op.Next{Label: "Switch to standby", Text: "caster standby c1"}
	unknown.Outcome = &op.Outcome{State: op.Unknown, Next: []op.Next{again}}
	page := render.Printer{}.Home(op.Answer{Title: op.L("page"),
		Items: []op.Item{{Title: op.L("waits"), Card: &o}, {Title: op.L("waits"), Card: &unknown}}},
		func(op.Operation) bool { return false })
	got := ""
	for _, b := range page.Blocks.BlockSet {
		row, _ := b.(*slack.ActionBlock)
		if row == nil {
			continue
		}
		for _, e := range row.Elements.ElementSet {
			drawn := e.(*slack.ButtonBlockElement)
			got += "\n" + onPage(t, "home", drawn.ActionID, drawn.Value)
		}
	}
	want := fmt.Sprintf(`
confirm %[1]s in C0SHOW/1795377600.000100 at 7
cancel %[1]s in C0SHOW/1795377600.000100 at 7
next:%[3]s %[2]s in C0SHOW/1795377600.000200 at 9
look %[2]s in C0SHOW/1795377600.000200 at 9
happened %[2]s in C0SHOW/1795377600.000200 at 9
not %[2]s in C0SHOW/1795377600.000200 at 9
the page`, o.ID, unknown.ID, again.ID())
	if got != want {
		t.Errorf("read as%s\nwant%s", got, want)
	}
	for _, c := range [][3]string{
		{"home", "home:op:next:8f2k", "C0SHOW 1.2 7"},
		{"modal", "home:op:confirm:8f2k", "C0SHOW 1.2 7"}, {"home", "home:op:again:8f2k", "C0SHOW 1.2 7"},
		{"home", "home:op:confirm:", "C0SHOW 1.2 7"}, {"home", "home:op:confirm:8f2k", "C0SHOW 1.2 0"},
		{"home", "home:op:confirm:8f2k", "C0SHOW 1.2"}, {"home", "home:op:confirm:8f2k", "C0SHOW  7"},
		{"home", "home:op:confirm:8f2k", " 1.2 7"}, {"home", "home:op:confirm:8f2k", "C0SHOW 1.2 x"},
	} {
		if got := onPage(t, c[0], c[1], c[2]); got != "ignored" {
			t.Errorf("%q is read as %s", c, got)
		}
	}
}

// onPage is what a press in a view of this kind means.
func onPage(t *testing.T, kind, action, value string) string {
	t.Helper()
	raw := fmt.Sprintf(`{"type":"block_actions","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},"trigger_id":"t",
		"actions":[{"action_id":%q,"value":%q,"action_ts":"7.7"}],"view":{"id":"V1","type":%q}}`, action, value, kind)
	a, err := Identity{Team: "T0SHOW"}.Decode("interactive", "e1", json.RawMessage(raw), slackworld.T0)
	switch c := a.Click; {
	case err != nil:
		t.Fatal(err)
	case a.Home != nil:
		return "the page"
	case c != nil && c.FromHome && c.Person == "U0ANA" && c.Key != "":
		return fmt.Sprintf("%s %s in %s/%s at %d", strings.TrimSuffix(string(c.Action)+":"+c.Next, ":"), c.Operation,
			c.Channel, c.Message, c.Version)
	}
	return "ignored"
}

// TestPagesAndWindows: a button of a view means something only on the page, or in a window of that person.
func TestPagesAndWindows(t *testing.T) {
	press := func(kind, action, value, owner string) string {
		about, _ := json.Marshal(render.Printer{}.View(render.Printer{}.Answer(op.Answer{}), owner, "C0SHOW").PrivateMetadata)
		return fmt.Sprintf(`{"type":"block_actions","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},"trigger_id":"t",
			"actions":[{"action_id":%q,"block_id":"caster copy ? x","value":%q,"selected_option":{"value":"c2"},"action_ts":"7.7"}],
			"view":{"id":"V1","type":%q,"private_metadata":%s}}`, action, value, kind, about)
	}
	for _, c := range []struct{ name, payload, want string }{
		{"the page", press("home", "home:3:C0SHOW", "caster show c1", ""), "caster show c1@C0SHOW"},
		{"a window", press("modal", "say:0", "caster show c1", "U0ANA"), "caster show c1@C0SHOW in V1"},
		{"a picker in a window", press("modal", "pick:x", "", "U0ANA"), "caster copy ? x=c2@C0SHOW in V1"},
		{"somebody else's window", press("modal", "say:0", "caster show c1", "U0BO"), "ignored"},
		{"a button of the page in a window", press("modal", "home:3:C0SHOW", "caster show c1", "U0ANA"), "ignored"},
		{"a button of messages on the page", press("home", "say:0", "caster show c1", "U0ANA"), "ignored"},
		{"a button of a card on the page", press("home", "op:confirm", "8f2k", "U0ANA"), "ignored"},
		{"a button of a card in a window", press("modal", "op:confirm", "8f2k", "U0ANA"), "ignored"},
		{"no channel", press("home", "home:3", "caster show c1", ""), "ignored"},
		{"no command", press("home", "home:3:C0SHOW", "", ""), "ignored"},
	} {
		a, err := me.Decode("interactive", "e", json.RawMessage(c.payload), slackworld.T0)
		got := "ignored"
		if r := a.Request; r != nil {
			got = r.Text
			if r.Pick != "" {
				got += "=" + r.Pick
			}
			if got += "@" + r.Channel; r.View != "" {
				got += " in " + r.View
			}
			if !r.FromHome {
				got += " not away"
			}
		}
		if err != nil || got != c.want || a.Click != nil {
			t.Errorf("%s: %s, %+v, %v", c.name, got, a.Click, err)
		}
	}
}

// TestThreads: a card that has replies is in no thread itself.
func TestThreads(t *testing.T) {
	for where, thread := range map[string]string{`"7.1","thread_ts":"7.1"`: "", `"7.2","thread_ts":"7.1"`: "7.1"} {
		a, err := me.Decode("interactive", "e", json.RawMessage(`{"type":"block_actions","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},"channel":{"id":"C0SHOW"},
			"container":{"message_ts":`+where+`},"actions":[{"action_id":"op:confirm","value":"8f2k","action_ts":"7.7"}]}`), slackworld.T0)
		if err != nil || a.Click == nil || a.Click.Thread != thread {
			t.Errorf("%s: %+v, %v", where, a.Click, err)
		}
	}
}
