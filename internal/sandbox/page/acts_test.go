package page

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/sandbox/scenarios"
)

const card = `{"channel":"C0SHOW","text":"Restart?","blocks":[{"type":"actions","block_id":"b","elements":[
	{"type":"button","action_id":"go","value":"op1","text":{"type":"plain_text","text":"Confirm"}},
	{"type":"external_select","action_id":"pick","min_query_length":0,"placeholder":{"type":"plain_text","text":"Studio"}}]}]}`

func (r *rig) card() string {
	r.t.Helper()
	ts, _ := r.call("chat.postMessage", botToken, card)["ts"].(string)
	if ts == "" {
		r.t.Fatal("the card was not posted")
	}
	return ts
}

func TestTyping(t *testing.T) {
	r := newRig(t)
	r.mustPost("type", map[string]any{"as": "U0ANA", "channel": "C0SHOW", "text": "hello"})
	root := r.state("U0BO").Messages["C0SHOW"][0]
	if root.Text != "hello" || root.User != "U0ANA" || root.Bot || root.Order != r.now().UnixMicro() {
		t.Errorf("message %+v", root)
	}
	r.mustPost("type", map[string]any{"as": "U0BO", "channel": "C0SHOW", "text": "hi", "thread": root.TS})
	if reply := r.state("U0ANA").Messages["C0SHOW"][1]; reply.Thread != root.TS {
		t.Errorf("reply %+v is not in the thread of %s", reply, root.TS)
	}
	for _, body := range []map[string]any{
		{"as": "U0ANA", "channel": "C0SHOW", "text": ""},
		{"as": "U0OUT", "channel": "C0SHOW", "text": "let me in"},
		{"as": "U0ANA", "channel": "C0NONE", "text": "nowhere"},
	} {
		if status, out := r.post("type", body); status != 409 || out["error"] == "" {
			t.Errorf("%v: status %d, %v, want a refusal", body, status, out)
		}
	}
	r.mustPost("type", map[string]any{"as": "U0ANA", "channel": "C0SHOW", "text": "/caster list"})
	if toasts := r.state("U0ANA").Toasts; len(toasts) != 1 || !strings.Contains(toasts[0].Text, "dispatch_failed") {
		t.Errorf("without a bot the person is told %v, want dispatch_failed", toasts)
	}
}

func TestClickSaysWhatBecameOfIt(t *testing.T) {
	r := newRig(t)
	press := map[string]any{
		"as": "U0ANA", "channel": "C0SHOW", "ts": r.card(), "block": "b", "action": "go",
		"state": map[string]any{"type": "button", "value": "op1"},
	}
	if out := r.mustPost("click", press); out["failed"] != "dispatch_failed" {
		t.Errorf("click without a bot: %v", out)
	}
	got := make(chan map[string]any, 1)
	r.bot(func(payload map[string]any) any { got <- payload; return nil })
	if out := r.mustPost("click", press); out["failed"] != nil {
		t.Errorf("click: %v", out)
	}
	action, _ := json.Marshal((<-got)["actions"])
	if !strings.Contains(string(action), `"action_id":"go"`) || !strings.Contains(string(action), `"value":"op1"`) {
		t.Errorf("the bot got %s", action)
	}
	if !r.state("U0ANA").Bot.Running {
		t.Error("a connected bot is not shown as running")
	}
	press["action"] = "gone"
	if status, _ := r.post("click", press); status != 409 {
		t.Errorf("a button that is not there: status %d", status)
	}
}

func TestSuggestGivesTheBotsOptions(t *testing.T) {
	r := newRig(t)
	body := map[string]any{"as": "U0ANA", "channel": "C0SHOW", "ts": r.card(), "block": "b", "action": "pick",
		"query": "eve"}
	if out := r.mustPost("suggest", body); out["failed"] != "dispatch_failed" {
		t.Errorf("without a bot: %v", out)
	}
	r.bot(func(payload map[string]any) any {
		text := map[string]any{"type": "plain_text", "text": "for " + payload["value"].(string)}
		if payload["value"] == "odd" {
			return map[string]any{"text": "no options"}
		}
		return map[string]any{"options": []any{map[string]any{"text": text, "value": "x"}}}
	})
	if out, _ := json.Marshal(r.mustPost("suggest", body)["option_groups"]); !strings.Contains(string(out), "for eve") {
		t.Errorf("options %s", out)
	}
	body["query"] = "odd"
	if out := r.mustPost("suggest", body); out["failed"] != "invalid_command_response" {
		t.Errorf("an answer that is none: %v", out)
	}
}

func TestPinsAreShownAndTakenOff(t *testing.T) {
	r := newRig(t)
	ts := r.card()
	if out := r.call("pins.add", botToken, `{"channel":"C0SHOW","timestamp":"`+ts+`"}`); out["ok"] != true {
		t.Fatal(out)
	}
	pinned := func() []message { return r.state("U0BO").Channels[0].Pinned }
	if list := pinned(); len(list) != 1 || list[0].TS != ts {
		t.Fatalf("pinned %v", list)
	}
	where := map[string]any{"as": "U0BO", "channel": "C0SHOW", "ts": ts, "do": "unpin"}
	r.mustPost("pin", where)
	if list := pinned(); len(list) != 0 {
		t.Errorf("after taking it off: %v", list)
	}
	where["do"] = "pin"
	r.mustPost("pin", where)
	if list := pinned(); len(list) != 1 {
		t.Errorf("pinned by hand: %v", list)
	}
	where["do"] = "burn"
	if status, _ := r.post("pin", where); status != 409 {
		t.Errorf("something else: status %d", status)
	}
}

const modal = `{"type":"modal","title":{"type":"plain_text","text":"Copy"},"submit":{"type":"plain_text","text":"Copy"},"blocks":[
	{"type":"input","block_id":"name","label":{"type":"plain_text","text":"Name"},"element":{"type":"plain_text_input","action_id":"v"}}]}`

func TestModalIsFilledInAndClosed(t *testing.T) {
	r := newRig(t)
	ts := r.card()
	r.bot(func(payload map[string]any) any {
		if payload["type"] == "view_submission" {
			return map[string]any{"response_action": "errors", "errors": map[string]any{"name": "Taken."}}
		}
		body, _ := json.Marshal(map[string]any{"trigger_id": payload["trigger_id"], "view": json.RawMessage(modal)})
		if out := r.call("views.open", botToken, string(body)); out["ok"] != true {
			t.Errorf("views.open: %v", out)
		}
		return nil
	})
	r.mustPost("click", map[string]any{"as": "U0ANA", "channel": "C0SHOW", "ts": ts, "block": "b", "action": "go"})
	views := r.state("U0ANA").Views
	if len(views) != 1 || len(r.state("U0BO").Views) != 0 {
		t.Fatalf("Ana has %d modals, want 1, and Bo none", len(views))
	}
	id := views[0].ID
	if status, _ := r.post("submit", map[string]any{"as": "U0ANA", "view": id}); status != 409 {
		t.Errorf("an empty required input: status %d", status)
	}
	values := map[string]any{"name": map[string]any{"v": map[string]any{"type": "plain_text_input", "value": "Evening 2"}}}
	r.mustPost("submit", map[string]any{"as": "U0ANA", "view": id, "values": values})
	if got := r.state("U0ANA").Views[0].Errors["name"]; got != "Taken." {
		t.Errorf("error under the field %q", got)
	}
	r.mustPost("close", map[string]any{"as": "U0ANA", "view": id})
	if n := len(r.state("U0ANA").Views); n != 0 {
		t.Errorf("%d modals after closing", n)
	}
}

func TestHomeIsAskedFor(t *testing.T) {
	r := newRig(t)
	got := make(chan string, 1)
	r.bot(func(payload map[string]any) any {
		event, _ := payload["event"].(map[string]any)
		got <- event["type"].(string)
		return nil
	})
	r.mustPost("home", map[string]any{"as": "U0ANA"})
	if kind := <-got; kind != "app_home_opened" {
		t.Errorf("the bot got %s", kind)
	}
	r.call("views.publish", botToken, `{"user_id":"U0ANA","view":{"type":"home","blocks":[{"type":"divider"}]}}`)
	if r.state("U0ANA").Home == nil || r.state("U0BO").Home != nil {
		t.Error("the home tab belongs to Ana alone")
	}
}

func (r *rig) wallStudio(id string) studio {
	list := r.state("U0ANA").Wall.Studios
	return list[slices.IndexFunc(list, func(s studio) bool { return s.ID == id })]
}

func (r *rig) wallStream(app, name string) stream {
	list := r.state("U0ANA").Wall.Streams
	return list[slices.IndexFunc(list, func(s stream) bool { return s.App == app && s.Name == name })]
}

func TestAnotherConsole(t *testing.T) {
	r := newRig(t)
	if s := r.wallStudio(news); !s.OnAir || s.Mode != "general" || s.Since != r.now().Add(-62*time.Minute).UnixMilli() {
		t.Errorf("seed: %+v", s)
	}
	r.mustPost("studio", map[string]any{"id": news, "do": "stop"})
	if s := r.wallStudio(news); s.OnAir || s.Scenes[0].Open {
		t.Errorf("stopped: %+v", s)
	}
	r.mustPost("studio", map[string]any{"id": news, "do": "start"})
	if s := r.wallStudio(news); !s.OnAir {
		t.Errorf("started: %+v", s)
	}
	for _, body := range []map[string]any{{"id": news, "do": "explode"}, {"id": "none", "do": "stop"}} {
		if status, _ := r.post("studio", body); status != 409 {
			t.Errorf("%v: status %d", body, status)
		}
	}
}

func TestIngestClockAndFile(t *testing.T) {
	r := newRig(t)
	where := map[string]any{"domain": "live.example.com", "app": "morning", "name": "main", "do": "cut"}
	r.advance(time.Minute)
	if s := r.wallStream("morning", "main"); !s.Live || s.RecordingSince == 0 || s.Manual {
		t.Fatalf("seed: %+v", s)
	}
	r.mustPost("stream", where)
	cut := r.wallStream("morning", "main")
	if cut.Live || cut.RecordingSince != 0 || cut.FileDue <= r.now().UnixMilli() || len(cut.Files) != 0 {
		t.Fatalf("after the cut: %+v", cut)
	}
	r.mustPost("advance", map[string]any{"seconds": 3600})
	if v := r.state("U0ANA"); v.Clock.Ahead != 3660 || v.Clock.Now != r.now().UnixMilli() {
		t.Errorf("clock %+v", v.Clock)
	}
	if s := r.wallStream("morning", "main"); len(s.Files) != 1 || s.FileDue != 0 || s.Files[0].Seconds <= 0 {
		t.Errorf("after the delay: %+v", s)
	}
	where["do"] = "resume"
	r.mustPost("stream", where)
	if s := r.wallStream("morning", "main"); !s.Live || s.RecordingSince == 0 {
		t.Errorf("after the ingest came back: %+v", s)
	}
	for _, seconds := range []float64{0, -60, 1e9} {
		if status, _ := r.post("advance", map[string]any{"seconds": seconds}); status != 409 {
			t.Errorf("advance by %v: status %d", seconds, status)
		}
	}
}

func (r *rig) chips() []string {
	var out []string
	for _, f := range r.state("U0ANA").Faults {
		out = append(out, f.Text)
	}
	return out
}

func TestFaultsAreOrderedShownAndTakenBack(t *testing.T) {
	r := newRig(t)
	r.mustPost("fault", map[string]any{"where": "live", "kind": "reset-after", "on": "RestartCaster"})
	r.mustPost("fault", map[string]any{"where": "slack", "kind": "ratelimited", "on": "chat.postMessage"})
	if got := r.chips(); !slices.Equal(got,
		[]string{"answer lost after the effect · RestartCaster", "429 · chat.postMessage"}) {
		t.Errorf("chips %v", got)
	}
	if out := r.call("chat.postMessage", botToken, card); out["error"] != "ratelimited" {
		t.Errorf("the bot got %v", out)
	}
	if got := r.chips(); len(got) != 1 {
		t.Errorf("after the 429: %v", got)
	}
	r.mustPost("fault", map[string]any{"where": "slack", "kind": "ratelimited", "on": "chat.update"})
	r.mustPost("faults", map[string]any{})
	if got := r.chips(); len(got) != 0 {
		t.Errorf("after clearing: %v", got)
	}
	r.card()
	for _, body := range []map[string]any{
		{"where": "live", "kind": "nonsense"}, {"where": "slack", "kind": "nonsense"},
		{"where": "slack", "kind": "disconnect"},
	} {
		if status, _ := r.post("fault", body); status != 409 {
			t.Errorf("%v: status %d", body, status)
		}
	}
}

func TestResetBringsTheSeedBack(t *testing.T) {
	r := newRig(t)
	r.mustPost("studio", map[string]any{"id": news, "do": "stop"})
	r.mustPost("fault", map[string]any{"where": "slack", "kind": "ratelimited", "on": "chat.update"})
	r.mustPost("reset", map[string]any{})
	if !r.wallStudio(news).OnAir || len(r.chips()) != 0 {
		t.Error("the world is not as it was")
	}
}

func TestClockStrip(t *testing.T) {
	r := newRig(t)
	r.speed.Store(1)
	if status, _ := r.post("next", map[string]any{}); status != http.StatusConflict {
		t.Errorf("nothing is due, and going there gives %d", status)
	}
	r.due = r.now().Add(90 * time.Second)
	r.evening = &scenarios.View{Title: "A night"}
	r.mustPost("speed", map[string]any{"speed": 60})
	v := r.state("U0ANA")
	if v.Clock.Speed != 60 || v.Clock.Due != r.due.UnixMilli() || v.Scenario == nil || v.Scenario.Title != "A night" {
		t.Errorf("clock %+v, scenario %+v", v.Clock, v.Scenario)
	}
	r.mustPost("type", map[string]any{"as": "U0ANA", "channel": "C0SHOW", "text": "hello"})
	if r.acted.Load() != 1 {
		t.Errorf("the clock was told %d times that somebody has acted, want once", r.acted.Load())
	}
	r.mustPost("next", map[string]any{})
	if r.shift() != 90*time.Second {
		t.Errorf("%s ahead, want 1m30s", r.shift())
	}
}
