package render

import (
	"encoding/json"
	"net/url"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// MaxAck: Slack drops acknowledgements of 20 KiB and more without a word.
const MaxAck = 19 << 10

// Pickers ask the bot what they offer, with every letter that is typed (block_suggestion): those in forms, and those
// beside a message that asks for one argument. What is typed comes back with the id of the picker and of its block, and
// those hold what a person could have typed: the command with a question mark for the argument, and the word that stood
// in its place.
const (
	TypedAction = "pick:" // and the word that is to be replaced
	maxBlockID  = 255
)

// picker is a select that asks what it offers.
func picker(action, inside string) *slack.SelectBlockElement {
	atOnce := 0
	return &slack.SelectBlockElement{
		Type: slack.OptTypeExternal, ActionID: action, MinQueryLength: &atOnce, Placeholder: label(inside, maxHint),
	}
}

// multiPicker is a picker of several
// (docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element#external_multi_select).
func (t Printer) multiPicker(f op.Field) *slack.MultiSelectBlockElement {
	atOnce := 0
	pick := &slack.MultiSelectBlockElement{
		Type: slack.MultiOptTypeExternal, ActionID: PickAction, MinQueryLength: &atOnce, MaxSelectedItems: &f.Most,
		Placeholder: label(t.text("Type to search"), maxHint),
	}
	for _, o := range f.Chosen {
		if fits(o) {
			pick.InitialOptions = append(pick.InitialOptions, t.option(o))
		}
	}
	return pick
}

// pickRow lets somebody choose an argument beside a message; false when the command is too long for the id of a block.
func pickRow(p op.Pick) (*slack.ActionBlock, bool) {
	if p.Text == "" || len(p.Text) > maxBlockID {
		return nil, false
	}
	action := TypedAction + url.QueryEscape(p.Typed)
	if len(action) > maxBlockID {
		action = TypedAction
	}
	return slack.NewActionBlock(p.Text, picker(action, p.Label)), true
}

// fits reports whether Slack takes an option.
func fits(o op.Option) bool { return o.Value != "" && len(o.Value) <= maxOptionValue }

func (t Printer) option(o op.Option) *slack.OptionBlockObject {
	drawn := &slack.OptionBlockObject{Text: label(t.Line(o.Line()).Plain(), maxOption), Value: o.Value}
	if o.Hint != "" {
		drawn.Description = label(o.Hint, maxOption)
	}
	return drawn
}

// NoOptions is the acknowledgement that there is nothing to pick.
var NoOptions = json.RawMessage(`{"options":[]}`)

// Offered draws options as the payload of an acknowledgement: as many as Slack takes, by number and by size. That there
// are more is said at the end (docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select).
func (t Printer) Offered(options []op.Option) json.RawMessage {
	for n := maxOptions; n > 0; n = n * 3 / 4 {
		data, err := json.Marshal(t.suggestions(options, n))
		if err == nil && len(data) <= MaxAck {
			return data
		}
	}
	return NoOptions
}

// suggestions are at most n options by group, in the order of the groups' first options.
func (t Printer) suggestions(options []op.Option, n int) any {
	shown := make([]op.Option, 0, len(options))
	for _, o := range options {
		if fits(o) {
			shown = append(shown, o)
		}
	}
	if all := len(shown); all > n {
		shown = append(shown[:n-1:n-1], op.Option{
			Says: op.L("…and ", op.N(all-n+1), " more: type a part of the name"), Value: op.Ask,
			Group: shown[n-2].Group,
		})
	}
	groups := t.grouped(shown)
	if len(groups) == 0 || len(groups) == 1 && len(shown[0].Group) == 0 {
		plain := []*slack.OptionBlockObject{}
		for _, g := range groups {
			plain = g.Options
		}
		return map[string]any{"options": plain}
	}
	return map[string]any{"option_groups": groups}
}

func (t Printer) grouped(options []op.Option) []*slack.OptionGroupBlockObject {
	var groups []*slack.OptionGroupBlockObject
	index := map[string]*slack.OptionGroupBlockObject{}
	for _, o := range options {
		name := o.Group.Plain()
		g := index[name]
		if g == nil {
			if len(o.Group) == 0 {
				o.Group = op.L("Other")
			}
			g = &slack.OptionGroupBlockObject{Label: label(t.Line(o.Group).Plain(), maxOption)}
			index[name], groups = g, append(groups, g)
		}
		g.Options = append(g.Options, t.option(o))
	}
	return groups
}
