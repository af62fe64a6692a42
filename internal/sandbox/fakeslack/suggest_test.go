package fakeslack

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func externalOf(kind, rest string) string {
	return `{"type":"` + kind + `","action_id":"pick","placeholder":{"type":"plain_text","text":"Studio"}` + rest + `}`
}

func studioInput(element string) string {
	return `{"type":"input","block_id":"b","label":{"type":"plain_text","text":"Studio"},"element":` + element + `}`
}

func option(text, value string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, slack.NewTextBlockObject("plain_text", text, false, false), nil)
}

// asked are the answers of an app that knows one studio by each of these queries.
func asked(cb slack.InteractionCallback) any {
	one := option("Evening", "c1")
	switch cb.Value {
	case "many":
		return slack.OptionsResponse{Options: many(one)}
	case "long":
		return slack.OptionsResponse{Options: []*slack.OptionBlockObject{option(strings.Repeat("x", 76), "c1")}}
	case "groups":
		label := slack.NewTextBlockObject("plain_text", "On air", false, false)
		return slack.OptionGroupsResponse{
			OptionGroups: []*slack.OptionGroupBlockObject{slack.NewOptionGroupBlockElement(label, one, option("Loop", "c2"))}}
	case "nothing":
		return map[string]any{"options": []any{}}
	case "empty":
		return nil
	}
	return slack.OptionsResponse{Options: []*slack.OptionBlockObject{one}}
}

func many(one *slack.OptionBlockObject) []*slack.OptionBlockObject {
	list := make([]*slack.OptionBlockObject, 101)
	for i := range list {
		list[i] = one
	}
	return list
}

func (w *fixture) suggested(at Place, query string) (Sent, Ack) {
	w.t.Helper()
	s, err := w.Suggest("U0ANA", at, Press{Action: "pick"}, query)
	must(w.t, err)
	return s, <-s.Done
}

func TestSuggestionsInAModal(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(modal("Copy", studioInput(externalOf("external_select", `,"min_query_length":0`))))
	got := w.interactions(asked)
	evening, loop := Option{Text: &Text{Type: "plain_text", Text: "Evening"}, Value: "c1"},
		Option{Text: &Text{Type: "plain_text", Text: "Loop"}, Value: "c2"}
	for query, want := range map[string]struct {
		err    string
		groups []OptionGroup
	}{
		"eve":     {"", []OptionGroup{{Options: []Option{evening}}}},
		"":        {"", []OptionGroup{{Options: []Option{evening}}}},
		"groups":  {"", []OptionGroup{{Label: &Text{Type: "plain_text", Text: "On air"}, Options: []Option{evening, loop}}}},
		"nothing": {"", nil},
		"many":    {ErrBadAnswer, nil},
		"long":    {ErrBadAnswer, nil},
		"empty":   {ErrBadAnswer, nil},
	} {
		_, ack := w.suggested(Place{View: id}, query)
		same(t, query, []any{ack.Err, ack.Groups()}, []any{want.err, want.groups})
		cb := <-got
		same(t, "payload", []string{string(cb.Type), cb.Value, cb.ActionID, cb.BlockID, cb.View.ID, cb.Container.ViewID},
			[]string{"block_suggestion", query, "pick", "b", id, id})
	}
	log := w.Log(0)
	same(t, "log", []any{log[len(log)-1].Method, log[len(log)-1].User}, []any{"ack", "U0ANA"})
	same(t, "nobody is told", len(w.screen("U0ANA").Toasts), 0)
}

func TestSuggestionsInAMessage(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(asked)
	ts := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "card",
		"blocks", `[{"type":"actions","block_id":"b","elements":[`+externalOf("external_select", "")+`]}]`)["ts"].(string)
	at := Place{Channel: "C0SHOW", TS: ts}
	short, ack := w.suggested(at, "ev")
	same(t, "below the least length", []string{short.Envelope, ack.Err}, []string{"", ""})
	_, ack = w.suggested(at, "evé")
	cb := <-got
	same(t, "payload", []string{cb.Value, cb.Container.MessageTs, cb.Channel.ID}, []string{"evé", ts, "C0SHOW"})
	chosen := ack.Options()[0]
	s, err := w.Click("U0ANA", "C0SHOW", ts, Press{Action: "pick", State: State{SelectedOption: &chosen}})
	must(t, err)
	<-s.Done
	same(t, "chosen", (<-got).ActionCallback.BlockActions[0].SelectedOption.Text.Text, "Evening")
	if _, err := w.Suggest("U0GUS", Place{Channel: "C0MORN", TS: ts}, Press{Action: "pick"}, "eve"); err == nil {
		t.Error("somebody typed into what they cannot see")
	}
	card := w.postCard("C0SHOW")
	if _, err := w.Suggest("U0ANA", Place{Channel: "C0SHOW", TS: card}, Press{Action: "pick"}, "eve"); err == nil {
		t.Error("a select with its own options asked the app")
	}
}

func TestSuggestionsOfSeveral(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(modal("Copy", studioInput(externalOf("multi_external_select", `,"min_query_length":1`))))
	got := w.interactions(func(cb slack.InteractionCallback) any {
		if cb.Type == slack.InteractionTypeBlockSuggestion {
			return asked(cb)
		}
		return nil
	})
	_, ack := w.suggested(Place{View: id}, "groups")
	<-got
	s, err := w.Submit("U0ANA", id, map[string]map[string]State{"b": {"pick": {SelectedOptions: ack.Options()}}})
	must(t, err)
	<-s.Done
	state := (<-got).View.State.Values["b"]["pick"]
	same(t, "state", []any{string(state.Type), len(state.SelectedOptions), state.SelectedOptions[1].Text.Text},
		[]any{"multi_external_select", 2, "Loop"})
}

func TestSuggestionsThatNobodyAnswers(t *testing.T) {
	w := newFixture(t, Config{AckWithin: 30 * time.Millisecond})
	id := w.open(modal("Copy", studioInput(externalOf("external_select", ""))))
	_, ack := w.suggested(Place{View: id}, "eve")
	if ack.Err != ErrDispatch && ack.Err != ErrTimeout {
		t.Errorf("without an answer: %+v", ack)
	}
	same(t, "nobody is told", len(w.screen("U0ANA").Toasts), 0)
}

// TestSeveralInAModal: what a form begins with, what is chosen, and what is too much; each with its words.
func TestSeveralInAModal(t *testing.T) {
	w := newFixture(t, Config{})
	began := `,"max_selected_items":2,"initial_options":[{"text":{"type":"plain_text","text":"Evening"},"value":"c1"}]`
	first := studioInput(externalOf("multi_external_select", began))
	second := strings.Replace(studioInput(externalOf("multi_static_select",
		`,"options":[{"text":{"type":"plain_text","text":"Loop"},"value":"c2"}]`)), `"b"`,
		`"own","dispatch_action":true,"optional":true`, 1)
	id := w.open(modal("Copy", first+","+second))
	got := w.interactions(func(slack.InteractionCallback) any { return nil })
	press := func(s State) (Sent, error) {
		return w.ClickView("U0ANA", id, Press{Action: "pick", Block: "own", State: s})
	}
	submit := func(options ...Option) (Sent, error) {
		return w.Submit("U0ANA", id, map[string]map[string]State{"b": {"pick": {SelectedOptions: options}}})
	}
	values := string(marshal(w.screen("U0ANA").Views[0].State.Values))
	same(t, "at first", values,
		`{"b":{"pick":{"type":"multi_external_select","selected_options":[{"text":{"type":"plain_text","text":"Evening"},"value":"c1"}]}},`+
			`"own":{"pick":{"type":"multi_static_select","selected_options":[]}}}`)
	s, err := press(State{SelectedOptions: []Option{{Value: "c2"}}})
	must(t, err)
	<-s.Done
	cb := <-got
	same(t, "action", cb.ActionCallback.BlockActions[0].SelectedOptions[0].Text.Text, "Loop")
	same(t, "view of the action", cb.View.State.Values["own"]["pick"].SelectedOptions[0].Value, "c2")
	if _, err := submit(Option{Value: "c1"}, Option{Value: "c2"}, Option{Value: "c3"}); err == nil {
		t.Error("three of two were chosen")
	}
	if _, err := w.ClickView("U0ANA", id,
		Press{Action: "pick", Block: "b", State: State{SelectedOptions: make([]Option, 3)}}); err == nil {
		t.Error("three of two were pressed")
	}
	if _, err := submit(); err == nil || w.screen("U0ANA").Views[0].Errors["b"] == "" {
		t.Errorf("a required field without a choice: %v", err)
	}
	s, err = submit(Option{Value: "c1"}, Option{Value: "c2"})
	must(t, err)
	<-s.Done
	same(t, "sent", len((<-got).View.State.Values["b"]["pick"].SelectedOptions), 2)
}
