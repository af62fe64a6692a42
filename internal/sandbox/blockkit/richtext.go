package blockkit

// leaves are what a section or a quote of rich text is made of. The shapes of the first ones are documented; the others
// are taken as they are.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
var leaves = []string{"text", "link", "user", "usergroup", "channel", "emoji", "date", "broadcast", "color", "team",
	"attachment_mention", "canvas", "canvas_message_unfurl", "canvas_user_mention", "citation", "file", "list_record",
	"message_mention", "salesforce_data_field", "tag", "work_object_mention", "workflow_mention"}

// maxLeaf is how long a text of rich text may be, and maxNodes how many parts there may be in one: emulator's own
// choice, the pages name no limit.
const (
	maxLeaf  = 40_000
	maxNodes = 1000
)

var richText = shape{rules: []rule{must("elements", nodes, maxNodes,
	"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")}}

// leaf is a part of rich text that can have a style.
func leaf(rules ...rule) shape {
	return shape{rules: append(rules, is("style", object, 0, "style"))}
}

var border = is("border", num, 1)

// partShapes are what there is inside blocks besides their elements: parts of rich text, cells of tables, charts.
var partShapes = map[string]shape{
	"rich_text":         richText,
	"rich_text_section": {rules: []rule{must("elements", nodes, maxNodes, leaves...)}},
	"rich_text_quote":   {rules: []rule{must("elements", nodes, maxNodes, leaves...), border}},
	"rich_text_preformatted": {rules: []rule{must("elements", nodes, maxNodes, "text", "link"), border,
		is("language", str, 64)}},
	"rich_text_list": {rules: []rule{must("elements", nodes, maxNodes, "rich_text_section"),
		must("style", enum, 0, "bullet", "ordered"), is("indent", num, 8), is("offset", num, maxLeaf), border}},

	"text":      leaf(must("text", str, maxLeaf)),
	"link":      leaf(must("url", link, 3000), is("text", loose, maxLeaf), is("unsafe", flag, 0)),
	"user":      leaf(must("user_id", str, 32)),
	"usergroup": leaf(must("usergroup_id", str, 32)),
	"channel":   leaf(must("channel_id", str, 32)),
	"team":      leaf(must("team_id", str, 32)),
	"color":     leaf(must("value", str, 32)),
	"broadcast": leaf(must("range", enum, 0, "here", "channel", "everyone")),
	"emoji":     leaf(must("name", str, 255), is("unicode", str, 255), is("skin_tone", num, 6), is("url", link, 3000)),
	"date": leaf(must("timestamp", value, 0), must("format", str, 255), is("url", link, 3000),
		is("fallback", str, maxLeaf)),

	"raw_text":    {rules: []rule{must("text", str, maxLeaf)}},
	"raw_number":  {rules: []rule{must("value", value, 0), is("text", str, maxLeaf)}},
	"action_cell": {rules: []rule{must("element", element, 0, "button"), is("fallback", object, 0, "any")}},

	"pie": {rules: []rule{must("segments", objects, 6, "segment")}},
	"bar": plot, "area": plot, "line": plot,

	"url": {rules: []rule{must("url", link, 3000, web...), must("text", str, 255)}},
}

var plot = shape{also: []relation{plotted},
	rules: []rule{must("series", objects, 6, "series"), must("axis_config", object, 0, "axis")}}

// shapeOf is the shape of an element or of a part; what has none is taken as it is.
func shapeOf(kind string) shape {
	if sh, known := elementShapes[kind]; known {
		return sh
	}
	if sh, known := partShapes[kind]; known {
		return sh
	}
	return shape{open: true}
}
