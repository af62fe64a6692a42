package render

import (
	"encoding/json"
	"strconv"
	"strings"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Slack's limits for the home tab.
const (
	homeItems  = 95
	homeBlocks = 99
)

// Home draws an answer as a home tab. repeats says of a card whether its call is still being sent again.
func (t Printer) Home(a op.Answer, repeats func(op.Operation) bool) slack.HomeTabViewRequest {
	again := row([]press{{text: op.Text(t.text("Refresh")), action: HomeAction + Refresh, value: Refresh}})
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{
		BlockSet: append(t.sketch(a, homeItems, homeBlocks, repeats).Blocks, again),
	}}
}

// card draws what waits for the reader of the bot's own page: what its card says, and the card's buttons.
func (d *drawing) card(item op.Item, f cardView) {
	d.flush()
	head := mrkdwn(marked(item.Mark, item.Title)) + aside + joined(item.Facts, aside)
	for _, text := range append([]string{head}, paragraphs(f.lines)...) {
		d.say(text)
	}
	d.flush()
	if len(f.presses) == 0 {
		return
	}
	for i, p := range f.presses {
		f.presses[i] = p.away(*item.Card)
	}
	d.blocks = append(d.blocks, row(f.presses))
}

// away is a button of a card on the bot's own page. There no message stands around it, so it says itself in which one
// it counts, and for which version of its operation: nobody edits a page that is not looked at.
func (p press) away(card op.Operation) press {
	p.only = nil // nobody else sees the page
	p.action = HomeAction + p.action + ":" + p.value
	p.value = strings.Join([]string{card.Channel, card.Card, strconv.FormatInt(p.version, 10)}, " ")
	return p
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
