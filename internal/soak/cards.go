package main

import (
	"encoding/json"
	"regexp"
	"strings"

	"casterbot/internal/sandbox/fakeslack"
)

// card is a public message of the bot, as people see it.
type card struct {
	ts      string
	ref     string // of the operation, as printed on it
	face    string // the sign at its beginning
	text    string // all that it says
	buttons []button
}

type button struct{ action, value string }

// block is what is read of a block of Slack's.
type block struct {
	Text     words `json:"text"`
	Elements []struct {
		Action string          `json:"action_id"`
		Value  string          `json:"value"`
		Text   json.RawMessage `json:"text"`
	} `json:"elements"`
}

type words struct {
	Text string `json:"text"`
}

var reference = regexp.MustCompile(`\bop ([0-9A-HJKMNP-TV-Z]{6})\b`)

// read draws a message as a card; false when it is none.
func read(m fakeslack.Message) (card, bool) {
	c := card{ts: m.TS}
	var attached []struct {
		Blocks []block `json:"blocks"`
	}
	var blocks []block
	_ = json.Unmarshal(m.Blocks, &blocks) // the workspace has linted both
	_ = json.Unmarshal(m.Attachments, &attached)
	for _, a := range attached {
		blocks = append(blocks, a.Blocks...)
	}
	for _, b := range blocks {
		c.text += b.Text.Text + "\n"
		for _, e := range b.Elements {
			var text string
			if json.Unmarshal(e.Text, &text) == nil {
				c.text += text + "\n"
			}
			if e.Action != "" {
				c.buttons = append(c.buttons, button{e.Action, e.Value})
			}
		}
	}
	c.face, _, _ = strings.Cut(c.text, " ")
	if m := reference.FindStringSubmatch(c.text); m != nil {
		c.ref = m[1]
	}
	return c, c.ref != ""
}

// button finds what to press by the last word of its action.
func (c card) button(act string) (button, bool) {
	for _, b := range c.buttons {
		if b.action == "op:"+act {
			return b, true
		}
	}
	return button{}, false
}

// cards are those in the channel, the oldest first.
func (w *world) cards() []card {
	screen, err := w.slack.Snapshot(fakeslack.BotUser)
	if err != nil {
		return nil
	}
	var list []card
	for _, room := range screen.Rooms {
		if room.ID != channel {
			continue
		}
		for _, m := range room.Messages {
			if c, ok := read(m); ok && m.User == fakeslack.BotUser && m.EphemeralTo == "" {
				list = append(list, c)
			}
		}
	}
	return list
}

// newest is the last card; false when there is none. Of an operation with two cards, which a lost answer of chat.postMessage
// leaves, that is the one which is kept up to date.
func (w *world) newest() (card, bool) {
	list := w.cards()
	if len(list) == 0 {
		return card{}, false
	}
	return list[len(list)-1], true
}

// last is the newest card of an operation.
func (w *world) last(ref string) card {
	found := card{}
	for _, c := range w.cards() {
		if c.ref == ref {
			found = c
		}
	}
	return found
}

// private counts what a person was told alone.
func (w *world) private(person string) int {
	n := 0
	for _, c := range w.slack.Log(0) {
		alone := c.Method == "chat.postEphemeral" || c.Method == "response_url" || c.Method == "ack" && c.View == nil
		direct := c.Method == "chat.postMessage" && c.Channel == "D"+person[1:]
		if c.Error == "" && (alone && c.User == person || direct) {
			n++
		}
	}
	return n
}

// seen changes with everything that the bot says or asks the cloud.
func (w *world) seen() [2]int64 {
	said, asked := int64(0), int64(0)
	if log := w.slack.Log(0); len(log) > 0 {
		said = int64(log[len(log)-1].Seq)
	}
	if calls := w.live.Snapshot().Calls; len(calls) > 0 {
		asked = calls[len(calls)-1].Seq
	}
	return [2]int64{said, asked}
}
