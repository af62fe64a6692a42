package scenario

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
	Rows      [][]cell        `json:"rows"` // of a table
}

// cell is one of a table, of rich text.
type cell struct {
	Elements []struct {
		Elements []struct {
			Text     string `json:"text"`
			User     string `json:"user_id"`
			Fallback string `json:"fallback"`
		} `json:"elements"`
	} `json:"elements"`
}

func (c cell) words() string {
	text := ""
	for _, section := range c.Elements {
		for _, piece := range section.Elements {
			if text += piece.Text + piece.Fallback; piece.User != "" {
				text += "<@" + piece.User + ">"
			}
		}
	}
	return text
}

// element is a button, a menu, a text input or a text.
type element struct {
	Type    string          `json:"type"`
	Action  string          `json:"action_id"`
	Value   string          `json:"value"`
	Text    json.RawMessage `json:"text"` // an object in a button, a string in a context's text
	Holder  fakeslack.Text  `json:"placeholder"`
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

// menu reports a select, or the three dots behind which there is more.
func (e element) menu() bool { return strings.HasSuffix(e.Type, "_select") || e.Type == "overflow" }

// external reports a menu whose options come from the app while one types.
func (e element) external() bool { return strings.HasSuffix(e.Type, "external_select") }

// several reports a menu of which more than one option can be chosen.
func (e element) several() bool { return strings.HasPrefix(e.Type, "multi_") }

// button is something that can be pressed or chosen from, and the text beside it.
type button struct {
	element
	label, block string
	beside       string
}

// shown is a button as a story writes it: [Confirm], [Studio ▾], [⋯ Unlock | Break the glass].
func (b button) shown() string {
	switch {
	case b.Type == "overflow":
		var words []string
		for _, c := range b.Options {
			words = append(words, c.Text.Text)
		}
		return "[⋯ " + strings.Join(words, " | ") + "]"
	case b.menu():
		return "[" + b.label + " ▾]"
	}
	return "[" + b.label + "]"
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

// buttons lists the buttons and menus of blocks, in order.
func buttons(raw json.RawMessage) []button {
	var list []button
	for _, b := range decode(raw) {
		list = append(list, pressesOf(b)...)
	}
	return list
}

func pressesOf(b block) []button {
	var list []button
	elements := b.inner()
	if b.Accessory != nil {
		elements = append(elements, *b.Accessory)
	}
	for _, e := range elements {
		label := e.words()
		switch {
		case e.menu():
			label = e.Holder.Text
		case e.Type != "button":
			continue
		}
		list = append(list, button{element: e, label: label, block: b.ID, beside: b.Text.Text})
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
	element
	label, block string
	sends        bool // a change is sent at once
	text         bool // typed, not picked
	choices      []choice
}

func inputsOf(v fakeslack.View) []input {
	var list []input
	for _, b := range decode(v.Blocks) {
		if b.Type != "input" || b.Element == nil {
			continue
		}
		list = append(list, input{
			element: *b.Element, label: b.Label.Text, block: b.ID, sends: b.Dispatch,
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
		if called(c.Text.Text, value) {
			return fakeslack.Chosen(c.Value), nil
		}
	}
	return fakeslack.State{}, fmt.Errorf("%s offers no %q", in.label, value)
}

// called reports an option by its words, or by those before its first dot: "Evening News" for "Evening News · on air".
func called(option, name string) bool {
	first, _, _ := strings.Cut(option, " · ")
	return first == name || option == name
}

// held is what a field of a view holds, in words.
func (in input) held(v fakeslack.View) string {
	s := v.State.Values[in.block][in.Action]
	switch {
	case s.Value != nil:
		return *s.Value
	case s.SelectedOption != nil && s.SelectedOption.Text != nil:
		return s.SelectedOption.Text.Text
	}
	var words []string
	for _, o := range s.SelectedOptions {
		words = append(words, o.Text.Text)
	}
	return strings.Join(words, ", ")
}
