package fakeslack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestTokensByKind(t *testing.T) {
	w := newFixture(t, Config{Scopes: []string{"chat:write"}})
	for name, c := range map[string]struct {
		method, token string
		want          any
	}{
		"bot":              {"auth.test", xoxb, nil},
		"app":              {"apps.connections.open", xapp, nil},
		"bot opens socket": {"apps.connections.open", xoxb, "not_allowed_token_type"},
		"app posts":        {"chat.postMessage", xapp, "not_allowed_token_type"},
		"none":             {"auth.test", "", "not_authed"},
		"another":          {"auth.test", "xoxb-fake-2", "invalid_auth"},
		"no scope":         {"users.info", xoxb, "missing_scope"},
		"no method":        {"chat.shout", xoxb, "unknown_method"},
		"no token needed":  {"api.test", "", nil},
	} {
		same(t, name, w.call(c.method, c.token)["error"], c.want)
	}
	out := w.call("users.info", xoxb)
	same(t, "scopes", []any{out["needed"], out["provided"]}, []any{"users:read", "chat:write"})
	resp, err := w.api.AuthTest()
	must(t, err)
	same(t, "auth.test", []string{resp.TeamID, resp.UserID, resp.BotID, resp.Header.Get("X-OAuth-Scopes")},
		[]string{TeamID, BotUser, BotID, "chat:write"})
}

func TestBodiesOfAllKinds(t *testing.T) {
	w := newFixture(t, Config{})
	auth := http.Header{"Authorization": {"Bearer " + xoxb}}
	post := func(kind, body string, h http.Header) any {
		return w.post("/api/chat.postMessage", kind, body, h)["ok"]
	}
	var form bytes.Buffer
	mp := multipart.NewWriter(&form)
	for k, v := range map[string]string{"token": xoxb, "channel": "C0SHOW", "text": "multipart"} {
		must(t, mp.WriteField(k, v))
	}
	must(t, mp.Close())
	same(t, "json", post("application/json; charset=utf-8",
		`{"channel":"C0SHOW","text":"json","blocks":[{"type":"divider"}],"unfurl_links":false}`, auth), true)
	same(t, "json, token inside",
		post("application/json", `{"token":"`+xoxb+`","channel":"C0SHOW","text":"inside"}`, nil), true)
	same(t, "form", post("application/x-www-form-urlencoded", "channel=%23show-control&text=form", auth), true)
	same(t, "multipart", post(mp.FormDataContentType(), form.String(), nil), true)
	same(t, "broken", w.post("/api/chat.postMessage", "application/json", `{"channel":`, auth)["error"],
		"invalid_arguments")
	same(t, "all", w.texts("U0BO", "C0SHOW"), []string{"json", "inside", "form", "multipart"})
}

func TestRefusedMessages(t *testing.T) {
	w := newFixture(t, Config{})
	must(t, w.Archive("C0MORN"))
	must(t, w.RemoveBot("C0RAND"))
	w.AddChannel("G0SECRET", "secret", true, "U0KEN")
	person, err := w.Type("U0ANA", "C0SHOW", "mine", "")
	must(t, err)
	for name, c := range map[string]struct {
		method string
		args   []string
		want   string
	}{
		"no channel":  {"chat.postMessage", []string{"channel", "C0NONE", "text", "x"}, "channel_not_found"},
		"private":     {"chat.postMessage", []string{"channel", "G0SECRET", "text", "x"}, "channel_not_found"},
		"not invited": {"chat.postMessage", []string{"channel", "C0NOBOT", "text", "x"}, "not_in_channel"},
		"removed":     {"chat.postMessage", []string{"channel", "C0RAND", "text", "x"}, "not_in_channel"},
		"archived":    {"chat.postMessage", []string{"channel", "C0MORN", "text", "x"}, "is_archived"},
		"nothing":     {"chat.postMessage", []string{"channel", "C0SHOW", "blocks", "[]"}, "no_text"},
		"long": {"chat.postMessage", []string{"channel", "C0SHOW", "text", strings.Repeat("x", 40_001)},
			"msg_too_long"},
		"no thread": {"chat.postMessage", []string{"channel", "C0SHOW", "text", "x", "thread_ts", "1.1"},
			"thread_not_found"},
		"blocks object": {"chat.postMessage", []string{"channel", "C0SHOW", "blocks", `{"type":"divider"}`},
			"invalid_blocks_format"},
		"in attachment": {"chat.postMessage", []string{"channel", "C0SHOW", "attachments", `[{"blocks":[{"type":"box"}]}]`},
			"invalid_blocks"},
		"attachments": {"chat.postMessage", []string{"channel", "C0SHOW", "attachments", `{}`}, "invalid_attachments"},
		"metadata": {"chat.postMessage", []string{"channel", "C0SHOW", "text", "x", "metadata", "{"},
			"invalid_metadata_format"},
		"not a member": {"chat.postEphemeral", []string{"channel", "C0SHOW", "user", "U0OUT", "text", "x"},
			"user_not_in_channel"},
		"no message":     {"chat.update", []string{"channel", "C0SHOW", "ts", "1.1", "text", "x"}, "message_not_found"},
		"somebody else":  {"chat.update", []string{"channel", "C0SHOW", "ts", person.TS, "text", "x"}, "cant_update_message"},
		"not mine":       {"chat.delete", []string{"channel", "C0SHOW", "ts", person.TS}, "cant_delete_message"},
		"no permalink":   {"chat.getPermalink", []string{"channel", "C0SHOW", "message_ts", "1.1"}, "message_not_found"},
		"no user":        {"users.info", []string{"user", "U0XXX"}, "user_not_found"},
		"no group":       {"usergroups.users.list", []string{"usergroup", "S0XXX"}, "no_such_subteam"},
		"no info":        {"conversations.info", []string{"channel", "G0SECRET"}, "channel_not_found"},
		"join archived":  {"conversations.join", []string{"channel", "C0MORN"}, "is_archived"},
		"dm to a bot":    {"conversations.open", []string{"users", BotUser}, "cannot_dm_bot"},
		"cursor":         {"users.list", []string{"cursor", "zebra"}, "invalid_cursor"},
		"asked to fail":  {"api.test", []string{"error", "my_error"}, "my_error"},
		"no bot":         {"bots.info", []string{"bot", "B0XXX"}, "bot_not_found"},
		"nobody's rooms": {"users.conversations", []string{"user", "U0XXX"}, "user_not_found"},
	} {
		same(t, name, w.call(c.method, xoxb, c.args...)["error"], c.want)
	}
}

func TestInvalidBlocksSaysWhere(t *testing.T) {
	w := newFixture(t, Config{})
	out := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "blocks",
		`[{"type":"divider"},{"type":"header","text":{"type":"plain_text","text":"`+strings.Repeat("x", 151)+`"}}]`)
	same(t, "error", out["error"], "invalid_blocks")
	same(t, "errors", out["errors"], []string{"must be less than 151 characters [json-pointer:/blocks/1/text/text]"})
	same(t, "messages", out["response_metadata"],
		map[string]any{"messages": []string{"[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"}})
	_, _, err := w.api.PostMessage("C0SHOW",
		slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", "", false, false))))
	if err == nil || err.Error() != "invalid_blocks" {
		t.Errorf("slack-go says %v", err)
	}
}

func TestUpdateSemantics(t *testing.T) {
	w := newFixture(t, Config{})
	out := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "a", "blocks", twoButtons, "attachments",
		`[{"color":"#0f0","text":"bar"}]`)
	ts := out["ts"].(string)
	shows := func(name string, args ...string) Message {
		t.Helper()
		out := w.call("chat.update", xoxb, append([]string{"channel", "C0SHOW", "ts", ts}, args...)...)
		same(t, name, out["ok"], true)
		m, _ := w.Message("C0SHOW", ts)
		return m
	}
	m := shows("new bar", "attachments", `[{"color":"#f00","text":"bar"}]`)
	same(t, "only the bar", []any{m.Text, m.Blocks != nil, strings.Contains(string(m.Attachments), "#f00")},
		[]any{"a", true, true})
	m = shows("text", "text", "b")
	same(t, "text removes blocks", []any{m.Text, m.Blocks == nil, m.Attachments != nil, m.Edited != nil},
		[]any{"b", true, true, true})
	m = shows("clear", "text", "c", "attachments", "[]")
	same(t, "cleared", m.Attachments == nil, true)
	same(t, "empty", w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts)["error"], "no_text")
	same(t, "link", w.call("chat.getPermalink", xoxb, "channel", "C0SHOW", "message_ts", ts)["permalink"],
		w.url+"/archives/C0SHOW/p"+strings.Replace(ts, ".", "", 1))
	same(t, "delete", w.call("chat.delete", xoxb, "channel", "C0SHOW", "ts", ts)["ok"], true)
	same(t, "gone", w.texts("U0BO", "C0SHOW"), []string{})
}

func TestReadingThroughSlackGo(t *testing.T) {
	w := newFixture(t, Config{})
	u, err := w.api.GetUserInfo("U0OUT")
	must(t, err)
	same(t, "outsider", []any{u.TeamID, u.IsStranger, u.RealName}, []any{OtherID, true, "Olu Partner"})
	u, err = w.api.GetUserInfo("U0GUS")
	must(t, err)
	same(t, "guest", []any{u.IsRestricted, u.IsUltraRestricted}, []any{true, true})
	ext, err := w.api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: "C0EXT"})
	must(t, err)
	same(t, "shared", []any{ext.IsExtShared, ext.Name, ext.IsMember}, []any{true, "partner-desk", true})
	groups, err := w.api.GetUserGroups(slack.GetUserGroupsOptionIncludeUsers(true))
	must(t, err)
	same(t, "group", []any{groups[1].Handle, groups[1].Users}, []any{"leads", []string{"U0KEN", "U0MIO"}})
	members, cursor, err := w.api.GetUsersInConversation(
		&slack.GetUsersInConversationParameters{ChannelID: "C0SHOW", Limit: 5})
	must(t, err)
	rest, end, err := w.api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: "C0SHOW",
		Cursor: cursor, Limit: 5})
	must(t, err)
	same(t, "members", []any{append(members, rest...), end},
		[]any{[]string{"U0ANA", "U0BO", "U0KEN", "U0MIO", "U0PIA", "U0LIN", "U0GUS", BotUser}, ""})
	must(t, w.Archive("C0MORN"))
	chans, _, err := w.api.GetConversations(&slack.GetConversationsParameters{ExcludeArchived: true})
	must(t, err)
	mine, _, err := w.api.GetConversationsForUser(&slack.GetConversationsForUserParameters{})
	must(t, err)
	same(t, "channels", []int{len(chans), len(mine)}, []int{5, 5})
	ch, _, _, err := w.api.JoinConversation("C0NOBOT")
	must(t, err)
	same(t, "joined", ch.IsMember, true)
	dm, _, already, err := w.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U0ANA"}})
	must(t, err)
	same(t, "dm", []any{dm.ID, already}, []any{"D0ANA", false})
	_, _, err = w.api.PostMessage("U0ANA", slack.MsgOptionText("psst", false))
	must(t, err)
	same(t, "private", w.texts("U0ANA", "D0ANA"), []string{"psst"})
	for _, method := range []string{"team.info", "bots.info", "users.list"} {
		same(t, method, w.call(method, xoxb)["ok"], true)
	}
}

func TestResponseURL(t *testing.T) {
	w := newFixture(t, Config{})
	hook := func(w *fixture) string {
		conn, _ := w.dial()
		_, err := w.Type("U0ANA", "C0NOBOT", "/caster", "")
		must(t, err)
		return strings.TrimPrefix(w.frame(conn)["payload"].(map[string]any)["response_url"].(string), w.url)
	}
	path := hook(w)
	post := func(body string) any { return w.post(path, "application/json", body, nil)["error"] }
	same(t, "private", post(`{"text":"for ana"}`), nil)
	same(t, "for all", post(`{"text":"for all","response_type":"in_channel"}`), nil)
	same(t, "form", w.post(path, "application/x-www-form-urlencoded", "payload=%7B%22text%22%3A%22form%22%7D",
		nil)["ok"], true)
	same(t, "nothing", post(`{}`), "no_text")
	same(t, "broken", post(`{"text":`), "invalid_payload")
	same(t, "sixth", post(`{"text":"x"}`), "used_url")
	same(t, "unknown", w.post("/actions/T/none", "application/json", `{"text":"x"}`, nil)["error"], "expired_url")
	same(t, "ana", w.texts("U0ANA", "C0NOBOT"), []string{"for ana", "for all", "form"})
	same(t, "bo", w.texts("U0BO", "C0NOBOT"), []string{"for all"})
	old := newFixture(t, Config{Validity: Validity{Hook: time.Nanosecond}})
	same(t, "late", old.post(hook(old), "application/json", `{"text":"x"}`, nil)["error"], "expired_url")
	_, _, _, err := w.api.SendMessage("", slack.MsgOptionResponseURL(w.url+path, "ephemeral"),
		slack.MsgOptionText("x", false))
	if err == nil || err.Error() != "used_url" {
		t.Errorf("slack-go says %v", err)
	}
}

func TestFaults(t *testing.T) {
	w := newFixture(t, Config{})
	say := func() error {
		_, _, err := w.api.PostMessage("C0SHOW", slack.MsgOptionText("x", false))
		return err
	}
	w.Fail("chat.postMessage", Fault{RetryAfter: 1500 * time.Millisecond, Times: 1})
	var limited *slack.RateLimitedError
	if err := say(); !errors.As(err, &limited) || limited.RetryAfter != 2*time.Second {
		t.Errorf("429: %v", err)
	}
	must(t, say())
	w.Fail("*", Fault{Status: 503})
	var status slack.StatusCodeError
	if err := say(); !errors.As(err, &status) || status.Code != 503 {
		t.Errorf("503: %v", err)
	}
	w.Fail("*", Fault{})
	w.Fail("chat.postMessage", Fault{Error: "fatal_error", AfterEffect: true, Times: 1})
	if err := say(); err == nil || err.Error() != "fatal_error" {
		t.Errorf("after effect: %v", err)
	}
	same(t, "effects", len(w.texts("U0BO", "C0SHOW")), 2)
	w.Fail("chat.postMessage", Fault{Silent: true})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := w.api.PostMessageContext(ctx, "C0SHOW", slack.MsgOptionText("x", false)); !errors.Is(err,
		context.DeadlineExceeded) {
		t.Errorf("silent: %v", err)
	}
	w.Fail("response_url", Fault{Status: 500})
	resp, err := w.http.Post(w.url+"/actions/T/none", "application/json", strings.NewReader(`{}`))
	must(t, err)
	resp.Body.Close()
	same(t, "hook", resp.StatusCode, 500)
}

func TestElsewhereIsNotFound(t *testing.T) {
	w := newFixture(t, Config{})
	for _, path := range []string{"/", "/files/x"} {
		resp, err := w.http.Get(w.url + path)
		must(t, err)
		resp.Body.Close()
		same(t, path, resp.StatusCode, 404)
	}
	resp, err := w.http.Get(w.url + "/link/?ticket=guess")
	must(t, err)
	resp.Body.Close()
	same(t, "guess", resp.StatusCode, 403)
}

// TestAudience: a button is on the screens of those whom it names, and a row without buttons on none; the message
// itself, and a click, are as they are.
func TestAudience(t *testing.T) {
	w := newFixture(t, Config{})
	row := `{"type":"actions","elements":[{"type":"button","action_id":"%s","text":{"type":"plain_text","text":"Go"},
		"visible_to_user_ids":["U0BO"]}%s]}`
	other := `,{"type":"button","action_id":"all","text":{"type":"plain_text","text":"Go"}}`
	out := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "x",
		"blocks", "["+fmt.Sprintf(row, "one", "")+","+fmt.Sprintf(row, "two", other)+"]",
		"attachments", `[{"blocks":[`+fmt.Sprintf(row, "three", "")+`]}]`)
	ts := out["ts"].(string)
	for user, want := range map[string]string{"U0BO": "one two all three", "U0ANA": "all"} {
		list := w.screen(user).Rooms[0].Messages
		var seen []string
		for _, e := range list[len(list)-1].allElements() {
			seen = append(seen, e.action)
		}
		same(t, user, strings.Join(seen, " "), want)
	}
	m, _ := w.Message("C0SHOW", ts)
	same(t, "the message", len(m.allElements()), 4)
	_, err := w.Click("U0ANA", "C0SHOW", ts, Press{Action: "one"})
	must(t, err)
	out = w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "x", "blocks",
		`[{"type":"actions","elements":[{"type":"users_select","action_id":"a","visible_to_user_ids":["U0BO"]}]}]`)
	same(t, "of another element", out["error"], "invalid_blocks")
}

// A web page somewhere else knows the tokens of every sandbox; the browser says that it is one.
func TestForeignPagesGiveNoOrders(t *testing.T) {
	w := newFixture(t, Config{})
	for name, change := range map[string]func(*http.Request){
		"another origin": func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"another site":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another name":   func(r *http.Request) { r.Host = "evil.example:8788" },
	} {
		for _, path := range []string{"/api/chat.postMessage", "/api/auth.test", "/link/?ticket=x", "/actions/x"} {
			r, err := http.NewRequest(http.MethodPost, w.url+path, strings.NewReader("token="+xoxb+"&channel=C0SHOW&text=x"))
			must(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			change(r)
			resp, err := w.http.Do(r)
			must(t, err)
			resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s: %d", name, path, resp.StatusCode)
			}
		}
	}
	same(t, "messages", w.texts("U0ANA", "C0SHOW"), []string{})
	same(t, "calls", len(w.Log(0)), 0)
}

// An app that sees private channels only has other scopes than one for public ones.
func TestScopesOfOtherKindsOfChannels(t *testing.T) {
	w := newFixture(t, Config{Scopes: []string{"groups:read"}})
	w.AddChannel("G0SECRET", "secret", true, "U0ANA", BotUser)
	same(t, "info", w.call("conversations.info", xoxb, "channel", "G0SECRET")["ok"], true)
	same(t, "history", w.call("conversations.history", xoxb, "channel", "G0SECRET")["needed"], "channels:history")
	same(t, "join", w.call("conversations.join", xoxb, "channel", "C0SHOW")["error"], "missing_scope")
}

func TestMetadataAndMarkdown(t *testing.T) {
	w := newFixture(t, Config{})
	post := func(args ...string) any {
		out := w.call("chat.postMessage", xoxb, append([]string{"channel", "C0SHOW"}, args...)...)
		if out["ok"] == true {
			return "ok"
		}
		return out["error"]
	}
	for metadata, want := range map[string]string{
		`{"event_type":"t","event_payload":{"a":1}}`: "ok", `{`: "invalid_metadata_format",
		`{"event_type":"t"}`: "invalid_metadata_schema", `{"event_type":"","event_payload":{}}`: "invalid_metadata_schema",
		`{"event_type":"t","event_payload":"x"}`: "invalid_metadata_schema", `[]`: "invalid_metadata_schema",
	} {
		same(t, metadata, post("text", "x", "metadata", metadata), want)
	}
	same(t, "markdown", post("markdown_text", "**bold**"), "ok")
	log := w.Log(0)
	m, _ := w.Message("C0SHOW", log[len(log)-1].TS)
	if !strings.Contains(string(m.Blocks), `"markdown"`) {
		t.Errorf("blocks %s", m.Blocks)
	}
	same(t, "both", post("markdown_text", "x", "text", "x"), "markdown_text_conflict")
	same(t, "long", post("markdown_text", strings.Repeat("x", 12_001)), "invalid_blocks")
}
