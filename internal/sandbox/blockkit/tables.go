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
	element              // an element of one of the types in of
	elements             // list of 1..max elements of the types in of
	nested               // list of 1..max blocks
	rows                 // list of 1..max lists of at most 20 cells
	users                // list of ids of people
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
	pickers = []string{"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"}
	typed   = []string{"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input",
		"file_input"}

	actionElements  = join(selects, pickers, []string{"button", "overflow", "rich_text_input", "workflow_button"})
	accessories     = join(selects, pickers, []string{"button", "overflow", "image", "workflow_button"})
	inputElements   = join(selects, pickers, typed)
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
	"header":  {rules: []rule{must("text", plain, 150), is("level", num, 6)}},
	"actions": {rules: []rule{must("elements", elements, 25, actionElements...)}},
	"context": {rules: []rule{must("elements", elements, 10, contextElements...)}},
	"image": {oneOf: []string{"image_url", "slack_file"}, rules: []rule{
		is("image_url", str, 3000), is("slack_file", anything, 0), must("alt_text", str, 2000), is("title", plain, 2000),
	}},
	"input": {rules: []rule{
		must("label", plain, 2000), must("element", element, 0, inputElements...), is("hint", plain, 2000),
		is("optional", flag, 0), is("dispatch_action", flag, 0),
	}},
	"file":      {banned: "message modal home", open: true},
	"rich_text": {open: true, rules: []rule{must("elements", anything, 0)}},
	"video": {open: true, rules: []rule{
		must("alt_text", str, 2000), must("title", plain, 200), must("video_url", str, 3000),
		must("thumbnail_url", str, 3000),
	}},
	"call":     {open: true, rules: []rule{must("call_id", str, 255)}},
	"markdown": {banned: "modal home", rules: []rule{must("text", str, 12000)}},
	"table":    {banned: "modal home", rules: []rule{must("rows", rows, 100), is("column_settings", anything, 0)}},
	"data_table": {banned: "modal home", rules: []rule{
		must("caption", str, 2000), must("rows", rows, 101), is("page_size", num, 100),
		is("row_header_column_index", num, 19),
	}},
	"data_visualization": {banned: "modal", rules: []rule{must("title", str, 150), must("chart", anything, 0)}},
	"container": {banned: "modal", oneOf: []string{"title", "rich_text_title"}, rules: []rule{
		must("child_blocks", nested, 10), is("title", plain, 150), is("rich_text_title", anything, 0),
		is("subtitle", text, 150),
		is("icon", element, 0, "image"), is("width", str, 20), is("is_collapsible", flag, 0),
		is("default_collapsed", flag, 0),
		is("has_header_divider", flag, 0),
	}},
	"layout": {open: true, rules: []rule{must("rows", objects, 5, "layout_row"), is("fallback", nested, 50)}},
	"card": {banned: "modal", rules: []rule{
		is("title", text, 150), is("subtitle", text, 150), is("body", text, 200), is("subtext", text, 200),
		is("hero_image", element, 0, "image"), is("icon", element, 0, "image"), is("slack_icon", anything, 0),
		is("actions", elements, 5, "button"),
	}},
	"carousel": {banned: "modal", rules: []rule{must("elements", nested, 10)}},
	"alert": {banned: "message home",
		rules: []rule{must("text", text, 300), is("level", enum, 0, "default", "info", "warning", "error", "success")}},
	"context_actions": {banned: "modal home",
		rules: []rule{must("elements", elements, 5, "feedback_buttons", "icon_button")}},
	"task_card": {banned: "modal home", open: true,
		rules: []rule{must("task_id", str, 255), must("title", str, 255)}},
	"plan":          {banned: "modal home", open: true, rules: []rule{must("title", str, 255)}},
	"auth_provider": {open: true},
}

// common are the fields that interactive elements share.
var common = []rule{is("action_id", str, 255), is("confirm", object, 0, "confirm"), is("focus_on_load", flag, 0)}

// audience says who sees an element. Slack documents it for icon buttons, and clients send it with buttons and
// checkboxes; in any other element it is refused.
// (https://docs.slack.dev/reference/block-kit/block-elements/icon-button-element)
var audience = is("visible_to_user_ids", users, 0)

func inter(rules ...rule) shape { return shape{rules: append(rules, common...)} }

// choice is a select; what it chooses from differs.
func choice(rules ...rule) shape {
	return inter(append(rules,
		is("placeholder", plain, 150), is("response_url_enabled", flag, 0),
		is("default_to_current_conversation", flag, 0), is("filter", anything, 0))...)
}

// choices is a select of several: at most as many as it says.
// (https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element)
func choices(rules ...rule) shape {
	return choice(append(rules, is("max_selected_items", count, 100))...)
}

func input(rules ...rule) shape {
	return inter(append(rules, is("placeholder", plain, 150), is("dispatch_action_config", anything, 0))...)
}

// elementShapes are the element types
// (https://docs.slack.dev/reference/block-kit/block-elements).
var elementShapes = map[string]shape{
	"mrkdwn":     {rules: []rule{must("text", str, 2000), is("verbatim", flag, 0), is("emoji", flag, 0)}},
	"plain_text": {rules: []rule{must("text", str, 2000), is("emoji", flag, 0)}},
	"image": {oneOf: []string{"image_url", "slack_file"}, rules: []rule{
		is("image_url", str, 3000), is("slack_file", anything, 0), must("alt_text", str, 2000),
	}},
	"button": inter(audience, must("text", plain, 75), is("value", str, 2000), is("url", str, 3000),
		is("style", enum, 0, "primary", "danger"),
		is("accessibility_label", str, 75), is("agent_prompt", anything, 0), is("agent_prompt_display", anything, 0)),
	"workflow_button": inter(must("text", plain, 75), must("workflow", anything, 0),
		is("style", enum, 0, "primary", "danger"), is("accessibility_label", str, 75)),
	"icon_button": inter(audience, must("icon", str, 75), must("text", plain, 75), is("value", str, 2000),
		is("accessibility_label", str, 75)),
	"feedback_buttons": inter(must("positive_button", anything, 0), must("negative_button", anything, 0)),
	"overflow":         inter(must("options", objects, 5, "choice")),
	"radio_buttons":    inter(must("options", objects, 10, "option"), is("initial_option", object, 0, "option")),
	"checkboxes": inter(audience, must("options", objects, 10, "option"),
		is("initial_options", objects, 10, "option")),

	"static_select": {oneOf: []string{"options", "option_groups"}, rules: choice(
		is("options", objects, 100, "choice"), is("option_groups", objects, 100, "option_group"),
		is("initial_option", object, 0, "choice")).rules},
	"multi_static_select": {oneOf: []string{"options", "option_groups"}, rules: choices(
		is("options", objects, 100, "choice"), is("option_groups", objects, 100, "option_group"),
		is("initial_options", objects, 100, "choice")).rules},
	"external_select": choice(is("min_query_length", num, 3000), is("initial_option", object, 0, "choice")),
	"multi_external_select": choices(is("min_query_length", num, 3000),
		is("initial_options", objects, 100, "choice")),
	"users_select":               choice(is("initial_user", str, 32)),
	"multi_users_select":         choices(is("initial_users", anything, 0)),
	"channels_select":            choice(is("initial_channel", str, 32)),
	"multi_channels_select":      choices(is("initial_channels", anything, 0)),
	"conversations_select":       choice(is("initial_conversation", str, 32)),
	"multi_conversations_select": choices(is("initial_conversations", anything, 0)),

	"datepicker":     inter(is("initial_date", str, 10), is("placeholder", plain, 150)),
	"timepicker":     inter(is("initial_time", str, 5), is("placeholder", plain, 150), is("timezone", str, 64)),
	"datetimepicker": inter(is("initial_date_time", num, 9_999_999_999)),

	"plain_text_input": input(is("initial_value", loose, 3000), is("multiline", flag, 0), is("min_length", num, 3000),
		is("max_length", num, 3000)),
	"email_text_input": input(is("initial_value", loose, 3000)),
	"url_text_input":   input(is("initial_value", loose, 3000)),
	"number_input": input(must("is_decimal_allowed", flag, 0), is("initial_value", loose, 64),
		is("min_value", str, 64), is("max_value", str, 64)),
	"rich_text_input": input(is("initial_value", anything, 0), is("min_lines", num, 100), is("max_lines", num, 100)),
	"file_input":      inter(is("filetypes", anything, 0), is("max_files", num, 10)),
}

// objectShapes are the composition objects
// (https://docs.slack.dev/reference/block-kit/composition-objects).
var objectShapes = map[string]shape{
	"field": {rules: []rule{must("type", enum, 0, "mrkdwn", "plain_text"), must("text", str, 2000), is("emoji", flag, 0),
		is("verbatim", flag, 0)}},
	"option": {rules: []rule{must("text", text, 75), must("value", str, 150), is("description", text, 75),
		is("url", str, 3000)}},
	// A choice is an option of a menu, which takes plain text only.
	"choice": {rules: []rule{must("text", plain, 75), must("value", str, 150), is("description", plain, 75),
		is("url", str, 3000)}},
	"option_group": {rules: []rule{must("label", plain, 75), must("options", objects, 100, "choice")}},
	"confirm": {rules: []rule{
		must("title", plain, 100), must("text", text, 300), must("confirm", plain, 30), must("deny", plain, 30),
		is("style", enum, 0, "primary", "danger"),
	}},
	"layout_row":  {open: true, rules: []rule{must("items", objects, 3, "layout_item")}},
	"layout_item": {open: true, rules: []rule{must("block", anything, 0)}},
}

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
