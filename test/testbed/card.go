package testbed

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"casterbot/internal/sandbox/fakeslack"
)

const bot = fakeslack.BotUser

// Card is a public message of the bot, as people see it.
type Card struct {
	Channel string
	TS      string
	Ref     string // of the operation, as printed on it
	Face    string // the sign at its beginning
	Text    string // all that it says
	Buttons []Button
}

// Button is what can be pressed on a card.
type Button struct{ Action, Value string }

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

// ReadCard draws a message as a card; false when it is none.
func ReadCard(channel string, m fakeslack.Message) (Card, bool) {
	c := Card{Channel: channel, TS: m.TS}
	for _, b := range blocksOf(m) {
		c.Text += b.Text.Text + "\n"
		for _, e := range b.Elements {
			var text string
			if json.Unmarshal(e.Text, &text) == nil {
				c.Text += text + "\n"
			}
			if e.Action != "" {
				c.Buttons = append(c.Buttons, Button{e.Action, e.Value})
			}
		}
	}
	c.Face, _, _ = strings.Cut(c.Text, " ")
	if all := reference.FindAllStringSubmatch(c.Text, -1); all != nil {
		c.Ref = all[len(all)-1][1] // its own stands at the end; further up it may speak of an earlier operation
	}
	return c, c.Ref != ""
}

// blocksOf are those of a message and of what is attached to it; the workspace has linted both.
func blocksOf(m fakeslack.Message) []block {
	var attached []struct {
		Blocks []block `json:"blocks"`
	}
	var blocks []block
	_ = json.Unmarshal(m.Blocks, &blocks)
	_ = json.Unmarshal(m.Attachments, &attached)
	for _, a := range attached {
		blocks = append(blocks, a.Blocks...)
	}
	return blocks
}

// Button finds what to press by the last word of its action.
func (c Card) Button(act string) (Button, bool) {
	for _, b := range c.Buttons {
		if b.Action == "op:"+act {
			return b, true
		}
	}
	return Button{}, false
}

// Before reports that a card was posted before another message; both are known by their timestamps.
func (c Card) Before(ts string) bool { return c.TS < ts }

// Cards are those on the screen of these channels, or of all when none is named, the oldest of a channel first.
func (w *World) Cards(channels ...string) []Card {
	return w.read(func(r fakeslack.Room) []fakeslack.Message { return r.Messages }, channels...)
}

func (w *World) read(messages func(fakeslack.Room) []fakeslack.Message, channels ...string) []Card {
	screen, err := w.Slack.Snapshot(bot)
	if err != nil {
		return nil
	}
	var list []Card
	for _, room := range screen.Rooms {
		if len(channels) > 0 && !slices.Contains(channels, room.ID) {
			continue
		}
		for _, m := range messages(room) {
			if c, ok := ReadCard(room.ID, m); ok && m.User == bot && m.EphemeralTo == "" {
				list = append(list, c)
			}
		}
	}
	return list
}

// Newest is the newest card of each operation, by reference. Of an operation with two cards, which a lost answer of
// chat.postMessage leaves, that is the one which is kept up to date.
func (w *World) Newest() map[string]Card { return newest(w.Cards()) }

// NewestOfAll is Newest with those that no screen shows any more.
func (w *World) NewestOfAll() map[string]Card {
	return newest(w.read(func(r fakeslack.Room) []fakeslack.Message { return w.Slack.History(r.ID, bot) }))
}

func newest(list []Card) map[string]Card {
	cards := map[string]Card{}
	for _, c := range list {
		if old, known := cards[c.Ref]; !known || c.TS > old.TS {
			cards[c.Ref] = c
		}
	}
	return cards
}

// Hint reports that a call only says to somebody who waits for an answer that it takes a while.
func Hint(c fakeslack.Call) bool { return strings.HasPrefix(c.Text, "⏳") }

// Private counts what a person was told alone. A hint is no answer, and not counted.
func (w *World) Private(person string) int { return len(w.private(person)) }

// LastPrivate is what a person was told alone last.
func (w *World) LastPrivate(person string) string {
	if all := w.private(person); len(all) > 0 {
		return strings.Join(strings.Fields(all[len(all)-1].Text), " ")
	}
	return ""
}

func (w *World) private(person string) []fakeslack.Call {
	return slices.DeleteFunc(w.Slack.Log(0), func(c fakeslack.Call) bool {
		alone := c.Method == "chat.postEphemeral" || c.Method == "response_url" && !c.Replaces() ||
			c.Method == "ack" && c.View == nil
		direct := c.Method == "chat.postMessage" && c.Channel == "D"+person[1:]
		return c.Error != "" || Hint(c) || !direct && !(alone && c.User == person)
	})
}

// Seen changes with everything that the bot says or asks the cloud.
func (w *World) Seen() [2]int64 {
	said := int64(0)
	if log := w.Slack.Log(0); len(log) > 0 {
		said = int64(log[len(log)-1].Seq)
	}
	return [2]int64{said, w.Asked()}
}

// Asked changes with everything that the bot asks the cloud.
func (w *World) Asked() int64 {
	calls := w.Live.Snapshot().Calls
	if len(calls) == 0 {
		return 0
	}
	return calls[len(calls)-1].Seq
}
