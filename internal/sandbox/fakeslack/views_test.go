package fakeslack

import (
	"fmt"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const nameInput = `{"type":"input","block_id":"name","label":{"type":"plain_text","text":"Name"},"element":{"type":"plain_text_input","action_id":"text"}}`

func modal(title, blocks string) string {
	return `{"type":"modal","callback_id":"copy","private_metadata":"m","title":{"type":"plain_text","text":"` + title +
		`"},"submit":{"type":"plain_text","text":"Go"},"blocks":[` + blocks + `]}`
}

// trigger gets a fresh trigger_id by typing a command.
func (w *fixture) trigger(user string) string {
	w.t.Helper()
	conn, _ := w.dial()
	_, err := w.Type(user, "C0SHOW", "/caster", "")
	must(w.t, err)
	f := w.frame(conn)
	must(w.t, conn.WriteJSON(map[string]any{"envelope_id": f["envelope_id"]}))
	w.Disconnect("", "")
	return f["payload"].(map[string]any)["trigger_id"].(string)
}

// open opens a modal for ana and returns its id.
func (w *fixture) open(view string) string {
	w.t.Helper()
	out := w.call("views.open", xoxb, "trigger_id", w.trigger("U0ANA"), "view", view)
	if out["ok"] != true {
		w.t.Fatal(out)
	}
	return out["view"].(map[string]any)["id"].(string)
}

func TestModalFromOpenToSubmit(t *testing.T) {
	w := newFixture(t, Config{})
	var api viewAnswers
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		switch d := e.Data.(type) {
		case slack.SlashCommand:
			req := slack.ModalViewRequest{Type: slack.VTModal, CallbackID: "copy",
				Title:  slack.NewTextBlockObject("plain_text", "Copy", false, false),
				Submit: slack.NewTextBlockObject("plain_text", "Go", false, false)}
			req.Blocks.BlockSet = []slack.Block{slack.NewInputBlock("name",
				slack.NewTextBlockObject("plain_text", "Name", false, false), nil,
				slack.NewPlainTextInputBlockElement(nil, "text"))}
			_, err := w.api.OpenView(d.TriggerID, req)
			must(t, err)
			_ = sm.Ack(*e.Request)
		case slack.InteractionCallback:
			_ = sm.Ack(*e.Request, api.next(d))
		}
	})
	w.typed("U0ANA", "C0SHOW", "/caster copy")
	v := w.screen("U0ANA").Views[0]
	if _, err := w.Submit("U0ANA", v.ID, nil); err == nil {
		t.Error("an empty required field was submitted")
	}
	for _, step := range []struct {
		answer string
		check  func(Screen)
	}{
		{`{"response_action":"errors","errors":{"name":"taken"}}`, func(s Screen) {
			same(t, "errors", s.Views[0].Errors, map[string]string{"name": "taken"})
		}},
		{`{"response_action":"errors","errors":{"elsewhere":"x"}}`, func(s Screen) {
			same(t, "toast", s.Toasts[0].Text, trouble)
		}},
		{`{"response_action":"update","view":` + modal("Again", nameInput) + `}`, func(s Screen) {
			same(t, "updated", []any{s.Views[0].ID == v.ID, s.Views[0].Hash == v.Hash, string(s.Views[0].Title)},
				[]any{true, false, `{"type":"plain_text","text":"Again"}`})
		}},
		{`{"response_action":"push","view":` + modal("Second", nameInput) + `}`, func(s Screen) {
			same(t, "pushed", []any{len(s.Views), s.Views[1].PreviousViewID, s.Views[1].RootViewID}, []any{2, v.ID, v.ID})
		}},
		{``, func(s Screen) { same(t, "popped", len(s.Views), 1) }},
		{`{"response_action":"push","view":` + modal("Second", nameInput) + `}`, func(s Screen) {
			same(t, "pushed", len(s.Views), 2)
		}},
		{`{"response_action":"update","view":{"type":"modal"}}`, func(s Screen) {
			same(t, "bad view", s.Toasts[1].Kind, ErrBadAnswer)
		}},
		{`{"response_action":"clear"}`, func(s Screen) { same(t, "cleared", len(s.Views), 0) }},
	} {
		api.say(step.answer)
		views := w.screen("U0ANA").Views
		s, err := w.Submit("U0ANA", views[len(views)-1].ID, map[string]map[string]State{"name": {"text": Typed("News 2")}})
		must(t, err)
		<-s.Done
		got := api.last()
		same(t, "payload", []string{string(got.Type), got.View.CallbackID, got.View.State.Values["name"]["text"].Value},
			[]string{"view_submission", "copy", "News 2"})
		step.check(w.screen("U0ANA"))
	}
}

func TestSubmitWithoutAck(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(modal("Copy", nameInput))
	s, err := w.Submit("U0ANA", id, map[string]map[string]State{"name": {"text": Typed("x")}})
	must(t, err)
	same(t, "ack", (<-s.Done).Err, ErrDispatch)
	screen := w.screen("U0ANA")
	same(t, "stays open", []any{len(screen.Views), screen.Toasts[0].Text}, []any{1, trouble})
}

func TestTriggerWorksOnceAndSoon(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.trigger("U0ANA")
	same(t, "first", w.call("views.open", xoxb, "trigger_id", id, "view", modal("A", nameInput))["ok"], true)
	same(t, "second", w.call("views.open", xoxb, "trigger_id", id, "view", modal("A", nameInput))["error"],
		"exchanged_trigger_id")
	same(t, "unknown", w.call("views.open", xoxb, "trigger_id", "1.2.3", "view", modal("A", nameInput))["error"],
		"invalid_trigger_id")
	late := newFixture(t, Config{Validity: Validity{Trigger: time.Nanosecond}})
	same(t, "late", late.call("views.open", xoxb, "trigger_id", late.trigger("U0ANA"), "view",
		modal("A", nameInput))["error"], "expired_trigger_id")
}

func TestViewsUpdateAndPush(t *testing.T) {
	w := newFixture(t, Config{})
	named := func(ext string) string {
		return `{"type":"modal","external_id":"` + ext + `","title":{"type":"plain_text","text":"A"},"blocks":[]}`
	}
	id := w.open(named("one"))
	hash := w.screen("U0ANA").Views[0].Hash
	for _, c := range []struct {
		name string
		args []string
		want any
	}{
		{"by id", []string{"view_id", id, "view", named("one"), "hash", hash}, nil},
		{"old hash", []string{"view_id", id, "view", named("one"), "hash", hash}, "hash_conflict"},
		{"by external id", []string{"external_id", "one", "view", named("two")}, nil},
		{"gone", []string{"external_id", "one", "view", named("two")}, "not_found"},
		{"no view", []string{"view_id", id}, "invalid_arguments"},
		{"a home", []string{"view_id", id, "view", `{"type":"home","blocks":[]}`}, "invalid_arguments"},
	} {
		same(t, c.name, w.call("views.update", xoxb, c.args...)["error"], c.want)
	}
	same(t, "twice the name", w.call("views.open", xoxb, "trigger_id", "x", "view", named("two"))["error"],
		"duplicate_external_id")
	same(t, "push from a command",
		w.call("views.push", xoxb, "trigger_id", w.trigger("U0ANA"), "view", named("three"))["error"], "not_found")
}

func TestPushLimitAndClose(t *testing.T) {
	w := newFixture(t, Config{})
	button := `{"type":"actions","elements":[{"type":"button","action_id":"more","text":{"type":"plain_text","text":"More"}}]}`
	w.open(modal("1", button))
	got := w.interactions(nil)
	for i := range 3 {
		views := w.screen("U0ANA").Views
		s, err := w.ClickView("U0ANA", views[len(views)-1].ID, Press{Action: "more"})
		must(t, err)
		<-s.Done
		cb := <-got
		same(t, "container", []string{cb.Container.Type, cb.Container.ViewID, cb.View.ID},
			[]string{"view", views[i].ID, views[i].ID})
		view := modal(fmt.Sprint(i+2), button)
		want := any(nil)
		if i == 2 {
			want = "push_limit_reached"
		}
		same(t, "push", w.call("views.push", xoxb, "trigger_id", cb.TriggerID, "view", view)["error"], want)
	}
	views := w.screen("U0ANA").Views
	same(t, "stack", len(views), 3)
	_, err := w.CloseView("U0ANA", views[1].ID)
	must(t, err)
	same(t, "closed with what lies on it", len(w.screen("U0ANA").Views), 1)
}

func TestCloseTellsWhenAsked(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(`{"type":"modal","notify_on_close":true,"title":{"type":"plain_text","text":"A"},"blocks":[]}`)
	got := w.interactions(nil)
	_, err := w.CloseView("U0ANA", id)
	must(t, err)
	same(t, "kind", string((<-got).Type), "view_closed")
}

func TestHome(t *testing.T) {
	w := newFixture(t, Config{})
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeEventsAPI {
			w.call("views.publish", xoxb, "user_id", "U0ANA", "view", `{"type":"home","blocks":[{"type":"divider"}]}`)
			_ = sm.Ack(*e.Request)
		}
	})
	s, err := w.OpenHome("U0ANA")
	must(t, err)
	<-s.Done
	home := w.screen("U0ANA").Home
	if home == nil || home.Type != "home" || w.screen("U0BO").Home != nil {
		t.Fatalf("home %+v", home)
	}
	publish := func(user, hash, view string) any {
		return w.call("views.publish", xoxb, "user_id", user, "hash", hash, "view", view)["error"]
	}
	same(t, "hash", publish("U0ANA", "old", `{"type":"home","blocks":[]}`), "hash_conflict")
	same(t, "again", publish("U0ANA", home.Hash, `{"type":"home","blocks":[]}`), nil)
	same(t, "outsider", publish("U0OUT", "", `{"type":"home","blocks":[]}`), "user_not_found")
	same(t, "alert", publish("U0ANA", "",
		`{"type":"home","blocks":[{"type":"alert","text":{"type":"plain_text","text":"x"}}]}`), "invalid_arguments")
	same(t, "id stays", w.screen("U0ANA").Home.ID, home.ID)
}

// What the person typed survives an update of the modal when the input stays.
func TestUpdateKeepsWhatWasTyped(t *testing.T) {
	w := newFixture(t, Config{})
	two := `{"type":"input","block_id":"pick","dispatch_action":true,"label":{"type":"plain_text","text":"P"},"element":{"type":"static_select","action_id":"s","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}}`
	id := w.open(modal("Copy", two))
	w.interactions(nil)
	s, err := w.ClickView("U0ANA", id, Press{Action: "s", Value: "1"})
	must(t, err)
	<-s.Done
	w.call("views.update", xoxb, "view_id", id, "view", modal("Copy", two+","+nameInput))
	same(t, "state", w.screen("U0ANA").Views[0].State.Values["pick"]["s"].SelectedOption.Text.Text, "One")
}
