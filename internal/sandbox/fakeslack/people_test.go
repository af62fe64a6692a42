package fakeslack

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func TestSlashCommandWithAckPayload(t *testing.T) {
	w := newFixture(t, Config{})
	seen := make(chan slack.SlashCommand, 1)
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if cmd, ok := e.Data.(slack.SlashCommand); ok {
			seen <- cmd
			_ = sm.Ack(*e.Request, map[string]any{"text": "private words"})
		}
	})
	ack := w.typed("U0ANA", "C0SHOW", "/caster  show @ben @bo #random https://x.y/?a=1&b=2 a<b & <@U0KEN> @crew <!here> ")
	same(t, "payload", string(ack.Payload), `{"text":"private words"}`)
	cmd := <-seen
	same(t, "text", cmd.Text,
		"show @ben <@U0BO> <#C0RAND|random> <https://x.y/?a=1&amp;b=2> a&lt;b &amp; <@U0KEN> <!subteam^S0CREW|@crew> &lt;!here&gt;")
	same(t, "who", []string{cmd.Command, cmd.UserID, cmd.UserName, cmd.ChannelID, cmd.ChannelName, cmd.TeamID,
		cmd.APIAppID},
		[]string{"/caster", "U0ANA", "ana", "C0SHOW", "show-control", TeamID, AppID})
	if cmd.TriggerID == "" || !strings.HasPrefix(cmd.ResponseURL, w.url+"/commands/") {
		t.Errorf("trigger %q, url %q", cmd.TriggerID, cmd.ResponseURL)
	}
	same(t, "ana reads", w.texts("U0ANA", "C0SHOW"), []string{"private words"})
	same(t, "bo reads", w.texts("U0BO", "C0SHOW"), []string{})
	w.typed("U0ANA", "C0SHOW", "/raw @bo & <x>")
	same(t, "raw text", (<-seen).Text, "@bo & <x>")
}

func TestAckInChannelShowsTheCommand(t *testing.T) {
	w := newFixture(t, Config{})
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeSlashCommand {
			_ = sm.Ack(*e.Request, map[string]any{"text": "for all", "response_type": "in_channel"})
		}
	})
	w.typed("U0ANA", "C0SHOW", "/caster list")
	same(t, "bo reads", w.texts("U0BO", "C0SHOW"), []string{"/caster list", "for all"})
}

func TestAckWithBadBlocks(t *testing.T) {
	w := newFixture(t, Config{})
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeSlashCommand {
			_ = sm.Ack(*e.Request, map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "box"}}})
		}
	})
	w.typed("U0ANA", "C0SHOW", "/caster list")
	same(t, "toast", w.screen("U0ANA").Toasts[0].Kind, ErrBadAnswer)
	same(t, "posted", w.texts("U0ANA", "C0SHOW"), []string{})
}

func TestWhatSlackItselfRefuses(t *testing.T) {
	w := newFixture(t, Config{})
	for name, c := range map[string]struct{ user, channel, text, thread, want string }{
		"unknown command": {"U0ANA", "C0SHOW", "/nope", "", ErrInvalidCommand},
		"in a thread":     {"U0ANA", "C0SHOW", "/caster", "1.0", ErrInThread},
		"outsider":        {"U0OUT", "C0EXT", "/caster", "", ErrExternal},
	} {
		before := len(w.screen(c.user).Toasts)
		s, err := w.Type(c.user, c.channel, c.text, c.thread)
		must(t, err)
		same(t, name, []any{(<-s.Done).Err, s.Envelope, len(w.screen(c.user).Toasts)}, []any{c.want, "", before + 1})
	}
	w.SetUser("U0PIA", func(u *User) { u.Deleted = true })
	must(t, w.Archive("C0MORN"))
	for name, act := range map[string]func() error{
		"not a member": func() error { _, err := w.Type("U0GUS", "C0MORN", "hi", ""); return err },
		"deactivated":  func() error { _, err := w.Type("U0PIA", "C0SHOW", "hi", ""); return err },
		"archived":     func() error { _, err := w.Type("U0ANA", "C0MORN", "hi", ""); return err },
		"nobody":       func() error { _, err := w.Type("U0XXX", "C0SHOW", "hi", ""); return err },
		"no message":   func() error { _, err := w.Click("U0ANA", "C0SHOW", "1.0", Press{Action: "go"}); return err },
		"no view":      func() error { _, err := w.Submit("U0ANA", "V1", nil); return err },
	} {
		if act() == nil {
			t.Errorf("%s: allowed", name)
		}
	}
}

func TestMentionNeedsTheBotInTheChannel(t *testing.T) {
	w := newFixture(t, Config{})
	events := make(chan *slackevents.AppMentionEvent, 2)
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeEventsAPI {
			_ = sm.Ack(*e.Request)
			if m, ok := e.Data.(slackevents.EventsAPIEvent).InnerEvent.Data.(*slackevents.AppMentionEvent); ok {
				events <- m
			}
		}
	})
	outside, err := w.Type("U0ANA", "C0NOBOT", "@casterbot help", "")
	must(t, err)
	plain, err := w.Type("U0ANA", "C0SHOW", "good evening", "")
	must(t, err)
	same(t, "no envelope", []string{outside.Envelope, plain.Envelope}, []string{"", ""})
	inside, err := w.Type("U0ANA", "C0SHOW", "@casterbot record stop main", plain.TS)
	must(t, err)
	<-inside.Done
	m := <-events
	same(t, "event", []string{m.User, m.Channel, m.Text, m.TimeStamp, m.ThreadTimeStamp},
		[]string{"U0ANA", "C0SHOW", "<@U0BOT> record stop main", inside.TS, plain.TS})
	must(t, w.AddBot("C0NOBOT"))
	now, err := w.Type("U0ANA", "C0NOBOT", "<@U0BOT> help", "")
	must(t, err)
	<-now.Done
	same(t, "after the invitation", (<-events).Channel, "C0NOBOT")
	same(t, "stored", w.texts("U0BO", "C0NOBOT"), []string{"<@U0BOT> help", "<@U0BOT> help"})
}

const twoButtons = `[{"type":"actions","block_id":"row","elements":[
	{"type":"button","action_id":"go","value":"op1","text":{"type":"plain_text","text":"Confirm"}},
	{"type":"button","action_id":"no","value":"op1","text":{"type":"plain_text","text":"Cancel"}},
	{"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}]}]`

// interactions acks and passes on every interaction.
func (w *fixture) interactions(answer func(slack.InteractionCallback) any) chan slack.InteractionCallback {
	got := make(chan slack.InteractionCallback, 20)
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if e.Request == nil || e.Request.EnvelopeID == "" {
			return
		}
		cb, ok := e.Data.(slack.InteractionCallback)
		if ok && answer != nil {
			got <- cb
			_ = sm.Ack(*e.Request, answer(cb))
			return
		}
		_ = sm.Ack(*e.Request)
		if ok {
			got <- cb
		}
	})
	return got
}

func (w *fixture) postCard(channel string) string {
	w.t.Helper()
	out := w.call("chat.postMessage", xoxb, "channel", channel, "text", "card",
		"attachments", `[{"color":"#f00","blocks":`+twoButtons+`}]`)
	if out["ok"] != true {
		w.t.Fatal(out)
	}
	return out["ts"].(string)
}

func TestClickInAttachment(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(nil)
	ts := w.postCard("C0SHOW")
	s, err := w.Click("U0BO", "C0SHOW", ts, Press{Action: "go"})
	must(t, err)
	same(t, "ack", (<-s.Done).Err, "")
	cb := <-got
	a := cb.ActionCallback.BlockActions[0]
	same(t, "action", []string{string(cb.Type), a.ActionID, a.BlockID, a.Value, string(a.Type), a.Text.Text},
		[]string{"block_actions", "go", "row", "op1", "button", "Confirm"})
	same(t, "where", []any{cb.Channel.ID, cb.Message.Timestamp, cb.Container.Type, cb.Container.MessageTs,
		cb.Container.AttachmentID, cb.Container.IsEphemeral},
		[]any{"C0SHOW", ts, "message_attachment", ts, 1, false})
	same(t, "who", []string{cb.User.ID, cb.User.TeamID, cb.Team.ID}, []string{"U0BO", TeamID, TeamID})
	if a.ActionTs == "" || cb.TriggerID == "" || cb.ResponseURL == "" {
		t.Errorf("incomplete: %+v", cb)
	}
	s, err = w.Click("U0BO", "C0SHOW", ts, Press{Action: "pick", Value: "1"})
	must(t, err)
	<-s.Done
	same(t, "select", (<-got).ActionCallback.BlockActions[0].SelectedOption.Text.Text, "One")
}

func TestClickOnAnOldPicture(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(nil)
	ts := w.postCard("C0SHOW")
	same(t, "edit", w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts, "text", "done", "attachments",
		"[]")["ok"], true)
	if _, err := w.Click("U0BO", "C0SHOW", ts, Press{Action: "go"}); err == nil {
		t.Error("a button that is gone was clicked")
	}
	s, err := w.Click("U0BO", "C0SHOW", ts, Press{Action: "go", Stale: true})
	must(t, err)
	<-s.Done
	same(t, "value", (<-got).ActionCallback.BlockActions[0].Value, "op1")
}

func TestOutsiderCanClick(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(nil)
	s, err := w.Click("U0OUT", "C0EXT", w.postCard("C0EXT"), Press{Action: "go", Block: "row", Value: "op1"})
	must(t, err)
	<-s.Done
	same(t, "team", (<-got).User.TeamID, OtherID)
}

func TestButtonWithoutAckGetsAMark(t *testing.T) {
	w := newFixture(t, Config{AckWithin: 30 * time.Millisecond})
	w.dial()
	ts := w.postCard("C0SHOW")
	s, err := w.Click("U0BO", "C0SHOW", ts, Press{Action: "go"})
	must(t, err)
	same(t, "ack", (<-s.Done).Err, ErrTimeout)
	toast := w.screen("U0BO").Toasts[0]
	same(t, "toast", []string{toast.TS, toast.Action, toast.Kind}, []string{ts, "go", ErrTimeout})
}

func TestEphemeralCard(t *testing.T) {
	w := newFixture(t, Config{})
	got := w.interactions(nil)
	out := w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text", "only you", "blocks",
		twoButtons)
	ts := out["message_ts"].(string)
	same(t, "ana", w.texts("U0ANA", "C0SHOW"), []string{"only you"})
	same(t, "bo", w.texts("U0BO", "C0SHOW"), []string{})
	same(t, "update", w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts, "text", "x")["error"],
		"message_not_found")
	if _, err := w.Click("U0BO", "C0SHOW", ts, Press{Action: "go"}); err == nil {
		t.Error("bo clicked what only ana sees")
	}
	s, err := w.Click("U0ANA", "C0SHOW", ts, Press{Action: "go"})
	must(t, err)
	<-s.Done
	cb := <-got
	same(t, "container", []any{cb.Container.IsEphemeral, cb.Message.Timestamp}, []any{true, ""})
	_, _, _, err = w.api.SendMessage("", slack.MsgOptionResponseURL(cb.ResponseURL, ""),
		slack.MsgOptionReplaceOriginal(cb.ResponseURL), slack.MsgOptionText("replaced", false))
	must(t, err)
	same(t, "replaced", w.texts("U0ANA", "C0SHOW"), []string{"replaced"})
	_, _, _, err = w.api.SendMessage("", slack.MsgOptionDeleteOriginal(cb.ResponseURL))
	must(t, err)
	same(t, "deleted", w.texts("U0ANA", "C0SHOW"), []string{})
}
