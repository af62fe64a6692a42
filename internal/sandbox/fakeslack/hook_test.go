package fakeslack

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// clicked lets Ana press "go" on a message, and gives the path of the click's response URL.
func (w *fixture) clicked(got chan slack.InteractionCallback, ts string) string {
	w.t.Helper()
	s, err := w.Click("U0ANA", "C0SHOW", ts, Press{Action: "go"})
	must(w.t, err)
	<-s.Done
	return strings.TrimPrefix((<-got).ResponseURL, w.url)
}

func (w *fixture) respond(path, body string) any {
	w.t.Helper()
	return w.post(path, "application/json", body, nil)["error"]
}

const goButton = `[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`

func TestResponseURLReplacesTheMessage(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(func(slack.InteractionCallback) any { return nil })
	root := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "root")["ts"].(string)
	ts := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "asked", "thread_ts", root, "blocks",
		goButton)["ts"].(string)
	path := w.clicked(got, ts)
	same(t, "replaced", w.respond(path, `{"text":"runs","replace_original":"true"}`), nil)
	m, _ := w.Message("C0SHOW", ts)
	same(t, "message", []any{m.Text, m.ThreadTS, m.EphemeralTo, m.Edited != nil, len(m.Blocks), m.TS},
		[]any{"runs", root, "", true, 0, ts})
	log := w.Log(0)
	same(t, "log", []any{log[len(log)-1].TS, log[len(log)-1].Args["replace_original"]}, []any{ts, "true"})
	same(t, "for her alone", w.respond(path, `{"text":"psst","thread_ts":"`+root+`"}`), nil)
	same(t, "in the thread",
		w.respond(path, `{"text":"all","thread_ts":"`+root+`","response_type":"in_channel","replace_original":false}`), nil)
	threads := map[string]string{}
	for _, m := range w.screen("U0ANA").Rooms[0].Messages {
		threads[m.Text] = m.ThreadTS
	}
	same(t, "threads", threads, map[string]string{"root": "", "runs": root, "psst": "", "all": root})
	same(t, "deleted", w.respond(path, `{"delete_original":true}`), nil)
	same(t, "gone", w.respond(path, `{"text":"x","replace_original":true}`), "message_not_found")
	same(t, "sixth", w.respond(path, `{"text":"x","replace_original":true}`), "used_url")
	same(t, "what bo sees", w.texts("U0BO", "C0SHOW"), []string{"root", "all"})
}

func TestResponseURLReplacesAPrivateMessage(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(func(slack.InteractionCallback) any { return nil })
	ts := w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text", "only you", "blocks",
		goButton)["message_ts"].(string)
	same(t, "chat.update", w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts, "text", "x")["error"],
		"message_not_found")
	path := w.clicked(got, ts)
	same(t, "replaced", w.respond(path, `{"text":"still only you","replace_original":true}`), nil)
	same(t, "ana", w.texts("U0ANA", "C0SHOW"), []string{"still only you"})
	same(t, "bo", len(w.texts("U0BO", "C0SHOW")), 0)
	same(t, "deleted", w.respond(path, `{"delete_original":"true"}`), nil)
	same(t, "nothing", len(w.texts("U0ANA", "C0SHOW")), 0)
}

func TestResponseURLAndPins(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(func(slack.InteractionCallback) any { return nil })
	ts := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "asked", "blocks", goButton)["ts"].(string)
	same(t, "pinned", w.call("pins.add", xoxb, "channel", "C0SHOW", "timestamp", ts)["ok"], true)
	same(t, "deleted", w.respond(w.clicked(got, ts), `{"delete_original":true}`), nil)
	same(t, "pins", len(w.byRoom["C0SHOW"].Pins), 0)
}
