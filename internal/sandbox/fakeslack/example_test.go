package fakeslack

import (
	"slices"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// TestTheExampleOfSlackGo runs the Socket Mode example that comes with slack-go, as it stands there but for the address
// and for what it prints.
func TestTheExampleOfSlackGo(t *testing.T) {
	w := newFixture(t, Config{Events: []string{"app_mention", "message.channels", "member_joined_channel"},
		Commands: []Command{{Name: "/hello"}}})
	said := make(chan string, 20)
	w.connect(func(client *socketmode.Client, evt socketmode.Event) {
		switch evt.Type {
		case socketmode.EventTypeEventsAPI:
			e, ok := evt.Data.(slackevents.EventsAPIEvent)
			if !ok {
				said <- "ignored"
				return
			}
			_ = client.Ack(*evt.Request)
			said <- exampleEvent(client, e)
		case socketmode.EventTypeInteractive:
			callback := evt.Data.(slack.InteractionCallback)
			var payload any
			said <- string(callback.Type) + " " + callback.ActionCallback.BlockActions[0].Value
			_ = client.Ack(*evt.Request, payload)
		case socketmode.EventTypeSlashCommand:
			said <- evt.Data.(slack.SlashCommand).Command
			bar := slack.NewButtonBlockElement("", "somevalue", &slack.TextBlockObject{Type: slack.PlainTextType, Text: "bar"})
			foo := &slack.TextBlockObject{Type: slack.MarkdownType, Text: "foo"}
			_ = client.Ack(*evt.Request, map[string]any{
				"blocks": []slack.Block{slack.NewSectionBlock(foo, nil, slack.NewAccessory(bar))}})
		}
	})
	w.typed("U0ANA", "C0SHOW", "@casterbot hello")
	got := []string{<-said, <-said, <-said}
	slices.Sort(got)
	same(t, "a mention, its message, and the answer", got,
		[]string{"mention", "message from U0ANA with rich_text", "message from U0BOT"})
	must(t, w.SetMember("C0SHOW", "U0NEW", true))
	same(t, "somebody joins", <-said, "U0NEW joined C0SHOW")
	w.typed("U0ANA", "C0SHOW", "/hello")
	same(t, "command", <-said, "/hello")
	screen := w.screen("U0ANA").Rooms[0].Messages
	answer := screen[len(screen)-1]
	press := Press{Action: elements(answer.Blocks)[0].action}
	s, err := w.Click("U0ANA", "C0SHOW", answer.TS, press)
	must(t, err)
	same(t, "button", <-said, "block_actions somevalue")
	if a := <-s.Done; a.Err != "" || a.Payload != nil {
		t.Errorf("ack %+v", a)
	}
}

func exampleEvent(client *socketmode.Client, e slackevents.EventsAPIEvent) string {
	switch ev := e.InnerEvent.Data.(type) {
	case *slackevents.AppMentionEvent:
		if _, _, err := client.PostMessage(ev.Channel, slack.MsgOptionText("Yes, hello.", false)); err != nil {
			return err.Error()
		}
		return "mention"
	case *slackevents.MessageEvent:
		if len(ev.Blocks.BlockSet) > 0 {
			return "message from " + ev.User + " with " + string(ev.Blocks.BlockSet[0].BlockType())
		}
		return "message from " + ev.User
	case *slackevents.MemberJoinedChannelEvent:
		return ev.User + " joined " + ev.Channel
	}
	return "unsupported"
}
