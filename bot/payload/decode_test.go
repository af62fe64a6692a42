package payload

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

var me = Identity{Team: "T0SHOW", User: "U0BOT"}

const clickSample = `{"type":"block_actions","team":{"id":"T0SHOW"},"user":{"id":"U0ANA","team_id":"T0SHOW"},"channel":{"id":"C0SHOW"},
	"container":{"type":"message","message_ts":"1.1","channel_id":"C0SHOW"},"message":{"ts":"1.1","thread_ts":"1.0"},
	"actions":[{"type":"button","action_id":"%s","block_id":"b","value":"%s","action_ts":"9.9"}],
	"response_url":"https://hooks.slack.com/y","trigger_id":"t"}`

const mentionSample = `{"team_id":"T0SHOW","event_id":"Ev1","event":{"type":"app_mention","user":"U0ANA","text":"%s","ts":"1795378170.000100",
	"channel":"C0SHOW","team":"T0SHOW"%s}}`

func click(action, value string) string { return fmt.Sprintf(clickSample, action, value) }

func mention(text, more string) string { return fmt.Sprintf(mentionSample, text, more) }

func TestDecode(t *testing.T) {
	for _, c := range []struct{ name, kind, payload, want string }{
		{"slash", "slash_commands", slackworld.Slash, "say U0ANA/T0SHOW C0SHOW: record stop main"},
		{"slash in back-ticks", "slash_commands", strings.ReplaceAll(slackworld.Slash, "stop main", "`stop main`"),
			"say U0ANA/T0SHOW C0SHOW: record stop main"},
		{"slash without text", "slash_commands", strings.ReplaceAll(slackworld.Slash, "stop main", ""),
			"say U0ANA/T0SHOW C0SHOW: record"},
		{"slash of another workspace", "slash_commands", strings.ReplaceAll(slackworld.Slash, "T0SHOW", "T0OTHER"),
			"error comes from another workspace"},
		{"slash of nobody", "slash_commands", strings.ReplaceAll(slackworld.Slash, "U0ANA", ""), "ignored"},
		{"confirm", "interactive", click("op:confirm", "abc"), "click confirm abc by U0ANA/T0SHOW in C0SHOW at 1.1"},
		{"next", "interactive", click("op:next:1a2b", "abc"), "click next 1a2b abc by U0ANA/T0SHOW in C0SHOW at 1.1"},
		{"by an outsider", "interactive", strings.ReplaceAll(click("op:confirm", "abc"), `"team_id":"T0SHOW"`,
			`"team_id":"T0OTHER"`), "click confirm abc by U0ANA/T0OTHER in C0SHOW at 1.1"},
		{"next without a way", "interactive", click("op:next", "abc"), "ignored"},
		{"next with a long way", "interactive", click("op:next:"+strings.Repeat("x", 65), "abc"), "ignored"},
		{"confirm with a way", "interactive", click("op:confirm:1", "abc"), "ignored"},
		{"unknown act", "interactive", click("op:destroy", "abc"), "ignored"},
		{"no operation", "interactive", click("op:confirm", ""), "ignored"},
		{"a value that is no id", "interactive", click("op:confirm", strings.Repeat("x", 65)), "ignored"},
		{"unknown action", "interactive", click("other", "abc"), "ignored"},
		{"say", "interactive", click("say:3", "record status"), "say U0ANA/T0SHOW C0SHOW in 1.0: record status"},
		{"say nothing", "interactive", click("say:3", ""), "ignored"},
		{"no actions", "interactive", `{"type":"block_actions","user":{"id":"U0ANA"}}`, "ignored"},
		{"shortcut", "interactive", `{"type":"shortcut","user":{"id":"U0ANA"}}`, "ignored"},
		{"nobody", "interactive", `{"type":"block_actions"}`, "ignored"},
		{"mention", "events_api", mention("<@U0BOT> record stop main", ""), "say U0ANA/T0SHOW C0SHOW: record stop main"},
		{"mention in a thread", "events_api", mention("<@U0BOT|casterbot> /record stop", `,"thread_ts":"1.0"`),
			"say U0ANA/T0SHOW C0SHOW in 1.0: record stop"},
		{"mention alone", "events_api", mention("<@U0BOT>", ""), "say U0ANA/T0SHOW C0SHOW: help"},
		{"mention in the middle", "events_api", mention("hey <@U0BOT> caster list", ""),
			"say U0ANA/T0SHOW C0SHOW: caster list"},
		{"mention at the end", "events_api", mention("caster list <@U0BOT>", ""), "say U0ANA/T0SHOW C0SHOW: caster list"},
		{"mention of another workspace", "events_api", mention("<@U0BOT> caster list", `,"user_team":"T0OTHER"`),
			"say U0ANA/T0OTHER C0SHOW: caster list"},
		{"mention by a bot", "events_api", mention("<@U0BOT> caster list", `,"bot_id":"B1"`), "ignored"},
		{"edited mention", "events_api", mention("<@U0BOT> caster list", `,"edited":{"ts":"1"},"thread_ts":"1.0"`),
			"tell U0ANA C0SHOW in 1.0: What a message says after it was edited is not carried out."},
		{"not edited", "events_api", mention("<@U0BOT> caster list", `,"edited":null`),
			"say U0ANA/T0SHOW C0SHOW: caster list"},
		{"edited by a bot", "events_api", mention("<@U0BOT> caster list", `,"edited":{"ts":"1"},"bot_id":"B1"`), "ignored"},
		{"also sent to the channel", "events_api", mention("<@U0BOT> caster list",
			`,"subtype":"thread_broadcast","thread_ts":"1.0"`), "say U0ANA/T0SHOW C0SHOW in 1.0: caster list"},
		{"with a file", "events_api", mention("<@U0BOT> caster list", `,"subtype":"file_share"`),
			"say U0ANA/T0SHOW C0SHOW: caster list"},
		{"/me", "events_api", mention("<@U0BOT> caster list", `,"subtype":"me_message"`),
			"say U0ANA/T0SHOW C0SHOW: caster list"},
		{"somebody joined", "events_api", mention("<@U0BOT> has joined", `,"subtype":"channel_join"`), "ignored"},
		{"a reply of which one is told", "events_api", mention("<@U0BOT>", `,"subtype":"message_replied"`), "ignored"},
		{"changed message", "events_api", mention("<@U0BOT> caster list", `,"subtype":"message_changed"`), "ignored"},
		{"own message", "events_api", strings.ReplaceAll(mention("hi", ""), "U0ANA", "U0BOT"), "ignored"},
		{"home", "events_api",
			`{"team_id":"T0SHOW","event_id":"E","event":{"type":"app_home_opened","user":"U0ANA","tab":"home"}}`,
			"home U0ANA"},
		{"messages tab", "events_api",
			`{"team_id":"T0SHOW","event_id":"E","event":{"type":"app_home_opened","user":"U0ANA","tab":"messages"}}`,
			"ignored"},
		{"renamed", "events_api", `{"event":{"type":"channel_rename","channel":{"id":"C1","name":"x"}}}`, "forget C1"},
		{"shared", "events_api", `{"event":{"type":"channel_shared","channel":"C1"}}`, "forget C1"},
		{"other id", "events_api", `{"event":{"type":"channel_id_changed","old_channel_id":"G1","new_channel_id":"C1"}}`,
			"forget G1 C1"},
		{"invited", "events_api", `{"event":{"type":"member_joined_channel","channel":"C1","user":"U0BOT"}}`,
			"forget C1 U0BOT, back in C1"},
		{"thrown out", "events_api", `{"event":{"type":"group_left","channel":"C1"}}`, "left C1"},
		{"somebody joins", "events_api", `{"event":{"type":"member_joined_channel","channel":"C1","user":"U1"}}`,
			"U1 moved"},
		{"somebody changes", "events_api",
			`{"event":{"type":"user_change","user":{"id":"U1","team_id":"T1","deleted":true}}}`, "U1 is now deleted=true"},
		{"somebody changes, not told how", "events_api", `{"event":{"type":"user_change","user":{"id":"U1"}}}`, "forget U1"},
		{"unarchived", "events_api", `{"event":{"type":"channel_unarchive","channel":"C1","user":"U1"}}`,
			"forget C1 U1, back in C1"},
		{"group", "events_api", `{"event":{"type":"subteam_members_changed","subteam_id":"S1"}}`, "forget S1"},
		{"other event", "events_api", `{"event":{"type":"reaction_added"}}`, "ignored"},
		{"unknown envelope", "telepathy", `{}`, "ignored"},
		{"no JSON", "interactive", `{`, "error unexpected end of JSON input"},
		{"wrong shape", "slash_commands", `[]`, "error json: cannot unmarshal array"},
	} {
		a, err := me.Decode(c.kind, "env", json.RawMessage(c.payload), slackworld.T0)
		if got := described(a, err); !strings.HasPrefix(got, c.want) || c.want == "" {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// described puts what was decoded into one line.
func described(a Event, err error) string {
	switch {
	case err != nil:
		return "error " + err.Error()
	case a.Request != nil:
		r := a.Request
		in := ""
		if r.Thread != "" {
			in = " in " + r.Thread
		}
		return fmt.Sprintf("say %s/%s %s%s: %s", r.Person, r.PersonTeam, r.Channel, in, r.Text)
	case a.Click != nil:
		c := a.Click
		act := string(c.Action)
		if c.Action == op.ActionNext {
			act += " " + c.Next
		}
		return fmt.Sprintf("click %s %s by %s/%s in %s at %s", act, c.Operation, c.Person, c.PersonTeam, c.Channel,
			c.Message)
	case a.Said != nil:
		return fmt.Sprintf("tell %s %s in %s: %s", a.Said.To.Person, a.Said.To.Channel, a.Said.To.Thread,
			a.Said.Answer.Title.Plain())
	case a.Home != nil:
		return "home " + a.Home.Person
	case a.Left != "":
		return "left " + a.Left
	case a.Moved != "":
		return a.Moved + " moved"
	case a.Changed != nil:
		return fmt.Sprintf("%s is now deleted=%v", a.Changed.ID, a.Changed.Deleted)
	case len(a.Forget) > 0:
		back := map[bool]string{true: ", back in " + a.Back}[a.Back != ""]
		return "forget " + strings.Join(strings.Fields(strings.Join(a.Forget, " ")), " ") + back
	case a.Fill != nil:
		return fmt.Sprintf("form %s %v sent=%v", a.Fill.Form.Command, a.Fill.Form.Values(), a.Fill.Sent)
	case a.Ignored != "":
		return "ignored: " + a.Ignored
	}
	return "nothing"
}

// TestKeys: what is the same for Slack has the same key, and nothing else has.
func TestKeys(t *testing.T) {
	key := func(kind, envelope, payload string) string {
		a, err := me.Decode(kind, envelope, json.RawMessage(payload), slackworld.T0)
		if err != nil || a.Key == "" {
			t.Fatalf("%s: no key (%v)", payload, err)
		}
		return a.Key
	}
	slash := key("slash_commands", "e1", slackworld.Slash)
	if slash != key("slash_commands", "e2", slackworld.Slash) {
		t.Error("the same trigger in two envelopes has two keys")
	}
	if slash == key("slash_commands", "e1", strings.ReplaceAll(slackworld.Slash, "1.2.abc", "1.2.abd")) {
		t.Error("two triggers have one key")
	}
	if strings.Contains(slash, "1.2.abc") {
		t.Error("the key shows the trigger")
	}
	bare := strings.ReplaceAll(slackworld.Slash, "1.2.abc", "")
	if key("slash_commands", "e1", bare) == key("slash_commands", "e2", bare) {
		t.Error("two commands without trigger have one key")
	}
	press := key("interactive", "e", click("op:confirm", "abc"))
	if press != key("interactive", "e2", click("op:confirm", "abc")) {
		t.Error("one press in two envelopes has two keys")
	}
	for _, other := range []string{click("op:cancel", "abc"),
		strings.ReplaceAll(click("op:confirm", "abc"), "9.9", "9.8"),
		strings.ReplaceAll(click("op:confirm", "abc"), "U0ANA", "U0BO")} {
		if press == key("interactive", "e", other) {
			t.Errorf("another press has the same key: %s", other)
		}
	}
	form := formSample("caster copy {caster} {name}", "U0ANA", true)
	sent := key("interactive", "e1", form)
	if sent != key("interactive", "e2", strings.ReplaceAll(form, `"trigger_id":"t"`, `"trigger_id":"u"`)) {
		t.Error("one form in two envelopes has two keys")
	}
	for _, other := range []string{strings.ReplaceAll(form, `"id":"V1"`, `"id":"V2"`),
		strings.ReplaceAll(form, `"hash":"h1"`, `"hash":"h2"`)} {
		if sent == key("interactive", "e1", other) {
			t.Errorf("another form has the same key: %s", other)
		}
	}
	if sent == key("interactive", "e1", formSample("caster copy {caster} {name}", "U0ANA", false)) {
		t.Error("a change in a form has the key of the form")
	}
	if key("events_api", "e1", mention("x", "")) != key("events_api", "e2", mention("x", "")) {
		t.Error("one event in two envelopes has two keys")
	}
	if key("events_api", "e1", mention("x", "")) == key("events_api", "e1",
		strings.ReplaceAll(mention("x", ""), "Ev1", "Ev2")) {
		t.Error("two events have one key")
	}
}

// TestTimes: a mention happened when it was written, never later than now; everything else happens now.
func TestTimes(t *testing.T) {
	a, _ := me.Decode("events_api", "e", json.RawMessage(mention("x", "")), slackworld.T0.Add(time.Hour))
	if want := time.Unix(1795378170, 0); !a.Request.At.Equal(want) {
		t.Errorf("mention at %s, want %s", a.Request.At, want)
	}
	a, _ = me.Decode("events_api", "e", json.RawMessage(mention("x", "")), time.Unix(1000, 0))
	if !a.Request.At.Equal(time.Unix(1000, 0)) {
		t.Errorf("a mention of the future is at %s", a.Request.At)
	}
	a, _ = me.Decode("slash_commands", "e", json.RawMessage(slackworld.Slash), slackworld.T0)
	if !a.Request.At.Equal(slackworld.T0) || a.Request.ReplyTo != "https://hooks.slack.com/x" ||
		a.Request.Trigger != "1.2.abc" || !a.Slash {
		t.Errorf("slash: %+v", a.Request)
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range []string{
		slackworld.Slash, click("op:confirm", "abc"), click("op:next:0", "abc"), click("say:0", "help"),
		click("field", ""),
		mention("<@U0BOT> x", ""),
		formSample("caster copy {caster} {name}", "U0ANA", true),
		`{"type":"view_submission","user":{"id":"U"},"view":{"private_metadata":"{}"}}`,
		`{"event":{"type":"user_change","user":{"id":"U1"}}}`, `{"actions":[null],"user":null}`, `null`, `[]`,
		`{"user":{"id":1}}`,
	} {
		for _, kind := range []string{"slash_commands", "interactive", "events_api"} {
			f.Add(kind, []byte(data))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		a, err := me.Decode(kind, "env", data, slackworld.T0)
		found := 0
		for _, set := range []bool{a.Request != nil, a.Click != nil, a.Fill != nil, a.Home != nil} {
			if set {
				found++
			}
		}
		if found > 1 || err != nil && found > 0 {
			t.Fatalf("%d meanings at once, error %v", found, err)
		}
		if found == 1 && a.Key == "" {
			t.Error("a meaning without a key")
		}
		if a.Click != nil && (!acts[a.Click.Action] || a.Click.Operation == "" ||
			(a.Click.Action == op.ActionNext) != (a.Click.Next != "") || a.Click.Team != me.Team) {
			t.Errorf("a click that is none: %+v", a.Click)
		}
		if a.Request != nil && (a.Request.Person == "" || a.Request.Text == "" || a.Request.Team != me.Team) {
			t.Errorf("a request that is none: %+v", a.Request)
		}
	})
}

// What is said to the bot is the command, whatever stands around it.
func TestWhatIsSaidToTheBot(t *testing.T) {
	for text, want := range map[string]string{
		"<@U0BOT>: record status main": "record status main", "<@U0BOT>, record status main": "record status main",
		"<@U0BOT|casterbot> – record status main": "record status main",
		"<@U0BOT>\u00a0record status main":        "record status main",
		"<@U0BOT> `record status main`":           "record status main",
		"<@U0BOT>: `record status main`":          "record status main",
		"<@U0BOT> ```record status main```":       "record status main",
		"<@U0BOT> ```\nrecord status main\n```":   "record status main",
		"<@U0BOT> *record status main*":           "record status main",
		"<@U0BOT> _record status main_":           "record status main",
		"<@U0BOT> *`record status main`*":         "record status main", "<@U0BOT> ~list~": "list",
		"&gt; <@U0BOT> record status main": "record status main", "<@U0BOT>\n&gt; record status main": "record status main",
		"<@U0BOT> /record status main": "record status main", "<@U0BOT> `/record status main`": "record status main",
		"hey <@U0BOT>, please record status main": "record status main", "<@U0BOT> Please, caster list": "caster list",
		"record status main <@U0BOT>": "record status main", "`record status main` <@U0BOT>": "record status main",
		"record status main <@U0BOT> please!": "record status main", "record status main, <@U0BOT>": "record status main",
		"<@U0BOT> <@U0BOT> caster list": "caster list", "<@U0BOT>": "help", "<@U0BOT>!": "help", "<@U0BOT> ...": "help",
		"<@U0BOT> please": "please", "<@U0BOT> record status `main`": "record status `main`",
		"<@U0BOT> `caster` restart `Evening News`":  "`caster` restart `Evening News`",
		"<@U0BOT> caster why restart for <@U0BO>":   "caster why restart for <@U0BO>",
		"<@U0BOT> caster ask main <@U0BOT> is slow": "caster ask main <@U0BOT> is slow",
		"<@U0BOT> record stop _main_":               "record stop _main_", "<@U0BOT> ``": "``", "<@U0BOT": "help",
		"":                               "help",
		"<@U0BOT>\trecord\nstatus\nmain": "record\nstatus\nmain",
	} {
		if got := me.mentionText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzWhatIsSaid(f *testing.F) {
	f.Add("<@U0BOT> `*_~list~_*`")
	f.Add("<@U0BOT><@U0BOT<@U0BOT>")
	f.Fuzz(func(t *testing.T, text string) {
		if me.mentionText(text) == "" {
			t.Errorf("%q says nothing", text)
		}
	})
}
