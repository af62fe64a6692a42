package fakeslack

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// heard runs acts and gives the events that reached the app, each as its type, subtype and what tells it apart.
func heard(t *testing.T, subscribed []string, acts func(w *fixture)) (lines []string, events []map[string]any) {
	t.Helper()
	w := newFixture(t, Config{Events: subscribed, Retries: []time.Duration{}})
	conn, _ := w.dial()
	var got []map[string]any
	ended := echo(conn, &got)
	acts(w)
	for w.Waiting() > 0 {
		time.Sleep(time.Millisecond)
	}
	w.Close()
	<-ended
	for _, f := range got {
		if f["type"] != "events_api" {
			continue
		}
		e := f["payload"].(map[string]any)["event"].(map[string]any)
		events = append(events, e)
		words := []string{e["type"].(string)}
		for _, key := range []string{"subtype", "channel_type", "user", "text"} {
			if v, _ := e[key].(string); v != "" {
				words = append(words, v)
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines, events
}

var messages = []string{"app_mention", "message.channels", "message.groups", "message.im"}

func TestMessagesBesideMentions(t *testing.T) {
	acts := func(w *fixture) {
		w.AddChannel("G0SECRET", "secret", true, "U0ANA", BotUser)
		w.typed("U0ANA", "C0SHOW", "hello")
		w.typed("U0ANA", "C0SHOW", "@casterbot help")
		w.typed("U0ANA", "C0NOBOT", "@casterbot nobody hears")
		w.typed("U0ANA", "G0SECRET", "psst")
		_, err := w.OpenHome("U0ANA")
		must(t, err)
		w.typed("U0ANA", "D0ANA", "@casterbot in private")
	}
	all := []string{
		"message channel U0ANA hello",
		"app_mention U0ANA <@U0BOT> help", "message channel U0ANA <@U0BOT> help",
		"message group U0ANA psst",
		"message im U0ANA <@U0BOT> in private",
	}
	got, events := heard(t, messages, acts)
	same(t, "all", got, all)
	for _, e := range events {
		if e["blocks"] == nil || e["client_msg_id"] == nil || e["event_ts"] != e["ts"] {
			t.Errorf("not the whole event: %v", slices.Sorted(maps.Keys(e)))
		}
	}
	got, _ = heard(t, []string{"message.channels"}, acts)
	same(t, "channels only", got, []string{all[0], all[2]})
	got, _ = heard(t, []string{"app_mention"}, acts)
	same(t, "mentions only", got, []string{all[1]})
}

func TestTheAppHearsItsOwnMessages(t *testing.T) {
	got, events := heard(t, messages, func(w *fixture) {
		made := w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "one")
		w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text", "only for ana")
		ts := made["ts"].(string)
		w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts, "text", "two")
		w.call("chat.delete", xoxb, "channel", "C0SHOW", "ts", ts)
	})
	same(t, "own", got, []string{"message channel U0BOT one", "message message_changed channel",
		"message message_deleted channel"})
	if len(events) != 3 {
		return
	}
	same(t, "bot", events[0]["bot_id"], BotID)
	text := func(e map[string]any, key string) any { return e[key].(map[string]any)["text"] }
	same(t, "changed", []any{text(events[1], "previous_message"), text(events[1], "message")}, []any{"one", "two"})
	same(t, "deleted", []any{text(events[2], "previous_message"), events[2]["deleted_ts"]},
		[]any{"two", events[0]["ts"]})
	got, _ = heard(t, []string{"app_mention"}, func(w *fixture) {
		w.call("chat.postMessage", xoxb, "channel", "C0SHOW", "text", "one")
	})
	same(t, "not subscribed", got, nil)
}

func TestTypedEmojiAreCodes(t *testing.T) {
	_, events := heard(t, messages, func(w *fixture) {
		w.typed("U0ANA", "C0SHOW", "@casterbot show Evening 🎬 👋🏽")
	})
	same(t, "text", events[0]["text"], "<@U0BOT> show Evening :clapper: :wave::skin-tone-4:")
	var got []map[string]any
	w := newFixture(t, Config{})
	conn, _ := w.dial()
	ended := echo(conn, &got)
	w.typed("U0ANA", "C0SHOW", `/caster show "Evening 🎬"`)
	w.typed("U0ANA", "C0SHOW", `/raw show "Evening 🎬"`)
	w.Close()
	<-ended
	for _, f := range got {
		same(t, "command", f["payload"].(map[string]any)["text"], `show "Evening :clapper:"`)
	}
	if len(got) != 2 {
		t.Errorf("%d commands", len(got))
	}
}

func TestWhatHappensToChannelsIsHeard(t *testing.T) {
	subscribed := []string{"channel_left", "group_left", "channel_archive", "group_archive", "channel_unarchive",
		"group_unarchive", "channel_rename", "group_rename", "member_joined_channel", "member_left_channel"}
	got, events := heard(t, subscribed, func(w *fixture) {
		w.AddChannel("G0SECRET", "secret", true, "U0ANA", BotUser)
		for _, id := range []string{"C0SHOW", "G0SECRET"} {
			must(t, w.SetMember(id, "U0NEW", true))
			must(t, w.SetMember(id, "U0NEW", true))
			must(t, w.SetMember(id, "U0NEW", false))
			must(t, w.Rename(id, "renamed"))
			must(t, w.Archive(id))
			must(t, w.Unarchive(id))
			must(t, w.RemoveBot(id))
			must(t, w.RemoveBot(id))
			must(t, w.SetMember(id, "U0NEW", true)) // the bot is not there to hear it
			must(t, w.AddBot(id))
		}
	})
	same(t, "events", got, []string{
		"member_joined_channel C U0NEW", "member_left_channel C U0NEW", "channel_rename", "channel_archive U0KEN",
		"channel_unarchive U0KEN", "channel_left", "member_joined_channel C U0BOT",
		"member_joined_channel G U0NEW", "member_left_channel G U0NEW", "group_rename", "group_archive U0KEN",
		"group_unarchive U0KEN", "group_left", "member_joined_channel G U0BOT",
	})
	same(t, "where", events[5]["channel"], "C0SHOW")
}
