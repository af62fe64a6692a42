package blockkit

// kind says what a field must be.
type kind int

const (
	anything kind = iota // not looked into
	str                  // string of 1..max characters
	loose                // string of 0..max characters
	flag                 // boolean
	num                  // whole number, at most max
	count                // whole number from 1 to max
	enum                 // one of the strings in of
	plain                // plain_text object of at most max characters
	text                 // text object of at most max characters
	object               // the object named of[0]
	objects              // list of 1..max objects named of[0]
	several              // list of 0..max objects named of[0]
	gaps                 // list of 0..max objects named of[0], or null in place of one
	element              // an element of one of the types in of
	elements             // list of 1..max elements of the types in of
	nodes                // list of 0..max elements of the types in of
	nested               // list of 1..max blocks of the types in of, if there are any
	block                // the same of one block that is in no list
	rows                 // list of 1..max lists of 1..20 cells of the types in of
	texts                // list of 1..max strings, each one of those in of, if there are any
	date                 // YYYY-MM-DD
	hour                 // HH:mm
	stamp                // UNIX time of ten digits
	decimal              // string that is a number
	link                 // URL of 1..max characters, with one of the schemes in of, if there are any
	value                // number
)

// rule is one field of a block, an element or an object.
type rule struct {
	field string
	kind  kind
	max   int
	need  bool
	of    []string
}

// shape is the fields of a thing. Other fields are refused, unless it is open.
type shape struct {
	rules  []rule
	banned string // surfaces that do not take it, by name, space separated
	open   bool
	oneOf  []string // at least one of these fields is needed
	also   []relation
}

func is(field string, k kind, max int, of ...string) rule {
	return rule{field: field, kind: k, max: max, of: of}
}

func must(field string, k kind, max int, of ...string) rule {
	return rule{field: field, kind: k, max: max, need: true, of: of}
}

var (
	selects = []string{
		"static_select", "external_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select",
		"multi_channels_select",
	}
	pickers = []string{"datetimepicker", "datepicker", "timepicker", "checkboxes", "radio_buttons"}
	typed   = []string{"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input",
		"file_input"}

	actionElements = join(selects, pickers, []string{"button", "overflow", "rich_text_input", "workflow_button"})
	accessories    = join(selects, pickers[1:], []string{"button", "overflow", "image", "workflow_button"})
	inputElements  = join(selects, pickers, typed)
	inContainers   = []string{"actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section",
		"table", "video"}
	inLayouts = join(inContainers, []string{"alert", "card", "carousel", "container", "data_table",
		"data_visualization"})
	contextElements = []string{"image", "mrkdwn", "plain_text"}
)

func join(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// blocks are the block types (https://docs.slack.dev/reference/block-kit/blocks).
// type and block_id are understood.
var blocks = map[string]shape{
	"divider": {},
	"section": {oneOf: []string{"text", "fields"}, rules: []rule{
		is("text", text, 3000), is("fields", objects, 10, "field"), is("accessory", element, 0, accessories...),
		is("expand", flag, 0),
	}},
	"header":  {rules: []rule{must("text", plain, 150), is("level", count, 6)}},
	"actions": {rules: []rule{must("elements", elements, 25, actionElements...)}},
	"context": {rules: []rule{must("elements", elements, 10, contextElements...)}},
	"image": {oneOf: pictures, also: onePicture, rules: []rule{
		is("image_url", link, 3000, web...), is("slack_file", object, 0, "slack_file"), must("alt_text", str, 2000),
		is("title", plain, 2000),
	}},
	"input": {rules: []rule{
		must("label", plain, 2000), must("element", element, 0, inputElements...), is("hint", plain, 2000),
		is("optional", flag, 0), is("dispatch_action", flag, 0),
	}},
	"file":      {banned: "message modal home", open: true},
	"rich_text": richText,
	"video": {rules: []rule{
		must("alt_text", str, 2000), must("title", plain, 199), must("video_url", link, 3000, "https"),
		must("thumbnail_url", link, 3000, web...), is("title_url", link, 3000, "https"), is("author_name", str, 49),
		is("provider_name", str, 255), is("provider_icon_url", link, 3000, web...), is("description", plain, 2000),
	}},
	"call":     {open: true, rules: []rule{must("call_id", str, 255)}},
	"markdown": {banned: "modal home", rules: []rule{must("text", str, 12000)}},
	"table": {banned: "modal home", rules: []rule{
		must("rows", rows, 100, "raw_text", "raw_number", "rich_text"), is("column_settings", gaps, 20, "column"),
	}},
	"data_table": {banned: "modal home", also: []relation{rectangle}, rules: []rule{
		must("caption", str, 2000), must("rows", rows, 101, "raw_text", "raw_number", "rich_text", "action_cell"),
		is("page_size", count, 100), is("row_header_column_index", num, 19),
	}},
	"data_visualization": {banned: "modal", rules: []rule{
		must("title", str, 50), must("chart", element, 0, "pie", "bar", "area", "line"),
	}},
	"container": {banned: "modal", oneOf: []string{"title", "rich_text_title"}, also: folding, rules: []rule{
		must("child_blocks", nested, 10, inContainers...),
		is("title", plain, 150), is("rich_text_title", element, 0, "rich_text"),
		is("subtitle", text, 150), is("icon", element, 0, "image"),
		is("width", enum, 0, "narrow", "standard", "wide", "full"), is("is_collapsible", flag, 0),
		is("default_collapsed", flag, 0), is("has_header_divider", flag, 0),
	}},
	"layout": {rules: []rule{
		must("label", str, 150), must("rows", objects, 5, "layout_row"), is("is_label_visible", flag, 0),
		is("grid_lines", enum, 0, "none", "rows", "outer"), is("fallback", several, 50, "any"),
	}},
	"card": {banned: "modal", oneOf: []string{"hero_image", "title", "actions", "body"}, rules: []rule{
		is("title", text, 150), is("subtitle", text, 150), is("body", text, 200), is("subtext", text, 200),
		is("hero_image", element, 0, "image"), is("icon", element, 0, "image"), is("slack_icon", anything, 0),
		is("actions", elements, 5, "button"),
	}},
	"carousel": {banned: "modal", rules: []rule{must("elements", nested, 10, "card")}},
	"alert": {banned: "message home",
		rules: []rule{must("text", text, 300), is("level", enum, 0, "default", "info", "warning", "error", "success")}},
	"context_actions": {banned: "modal home",
		rules: []rule{must("elements", elements, 5, "feedback_buttons", "icon_button")}},
	"task_card": {banned: "modal home", rules: []rule{
		must("task_id", str, 255), must("title", str, 255), is("details", element, 0, "rich_text"),
		is("output", element, 0, "rich_text"), is("sources", nodes, 100, "url"), is("hide_title", flag, 0),
		must("status", enum, 0, "pending", "in_progress", "complete", "error"),
	}},
	"plan":          {banned: "modal home", rules: []rule{must("title", str, 255), is("tasks", nested, 50, "task_card")}},
	"auth_provider": {open: true},
}

// common are the fields that interactive elements share.
var common = []rule{is("action_id", str, 255), is("confirm", object, 0, "confirm"), is("focus_on_load", flag, 0)}

// visible is a field of those elements that can be for some people only.
var visible = is("visible_to_user_ids", texts, 1000)

func inter(rules ...rule) shape { return shape{rules: append(rules, common...)} }

// choice is a select; what it chooses from differs.
func choice(rules ...rule) shape {
	return inter(append(rules,
		is("placeholder", plain, 150), is("response_url_enabled", flag, 0),
		is("default_to_current_conversation", flag, 0), is("filter", object, 0, "filter"))...)
}

// choices is a select of several: at most as many as it says.
// (https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element)
func choices(rules ...rule) shape {
	return choice(append(rules, is("max_selected_items", count, 100))...)
}

func input(rules ...rule) shape {
	return inter(append(rules, is("placeholder", plain, 150), is("dispatch_action_config", object, 0, "dispatch"))...)
}

// elementShapes are the element types
// (https://docs.slack.dev/reference/block-kit/block-elements).
var elementShapes = map[string]shape{
	"mrkdwn":     {rules: []rule{must("text", str, 2000), is("verbatim", flag, 0), is("emoji", flag, 0)}},
	"plain_text": {rules: []rule{must("text", str, 2000), is("emoji", flag, 0)}},
	"image": {oneOf: pictures, also: onePicture, rules: []rule{
		is("image_url", link, 3000, web...), is("slack_file", object, 0, "slack_file"), must("alt_text", str, 2000),
	}},
	"button": inter(visible, must("text", plain, 75), is("value", str, 2000), is("url", link, 3000),
		is("style", enum, 0, "primary", "danger"),
		is("accessibility_label", str, 75), is("agent_prompt", anything, 0), is("agent_prompt_display", anything, 0)),
	"workflow_button": inter(must("text", plain, 75), must("workflow", object, 0, "workflow"),
		is("style", enum, 0, "primary", "danger"), is("accessibility_label", str, 75)),
	"icon_button": inter(visible, must("icon", str, 75), must("text", plain, 75), is("value", str, 2000),
		is("accessibility_label", str, 75)),
	"feedback_buttons": inter(must("positive_button", object, 0, "feedback"),
		must("negative_button", object, 0, "feedback")),
	"overflow":      inter(must("options", objects, 5, "overflow_option")),
	"radio_buttons": inter(must("options", objects, 10, "option"), is("initial_option", object, 0, "option")),
	"checkboxes":    inter(visible, must("options", objects, 10, "option"), is("initial_options", objects, 10, "option")),

	"static_select": {oneOf: []string{"options", "option_groups"}, also: oneSource, rules: choice(
		is("options", objects, 100, "choice"), is("option_groups", objects, 100, "option_group"),
		is("initial_option", object, 0, "choice")).rules},
	"multi_static_select": {oneOf: []string{"options", "option_groups"}, also: oneSource, rules: choices(
		is("options", objects, 100, "choice"), is("option_groups", objects, 100, "option_group"),
		is("initial_options", objects, 100, "choice")).rules},
	"external_select": choice(is("min_query_length", num, 3000), is("initial_option", object, 0, "choice")),
	"multi_external_select": choices(is("min_query_length", num, 3000),
		is("initial_options", objects, 100, "choice")),
	"users_select":               choice(is("initial_user", str, 32)),
	"multi_users_select":         choices(is("initial_users", texts, 100)),
	"channels_select":            choice(is("initial_channel", str, 32)),
	"multi_channels_select":      choices(is("initial_channels", texts, 100)),
	"conversations_select":       choice(is("initial_conversation", str, 32)),
	"multi_conversations_select": choices(is("initial_conversations", texts, 100)),

	"datepicker":     inter(is("initial_date", date, 0), is("placeholder", plain, 150)),
	"timepicker":     inter(is("initial_time", hour, 0), is("placeholder", plain, 150), is("timezone", str, 64)),
	"datetimepicker": inter(is("initial_date_time", stamp, 0)),

	"plain_text_input": with(input(is("initial_value", loose, 3000), is("multiline", flag, 0),
		is("min_length", num, 3000), is("max_length", count, 3000)), ordered("min_length", "max_length")),
	"email_text_input": input(is("initial_value", loose, 3000)),
	"url_text_input":   input(is("initial_value", loose, 3000)),
	"number_input": with(input(must("is_decimal_allowed", flag, 0), is("initial_value", decimal, 0),
		is("min_value", decimal, 0), is("max_value", decimal, 0)), whole),
	"rich_text_input": with(input(is("initial_value", element, 0, "rich_text"), is("min_lines", count, 100),
		is("max_lines", count, 100)), ordered("min_lines", "max_lines")),
	"file_input": inter(is("filetypes", texts, 100), is("max_files", count, 10)),
}

// with adds relations to a shape.
func with(s shape, also ...relation) shape {
	s.also = append(s.also, also...)
	return s
}

var (
	web        = []string{"http", "https"}
	pictures   = []string{"image_url", "slack_file"}
	onePicture = []relation{either("image_url", "slack_file")}
	oneSource  = []relation{either("options", "option_groups")}
	folding    = []relation{collapsing}
)

// suggestion is the answer to a block_suggestion
// (https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select).
var suggestion = shape{oneOf: []string{"options", "option_groups"}, rules: []rule{
	is("options", several, 100, "choice"), is("option_groups", several, 100, "option_group"),
}}

// viewShapes are the two kinds of view
// (https://docs.slack.dev/reference/views).
var viewShapes = map[string]shape{
	"modal": {rules: []rule{
		must("title", plain, 24), is("submit", plain, 24), is("close", plain, 24), must("blocks", anything, 0),
		is("private_metadata", loose, 3000), is("callback_id", loose, 255), is("external_id", loose, 255),
		is("clear_on_close", flag, 0), is("notify_on_close", flag, 0), is("submit_disabled", flag, 0),
	}},
	"home": {rules: []rule{
		must("blocks", anything, 0), is("private_metadata", loose, 3000), is("callback_id", loose, 255),
		is("external_id", loose, 255),
		// Ignored on a home tab, but SDKs send them.
		is("clear_on_close", flag, 0), is("notify_on_close", flag, 0), is("title", anything, 0), is("submit", anything, 0),
		is("close", anything, 0),
	}},
}
