package fakeslack

import (
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestPins(t *testing.T) {
	w := newFixture(t, Config{Now: func() time.Time { return time.Unix(1795377600, 0) }})
	board, later := w.postCard("C0SHOW"), w.postCard("C0SHOW")
	quiet := w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text",
		"psst")["message_ts"].(string)
	w.byRoom["C0SHOW"].Messages[1].Subtype = "channel_join"
	for _, step := range []struct{ name, method, channel, ts, want string }{
		{"nothing named", "pins.add", "C0SHOW", "", "no_item_specified"},
		{"no timestamp", "pins.add", "C0SHOW", "yesterday", "bad_timestamp"},
		{"no message", "pins.add", "C0SHOW", "1700000000.000100", "message_not_found"},
		{"only for one", "pins.add", "C0SHOW", quiet, "message_not_found"},
		{"of Slack itself", "pins.add", "C0SHOW", later, "not_pinnable"},
		{"elsewhere", "pins.add", "C0NOBOT", board, "not_in_channel"},
		{"nowhere", "pins.add", "C0NONE", board, "channel_not_found"},
		{"not pinned yet", "pins.remove", "C0SHOW", board, "no_pin"},
		{"pin", "pins.add", "C0SHOW", board, ""},
		{"twice", "pins.add", "C0SHOW", board, "already_pinned"},
	} {
		got, _ := w.call(step.method, xoxb, "channel", step.channel, "timestamp", step.ts)["error"].(string)
		same(t, step.name, got, step.want)
	}
	items, _, err := w.api.ListPins("C0SHOW")
	must(t, err)
	same(t, "list", []any{len(items), items[0].Message.Timestamp, items[0].Message.PinnedTo},
		[]any{1, board, []string{"C0SHOW"}})
	same(t, "seen", pinned(w, "U0BO"), []string{board})
	again := New(Config{AppToken: xapp, BotToken: xoxb})
	defer again.Close()
	must(t, again.Load(w.Save()))
	screen, err := again.Snapshot("U0BO")
	must(t, err)
	same(t, "kept", screen.Rooms[0].Pinned[0].TS, board)
	must(t, w.api.RemovePin("C0SHOW", slack.NewRefToMessage("C0SHOW", board)))
	same(t, "gone", pinned(w, "U0BO"), []string{})
	must(t, w.Pin("U0BO", "C0SHOW", board))
	same(t, "by hand", pinned(w, "U0ANA"), []string{board})
	must(t, w.Unpin("U0ANA", "C0SHOW", board))
	same(t, "and off", pinned(w, "U0BO"), []string{})
	must(t, w.api.AddPin("C0SHOW", slack.NewRefToMessage("C0SHOW", board)))
	same(t, "delete", w.call("chat.delete", xoxb, "channel", "C0SHOW", "ts", board)["ok"], true)
	same(t, "deleted", []any{pinned(w, "U0BO"), len(w.byRoom["C0SHOW"].Pins)}, []any{[]string{}, 0})
}

func pinned(w *fixture, user string) []string {
	out := []string{}
	for _, m := range w.screen(user).Rooms[0].Pinned {
		out = append(out, m.TS)
	}
	return out
}

func TestPinsHaveALimitAndAScope(t *testing.T) {
	w := newFixture(t, Config{})
	for range maxPins {
		ts := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "x")["ts"].(string)
		same(t, "pin", w.call("pins.add", xoxb, "channel", "C0SHOW", "timestamp", ts)["ok"], true)
	}
	same(t, "one more", w.call("pins.add", xoxb, "channel", "C0SHOW", "timestamp", w.postCard("C0SHOW"))["error"],
		"too_many_pins")
	poor := newFixture(t, Config{Scopes: []string{"chat:write"}})
	for _, method := range []string{"pins.add", "pins.remove"} {
		out := poor.call(method, xoxb, "channel", "C0SHOW", "timestamp", poor.postCard("C0SHOW"))
		same(t, method, []any{out["error"], out["needed"]}, []any{"missing_scope", "pins:write"})
	}
	same(t, "list", poor.call("pins.list", xoxb, "channel", "C0SHOW")["needed"], "pins:read")
}

func TestHistoryAndThreads(t *testing.T) {
	w := newFixture(t, Config{})
	root := w.postCard("C0SHOW")
	_, err := w.Type("U0ANA", "C0SHOW", "in the thread", root)
	must(t, err)
	reply := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "and I", "thread_ts", root)["ts"].(string)
	w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text", "psst", "thread_ts", root)
	w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text", "psst")
	_, err = w.Type("U0BO", "C0SHOW", "elsewhere", "")
	must(t, err)

	history, err := w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C0SHOW", Limit: 1})
	must(t, err)
	same(t, "newest", []any{len(history.Messages), history.Messages[0].Text, history.HasMore}, []any{1, "elsewhere", true})
	history, err = w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C0SHOW",
		Cursor: history.ResponseMetaData.NextCursor})
	must(t, err)
	m := history.Messages[0]
	same(t, "the root", []any{len(history.Messages), m.Timestamp, m.ThreadTimestamp, m.ReplyCount, m.LatestReply},
		[]any{1, root, root, 2, reply})
	history, err = w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C0SHOW", Oldest: root})
	must(t, err)
	same(t, "after the root", len(history.Messages), 1)

	thread, _, _, err := w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "C0SHOW",
		Timestamp: root})
	must(t, err)
	same(t, "thread", []any{len(thread), thread[0].Timestamp, thread[1].Text, thread[2].Text},
		[]any{3, root, "in the thread", "and I"})
	same(t, "no thread", w.call("conversations.replies", xoxb, "channel", "C0SHOW", "ts", "1.0")["error"],
		"thread_not_found")
	same(t, "not there", w.call("conversations.history", xoxb, "channel", "C0NOBOT")["error"], "not_in_channel")
	link, err := w.api.GetPermalink(&slack.PermalinkParameters{Channel: "C0SHOW", Ts: root})
	must(t, err)
	same(t, "permalink", link, w.url+"/archives/C0SHOW/p"+root[:10]+root[11:])
}

func TestPeopleHaveAZoneAndALanguage(t *testing.T) {
	winter, summer := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 20, 0, 0, 0, time.UTC)
	now := winter
	w := newFixture(t, Config{Now: func() time.Time { return now }})
	for _, c := range []struct {
		user, tz, locale string
		at               time.Time
		offset           int
	}{
		{"U0ANA", "Europe/Berlin", "en-GB", winter, 3600},
		{"U0ANA", "Europe/Berlin", "en-GB", summer, 7200},
		{"U0LIN", "Asia/Shanghai", "zh-CN", winter, 28800},
		{"U0KEN", "America/New_York", "en-US", winter, -18000},
		{"U0OUT", "Europe/Berlin", "", winter, 3600},
	} {
		now = c.at
		u, err := w.api.GetUserInfo(c.user) // asks for the locale
		must(t, err)
		same(t, c.user, []any{u.TZ, u.Locale, u.TZOffset}, []any{c.tz, c.locale, c.offset})
	}
	bare := w.call("users.info", xoxb, "user", "U0LIN")["user"].(map[string]any)
	same(t, "without asking", []any{bare["locale"], bare["tz"], bare["tz_offset"]}, []any{nil, "Asia/Shanghai", 28800})
	everybody, err := w.api.GetUsers()
	must(t, err)
	same(t, "list", []any{everybody[8].ID, everybody[8].TZOffset, everybody[8].TZLabel},
		[]any{"U0LIN", 28800, "China Standard Time"})
}
