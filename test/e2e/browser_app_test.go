package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"casterbot/internal/sandbox"

	"github.com/gorilla/websocket"
)

// appStories are stories of the page with another app behind it than the bot: one that says exactly what the test
// wants, so that every part of Slack's own behaviour can be seen.
var appStories = map[string]func(b *tab){
	"external select": externalSelect, "external select in a form": externalForm, "several in a form": chosenInAForm,
	"elements": elements, "own words in sight": ownWordsInSight, "unread": unread, "message inputs": messageInputs,
	"rich text and files": richTextAndFiles, "everybody can read": everybodyCanRead, "drawer": drawer,
	"operations to spoil": operationsToSpoil,
	"pressed":             pressed, "pressed in a form": pressedInAForm, "released elsewhere": releasedElsewhere,
	"home buttons": homeButtons, "pins": pins, "reply in a thread": replyInThread, "zones": zones,
}

// thirdParty is a Slack app of a few lines. It takes the bot's place in the workspace.
type thirdParty struct {
	t     *testing.T
	world *sandbox.World
	conn  *websocket.Conn

	mu     sync.Mutex
	answer func(payload map[string]any) any // nil leaves an envelope without an ack
	last   map[string]map[string]any        // payloads by their type
}

// silent is the answer of an app that does not answer.
type silent struct{}

// other puts another app in the place of the bot.
func (b *tab) other(answer func(payload map[string]any) any) *thirdParty {
	b.t.Helper()
	if err := b.stage.Kill(); err != nil {
		b.t.Fatal(err)
	}
	a := &thirdParty{t: b.t, world: b.stage.world, answer: answer, last: map[string]map[string]any{}}
	url, _ := a.call(sandbox.AppToken, "apps.connections.open", nil)["url"].(string)
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	a.conn = conn
	ended := make(chan struct{})
	b.t.Cleanup(func() {
		_ = conn.Close()
		<-ended
		http.DefaultClient.CloseIdleConnections()
	})
	go func() {
		defer close(ended)
		for a.next() {
		}
	}()
	b.ready()
	return a
}

// next answers one envelope.
func (a *thirdParty) next() bool {
	var e struct {
		ID      string         `json:"envelope_id"`
		Payload map[string]any `json:"payload"`
	}
	if a.conn.ReadJSON(&e) != nil {
		return false
	}
	if e.ID == "" {
		return true
	}
	kind, _ := e.Payload["type"].(string)
	a.mu.Lock()
	a.last[kind] = e.Payload
	a.mu.Unlock()
	ack := map[string]any{"envelope_id": e.ID}
	switch answer := a.answer(e.Payload).(type) {
	case silent:
		return true
	case nil:
	default:
		ack["payload"] = answer
	}
	return a.conn.WriteJSON(ack) == nil
}

// got is the last payload of a type, as JSON.
func (a *thirdParty) got(kind string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	data, err := json.Marshal(a.last[kind])
	if err != nil {
		a.t.Error(err)
	}
	return string(data)
}

// call calls the Web API.
func (a *thirdParty) call(token, method string, args map[string]any) map[string]any {
	data, err := json.Marshal(args)
	if err != nil {
		a.t.Error(err)
	}
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
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out["ok"] != true {
		a.t.Errorf("%s: %v, %v", method, out, err)
	}
	return out
}

func (a *thirdParty) bot(method string, args map[string]any) map[string]any {
	return a.call(sandbox.BotToken, method, args)
}

// post posts blocks to a channel and gives the message's timestamp.
func (a *thirdParty) post(channel, text, blocks string, more ...string) string {
	args := map[string]any{"channel": channel, "text": text}
	if blocks != "" {
		args["blocks"] = json.RawMessage(blocks)
	}
	for i := 0; i < len(more); i += 2 {
		args[more[i]] = more[i+1]
	}
	ts, _ := a.bot("chat.postMessage", args)["ts"].(string)
	return ts
}

func plainOf(text string) map[string]any { return map[string]any{"type": "plain_text", "text": text} }

// offer is an answer to somebody who types: options under headings.
func offer(groups map[string][]string) map[string]any {
	list := []any{}
	for _, label := range []string{"On air", "Idle"} {
		options := []any{}
		for _, text := range groups[label] {
			options = append(options,
				map[string]any{"text": plainOf(text), "value": "id of " + text, "description": plainOf(label)})
		}
		if len(options) > 0 {
			list = append(list, map[string]any{"label": plainOf(label), "options": options})
		}
	}
	return map[string]any{"option_groups": list}
}

// studios answers searches for studios: "gone" finds nothing, "deaf" gets no answer, "odd" gets one that Slack refuses.
func studios(payload map[string]any) any {
	if payload["type"] != "block_suggestion" {
		return nil
	}
	switch payload["value"] {
	case "gone":
		return map[string]any{"options": []any{}}
	case "deaf":
		return silent{}
	case "odd":
		return map[string]any{"options": "none"}
	}
	return offer(map[string][]string{"On air": {"Evening News", "Evening Loop"}, "Idle": {"Evening Sports"}})
}
