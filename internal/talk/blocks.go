package talk

import (
	"encoding/json"
	"fmt"
	"strings"

	"casterbot/internal/sandbox/fakeslack"
)

// block is what a story reads of a Block Kit block.
type block struct {
	Type      string          `json:"type"`
	ID        string          `json:"block_id"`
	Text      fakeslack.Text  `json:"text"`
	Label     fakeslack.Text  `json:"label"`
	Accessory *element        `json:"accessory"`
	Element   *element        `json:"element"`
	Elements  json.RawMessage `json:"elements"`
	Dispatch  bool            `json:"dispatch_action"`
}

// element is a button, a select, a text input or a text.
type element struct {
	Type    string          `json:"type"`
	Action  string          `json:"action_id"`
	Value   string          `json:"value"`
	Text    json.RawMessage `json:"text"` // an object in a button, a string in a context's text
	Options []choice        `json:"options"`
	Groups  []struct {
		Options []choice `json:"options"`
	} `json:"option_groups"`
}

type choice struct {
	Text  fakeslack.Text `json:"text"`
	Value string         `json:"value"`
}

func (e element) words() string {
	var text string
	if json.Unmarshal(e.Text, &text) == nil {
		return text
	}
	var object fakeslack.Text
	_ = json.Unmarshal(e.Text, &object)
	return object.Text
}

func (e element) choices() []choice {
	list := e.Options
	for _, g := range e.Groups {
		list = append(list, g.Options...)
	}
	return list
}

// button is something that can be pressed, and the text beside it.
type button struct {
	label, action, value string
	beside               string
}

func decode(raw json.RawMessage) []block {
	var list []block
	_ = json.Unmarshal(raw, &list)
	return list
}

func (b block) inner() []element {
	var list []element
	_ = json.Unmarshal(b.Elements, &list)
	return list
}

// buttons lists the buttons of blocks, in order.
func buttons(raw json.RawMessage) []button {
	var list []button
	for _, b := range decode(raw) {
		elements := b.inner()
		if b.Accessory != nil {
			elements = append(elements, *b.Accessory)
		}
		for _, e := range elements {
			if e.Type == "button" {
				list = append(list, button{label: e.words(), action: e.Action, value: e.Value, beside: b.Text.Text})
			}
		}
	}
	return list
}

// attachments gives the blocks of a message's attachments.
func attachments(raw json.RawMessage) []json.RawMessage {
	var list []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(raw, &list)
	var blocks []json.RawMessage
	for _, a := range list {
		blocks = append(blocks, a.Blocks)
	}
	return blocks
}

// allButtons lists those of a message and its attachments.
func allButtons(m fakeslack.Message) []button {
	list := buttons(m.Blocks)
	for _, blocks := range attachments(m.Attachments) {
		list = append(list, buttons(blocks)...)
	}
	return list
}

// input is a field of a form.
type input struct {
	label, block, action string
	sends                bool // a change is sent at once
	text                 bool // typed, not picked
	choices              []choice
}

func inputsOf(v fakeslack.View) []input {
	var list []input
	for _, b := range decode(v.Blocks) {
		if b.Type != "input" || b.Element == nil {
			continue
		}
		list = append(list, input{
			label: b.Label.Text, block: b.ID, action: b.Element.Action, sends: b.Dispatch,
			text: strings.HasSuffix(b.Element.Type, "_input"), choices: b.Element.choices(),
		})
	}
	return list
}

// holding is the field's state with a value: typed, or the option whose words begin with it.
func (in input) holding(value string) (fakeslack.State, error) {
	if in.text {
		return fakeslack.Typed(value), nil
	}
	for _, c := range in.choices {
		if name, _, _ := strings.Cut(c.Text.Text, " · "); name == value || c.Text.Text == value {
			return fakeslack.Chosen(c.Value), nil
		}
	}
	return fakeslack.State{}, fmt.Errorf("%s offers no %q", in.label, value)
}

// held is what a field of a view holds, in words.
func (in input) held(v fakeslack.View) string {
	s := v.State.Values[in.block][in.action]
	switch {
	case s.Value != nil:
		return *s.Value
	case s.SelectedOption != nil && s.SelectedOption.Text != nil:
		return s.SelectedOption.Text.Text
	}
	return ""
}
