package blockkit

// objectShapes are the composition objects
// (https://docs.slack.dev/reference/block-kit/composition-objects).
var objectShapes = map[string]shape{
	"field": {rules: []rule{must("type", enum, 0, "mrkdwn", "plain_text"), must("text", str, 2000), is("emoji", flag, 0),
		is("verbatim", flag, 0)}},
	"option": {rules: []rule{must("text", text, 75), must("value", str, 150), is("description", text, 75)}},
	// A choice is an option of a menu, which takes plain text only; one of an overflow menu may have a URL.
	"choice": {rules: []rule{must("text", plain, 75), must("value", str, 150), is("description", plain, 75)}},
	"overflow_option": {rules: []rule{must("text", plain, 75), must("value", str, 150), is("description", plain, 75),
		is("url", link, 3000)}},
	"option_group": {rules: []rule{must("label", plain, 75), must("options", objects, 100, "choice")}},
	"confirm": {rules: []rule{
		must("title", plain, 100), must("text", text, 300), must("confirm", plain, 30), must("deny", plain, 30),
		is("style", enum, 0, "primary", "danger"),
	}},
	"filter": {oneOf: []string{"include", "exclude_external_shared_channels", "exclude_bot_users"}, rules: []rule{
		is("include", texts, 4, "im", "mpim", "private", "public"), is("exclude_external_shared_channels", flag, 0),
		is("exclude_bot_users", flag, 0),
	}},
	"style": {rules: []rule{is("bold", flag, 0), is("italic", flag, 0), is("strike", flag, 0), is("code", flag, 0),
		is("underline", flag, 0), is("highlight", flag, 0), is("client_highlight", flag, 0), is("unlink", flag, 0)}},
	"dispatch": {rules: []rule{is("trigger_actions_on", texts, 2, "on_enter_pressed", "on_character_entered")}},
	"slack_file": {oneOf: []string{"id", "url"}, also: []relation{either("id", "url")},
		rules: []rule{is("id", str, 32), is("url", link, 3000, web...)}},
	"feedback": {rules: []rule{must("text", plain, 75), is("value", str, 2000), is("accessibility_label", str, 75)}},
	"workflow": {rules: []rule{must("trigger", object, 0, "trigger")}},
	"trigger":  {rules: []rule{must("url", link, 3000, web...), is("customizable_input_parameters", several, 100, "any")}},
	"any":      {open: true},

	"layout_row": {rules: []rule{must("items", objects, 3, "layout_item")}},
	"layout_item": {rules: []rule{
		must("block", block, 0, inLayouts...), is("width", enum, 0, "narrow", "standard", "wide"),
		is("horizontal_alignment", enum, 0, "start", "center", "end"),
	}},
	"column": {rules: []rule{is("align", enum, 0, "left", "center", "right"), is("is_wrapped", flag, 0)}},

	"segment": {also: []relation{positive}, rules: []rule{must("label", str, 20), must("value", value, 0)}},
	"point":   {rules: []rule{must("label", str, 20), must("value", value, 0)}},
	"series":  {rules: []rule{must("name", str, 20), must("data", objects, 20, "point")}},
	"axis":    {rules: []rule{must("categories", texts, 20), is("x_label", str, 50), is("y_label", str, 50)}},
}
