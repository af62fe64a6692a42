package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakeslack"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// app is a Slack app that answers at once: the stage of a story whose bot is a few lines of the test.
type app struct {
	t     *testing.T
	world *sandbox.World
	conn  *websocket.Conn
}

func (a *app) World() *sandbox.World            { return a.world }
func (a *app) Underway() int                    { return 0 } // it acks when it is done
func (a *app) Restart() error                   { return nil }
func (a *app) Kill() error                      { return nil }
func (a *app) Start() error                     { return nil }
func (a *app) Policy(string, string) error      { return nil }
func (a *app) object(text string) (o anyObject) { _ = json.Unmarshal([]byte(text), &o); return o }

type anyObject = map[string]any

func openApp(t *testing.T) *app {
	t.Helper()
	start := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	world, err := sandbox.Open(sandbox.Config{
		PageAddr: "127.0.0.1:0", APIAddr: "127.0.0.1:0", Now: func() time.Time { return start }, Patient: true,
		App: sandbox.App{Commands: []fakeslack.Command{{Name: "/show"}, {Name: "/replace"}, {Name: "/whisper"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t: t, world: world}
	url, _ := a.call(sandbox.AppToken, "apps.connections.open", nil)["url"].(string)
	if a.conn, _, err = websocket.DefaultDialer.Dial(url, nil); err != nil {
		t.Fatal(err)
	}
	for len(world.Slack.Sockets()) == 0 { // the handshake is over before the workspace counts the socket
		time.Sleep(time.Millisecond)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for a.next() {
		}
	}()
	t.Cleanup(func() {
		_ = a.conn.Close()
		<-ended
		if err := world.Close(); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return a
}

func (a *app) call(token, method string, args anyObject) anyObject {
	data, _ := json.Marshal(args)
	req, err := http.NewRequest(http.MethodPost, a.world.SlackURL+method, bytes.NewReader(data))
	if err != nil {
		a.t.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Error(err)
		return nil
	}
	defer res.Body.Close()
	var out anyObject
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out["ok"] != true {
		a.t.Errorf("%s: %v %v", method, out, err)
	}
	return out
}

func (a *app) next() bool {
	var e struct {
		ID      string    `json:"envelope_id"`
		Payload anyObject `json:"payload"`
	}
	if a.conn.ReadJSON(&e) != nil {
		return false
	}
	if e.ID == "" {
		return true
	}
	ack := anyObject{"envelope_id": e.ID}
	if answer := a.answer(e.Payload); answer != nil {
		ack["payload"] = answer
	}
	return a.conn.WriteJSON(ack) == nil
}

const (
	studio = `{"type":"external_select","action_id":"studio","min_query_length":2,"placeholder":{"type":"plain_text","text":"Studio"}}`
	more   = `{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Break the glass"},"value":"glass"},{"text":{"type":"plain_text","text":"Unlock"},"value":"unlock"}]}`
	scene  = `{"type":"static_select","action_id":"scene","placeholder":{"type":"plain_text","text":"Scene"},"options":[{"text":{"type":"plain_text","text":"Preview 1 · closed"},"value":"p1"}]}`
	scenes = `{"type":"multi_static_select","action_id":"v","options":[{"text":{"type":"plain_text","text":"Preview 1 · closed"},"value":"p1"},{"text":{"type":"plain_text","text":"Preview 2"},"value":"p2"}]}`
	rowOf  = `{"type":"actions","block_id":"%s","elements":[%s]}`
)

// externals is a menu of several studios that begins with one.
const externals = `{"type":"multi_external_select","action_id":"v","min_query_length":0,"max_selected_items":2,
	"initial_options":[{"text":{"type":"plain_text","text":"Evening News"},"value":"id of Evening News"}]}`

func severalOf(id, label, element string) string {
	return fmt.Sprintf(`{"type":"input","optional":true,"block_id":%q,"label":{"type":"plain_text","text":%q},"element":%s}`, id, label, element)
}

// respond posts to a response URL.
func (a *app) respond(url, body string) {
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return
	}
	_ = res.Body.Close()
}

// answer does what the story below needs of an app.
func (a *app) answer(payload anyObject) any {
	bot := func(method, args string) anyObject { return a.call(sandbox.BotToken, method, a.object(args)) }
	user, _ := payload["user"].(anyObject)
	switch event, _ := payload["event"].(anyObject); {
	case payload["command"] == "/show" && payload["text"] == "form":
		view := `{"type":"modal","title":{"type":"plain_text","text":"Show"},"submit":{"type":"plain_text","text":"Continue"},"blocks":[{"type":"input","block_id":"b","label":{"type":"plain_text","text":"Studio"},"element":` + studio + `}]}`
		bot("views.open", fmt.Sprintf(`{"trigger_id":%q,"view":%s}`, payload["trigger_id"], view))
	case payload["command"] == "/show" && payload["text"] == "several":
		view := `{"type":"modal","title":{"type":"plain_text","text":"Show"},"submit":{"type":"plain_text","text":"Continue"},"blocks":[` + severalOf("b", "Studios", externals) + `,` + severalOf("c", "Scenes", scenes) + `]}`
		bot("views.open", fmt.Sprintf(`{"trigger_id":%q,"view":%s}`, payload["trigger_id"], view))
	case payload["command"] == "/show":
		blocks := `{"type":"section","text":{"type":"mrkdwn","text":"On air: *nothing*"}},` + fmt.Sprintf(rowOf, "row",
			studio+","+scene+","+more)
		ts := bot("chat.postMessage", `{"channel":"C0SHOW","text":"On air: nothing","blocks":[`+blocks+`]}`)["ts"]
		bot("pins.add", fmt.Sprintf(`{"channel":"C0SHOW","timestamp":%q}`, ts))
	case payload["type"] == "block_suggestion":
		return a.offer(payload["value"].(string))
	case payload["type"] == "block_actions" && payload["actions"].([]any)[0].(anyObject)["action_id"] == "replace":
		a.respond(payload["response_url"].(string),
			`{"replace_original":true,"text":"Replaced","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Replaced"}}]}`)
	case payload["command"] == "/replace":
		bot("chat.postMessage",
			`{"channel":"C0SHOW","text":"Replace me","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"replace","text":{"type":"plain_text","text":"Go"}}]}]}`)
	case payload["command"] == "/whisper":
		bot("chat.postEphemeral",
			fmt.Sprintf(`{"channel":"C0SHOW","user":%q,"text":"Only you","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"replace","text":{"type":"plain_text","text":"Hush"}}]}]}`, payload["user_id"]))
	case payload["type"] == "block_actions":
		said, _ := json.Marshal(payload["actions"].([]any)[0].(anyObject)["selected_option"])
		bot("chat.postMessage", fmt.Sprintf(`{"channel":"C0SHOW","text":%q}`, user["name"].(string)+" chose "+string(said)))
		a.home(user["id"], "You chose.")
	case payload["type"] == "view_submission":
		said, _ := json.Marshal(payload["view"].(anyObject)["state"])
		bot("chat.postMessage", fmt.Sprintf(`{"channel":"C0SHOW","text":%q}`, string(said)))
	case event["type"] == "app_home_opened":
		a.home(event["user"], "Choose.")
	}
	return nil
}

func (a *app) home(user any, text string) {
	view := `{"type":"home","blocks":[{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"` + text +
		`"},"accessory":` + studio + `}]}`
	a.call(sandbox.BotToken, "views.publish", a.object(fmt.Sprintf(`{"user_id":%q,"view":%s}`, user, view)))
}

// offer knows two studios, and answers "deaf" so that Slack refuses it.
func (a *app) offer(query string) any {
	group := func(label, name string) string {
		if !strings.HasPrefix(name, query) {
			return ""
		}
		return `{"label":{"type":"plain_text","text":"` + label + `"},` +
			`"options":[{"text":{"type":"plain_text","text":"` + name + `"},"value":"id of ` + name + `"}]}`
	}
	if query == "deaf" {
		return anyObject{"text": "no options"}
	}
	list := strings.Trim(group("On air", "Evening News")+","+group("Idle", "Evening Sports"), ",")
	return a.object(`{"option_groups":[` + list + `]}`)
}

const menus = `# Menus with the bot's own options, in a message, a form and the bot's tab.
ana #show-control> /show
bot posts #show-control> On air: nothing [Studio ▾] [Scene ▾] [⋯ Break the glass | Unlock]
bot pins #show-control> On air: nothing
ana sees> the pin of #show-control
bot shows ana the pin> On air: *nothing* / [Studio ▾] [Scene ▾] [⋯ Break the glass | Unlock]
ana #show-control> searches "E" in [Studio]
slack to ana> Type more letters to search.
ana #show-control> searches "Eve" in [Studio] On air
bot offers ana> On air: Evening News / Idle: Evening Sports
ana #show-control> searches "gone" in [Studio]
bot offers ana> nothing
ana #show-control> searches "deaf" in [Studio]
slack to ana> Could not load results.
ana #show-control> [Studio = Evening Sports]
bot posts #show-control> ana chose {"text":{"text":"Evening Sports","type":"plain_text"},"value":"id of Evening Sports"}
ana #show-control> [Scene = Preview 1]
bot posts #show-control> ana chose {"text":{"text":"Preview 1 · closed","type":"plain_text"},"value":"p1"}
ana #show-control> [Unlock] On air
bot posts #show-control> ana chose {"text":{"text":"Unlock","type":"plain_text"},"value":"unlock"}
world> bo takes the pin off #show-control
ana #show-control> /show form
bot asks ana> Show: Studio: ‹› of … [Continue]
ana form> searches "Evening N" in [Studio]
bot offers ana> On air: Evening News
ana form> Studio = Evening News [Continue]
bot posts #show-control> {"values":{"b":{"studio":{"selected_option":{"text":{"text":"Evening News","type":"plain_text"},"value":"id of Evening News"},"type":"external_select"}}}}
ana home>
bot shows ana home> Choose. [Studio ▾]
ana home> searches "Evening S" in [Studio]
bot offers ana> Idle: Evening Sports
ana home> [Studio = Evening News]
bot posts #show-control> ana chose {"text":{"text":"Evening News","type":"plain_text"},"value":"id of Evening News"}
bot shows ana home> You chose. [Studio ▾]
`

const severalStory = `# Several options in one field, found by their words, in place of what it held.
ana #show-control> /show several
bot asks ana> Show: Studios: ‹Evening News› of … / Scenes: ‹› of Preview 1 · closed | Preview 2 [Continue]
ana form> Studios = Evening Sports, Evening News; Scenes = Preview 2, Preview 1 [Continue]
bot posts #show-control> {"values":{"b":{"v":{"selected_options":[{"text":{"text":"Evening Sports","type":"plain_text"},"value":"id of Evening Sports"},{"text":{"text":"Evening News","type":"plain_text"},"value":"id of Evening News"}],"type":"multi_external_select"}},"c":{"v":{"selected_options":[{"text":{"text":"Preview 2","type":"plain_text"},"value":"p2"},{"text":{"text":"Preview 1 · closed","type":"plain_text"},"value":"p1"}],"type":"multi_static_select"}}}}
ana #show-control> /show several
bot asks ana> Show: Studios: ‹Evening News› of … / Scenes: ‹› of Preview 1 · closed | Preview 2 [Continue]
ana form> Studios = [Continue]
bot posts #show-control> {"values":{"b":{"v":{"selected_options":[],"type":"multi_external_select"}},"c":{"v":{"selected_options":[],"type":"multi_static_select"}}}}
`

const replacing = `# A card that is edited by way of the click's response URL is a card that is edited.
ana #show-control> /replace
bot posts #show-control> Replace me [Go]
ana #show-control> [Go] Replace me
bot edits #show-control> Replaced
ana #show-control> /whisper
bot to ana> [Hush]
ana #show-control> [Hush]
bot to ana> Replaced
`

func TestSeveral(t *testing.T)   { plays(t, severalStory) }
func TestReplacing(t *testing.T) { plays(t, replacing) }
func TestMenus(t *testing.T)     { plays(t, menus) }

func plays(t *testing.T, story string) {
	t.Helper()
	want, err := Parse("story", story)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Play(t.Context(), want, openApp(t))
	if err != nil {
		t.Error(err)
	}
	if d := Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestMenusThatAreNotThere(t *testing.T) {
	a := openApp(t)
	for _, act := range []string{
		`ana form> searches "x" in [Studio]`, `ana home> searches "x" in [Studio]`,
		`ana #show-control> searches "x" in [Studio]`, `ana #nowhere> searches "x" in [Studio]`,
		`nobody #show-control> searches "x" in [Studio]`, `ana home> [Show]`, `ana sees> the pin of #show-control`,
		`world> bo takes the pin off #show-control`,
	} {
		story, err := Parse("wrong", "# It cannot be done.\n"+act+"\n")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Play(t.Context(), story, a); err == nil {
			t.Errorf("%s: was done", act)
		}
	}
	story, _ := Parse("wrong", "# A menu without a choice.\nana #show-control> /show\nana #show-control> [Studio]\n")
	if _, err := Play(t.Context(), story, a); err == nil || !strings.Contains(err.Error(), "[Studio = Option]") {
		t.Errorf("a menu was pressed like a button: %v", err)
	}
	story, _ = Parse("wrong", "# An option that nobody offers.\nana #show-control> [Studio = Gone]\n")
	if _, err := Play(t.Context(), story, a); err == nil || !strings.Contains(err.Error(), "does not offer it") {
		t.Errorf("something was chosen that is not offered: %v", err)
	}
	story, _ = Parse("wrong",
		"# One of several that nobody offers.\nana #show-control> /show several\nana form> Studios = Evening News, Gone [Continue]\n")
	if _, err := Play(t.Context(), story, a); err == nil || !strings.Contains(err.Error(), "does not offer it") {
		t.Errorf("something was chosen beside others that is not offered: %v", err)
	}
}

// A fault that is ordered and strikes nothing makes a story fail, at its end or where the next one is ordered.
func TestAFaultThatNothingMeets(t *testing.T) {
	const order = "world> the API answers 500\n"
	for _, acts := range []string{order, order + order} {
		story, err := Parse("unmet", "# Nothing is called.\n"+acts)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Play(t.Context(), story, openApp(t)); err == nil || !strings.Contains(err.Error(), "no call has met") {
			t.Errorf("%q: %v", acts, err)
		}
	}
}
