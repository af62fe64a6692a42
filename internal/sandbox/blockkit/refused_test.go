package blockkit

import (
	"encoding/json"
	"testing"
)

const (
	cell = `{"type":"raw_text","text":"x"}`
	rich = `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}`
	pie  = `{"type":"pie","segments":[{"label":"a","value":1}]}`
	axis = `"axis_config":{"categories":["a","b"]}`
	ab   = `"data":[{"label":"a","value":1},{"label":"b","value":-2.5}]`
)

func tableOf(rows string) string { return `{"type":"table","rows":[` + rows + `]}` }
func dataTableOf(rows string) string {
	return `{"type":"data_table","caption":"c","rows":[` + rows + `]}`
}
func chartOf(chart string) string {
	return `{"type":"data_visualization","title":"t","chart":` + chart + `}`
}
func richOf(parts string) string { return `{"type":"rich_text","elements":[` + parts + `]}` }
func partOf(leaves string) string {
	return `[` + richOf(`{"type":"rich_text_section","elements":[`+leaves+`]}`) + `]`
}
func containerOf(rest string) string {
	return `[{"type":"container","title":` + plainOf("t") + `,"child_blocks":[{"type":"divider"}]` + rest + `}]`
}
func layoutOf(rest, item string) string {
	return `[{"type":"layout","label":"l","rows":[{"items":[{"block":{"type":"divider"}` + item + `}]}]` + rest + `}]`
}
func menuOf(kind, rest string) string { return actions(`{"type":"` + kind + `"` + rest + `}`) }

// malformed are blocks as Slack documents that it refuses them; each breaks one rule.
var malformed = map[string]struct{ surface, blocks, pointer, message string }{
	// What an element begins with.
	"radio button not offered": {"message", menuOf("radio_buttons", `,"options":[`+opt+`],"initial_option":`+other),
		"/0/elements/0/initial_option", "must match one of the options"},
	"box not offered": {"message", menuOf("checkboxes", `,"options":[`+opt+`],"initial_options":[`+other+`]`),
		"/0/elements/0/initial_options/0", "must match one of the options"},
	"option of the same value, another text": {"message", selectOf(`"options":[` + opt + `],"initial_option":{"text":` +
		plainOf("uno") + `,"value":"1"}`), "/0/elements/0/initial_option", "must match one of the options"},
	"options beside groups": {"message", selectOf(`"options":[` + opt + `],"option_groups":[{"label":` + plainOf("g") +
		`,"options":[` + opt + `]}]`), "/0/elements/0", "only one of options and option_groups"},
	"groups beside options of several": {"modal", inputOf(`{"type":"multi_static_select","options":[` + opt +
		`],"option_groups":[{"label":` + plainOf("g") + `,"options":[` + opt + `]}]}`), "/0/element",
		"only one of options and option_groups"},
	"empty group": {"message", selectOf(`"option_groups":[{"label":` + plainOf("g") + `,"options":[]}]`),
		"/0/elements/0/option_groups/0/options", "no less than 1"},
	"group without label": {"message", selectOf(`"option_groups":[{"options":[` + opt + `]}]`),
		"/0/elements/0/option_groups/0", blank + "label"},
	"more people than may": {"modal", inputOf(`{"type":"multi_users_select","max_selected_items":1,` +
		`"initial_users":["U1","U2"]}`), "/0/element/initial_users", "no more than 1"},
	"people not a list": {"modal", inputOf(`{"type":"multi_users_select","initial_users":"U1"}`),
		"/0/element/initial_users", "must be an array"},
	"channel not a text": {"modal", inputOf(`{"type":"multi_channels_select","initial_channels":[7]}`),
		"/0/element/initial_channels/0", "must be a string"},
	"none may be chosen": {"modal", inputOf(`{"type":"multi_users_select","max_selected_items":0}`),
		"/0/element/max_selected_items", "between 1 and 100"},
	"link in a menu": {"message", selectOf(`"options":[{"text":` + plainOf("x") + `,"value":"1","url":"https://x"}]`),
		"/0/elements/0/options/0", "invalid additional property: url"},
	"no radio buttons": {"message", menuOf("radio_buttons", `,"options":[]`),
		"/0/elements/0/options", "no less than 1"},
	"no options in overflow": {"message", menuOf("overflow", `,"options":[]`),
		"/0/elements/0/options", "no less than 1"},
	"11 boxes": {"message", menuOf("checkboxes", `,"options":[`+times(11, opt)+`]`),
		"/0/elements/0/options", "no more than 10"},

	// Dates, times and numbers.
	"date in words": {"message", menuOf("datepicker", `,"initial_date":"tomorrow"`),
		"/0/elements/0/initial_date", "YYYY-MM-DD"},
	"a 30th of February": {"message", menuOf("datepicker", `,"initial_date":"2027-02-30"`),
		"/0/elements/0/initial_date", "YYYY-MM-DD"},
	"short date": {"message", menuOf("datepicker", `,"initial_date":"2027-2-3"`),
		"/0/elements/0/initial_date", "YYYY-MM-DD"},
	"date as a number": {"message", menuOf("datepicker", `,"initial_date":20270203`),
		"/0/elements/0/initial_date", "YYYY-MM-DD"},
	"25 o'clock": {"message", menuOf("timepicker", `,"initial_time":"25:00"`),
		"/0/elements/0/initial_time", "HH:mm"},
	"time of 12 hours": {"message", menuOf("timepicker", `,"initial_time":"9:30pm"`),
		"/0/elements/0/initial_time", "HH:mm"},
	"milliseconds": {"message", menuOf("datetimepicker", `,"initial_date_time":1628633820000`),
		"/0/elements/0/initial_date_time", "between 1000000000"},
	"moment of nine digits": {"message", menuOf("datetimepicker", `,"initial_date_time":162863382`),
		"/0/elements/0/initial_date_time", "between 1000000000"},
	"moment as text": {"message", menuOf("datetimepicker", `,"initial_date_time":"1628633820"`),
		"/0/elements/0/initial_date_time", "must be an integer"},
	"min above max": {"modal", inputOf(`{"type":"number_input","is_decimal_allowed":true,"min_value":"7","max_value":"6.5"}`),
		"/0/element/min_value", "must not be greater than max_value"},
	"number in words": {"modal", inputOf(`{"type":"number_input","is_decimal_allowed":true,"initial_value":"ten"}`),
		"/0/element/initial_value", "must be a number"},
	"bound not a text": {"modal", inputOf(`{"type":"number_input","is_decimal_allowed":true,"min_value":7}`),
		"/0/element/min_value", "must be a number in a string"},
	"hexadecimal": {"modal", inputOf(`{"type":"number_input","is_decimal_allowed":true,"max_value":"0x10"}`),
		"/0/element/max_value", "must be a number"},
	"decimal where none may be": {"modal", inputOf(`{"type":"number_input","is_decimal_allowed":false,"initial_value":"1.5"}`),
		"/0/element/initial_value", "must be a whole number"},
	"no word on decimals": {"modal", inputOf(`{"type":"number_input"}`), "/0/element", blank + "is_decimal_allowed"},
	"longer at least than at most": {"modal", inputOf(`{"type":"plain_text_input","min_length":9,"max_length":8}`),
		"/0/element/min_length", "must not be greater than max_length"},
	"at most nothing": {"modal", inputOf(`{"type":"plain_text_input","max_length":0}`),
		"/0/element/max_length", "between 1 and 3000"},
	"at least 3001": {"modal", inputOf(`{"type":"plain_text_input","min_length":3001}`),
		"/0/element/min_length", "between 0 and 3000"},
	"no lines": {"modal", inputOf(`{"type":"rich_text_input","min_lines":0}`),
		"/0/element/min_lines", "between 1 and 100"},
	"more lines at least": {"modal", inputOf(`{"type":"rich_text_input","min_lines":5,"max_lines":4}`),
		"/0/element/min_lines", "must not be greater than max_lines"},
	"11 files": {"modal", inputOf(`{"type":"file_input","max_files":11}`),
		"/0/element/max_files", "between 1 and 10"},
	"no files": {"modal", inputOf(`{"type":"file_input","max_files":0}`),
		"/0/element/max_files", "between 1 and 10"},
	"file types in one text": {"modal", inputOf(`{"type":"file_input","filetypes":"pdf"}`),
		"/0/element/filetypes", "must be an array"},

	// What elements are told to do.
	"dispatch on a wish": {"modal", inputOf(`{"type":"plain_text_input","dispatch_action_config":{"trigger_actions_on":["on_wish"]}}`),
		"/0/element/dispatch_action_config/trigger_actions_on/0", "valid enum"},
	"dispatch on nothing": {"modal", inputOf(`{"type":"plain_text_input","dispatch_action_config":{"trigger_actions_on":[]}}`),
		"/0/element/dispatch_action_config/trigger_actions_on", "no less than 1"},
	"filter of nothing": {"message", menuOf("conversations_select", `,"filter":{}`),
		"/0/elements/0/filter", blank + "include"},
	"filter of no kind": {"message", menuOf("conversations_select", `,"filter":{"include":[]}`),
		"/0/elements/0/filter/include", "no less than 1"},
	"filter of rooms": {"message", menuOf("conversations_select", `,"filter":{"include":["rooms"]}`),
		"/0/elements/0/filter/include/0", "valid enum"},
	"visible to one": {"message", button(`"visible_to_user_ids":"U1"`),
		"/0/elements/0/visible_to_user_ids", "must be an array"},
	"visible menu": {"message", menuOf("users_select", `,"visible_to_user_ids":["U1"]`), "/0/elements/0",
		"invalid additional property"},
	"button to nowhere": {"message", button(`"url":"somewhere"`), "/0/elements/0/url", "valid URL"},
	"workflow without trigger": {"message", menuOf("workflow_button", `,"text":`+plainOf("x")+`,"workflow":{}`),
		"/0/elements/0/workflow", blank + "trigger"},
	"feedback without text": {"message", `[{"type":"context_actions","elements":[{"type":"feedback_buttons",` +
		`"positive_button":{"value":"y"},"negative_button":{"text":` + plainOf("n") + `,"value":"n"}}]}]`,
		"/0/elements/0/positive_button", blank + "text"},
	"confirm without title": {"message", button(`"confirm":{"text":` + txt + `,"confirm":` + plainOf("y") + `,"deny":` +
		plainOf("n") + `}`), "/0/elements/0/confirm", blank + "title"},
	"odd confirm style": {"message", button(`"confirm":{"title":` + plainOf("t") + `,"text":` + txt + `,"confirm":` +
		plainOf("y") + `,"deny":` + plainOf("n") + `,"style":"default"}`), "/0/elements/0/confirm/style", "valid enum"},

	// Pictures and films.
	"two pictures in one": {"message", `[{"type":"image","image_url":"https://x","slack_file":{"id":"F1"},"alt_text":"x"}]`,
		"/0", "only one of image_url and slack_file"},
	"picture of no web": {"message", `[{"type":"image","image_url":"file:///x","alt_text":"x"}]`,
		"/0/image_url", "valid URL"},
	"file by id and address": {"message", `[{"type":"image","slack_file":{"id":"F1","url":"https://x"},"alt_text":"x"}]`,
		"/0/slack_file", "only one of id and url"},
	"file by nothing": {"message", `[{"type":"image","slack_file":{},"alt_text":"x"}]`,
		"/0/slack_file", blank + "id or url"},
	"film in the clear": {"message", `[{"type":"video","alt_text":"x","title":` + plainOf("t") +
		`,"video_url":"http://x/v","thumbnail_url":"https://x/t"}]`, "/0/video_url", "valid URL"},
	"film with a long author": {"message", `[{"type":"video","alt_text":"x","title":` + plainOf("t") +
		`,"video_url":"https://x/v","thumbnail_url":"https://x/t","author_name":"` + long(50) + `"}]`,
		"/0/author_name", "less than 50"},

	// Rich text.
	"rich text without parts": {"message", `[{"type":"rich_text"}]`, "/0", blank + "elements"},
	"part of no kind": {"message", `[` + richOf(`{"type":"section","text":`+txt+`}`) + `]`,
		"/0/elements/0/type", "unsupported type"},
	"text beside sections": {"message", `[` + richOf(`{"type":"text","text":"x"}`) + `]`,
		"/0/elements/0/type", "unsupported type"},
	"leaf of no kind": {"message", partOf(`{"type":"mrkdwn","text":"x"}`),
		"/0/elements/0/elements/0/type", "unsupported type"},
	"leaf without text": {"message", partOf(`{"type":"text"}`), "/0/elements/0/elements/0", blank + "text"},
	"empty leaf": {"message", partOf(`{"type":"text","text":""}`),
		"/0/elements/0/elements/0/text", "more than 0"},
	"link without address": {"message", partOf(`{"type":"link","text":"x"}`),
		"/0/elements/0/elements/0", blank + "url"},
	"user without id":    {"message", partOf(`{"type":"user"}`), "/0/elements/0/elements/0", blank + "user_id"},
	"emoji without name": {"message", partOf(`{"type":"emoji"}`), "/0/elements/0/elements/0", blank + "name"},
	"date without format": {"message", partOf(`{"type":"date","timestamp":1}`),
		"/0/elements/0/elements/0", blank + "format"},
	"date in a text": {"message", partOf(`{"type":"date","timestamp":"1","format":"{date}"}`),
		"/0/elements/0/elements/0/timestamp", "must be a number"},
	"broadcast to the world": {"message", partOf(`{"type":"broadcast","range":"world"}`),
		"/0/elements/0/elements/0/range", "valid enum"},
	"style as a word": {"message", partOf(`{"type":"text","text":"x","style":"bold"}`),
		"/0/elements/0/elements/0/style", "must provide an object"},
	"style of no kind": {"message", partOf(`{"type":"text","text":"x","style":{"blink":true}}`),
		"/0/elements/0/elements/0/style",
		"invalid additional property: blink"},
	"list without style": {"message", `[` + richOf(`{"type":"rich_text_list","elements":[]}`) + `]`,
		"/0/elements/0", blank + "style"},
	"list of texts": {"message", `[` + richOf(`{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}`) + `]`,
		"/0/elements/0/elements/0/type", "unsupported type"},
	"list with dots": {"message", `[` + richOf(`{"type":"rich_text_list","style":"dots","elements":[]}`) + `]`,
		"/0/elements/0/style", "valid enum"},
	"list far in": {"message", `[` + richOf(`{"type":"rich_text_list","style":"ordered","indent":9,"elements":[]}`) + `]`,
		"/0/elements/0/indent", "between 0 and 8"},
	"emoji in code": {"message", `[` + richOf(`{"type":"rich_text_preformatted","elements":[{"type":"emoji","name":"x"}]}`) + `]`,
		"/0/elements/0/elements/0/type", "unsupported type"},
	"thick border": {"message", `[` + richOf(`{"type":"rich_text_quote","border":2,"elements":[]}`) + `]`,
		"/0/elements/0/border", "between 0 and 1"},
	"plain text as rich": {"modal", inputOf(`{"type":"rich_text_input","initial_value":"hello"}`),
		"/0/element/initial_value", "must provide an object"},
	"section as rich": {"modal", inputOf(`{"type":"rich_text_input","initial_value":{"type":"section","elements":[]}}`),
		"/0/element/initial_value/type", "unsupported type"},

	// Tables and charts.
	"cell not an object": {"message", `[` + tableOf(`["x"]`) + `]`, "/0/rows/0/0", "must provide an object"},
	"cell of no kind": {"message", `[` + tableOf(`[{"type":"mrkdwn","text":"x"}]`) + `]`,
		"/0/rows/0/0/type", "unsupported type"},
	"empty cell": {"message", `[` + tableOf(`[{"type":"raw_text","text":""}]`) + `]`,
		"/0/rows/0/0/text", "more than 0"},
	"number in a text": {"message", `[` + tableOf(`[{"type":"raw_number","value":"7","text":"7"}]`) + `]`,
		"/0/rows/0/0/value", "must be a number"},
	"rich cell of no kind": {"message", `[` + tableOf(`[`+richOf(`{"type":"text","text":"x"}`)+`]`) + `]`,
		"/0/rows/0/0/elements/0/type", "unsupported type"},
	"no rows":  {"message", `[` + tableOf(``) + `]`, "/0/rows", "no less than 1"},
	"no cells": {"message", `[` + tableOf(`[]`) + `]`, "/0/rows/0", "no less than 1"},
	"21 columns": {"message", `[{"type":"table","rows":[[` + cell + `]],"column_settings":[` + times(21, `{}`) + `]}]`,
		"/0/column_settings", "no more than 20"},
	"column in the middle": {"message", `[{"type":"table","rows":[[` + cell +
		`]],"column_settings":[null,{"align":"middle"}]}]`,
		"/0/column_settings/1/align", "valid enum"},
	"wrapped a little": {"message", `[{"type":"table","rows":[[` + cell + `]],"column_settings":[{"is_wrapped":"yes"}]}]`,
		"/0/column_settings/0/is_wrapped", "must be a boolean"},
	"header alone": {"message", `[` + dataTableOf(`[`+cell+`]`) + `]`, "/0/rows", "no less than 2"},
	"rich header": {"message", `[` + dataTableOf(`[`+rich+`],[`+cell+`]`) + `]`,
		"/0/rows/0/0/type", "not supported in a header"},
	"ragged table": {"message", `[` + dataTableOf(`[`+cell+`],[`+cell+`,`+cell+`]`) + `]`,
		"/0/rows/1", "as many cells"},
	"pages of nothing": {"message", `[{"type":"data_table","caption":"c","page_size":0,"rows":[[` + cell +
		`],[` + cell + `]]}]`,
		"/0/page_size", "between 1 and 100"},
	"chart of no kind": {"message", `[` + chartOf(`{"type":"donut"}`) + `]`, "/0/chart/type", "unsupported type"},
	"long chart title": {"message", `[{"type":"data_visualization","title":"` + long(51) + `","chart":` + pie + `}]`,
		"/0/title", "less than 51"},
	"seven slices": {"message", `[` + chartOf(`{"type":"pie","segments":[`+times(7, `{"label":"a","value":1}`)+`]}`) + `]`,
		"/0/chart/segments", "no more than 6"},
	"slice of nothing": {"message", `[` + chartOf(`{"type":"pie","segments":[{"label":"a","value":0}]}`) + `]`,
		"/0/chart/segments/0/value", "greater than 0"},
	"long slice": {"message", `[` + chartOf(`{"type":"pie","segments":[{"label":"`+long(21)+`","value":1}]}`) + `]`,
		"/0/chart/segments/0/label", "less than 21"},
	"bars without axis": {"message", `[` + chartOf(`{"type":"bar","series":[{"name":"n","data":[{"label":"a","value":1}]}]}`) + `]`,
		"/0/chart", blank + "axis_config"},
	"point off the axis": {"message", `[` + chartOf(`{"type":"line","series":[{"name":"n","data":[{"label":"a","value":1}]}],`+axis+`}`) + `]`,
		"/0/chart/series/0/data", "one point for each category"},
	"two of a name": {"message", `[` + chartOf(`{"type":"area","series":[`+times(2, `{"name":"n",`+ab+`}`)+`],`+
		axis+`}`) + `]`,
		"/0/chart/series/1/name", "must be unique"},

	// Containers, layouts, cards, tasks.
	"wide container": {"message", containerOf(`,"width":"huge"`), "/0/width", "valid enum"},
	"collapsed for ever": {"message", containerOf(`,"default_collapsed":true`),
		"/0/default_collapsed", "requires is_collapsible"},
	"divider that folds": {"message", containerOf(`,"is_collapsible":true,"has_header_divider":true`),
		"/0/has_header_divider", "not supported in a collapsible"},
	"container without title": {"message", `[{"type":"container","child_blocks":[{"type":"divider"}]}]`,
		"/0", blank + "title"},
	"rich title of no kind": {"message", `[{"type":"container","rich_text_title":` + txt +
		`,"child_blocks":[{"type":"divider"}]}]`,
		"/0/rich_text_title/type", "unsupported type"},
	"layout without label": {"message", `[{"type":"layout","rows":[{"items":[{"block":{"type":"divider"}}]}]}]`,
		"/0", blank + "label"},
	"layout with dots": {"message", layoutOf(`,"grid_lines":"dotted"`, ""), "/0/grid_lines", "valid enum"},
	"item too wide":    {"message", layoutOf("", `,"width":"full"`), "/0/rows/0/items/0/width", "valid enum"},
	"row with an align": {"message", `[{"type":"layout","label":"l","rows":[{"align":"top","items":[{"block":{"type":"divider"}}]}]}]`,
		"/0/rows/0", "invalid additional property: align"},
	"card in a container": {"message", `[{"type":"container","title":` + plainOf("t") +
		`,"child_blocks":[{"type":"card","body":` + txt + `}]}]`, "/0/child_blocks/0/type", "not supported in here"},
	"divider in a carousel": {"message", `[{"type":"carousel","elements":[{"type":"divider"}]}]`, "/0/elements/0/type",
		"not supported in here"},
	"markdown in a layout": {"message", `[{"type":"layout","label":"l","rows":[{"items":[{"block":` +
		`{"type":"markdown","text":"x"}}]}]}]`, "/0/rows/0/items/0/block/type", "not supported in here"},
	"bad block in a layout": {"message", `[{"type":"layout","label":"l","rows":[{"items":[{"block":` +
		`{"type":"section"}}]}]}]`, "/0/rows/0/items/0/block", blank + "text or fields"},
	"plan of sections": {"message", `[{"type":"plan","title":"t","tasks":[{"type":"divider"}]}]`, "/0/tasks/0/type",
		"not supported in here"},
	"moment beside a section": {"message", section(`"text":` + txt + `,"accessory":{"type":"datetimepicker"}`),
		"/0/accessory/type", "unsupported type"},
	"empty card": {"message", `[{"type":"card","subtitle":` + txt + `}]`,
		"/0", blank + "hero_image or title"},
	"task of no state": {"message", `[{"type":"task_card","task_id":"1","title":"t"}]`, "/0", blank + "status"},
	"task half done": {"message", `[{"type":"task_card","task_id":"1","title":"t","status":"half"}]`,
		"/0/status", "valid enum"},
	"details in markup": {"message", `[{"type":"task_card","task_id":"1","title":"t","status":"error","details":` + txt + `}]`,
		"/0/details/type", "unsupported type"},
	"header of level 0": {"message", `[{"type":"header","level":0,"text":` + plainOf("x") + `}]`,
		"/0/level", "between 1 and 6"},
}

func TestMalformedBlocksAreRefused(t *testing.T) {
	for name, c := range malformed {
		t.Run(name, func(t *testing.T) { expect(t, Lint(c.surface, json.RawMessage(c.blocks)), c.pointer, c.message) })
	}
}

// What the refused ones would be if they were right.
func TestWellFormedBlocksAreTaken(t *testing.T) {
	for name, blocks := range map[string]string{
		"pickers": actions(`{"type":"datepicker","action_id":"1","initial_date":"2028-02-29"},` +
			`{"type":"timepicker","action_id":"2","initial_time":"23:59","timezone":"Europe/Berlin"},` +
			`{"type":"datetimepicker","action_id":"3","initial_date_time":1628633820},` +
			`{"type":"conversations_select","action_id":"4","filter":{"include":["im","public"],"exclude_bot_users":true}},` +
			`{"type":"radio_buttons","action_id":"5","options":[` + opt + `],"initial_option":` + opt + `},` +
			`{"type":"overflow","action_id":"6","options":[{"text":` + plainOf("x") + `,"value":"1","url":"mailto:x@y"}]},` +
			`{"type":"button","action_id":"7","text":` + plainOf("x") + `,"url":"https://x/?a=1",` +
			`"visible_to_user_ids":["U1"]},` +
			`{"type":"workflow_button","action_id":"8","text":` + plainOf("x") + `,"workflow":{"trigger":{"url":"https://x"}}}`),
		"number": inputOf(`{"type":"number_input","is_decimal_allowed":true,"initial_value":"-1.5","min_value":"-2",` +
			`"max_value":"0.25"}`),
		"texts": inputOf(`{"type":"plain_text_input","min_length":3,"max_length":3,"dispatch_action_config":` +
			`{"trigger_actions_on":["on_enter_pressed","on_character_entered"]}}`),
		"rich input": inputOf(`{"type":"rich_text_input","min_lines":1,"max_lines":1,"initial_value":` + rich + `}`),
		"files":      inputOf(`{"type":"file_input","filetypes":["pdf"],"max_files":10}`),
		"rich text": `[` + richOf(`{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"bold":true}},`+
			`{"type":"link","url":"https://x"},{"type":"user","user_id":"U1"},{"type":"channel","channel_id":"C1"},`+
			`{"type":"usergroup","usergroup_id":"S1"},{"type":"emoji","name":"wave","skin_tone":3},`+
			`{"type":"broadcast","range":"here"},{"type":"color","value":"#fff"},`+
			`{"type":"date","timestamp":1720710212,"format":"{date_num}","fallback":"then"},{"type":"canvas","file_id":"F1"}]},`+
			`{"type":"rich_text_list","style":"ordered","indent":1,"offset":2,"border":0,"elements":[`+
			`{"type":"rich_text_section","elements":[]}]},`+
			`{"type":"rich_text_preformatted","border":1,"elements":[{"type":"text","text":"x"}]},`+
			`{"type":"rich_text_quote","elements":[{"type":"text","text":"x"}]}`) + `]`,
		"table": `[{"type":"table","rows":[[` + cell + `,` + rich + `],[{"type":"raw_number","value":1.5,"text":"1.5"}]],` +
			`"column_settings":[null,{"align":"right","is_wrapped":true}]}]`,
		"data table": `[` + dataTableOf(`[`+cell+`,`+cell+`],[`+rich+`,{"type":"raw_number","value":7}]`) + `]`,
		"pie":        `[` + chartOf(pie) + `]`,
		"lines":      `[` + chartOf(`{"type":"line","series":[{"name":"n",`+ab+`},{"name":"m",`+ab+`}],`+axis+`}`) + `]`,
		"container":  containerOf(`,"width":"full","is_collapsible":true,"default_collapsed":true`),
		"layout":     layoutOf(`,"grid_lines":"rows","fallback":[]`, `,"width":"wide","horizontal_alignment":"end"`),
		"pictures": `[{"type":"image","slack_file":{"id":"F1"},"alt_text":"x"},` +
			`{"type":"video","alt_text":"x","title":` + plainOf("t") + `,"video_url":"https://x/v",` +
			`"thumbnail_url":"https://x/t"}]`,
		"feedback": `[{"type":"context_actions","elements":[{"type":"feedback_buttons","positive_button":{"text":` +
			plainOf("y") + `,"value":"y"},"negative_button":{"text":` + plainOf("n") + `,"value":"n"}}]}]`,
		"task": `[{"type":"task_card","task_id":"1","title":"t","status":"complete","output":` + rich + `,"sources":[` +
			`{"type":"url","url":"https://x","text":"x"}]}]`,
	} {
		if got := Lint("message", json.RawMessage(blocks)); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestOneFocusInAView(t *testing.T) {
	field := func(id string) string {
		return `{"type":"input","block_id":"` + id + `","label":` + plainOf("x") +
			`,"element":{"type":"plain_text_input","focus_on_load":true}}`
	}
	view := func(blocks string) json.RawMessage {
		return json.RawMessage(`{"type":"modal","title":` + plainOf("t") + `,"submit":` + plainOf("s") +
			`,"blocks":[` + blocks + `]}`)
	}
	if got := LintView(view(field("a"))); len(got) > 0 {
		t.Errorf("one: %q", got)
	}
	expect(t, LintView(view(field("a")+","+field("b"))), "/blocks/1/element/focus_on_load", "only one element")
}
