package fakeslack

import (
	"encoding/json"
	"strings"
	"testing"
)

// next acts and gives the payload of the envelope that the app gets for it.
func (w *fixture) next(act func() (Sent, error)) map[string]any {
	w.t.Helper()
	conn, _ := w.dial()
	defer w.Disconnect("", "")
	_, err := act()
	must(w.t, err)
	f := w.frame(conn)
	must(w.t, conn.WriteJSON(map[string]any{"envelope_id": f["envelope_id"]}))
	return f["payload"].(map[string]any)
}

// inputBlock is an input block named after its element's type.
func inputBlock(element string) string {
	var e struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal([]byte(element), &e)
	return `{"type":"input","optional":true,"block_id":"` + e.Type + `","label":{"type":"plain_text","text":"L"},` +
		`"element":` + strings.TrimSuffix(element, "}") + `,"action_id":"a"}}`
}

func inputBlocks(elements ...string) string {
	var out []string
	for _, e := range elements {
		out = append(out, inputBlock(e))
	}
	return strings.Join(out, ",")
}

const oneOption = `"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]`

// What nobody touched is in the state too: with null, or with an empty list.
func TestStateOfUntouchedInputs(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(modal("All", inputBlocks(
		`{"type":"plain_text_input"}`, `{"type":"email_text_input"}`, `{"type":"rich_text_input"}`, `{"type":"file_input"}`,
		`{"type":"static_select",`+oneOption+`}`, `{"type":"checkboxes",`+oneOption+`}`,
		`{"type":"radio_buttons",`+oneOption+`}`, `{"type":"multi_users_select"}`, `{"type":"users_select"}`,
		`{"type":"conversations_select"}`, `{"type":"datepicker"}`, `{"type":"timepicker"}`, `{"type":"datetimepicker"}`)))
	pay := w.next(func() (Sent, error) { return w.Submit("U0ANA", id, nil) })
	got := map[string]any{}
	for block, inner := range pay["view"].(map[string]any)["state"].(map[string]any)["values"].(map[string]any) {
		e := inner.(map[string]any)["a"].(map[string]any)
		if e["type"] != block {
			t.Errorf("%s has the state of %v", block, e["type"])
		}
		delete(e, "type")
		got[block] = e
	}
	null := func(field string) any { return map[string]any{field: nil} }
	none := func(field string) any { return map[string]any{field: []any{}} }
	same(t, "state", got, map[string]any{
		"plain_text_input": null("value"), "email_text_input": null("value"), "rich_text_input": map[string]any{},
		"file_input": none("files"), "static_select": null("selected_option"), "checkboxes": none("selected_options"),
		"radio_buttons": null("selected_option"), "multi_users_select": none("selected_users"),
		"users_select": null("selected_user"), "conversations_select": null("selected_conversation"),
		"datepicker": null("selected_date"), "timepicker": null("selected_time"),
		"datetimepicker": null("selected_date_time"),
	})
}

func TestRichTextAndFilesInAView(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(modal("Two", inputBlocks(`{"type":"rich_text_input"}`, `{"type":"file_input","max_files":1}`,
		`{"type":"plain_text_input"}`)))
	put := map[string]map[string]State{
		"rich_text_input":  {"a": Typed("for @bo 🎬")},
		"file_input":       {"a": State{Files: []File{{Name: "Rundown.PDF", Size: 7}}}},
		"plain_text_input": {"a": Typed("On air 📺")},
	}
	pay := w.next(func() (Sent, error) { return w.Submit("U0ANA", id, put) })
	values := pay["view"].(map[string]any)["state"].(map[string]any)["values"].(map[string]any)
	held := func(block string) map[string]any { return values[block].(map[string]any)["a"].(map[string]any) }
	same(t, "rich", held("rich_text_input"), json.RawMessage(`{"rich_text_value":{"elements":[{"elements":[`+
		`{"text":"for ","type":"text"},{"type":"user","user_id":"U0BO"},{"text":" ","type":"text"},`+
		`{"name":"clapper","type":"emoji","unicode":"1f3ac"}],"type":"rich_text_section"}],"type":"rich_text"},`+
		`"type":"rich_text_input"}`))
	same(t, "plain", held("plain_text_input")["value"], "On air :tv:")
	file := held("file_input")["files"].([]any)[0].(map[string]any)
	if file["id"].(string)[0] != 'F' || file["filetype"] != "pdf" || file["user"] != "U0ANA" || file["size"] != 7.0 ||
		!strings.HasPrefix(file["url_private"].(string), w.url) {
		t.Errorf("file %v", file)
	}
	put["file_input"]["a"] = State{Files: make([]File, 2)}
	if _, err := w.Submit("U0ANA", w.open(modal("Two", inputBlocks(`{"type":"file_input","max_files":1}`))),
		put); err == nil {
		t.Error("two files where one is allowed")
	}
}

func TestRichTextThatIsPreset(t *testing.T) {
	w := newFixture(t, Config{})
	preset := `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}`
	id := w.open(modal("One", inputBlocks(`{"type":"rich_text_input","initial_value":`+preset+`}`)))
	pay := w.next(func() (Sent, error) { return w.Submit("U0ANA", id, nil) })
	values := pay["view"].(map[string]any)["state"].(map[string]any)["values"].(map[string]any)
	got := values["rich_text_input"].(map[string]any)["a"].(map[string]any)["rich_text_value"]
	var want any
	must(t, json.Unmarshal([]byte(preset), &want))
	same(t, "preset", got, want)
}

// A click tells what the person sees in every input of the message, as that person left it.
func TestStateOfAMessage(t *testing.T) {
	w := newFixture(t, Config{})
	blocks := `[{"type":"actions","block_id":"row","elements":[` +
		`{"type":"static_select","action_id":"pick",` + oneOption + `},` +
		`{"type":"datepicker","action_id":"day","initial_date":"2027-03-05"},` +
		`{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]},` +
		inputBlock(`{"type":"plain_text_input"}`) + `]`
	made := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "t", "blocks", blocks)
	ts := made["ts"].(string)
	click := func(user string, p Press) string {
		t.Helper()
		pay := w.next(func() (Sent, error) { return w.Click(user, "C0SHOW", ts, p) })
		return string(marshal(pay["state"]))
	}
	state := func(day, pick, text string) string {
		return `{"values":{"plain_text_input":{"a":{"type":"plain_text_input","value":` + text + `}},"row":{` +
			`"day":{"selected_date":"` + day + `","type":"datepicker"},` +
			`"pick":{"selected_option":` + pick + `,"type":"static_select"}}}}`
	}
	one := `{"text":{"text":"One","type":"plain_text"},"value":"1"}`
	same(t, "untouched", click("U0ANA", Press{Action: "go"}), state("2027-03-05", "null", "null"))
	same(t, "picked", click("U0ANA", Press{Action: "pick", Value: "1"}), state("2027-03-05", one, "null"))
	typed := map[string]map[string]State{"plain_text_input": {"a": Typed("hi")},
		"row": {"day": State{SelectedDate: "2027-03-06"}}}
	same(t, "typed", click("U0ANA", Press{Action: "go", Values: typed}), state("2027-03-06", one, `"hi"`))
	same(t, "still", click("U0ANA", Press{Action: "go"}), state("2027-03-06", one, `"hi"`))
	same(t, "somebody else", click("U0BO", Press{Action: "go"}), state("2027-03-05", "null", "null"))
	w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts, "text", "t", "blocks", blocks)
	same(t, "drawn anew", click("U0ANA", Press{Action: "go"}), state("2027-03-05", "null", "null"))
}

func TestResponseURLsOfAView(t *testing.T) {
	w := newFixture(t, Config{})
	id := w.open(modal("Where", inputBlocks(
		`{"type":"conversations_select","response_url_enabled":true,"default_to_current_conversation":true}`,
		`{"type":"channels_select","response_url_enabled":true}`)+
		`,{"type":"input","block_id":"no","label":{"type":"plain_text","text":"L"},`+
		`"element":{"type":"channels_select","action_id":"a"}}`))
	put := map[string]map[string]State{"channels_select": {"a": State{SelectedChannel: "C0MORN"}},
		"no": {"a": State{SelectedChannel: "C0MORN"}}}
	pay := w.next(func() (Sent, error) { return w.Submit("U0ANA", id, put) })
	urls := pay["response_urls"].([]any)
	if len(urls) != 2 {
		t.Fatalf("%v", urls)
	}
	for i, want := range []string{"C0SHOW conversations_select a", "C0MORN channels_select a"} {
		u := urls[i].(map[string]any)
		same(t, "url", strings.Join([]string{u["channel_id"].(string), u["block_id"].(string), u["action_id"].(string)},
			" "), want)
		path := strings.TrimPrefix(u["response_url"].(string), w.url)
		same(t, "post", w.respond(path, `{"response_type":"in_channel","text":"from the form"}`), nil)
	}
	for _, channel := range []string{"C0SHOW", "C0MORN"} {
		same(t, channel, w.texts("U0BO", channel), []string{"from the form"})
	}
	id = w.open(modal("Nowhere", inputBlocks(`{"type":"conversations_select","response_url_enabled":true}`)))
	pay = w.next(func() (Sent, error) { return w.Submit("U0ANA", id, nil) })
	same(t, "none chosen", pay["response_urls"], []any{})
}
