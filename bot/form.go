package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

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
	fieldSeparator = "~"
)

// memory is what travels in a view's metadata: whose form it is, and the form without its options and values.
type memory struct {
	Person string  `json:"p"`
	Form   op.Form `json:"f"`
}

// remember gives the metadata, or nothing when it would be longer than Slack allows.
func remember(f op.Form, person string) string {
	f.Note, f.Problem = nil, nil
	f.Fields = append([]op.Field{}, f.Fields...)
	for i := range f.Fields {
		f.Fields[i].Options, f.Fields[i].Value = nil, ""
	}
	text, err := json.Marshal(memory{person, f})
	if err != nil || len(text) > maxMetadata {
		return ""
	}
	return string(text)
}

func recall(metadata string) (op.Form, string, error) {
	var m memory
	if err := json.Unmarshal([]byte(metadata), &m); err != nil {
		return op.Form{}, "", err
	}
	if m.Form.Command == "" {
		return op.Form{}, "", errors.New("no command")
	}
	return m.Form, m.Person, nil
}

// loading is the form before its options are known: opened at once, because a trigger lives three seconds.
func loading(f op.Form, person string) slack.ModalViewRequest {
	v := modal(f, person)
	v.Blocks.BlockSet = []slack.Block{section("⏳ Loading…")}
	return v
}

// form draws a form. What cannot be picked yet is said in its place; without any input there is nothing to send.
func form(f op.Form, person string) slack.ModalViewRequest {
	v := modal(f, person)
	if v.PrivateMetadata == "" {
		f.Fields, f.Note, f.Problem = nil, inFull(f), op.L("This form is too long for Slack, so nothing was done.")
	}
	var blocks []slack.Block
	if len(f.Problem) > 0 {
		blocks = append(blocks, section(mrkdwn(marked(op.MarkUnknown, f.Problem))))
	}
	if note := mrkdwn(f.Note); note != "" {
		blocks = append(blocks, section(note))
	}
	inputs := 0
	for _, field := range f.Fields {
		element := input(field)
		if element == nil {
			blocks = append(blocks, section(mrkdwn(op.L(op.B(field.Label), ": ", first(field.Hint, "nothing to pick from yet")))))
			continue
		}
		blocks = append(blocks, block(field, element))
		inputs++
	}
	if inputs > 0 {
		v.Submit = label(first(f.Button, "Go on"), maxTitle)
	}
	if len(blocks) == 0 {
		blocks = append(blocks, section("There is nothing to fill in."))
	}
	v.Blocks.BlockSet = blocks
	return v
}

// inFull is the way around a form.
func inFull(f op.Form) op.Line {
	return op.L("The command can be typed in full instead: ", op.Code("/"+f.Command), ".")
}

func modal(f op.Form, person string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: label(first(f.Title, "casterbot"), maxTitle), Close: label("Cancel", maxTitle),
		CallbackID: "form", PrivateMetadata: remember(f, person),
	}
}

// block is one field. Its id changes with its options, so that Slack does not keep a choice that no longer exists.
func block(f op.Field, element slack.BlockElement) *slack.InputBlock {
	id := f.Name
	if len(f.Options) > 0 {
		sum := crc32.NewIEEE()
		for _, o := range f.Options {
			fmt.Fprintln(sum, o.Value)
		}
		id = fmt.Sprintf("%s%s%08x", f.Name, fieldSeparator, sum.Sum32())
	}
	b := slack.NewInputBlock(id, label(first(f.Label, f.Name), maxHint), nil, element)
	if hint := hint(f); hint != "" {
		b.Hint = label(hint, maxHint)
	}
	b.DispatchAction = f.Redraw
	return b
}

// hint is the small print under a field. A picker that cannot hold everything says so.
func hint(f op.Field) string {
	if len(f.Options) <= maxOptions {
		return f.Hint
	}
	return strings.TrimSpace(fmt.Sprintf("%s Showing %d of %d: any other can be named in the command.", f.Hint, maxOptions, len(f.Options)))
}

// input is the element of a field; nil when there is nothing to pick from.
func input(f op.Field) slack.BlockElement {
	if f.Max > 0 {
		text := slack.NewPlainTextInputBlockElement(nil, pickAction)
		text.MaxLength, text.InitialValue = f.Max, head(f.Value, f.Max)
		return text
	}
	pick := &slack.SelectBlockElement{
		Type: slack.OptTypeStatic, ActionID: pickAction, Placeholder: label("Pick: "+first(f.Label, f.Name), maxHint),
	}
	groups := pickOptions(pick, f)
	switch {
	case len(groups) == 0:
		return nil
	case len(groups) == 1 && groups[0].Label == nil:
		pick.Options = groups[0].Options
	default:
		pick.OptionGroups = groups
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

// shown are the options that fit: the first ones, and the one that is picked already.
func shown(f op.Field) []op.Option {
	var fit []op.Option
	for _, o := range f.Options {
		if o.Value == "" || len(o.Value) > maxOptionValue {
			continue
		}
		if len(fit) < maxOptions {
			fit = append(fit, o)
		} else if o.Value == f.Value {
			fit[maxOptions-1] = o
		}
	}
	return fit
}

// pickOptions gathers the options by group, in order, and finds the one that is picked already.
func pickOptions(pick *slack.SelectBlockElement, f op.Field) []*slack.OptionGroupBlockObject {
	var groups []*slack.OptionGroupBlockObject
	index := map[string]*slack.OptionGroupBlockObject{}
	grouped := false
	for _, o := range shown(f) {
		g := index[o.Group]
		if g == nil {
			g = &slack.OptionGroupBlockObject{Label: label(first(o.Group, "Other"), maxOption)}
			index[o.Group], groups = g, append(groups, g)
		}
		grouped = grouped || o.Group != ""
		drawn := option(o)
		g.Options = append(g.Options, drawn)
		if o.Value == f.Value {
			pick.InitialOption = drawn
		}
	}
	if !grouped && len(groups) == 1 {
		groups[0].Label = nil
	}
	return groups
}

func option(o op.Option) *slack.OptionBlockObject {
	drawn := &slack.OptionBlockObject{Text: label(o.Label, maxOption), Value: o.Value}
	if o.Hint != "" {
		drawn.Description = label(o.Hint, maxOption)
	}
	return drawn
}
