package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"casterbot/bot/messages"
	"casterbot/internal/engine"
	"casterbot/internal/op"
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

// TestHomeClicks: a click on a card's button of the page is a click on that card; what is said about it stands in a
// window, and the page is drawn anew, also when the click was refused.
func TestHomeClicks(t *testing.T) {
	w := NewWorld(t)
	drawn, pressed, refuse := 0, make(chan op.Click, 4), false
	o := slackworld.Operation(op.Pending, slackworld.Other)
	o.Card, o.Version = "1795377600.000100", 3
	w.engine.home = func(context.Context, op.Request) (op.Answer, error) {
		drawn++
		return op.Answer{Title: op.L(op.V(fmt.Sprint("page ", drawn))),
			Items: []op.Item{{Title: op.L("waits: ", op.Message(o.Channel, o.Card, "Card")), Card: &o}}}, nil
	}
	chat := messages.New(w.Config)
	w.engine.press = func(_ context.Context, c op.Click) (engine.Accepted, error) {
		pressed <- c
		if !refuse {
			return engine.Accepted{Work: func(context.Context) {}}, nil
		}
		return engine.Accepted{Work: func(ctx context.Context) {
			_ = chat.Tell(ctx, c.Address, op.Answer{Mark: op.MarkDenied, Title: op.L("You may not.")})
		}}, nil
	}
	w.start()
	w.Acknowledged(w.OpenHome("U0KEN"))
	tab := w.tab("U0KEN", "page 1")
	if !strings.Contains(string(tab.Blocks), "/archives/"+o.Channel+"/p1795377600000100|Card") {
		t.Errorf("the page has no link to the card: %s", tab.Blocks)
	}
	for n, said := range []string{"Taken. The card in", "You may not."} {
		refuse = n == 1
		w.Acknowledged(w.ClickView("U0KEN", tab.ID, fakeslack.Press{Action: "home:op:approve:" + o.ID}))
		window := w.view("U0KEN", said)
		if c := <-pressed; c.Operation != o.ID || c.Action != op.ActionApprove || c.Channel != o.Channel ||
			c.Message != o.Card || c.Version != 3 || !c.FromHome || c.View != window.ID {
			t.Errorf("the engine got %+v", c)
		}
		tab = w.tab("U0KEN", fmt.Sprint("page ", n+2))
	}
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

// TestNoWindowHoldsUpAClick: where Slack never answers the opening of a window, what was pressed on the page is taken
// and acknowledged all the same, in time.
func TestNoWindowHoldsUpAClick(t *testing.T) {
	w := NewWorld(t)
	o := slackworld.Operation(op.Pending, slackworld.Other)
	o.Card, o.Version = "1795377600.000100", 3
	w.engine.home = func(context.Context, op.Request) (op.Answer, error) {
		return op.Answer{Title: op.L("page"), Items: []op.Item{{Title: op.L("waits"), Card: &o},
			{Title: op.L("Evening News"), Next: []op.Next{{Label: "Show", Text: "caster show c1", Channel: "C0SHOW"}}}}}, nil
	}
	taken := make(chan error, 2)
	w.engine.press = func(ctx context.Context, _ op.Click) (engine.Accepted, error) {
		taken <- ctx.Err()
		return engine.Accepted{}, nil
	}
	w.engine.accept = func(ctx context.Context, _ op.Request) (engine.Accepted, error) {
		taken <- ctx.Err()
		return engine.Accepted{}, nil
	}
	w.start()
	w.Acknowledged(w.OpenHome("U0KEN"))
	tab := w.tab("U0KEN", "page")
	w.Fail("views.open", fakeslack.Fault{Silent: true})
	for _, action := range []string{"home:op:approve:" + o.ID, "home:0:C0SHOW"} {
		w.Acknowledged(w.ClickView("U0KEN", tab.ID, fakeslack.Press{Action: action}))
		if late := <-taken; late != nil {
			t.Errorf("%s: %v", action, late)
		}
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
	parent := w.card(slackworld.Operation(op.Pending))
	reply := w.card(slackworld.Operation(op.Pending, func(o *op.Operation) { o.Thread = parent }))
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
}
