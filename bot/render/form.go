package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Slack's limits for modals (docs.slack.dev/reference/views).
const (
	maxTitle       = 24
	maxMetadata    = 3000
	maxOptions     = 100
	maxOption      = 75
	maxOptionValue = 150
	maxHint        = 150
	FieldSeparator = "~"
)

// memory is what travels in a view's metadata: whose form it is, and the form without what it holds.
type memory struct {
	Person string  `json:"p"`
	Form   op.Form `json:"f"`
}

// remember gives the metadata, or nothing when it would be longer than Slack allows.
func remember(f op.Form, person string) string {
	f.Note, f.Problem = nil, nil
	f.Fields = append([]op.Field{}, f.Fields...)
	for i := range f.Fields {
		f.Fields[i].Value = ""
	}
	text, err := json.Marshal(memory{person, f})
	if err != nil || len(text) > maxMetadata {
		return ""
	}
	return string(text)
}

// Recall reads the metadata of a view, but for a view of somebody else.
func Recall(metadata, person string) (op.Form, bool) {
	var m memory
	err := json.Unmarshal([]byte(metadata), &m)
	return m.Form, err == nil && m.Person == person
}

// Loading is the form before it is known what it holds already: opened at once, because a trigger lives three seconds.
func (t Printer) Loading(f op.Form, person string) slack.ModalViewRequest {
	v := t.modal(f, person)
	v.Blocks.BlockSet = []slack.Block{section("⏳ " + t.text("Loading…"))}
	return v
}

// DrawForm draws a form. Without any field there is nothing to send.
func (t Printer) DrawForm(f op.Form, person string) slack.ModalViewRequest {
	v := t.modal(f, person)
	if v.PrivateMetadata == "" {
		f.Fields, f.Note, f.Problem = nil, InFull(f), op.L("This form is too long for Slack, so nothing was done.")
	}
	f = t.Words.Form(t.Language, f)
	var blocks []slack.Block
	if len(f.Problem) > 0 {
		blocks = append(blocks, section(mrkdwn(marked(op.MarkUnknown, f.Problem))))
	}
	if note := mrkdwn(f.Note); note != "" {
		blocks = append(blocks, section(note))
	}
	for _, field := range f.Fields {
		blocks = append(blocks, t.block(field))
	}
	if len(f.Fields) > 0 {
		v.Submit = label(cmp.Or(f.Button, t.text("Continue")), maxTitle)
	}
	if len(blocks) == 0 {
		blocks = append(blocks, section(t.text("There is nothing to fill in.")))
	}
	v.Blocks.BlockSet = blocks
	return v
}

// InFull is the way around a form.
func InFull(f op.Form) op.Line {
	return op.L("The command can be typed in full instead: ", op.Code("/"+f.Command), ".")
}

func (t Printer) modal(f op.Form, person string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: label(cmp.Or(f.Title, "casterbot"), maxTitle), Close: label(t.text("Cancel"), maxTitle),
		CallbackID: "form", PrivateMetadata: remember(f, person),
	}
}

// block is one field. Its id changes with the field that it depends on, so that Slack does not keep a choice that no
// longer fits.
func (t Printer) block(f op.Field) *slack.InputBlock {
	id := f.Name
	if f.Under != "" {
		id = fmt.Sprintf("%s%s%08x", f.Name, FieldSeparator, crc32.ChecksumIEEE([]byte(f.Under)))
	}
	b := slack.NewInputBlock(id, label(cmp.Or(f.Label, f.Name), maxHint), nil, t.input(f))
	if f.Hint != "" {
		b.Hint = label(f.Hint, maxHint)
	}
	b.DispatchAction, b.Optional = f.Redraw, f.Maybe
	return b
}

// input is the element of a field: text, or a picker.
func (t Printer) input(f op.Field) slack.BlockElement {
	if f.Max > 0 {
		text := slack.NewPlainTextInputBlockElement(nil, PickAction)
		text.MaxLength, text.InitialValue = f.Max, head(f.Value, f.Max)
		return text
	}
	if f.Most > 0 {
		return t.multiPicker(f)
	}
	pick := picker(PickAction, t.text("Type to search"))
	if len(f.Chosen) > 0 && fits(f.Chosen[0]) {
		pick.InitialOption = t.option(f.Chosen[0])
	}
	return pick
}

// head gives the first characters of a text.
func head(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// Mistake keeps a form open and says at one of its fields what is wrong; nil when it has none
// (docs.slack.dev/surfaces/modals#displaying_errors).
func (t Printer) Mistake(block string, words op.Line) any {
	if block == "" {
		return nil
	}
	return map[string]any{"response_action": "errors", "errors": map[string]string{block: t.Line(words).Plain()}}
}
