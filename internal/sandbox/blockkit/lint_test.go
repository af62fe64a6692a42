package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const (
	txt    = `{"type":"mrkdwn","text":"hello"}`
	btn    = `{"type":"button","text":{"type":"plain_text","text":"Go"},"action_id":"go"}`
	opt    = `{"text":{"type":"plain_text","text":"one"},"value":"1"}`
	banner = `{"type":"alert","text":{"type":"plain_text","text":"careful"}}`
)

func long(n int) string              { return strings.Repeat("é", n) }
func times(n int, s string) string   { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
func plainOf(s string) string        { return fmt.Sprintf(`{"type":"plain_text","text":%q}`, s) }
func section(rest string) string     { return `[{"type":"section",` + rest + `}]` }
func actions(elements string) string { return `[{"type":"actions","elements":[` + elements + `]}]` }
func button(rest string) string {
	return actions(`{"type":"button","text":` + plainOf("Go") + `,` + rest + `}`)
}
func selectOf(rest string) string { return actions(`{"type":"static_select",` + rest + `}`) }

// inputOf is a field of a form.
func inputOf(element string) string {
	return `[{"type":"input","label":` + plainOf("Streams") + `,"element":` + element + `}]`
}

// multi is a select of several whose options come from the app.
func multi(rest string) string { return `{"type":"multi_external_select",` + rest + `}` }

const other = `{"text":{"type":"plain_text","text":"two"},"value":"2"}`

const blank = "missing required field: "

// refused are bad samples. Each breaks one rule; the pointer and a piece of the
// sentence say which.
var refused = map[string]struct{ surface, blocks, pointer, message string }{
	"not a list":            {"message", `{}`, "", "must be an array"},
	"not JSON":              {"message", `[`, "", "must be an array"},
	"block not an object":   {"message", `["x"]`, "/0", "must provide an object"},
	"unknown type":          {"message", `[{"type":"box"}]`, "/0/type", "unsupported type: box"},
	"51 blocks":             {"message", `[` + times(51, `{"type":"divider"}`) + `]`, "", "no more than 50 items"},
	"101 blocks in a modal": {"modal", `[` + times(101, `{"type":"divider"}`) + `]`, "", "no more than 100 items"},
	"same block_id": {"message", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`,
		"/1/block_id", "already exists"},
	"long block_id": {"message", `[{"type":"divider","block_id":"` + long(256) + `"}]`, "/0/block_id",
		"less than 256"},
	"same action_id": {"message", actions(btn + `,` + btn), "/0/elements/1/action_id", "already exists"},
	"typing error": {"message", section(`"text":` + txt + `,"colour":1`), "/0",
		"invalid additional property: colour"},
	"empty section": {"message", `[{"type":"section"}]`, "/0", blank + "text or fields"},
	"long section":  {"message", section(`"text":` + plainOf(long(3001))), "/0/text/text", "less than 3001"},
	"empty text":    {"message", section(`"text":` + plainOf("")), "/0/text/text", "more than 0"},
	"text not a string": {"message", section(`"text":{"type":"mrkdwn","text":7}`), "/0/text/text",
		"must be a string"},
	"text not an object": {"message", section(`"text":"hello"`), "/0/text", "must provide an object"},
	"text of no type":    {"message", section(`"text":{"type":"html","text":"x"}`), "/0/text/type", "valid enum"},
	"emoji in mrkdwn": {"message", section(`"text":{"type":"mrkdwn","text":"x","emoji":true}`), "/0/text/emoji",
		"must be false"},
	"verbatim plain text": {"message", section(`"text":{"type":"plain_text","text":"x","verbatim":true}`),
		"/0/text/verbatim", "must be false"},
	"11 fields": {"message", section(`"fields":[` + times(11, txt) + `]`), "/0/fields",
		"no more than 10 items"},
	"long field": {"message", section(`"fields":[` + plainOf(long(2001)) + `]`), "/0/fields/0/text",
		"less than 2001"},
	"input as accessory": {"message", section(`"text":` + txt + `,"accessory":{"type":"plain_text_input"}`),
		"/0/accessory/type", "unsupported type"},
	"flag not a flag":  {"message", section(`"text":` + txt + `,"expand":"yes"`), "/0/expand", "must be a boolean"},
	"header in mrkdwn": {"message", `[{"type":"header","text":` + txt + `}]`, "/0/text/type", "plain_text"},
	"long header": {"message", `[{"type":"header","text":` + plainOf(long(151)) + `}]`, "/0/text/text",
		"less than 151"},
	"11 in context": {"message", `[{"type":"context","elements":[` + times(11, txt) + `]}]`, "/0/elements",
		"no more than 10"},
	"button in context": {"message", `[{"type":"context","elements":[` + btn + `]}]`, "/0/elements/0/type",
		"unsupported type"},
	"no actions":          {"message", actions(""), "/0/elements", "no less than 1"},
	"elements not a list": {"message", `[{"type":"actions","elements":{}}]`, "/0/elements", "must be an array"},
	"26 actions": {"message", actions(times(26, `{"type":"button","text":`+plainOf("Go")+`}`)), "/0/elements",
		"no more than 25"},
	"image without alt":     {"message", `[{"type":"image","image_url":"https://x"}]`, "/0", blank + "alt_text"},
	"image without picture": {"message", `[{"type":"image","alt_text":"x"}]`, "/0", blank + "image_url or slack_file"},
	"long alt": {"message", `[{"type":"image","image_url":"https://x","alt_text":"` + long(2001) + `"}]`,
		"/0/alt_text", "less than 2001"},
	"long button": {"message", actions(`{"type":"button","text":` + plainOf(long(76)) + `}`),
		"/0/elements/0/text/text", "less than 76"},
	"long button value": {"message", button(`"value":"` + long(2001) + `"`), "/0/elements/0/value", "less than 2001"},
	"long button url":   {"message", button(`"url":"` + long(3001) + `"`), "/0/elements/0/url", "less than 3001"},
	"long action_id": {"message", button(`"action_id":"` + long(256) + `"`), "/0/elements/0/action_id",
		"less than 256"},
	"odd button style": {"message", button(`"style":"loud"`), "/0/elements/0/style", "valid enum"},
	"long label for readers": {"message", button(`"accessibility_label":"` + long(76) + `"`),
		"/0/elements/0/accessibility_label", "less than 76"},
	"an audience that is none": {"message", button(`"visible_to_user_ids":"U0ANA"`), "/0/elements/0/visible_to_user_ids",
		"must be an array"},
	"confirm title": {"message", confirm(long(101), "x", "y", "n"), "/0/elements/0/confirm/title/text",
		"less than 101"},
	"confirm text": {"message", confirm("t", long(301), "y", "n"), "/0/elements/0/confirm/text/text",
		"less than 301"},
	"confirm yes": {"message", confirm("t", "x", long(31), "n"), "/0/elements/0/confirm/confirm/text",
		"less than 31"},
	"confirm no": {"message", confirm("t", "x", "y", long(31)), "/0/elements/0/confirm/deny/text",
		"less than 31"},
	"no options": {"message", selectOf(`"placeholder":` + plainOf("x")), "/0/elements/0",
		blank + "options or option_groups"},
	"101 options": {"message", selectOf(`"options":[` + times(101, opt) + `]`), "/0/elements/0/options",
		"no more than 100"},
	"long option": {"message", selectOf(`"options":[{"text":` + plainOf(long(76)) + `,"value":"1"}]`),
		"/0/elements/0/options/0/text/text", "less than 76"},
	"long option value": {"message",
		selectOf(`"options":[{"text":` + plainOf("x") + `,"value":"` + long(151) + `"}]`), "/0/elements/0/options/0/value",
		"less than 151"},
	"long option note": {"message", selectOf(`"options":[{"text":` + plainOf("x") + `,"value":"1","description":` +
		plainOf(long(76)) + `}]`), "/0/elements/0/options/0/description/text", "less than 76"},
	"option without value": {"message", selectOf(`"options":[{"text":` + plainOf("x") + `}]`), "/0/elements/0/options/0",
		blank + "value"},
	"markup in a menu": {"message", selectOf(`"options":[{"text":` + txt + `,"value":"1"}]`),
		"/0/elements/0/options/0/text/type", "plain_text"},
	"101 groups": {"message",
		selectOf(`"option_groups":[` + times(101, `{"label":`+plainOf("g")+`,"options":[`+opt+`]}`) + `]`),
		"/0/elements/0/option_groups", "no more than 100"},
	"long placeholder": {"message", selectOf(`"options":[` + opt + `],"placeholder":` + plainOf(long(151))),
		"/0/elements/0/placeholder/text", "less than 151"},
	"negative query length": {"message", actions(`{"type":"external_select","min_query_length":-1}`),
		"/0/elements/0/min_query_length", "between 0"},
	"query length in words": {"message", actions(`{"type":"external_select","min_query_length":"3"}`),
		"/0/elements/0/min_query_length", "integer"},
	"none of several": {"modal", inputOf(multi(`"max_selected_items":0`)), "/0/element/max_selected_items",
		"between 1 and 100"},
	"several of one": {"modal", inputOf(`{"type":"external_select","max_selected_items":2}`), "/0/element",
		"invalid additional property: max_selected_items"},
	"101 chosen": {"modal", inputOf(multi(`"initial_options":[` + times(101, opt) + `]`)),
		"/0/element/initial_options", "no more than 100"},
	"none chosen, but said": {"modal", inputOf(multi(`"initial_options":[]`)), "/0/element/initial_options",
		"no less than 1"},
	"more chosen than may": {"modal", inputOf(multi(`"max_selected_items":1,"initial_options":[` + times(2, opt) + `]`)),
		"/0/element/initial_options", "no more than 1"},
	"options of its own": {"modal", inputOf(multi(`"options":[` + opt + `]`)), "/0/element",
		"invalid additional property: options"},
	"chosen, not offered": {"modal", inputOf(`{"type":"multi_static_select","options":[` + opt +
		`],"initial_options":[` + opt + `,` + other + `]}`), "/0/element/initial_options/1", "must match one of the options"},
	"one chosen, of a group": {"modal", inputOf(`{"type":"static_select","option_groups":[{"label":` + plainOf("g") +
		`,"options":[` + opt + `]}],"initial_option":` + other + `}`), "/0/element/initial_option",
		"must match one of the options"},
	"6 in overflow": {"message", actions(`{"type":"overflow","options":[` + times(6, opt) + `]}`),
		"/0/elements/0/options", "no more than 5"},
	"11 radio buttons": {"message", actions(`{"type":"radio_buttons","options":[` + times(11, opt) + `]}`),
		"/0/elements/0/options", "no more than 10"},
	"alert in a message": {"message", `[` + banner + `]`, "/0/type", "not supported in a message"},
	"alert on home":      {"home", `[` + banner + `]`, "/0/type", "not supported in a home"},
	"table in a modal":   {"modal", `[{"type":"table","rows":[[1]]}]`, "/0/type", "not supported in a modal"},
	"markdown on home":   {"home", `[{"type":"markdown","text":"x"}]`, "/0/type", "not supported in a home"},
	"card in a modal": {"modal", `[{"type":"card","title":` + plainOf("x") + `}]`, "/0/type",
		"not supported in a modal"},
	"file block": {"message", `[{"type":"file"}]`, "/0/type", "not supported in a message"},
	"two tables": {"message", `[` + times(2, tableOf(`[`+cell+`]`)) + `]`, "/1",
		"no more than 1 blocks of type table"},
	"101 rows": {"message", `[` + tableOf(times(101, `[`+cell+`]`)) + `]`, "/0/rows",
		"no more than 100"},
	"21 cells": {"message", `[` + tableOf(`[`+times(21, cell)+`]`) + `]`, "/0/rows/0",
		"no more than 20"},
	"row not a list": {"message", `[{"type":"table","rows":[1]}]`, "/0/rows/0", "must be an array"},
	"data table, no caption": {"message", `[{"type":"data_table","rows":[[` + cell + `],[` + cell + `]]}]`, "/0",
		blank + "caption"},
	"three charts": {"message", `[` + times(3, chartOf(pie)) + `]`,
		"/2", "no more than 2 blocks"},
	"markdown in total": {"message", `[` + times(2, `{"type":"markdown","text":"`+long(6001)+`"}`) + `]`, "",
		"less than 12001 characters in total"},
	"crowded container": {"message", `[{"type":"container","title":` + plainOf("t") + `,"child_blocks":[` + times(11,
		`{"type":"divider"}`) + `]}]`, "/0/child_blocks", "no more than 10"},
	"bad block inside": {"message",
		`[{"type":"container","title":` + plainOf("t") + `,"child_blocks":[{"type":"box"}]}]`, "/0/child_blocks/0/type",
		"unsupported type"},
	"11 cards": {"message",
		`[{"type":"carousel","elements":[` + times(11, `{"type":"card","body":`+txt+`}`) + `]}]`, "/0/elements",
		"no more than 10"},
	"long card": {"message", `[{"type":"card","body":` + plainOf(long(201)) + `}]`, "/0/body/text",
		"less than 201"},
	"long input label": {"modal",
		`[{"type":"input","label":` + plainOf(long(2001)) + `,"element":{"type":"plain_text_input"}}]`, "/0/label/text",
		"less than 2001"},
	"input without element": {"modal", `[{"type":"input","label":` + plainOf("x") + `}]`, "/0", blank + "element"},
	"button as input": {"modal", `[{"type":"input","label":` + plainOf("x") + `,"element":` + btn + `}]`,
		"/0/element/type", "unsupported type"},
	"element not an object": {"modal", `[{"type":"input","label":` + plainOf("x") + `,"element":"x"}]`, "/0/element",
		"must provide an object"},
}

func TestLintRefuses(t *testing.T) {
	for name, c := range refused {
		t.Run(name, func(t *testing.T) { expect(t, Lint(c.surface, json.RawMessage(c.blocks)), c.pointer, c.message) })
	}
}

func confirm(title, text, yes, no string) string {
	return button(`"confirm":{"title":` + plainOf(title) + `,"text":` + plainOf(text) + `,"confirm":` + plainOf(yes) +
		`,"deny":` + plainOf(no) + `}`)
}

func expect(t *testing.T, got []Problem, pointer, message string) {
	t.Helper()
	if len(got) != 1 || got[0].Pointer != pointer || !strings.Contains(got[0].Message, message) {
		t.Errorf("got %q, want one problem at %q with %q", got, pointer, message)
	}
}

func TestLintViewRefuses(t *testing.T) {
	view := func(rest string) string {
		return `{"type":"modal","title":` + plainOf("Copy") + `,"blocks":[{"type":"divider"}]` + rest + `}`
	}
	for name, c := range map[string]struct{ view, pointer, message string }{
		"not an object":   {`[]`, "", "must provide an object"},
		"unknown type":    {`{"type":"pane","blocks":[]}`, "/type", "valid enum"},
		"no title":        {`{"type":"modal","blocks":[]}`, "", "missing required field: title"},
		"no blocks":       {`{"type":"home","blocks":7}`, "/blocks", "must be an array"},
		"long title":      {`{"type":"modal","blocks":[],"title":` + plainOf(long(25)) + `}`, "/title/text", "less than 25"},
		"long submit":     {view(`,"submit":` + plainOf(long(25))), "/submit/text", "less than 25"},
		"long close":      {view(`,"close":` + plainOf(long(25))), "/close/text", "less than 25"},
		"long metadata":   {view(`,"private_metadata":"` + long(3001) + `"`), "/private_metadata", "less than 3001"},
		"long callback":   {view(`,"callback_id":"` + long(256) + `"`), "/callback_id", "less than 256"},
		"long external":   {view(`,"external_id":"` + long(256) + `"`), "/external_id", "less than 256"},
		"metadata object": {view(`,"private_metadata":{}`), "/private_metadata", "must be a string"},
		"typing error":    {view(`,"sumbit":1`), "", "invalid additional property: sumbit"},
		"input, no submit": {
			`{"type":"modal","title":` + plainOf("x") + `,"blocks":[{"type":"input","label":` + plainOf(
				"x") + `,"element":{"type":"plain_text_input"}}]}`,
			"", "missing required field: submit",
		},
		"bad block": {`{"type":"home","blocks":[{"type":"box"}]}`, "/blocks/0/type", "unsupported type"},
	} {
		t.Run(name, func(t *testing.T) { expect(t, LintView(json.RawMessage(c.view)), c.pointer, c.message) })
	}
}

func TestLintAccepts(t *testing.T) {
	for name, blocks := range map[string]string{
		"at the limit": section(`"text":` + plainOf(long(3000))),
		"a card": `[{"type":"header","text":` + plainOf("Restart") + `},` + section(`"text":` + txt + `,"accessory":` +
			btn)[1:len(section(`"text":`+txt+`,"accessory":`+btn))-1] +
			`,{"type":"context","elements":[` + txt + `,{"type":"image","image_url":"https://x","alt_text":"x"}]}]`,
		"actions": actions(btn + `,{"type":"external_select","action_id":"pick","min_query_length":0,"placeholder":` +
			plainOf("Studio") + `}`),
		"same in two": `[{"type":"actions","elements":[` + btn + `]},{"type":"actions","elements":[` + btn + `]}]`,
		"rich text":   `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`,
		"container": `[{"type":"container","title":` + plainOf("t") + `,"child_blocks":[` + section(`"text":` +
			txt)[1:len(section(`"text":`+txt))-1] + `]}]`,
		"nothing": `[]`,
		"confirm": confirm("Sure?", "It cuts the show.", "Restart", "No"),
		"fifty chosen": section(`"text":` + txt + `,"accessory":` +
			multi(`"min_query_length":0,"max_selected_items":50,"initial_options":[`+times(50, opt)+`]`)),
		"two, offered": section(`"text":` + txt + `,"accessory":{"type":"multi_static_select","options":[` + opt + `,` +
			other + `],"initial_options":[` + other + `,` + opt + `]}`),
		"null is unset": section(`"text":` + txt + `,"accessory":null`),
	} {
		if got := Lint("message", json.RawMessage(blocks)); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
	view := `{"type":"modal","title":` + plainOf(long(24)) + `,"submit":` + plainOf("Go") +
		`,"private_metadata":"","blocks":[` + banner +
		`,{"type":"input","label":` + plainOf("Name") + `,"element":{"type":"plain_text_input","initial_value":""}}]}`
	if got := LintView(json.RawMessage(view)); len(got) > 0 {
		t.Errorf("view: %q", got)
	}
}

// TestLintOptions: what a select with an external source may be told.
func TestLintOptions(t *testing.T) {
	group := func(options string) string { return `{"label":` + plainOf("On air") + `,"options":[` + options + `]}` }
	for name, c := range map[string]struct{ answer, pointer, message string }{
		"options":         {`{"options":[` + times(100, opt) + `]}`, "", ""},
		"groups":          {`{"option_groups":[` + group(opt) + `]}`, "", ""},
		"nothing found":   {`{"options":[]}`, "", ""},
		"no group either": {`{"option_groups":[]}`, "", ""},
		"101 options":     {`{"options":[` + times(101, opt) + `]}`, "/options", "no more than 100 items"},
		"101 in a group": {`{"option_groups":[` + group(times(101, opt)) + `]}`, "/option_groups/0/options",
			"no more than 100 items"},
		"an empty group": {`{"option_groups":[` + group("") + `]}`, "/option_groups/0/options", "no less than 1"},
		"long text": {`{"options":[{"text":` + plainOf(long(76)) + `,"value":"1"}]}`, "/options/0/text/text",
			"less than 76"},
		"long value": {`{"options":[{"text":` + plainOf("one") + `,"value":"` + long(151) + `"}]}`, "/options/0/value",
			"less than 151"},
		"long description": {`{"options":[{"text":` + plainOf("one") + `,"value":"1","description":` + plainOf(long(76)) +
			`}]}`, "/options/0/description/text", "less than 76"},
		"markup":    {`{"options":[{"text":` + txt + `,"value":"1"}]}`, "/options/0/text/type", "plain_text"},
		"neither":   {`{}`, "", blank + "options or option_groups"},
		"a message": {`{"text":"hello"}`, "", blank},
		"no object": {`[]`, "", "must provide an object"},
	} {
		got := LintOptions(json.RawMessage(c.answer))
		switch {
		case c.message == "" && len(got) > 0:
			t.Errorf("%s: refused: %v", name, got)
		case c.message != "" &&
			(len(got) == 0 || got[0].Pointer != c.pointer || !strings.Contains(got[0].Message, c.message)):
			t.Errorf("%s: got %v, want %s at %s", name, got, c.message, c.pointer)
		}
	}
}

// FuzzLint: no JSON makes the linter panic.
func FuzzLint(f *testing.F) {
	f.Add(actions(btn))
	f.Add(`[{"type":"table","rows":[[{}]]},{"type":"container","child_blocks":[{}]}]`)
	f.Fuzz(func(_ *testing.T, s string) {
		Lint("message", json.RawMessage(s))
		LintView(json.RawMessage(`{"type":"modal","blocks":` + s + `}`))
		LintOptions(json.RawMessage(s))
	})
}
