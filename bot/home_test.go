package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/render"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// tab is a person's home tab, once it shows these words.
func (w *World) tab(user, words string) fakeslack.View {
	w.t.Helper()
	var found fakeslack.View
	w.Until("a home tab with "+words, func() bool {
		s, err := w.Snapshot(user)
		if err != nil || s.Home == nil {
			return false
		}
		found = *s.Home
		return strings.Contains(string(found.Blocks), words)
	})
	return found
}

// homely is a page with one button.
func homely(title string) op.Answer {
	return op.Answer{Title: op.L(title),
		Items: []op.Item{{Title: op.L("Evening News"),
			Next: []op.Next{{Label: "Show", Text: "caster show c1", Channel: "C0SHOW"}}}}}
}

// TestHomeButtons: what comes of a button of the page is shown in a window over it, and the buttons of that window go
// on for the same channel; what is not said there is said to stand in the channel.
func TestHomeButtons(t *testing.T) {
	w := NewWorld(t)
	opened, asked := 0, make(chan op.Request, 4)
	w.engine.home = func(context.Context, op.Request) (op.Answer, error) {
		opened++
		return homely(fmt.Sprint("page ", opened)), nil
	}
	chat := messages.New(w.Config)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		asked <- r
		switch r.Text {
		case "caster show c1":
			return engine.Accepted{Work: func(ctx context.Context) {
				_ = chat.Tell(ctx, r.Address, op.Answer{Title: op.L("this is c1"),
					Next: []op.Next{{Label: "Restart", Text: "caster restart c1"}, {Label: "Form", Text: "caster copy ?"}}})
			}}, nil
		case "caster copy ?":
			return engine.Accepted{Form: &op.Form{Command: "caster copy {name}", Title: "/caster copy", Channel: "C0SHOW",
				FromHome: true, Fields: []op.Field{{Name: "name", Label: "New name", Max: 9}}}}, nil
		}
		return engine.Accepted{Work: func(context.Context) {}}, nil
	}
	w.engine.fill = func(_ context.Context, _ op.Request, f op.Form) (op.Form, error) { return f, nil }
	w.engine.submitted = func(op.Form) string { return "submitted" }
	w.start()
	w.Acknowledged(w.OpenHome("U0ANA"))
	tab := w.tab("U0ANA", "page 1")
	w.Acknowledged(w.ClickView("U0ANA", tab.ID, fakeslack.Press{Action: "home:refresh"}))
	tab = w.tab("U0ANA", "page 2")
	want := func(text, view string) {
		t.Helper()
		if r := <-asked; r.Text != text || !r.FromHome || r.Channel != "C0SHOW" || r.Person != "U0ANA" || r.Key == "" ||
			(view != "" && r.View != view) {
			t.Errorf("the engine got %+v, want %s", r, text)
		}
	}
	w.Acknowledged(w.ClickView("U0ANA", tab.ID, fakeslack.Press{Action: "home:0:C0SHOW"}))
	window := w.view("U0ANA", "this is c1")
	want("caster show c1", window.ID)
	w.Acknowledged(w.ClickView("U0ANA", window.ID, fakeslack.Press{Action: "say:0"}))
	want("caster restart c1", window.ID)
	w.view("U0ANA", "Asked. The card is in")
	w.Acknowledged(w.ClickView("U0ANA", tab.ID, fakeslack.Press{Action: "home:0:C0SHOW"}))
	want("caster show c1", "")
	window = w.view("U0ANA", "this is c1")
	w.Acknowledged(w.ClickView("U0ANA", window.ID, fakeslack.Press{Action: "say:1"}))
	want("caster copy ?", window.ID)
	form := w.view("U0ANA", "New name")
	w.Acknowledged(w.Submit("U0ANA", form.ID,
		map[string]map[string]fakeslack.State{"name": {"field": fakeslack.Typed("x")}}))
	want("submitted", "")
	if n := len(w.Calls("chat.postEphemeral")) + len(w.Calls("chat.postMessage")); n != 0 {
		t.Errorf("%d messages beside the windows", n)
	}
}

// TestHomeWithoutWindows: when none can be opened the answer is a direct message, and never one in a channel nobody
// looks at.
func TestHomeWithoutWindows(t *testing.T) {
	w := NewWorld(t)
	w.engine.home = func(context.Context, op.Request) (op.Answer, error) { return homely("page"), nil }
	w.engine.accept = replying("this is c1")
	w.start()
	w.Acknowledged(w.OpenHome("U0ANA"))
	tab := w.tab("U0ANA", "page")
	w.Fail("views.open", fakeslack.Fault{Error: "expired_trigger_id", Times: 1})
	w.Acknowledged(w.ClickView("U0ANA", tab.ID, fakeslack.Press{Action: "home:0:C0SHOW"}))
	w.Until("a direct message comes", func() bool { return w.Reads("U0ANA", "", "this is c1") })
	if w.Reads("U0ANA", "C0SHOW", "this is c1") {
		t.Error("it is in the channel too")
	}
}

// TestHomeIsLong: as much as Slack takes.
func TestHomeIsLong(t *testing.T) {
	a := op.Answer{Title: op.L("page"), Note: op.L("As of now.")}
	for range 200 {
		a.Items = append(a.Items,
			op.Item{Title: op.L("x"), Next: []op.Next{{Label: "Show", Text: "caster show x", Channel: "C0SHOW"}}})
	}
	drawn := mustJSON(t, plain.Home(a))
	if p := blockkit.LintView(json.RawMessage(drawn)); len(p) > 0 || strings.Count(drawn, `"Show"`) != render.HomeItems ||
		!strings.Contains(drawn, "Refresh") {
		t.Errorf("%v, %d buttons", p, strings.Count(drawn, `"Show"`))
	}
}

// TestPagesAndWindows: a button of a view means something only on the page, or in a window of that person.
func TestPagesAndWindows(t *testing.T) {
	press := func(kind, action, value, owner string) string {
		about, _ := json.Marshal(plain.View(plain.Answer(op.Answer{}), owner, "C0SHOW").PrivateMetadata)
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
		a, err := Me.Decode("interactive", "e", json.RawMessage(c.payload), T0)
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

// TestRooms: the channels that somebody is in, asked for once a minute; what was known before does not serve.
func TestRooms(t *testing.T) {
	w := NewWorld(t)
	clock := &slackworld.Clock{}
	w.Config.Now = clock.Now
	dir := directory.New(w.Config, func() []string { return nil })
	rooms := func(id string) ([]string, error) { return dir.Rooms(context.Background(), id, time.Time{}) }
	got, err := rooms("U0GUS")
	if err != nil || !slices.Contains(got, "C0SHOW") || slices.Contains(got, "C0MORN") {
		t.Fatalf("%v, %v", got, err)
	}
	w.Fail("users.conversations", fakeslack.Fault{Status: 500})
	if _, err := rooms("U0GUS"); err != nil || len(w.Calls("users.conversations")) != 1 {
		t.Errorf("asked again within a minute: %v", err)
	}
	clock.Advance(directory.GoodFor)
	if got, err := rooms("U0GUS"); err == nil {
		t.Errorf("old rooms serve: %v", got)
	}
	if _, err := rooms("U0XXX"); err == nil {
		t.Error("nobody's rooms")
	}
}

// TestAnswersInThreads: who presses a button in a thread is answered there; a card that has replies is in no thread
// itself.
func TestAnswersInThreads(t *testing.T) {
	w := NewWorld(t)
	w.engine.press = func(_ context.Context, c op.Click) (engine.Accepted, error) {
		return engine.Accepted{Reply: &op.Answer{Title: op.L("pressed in thread ", op.V(c.Thread))}}, nil
	}
	w.start()
	parent := w.card(operation(op.Pending))
	reply := w.card(operation(op.Pending, func(o *op.Operation) { o.Thread = parent }))
	for ts, thread := range map[string]string{parent: "", reply: parent} {
		w.Acknowledged(w.Click("U0KEN", "C0SHOW", ts, fakeslack.Press{Action: "op:confirm"}))
		w.Until("the clicker is answered", func() bool {
			return w.Reads("U0KEN", "C0SHOW", strings.TrimSpace("pressed in thread "+thread))
		})
	}
	private := w.Calls("chat.postEphemeral")
	if len(private) != 1 || private[0].Args["thread_ts"] != parent {
		t.Errorf("answered in threads: %+v", private)
	}
	for where, thread := range map[string]string{`"7.1","thread_ts":"7.1"`: "", `"7.2","thread_ts":"7.1"`: "7.1"} {
		a, err := Me.Decode("interactive", "e", json.RawMessage(`{"type":"block_actions","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},"channel":{"id":"C0SHOW"},
			"container":{"message_ts":`+where+`},"actions":[{"action_id":"op:confirm","value":"8f2k","action_ts":"7.7"}]}`), T0)
		if err != nil || a.Click == nil || a.Click.Thread != thread {
			t.Errorf("%s: %+v, %v", where, a.Click, err)
		}
	}
}
