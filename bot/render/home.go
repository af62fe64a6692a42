package render

import (
	"encoding/json"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Slack's limits for the home tab.
const (
	homeItems  = 95
	homeBlocks = 99
)

// Home draws an answer as a home tab.
func (t Printer) Home(a op.Answer) slack.HomeTabViewRequest {
	again := row([]press{{text: op.Text(t.text("Refresh")), action: HomeAction + Refresh, value: Refresh}})
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{
		BlockSet: append(t.sketch(a, homeItems, homeBlocks).Blocks, again),
	}}
}

// View is an answer as a window, for one person and one channel.
func (t Printer) View(m Message, person, channel string) slack.ModalViewRequest {
	about, _ := json.Marshal(memory{Person: person, Form: op.Form{Channel: channel}}) // strings only
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: label("casterbot", maxTitle), Close: label(t.text("Close"), maxTitle),
		CallbackID:      "answer",
		PrivateMetadata: string(about), Blocks: slack.Blocks{BlockSet: m.Blocks},
	}
}
