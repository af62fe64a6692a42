package composer

import (
	"regexp"
	"strings"
)

// special is what is more than text in an encoded text: references in angle brackets, and codes of emoji.
var special = regexp.MustCompile(`<([^<>\n]+)>|:([a-z0-9_+'-]+):(?::skin-tone-(\d):)?`)

var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// RichText is the rich_text object of a text that is encoded as messages are. Emulator's own choice: one section, no
// styles.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func RichText(text string) map[string]any {
	elements := []any{}
	put := func(words string) {
		if words != "" {
			elements = append(elements, map[string]any{"type": "text", "text": unescape.Replace(words)})
		}
	}
	from := 0
	for _, m := range special.FindAllStringSubmatchIndex(text, -1) {
		leaf := leafOf(text, m)
		if leaf == nil {
			continue
		}
		put(text[from:m[0]])
		elements, from = append(elements, leaf), m[1]
	}
	put(text[from:])
	section := map[string]any{"type": "rich_text_section", "elements": elements}
	return map[string]any{"type": "rich_text", "elements": []any{section}}
}

// leafOf is the element of one match of special, nil for what only looks like one.
func leafOf(text string, m []int) map[string]any {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	if name := group(2); name != "" {
		return emojiOf(name, group(3))
	}
	return reference(group(1))
}

func emojiOf(name, tone string) map[string]any {
	glyph := known.glyphs[name]
	if glyph == "" {
		return nil
	}
	leaf := map[string]any{"type": "emoji", "name": name, "unicode": points(glyph)}
	if tone != "" {
		leaf["skin_tone"] = int(tone[0] - '0')
	}
	return leaf
}

// reference reads what stands between angle brackets.
func reference(body string) map[string]any {
	id, label, _ := strings.Cut(body, "|")
	switch {
	case strings.HasPrefix(id, "@"):
		return map[string]any{"type": "user", "user_id": id[1:]}
	case strings.HasPrefix(id, "#"):
		return map[string]any{"type": "channel", "channel_id": id[1:]}
	case strings.HasPrefix(id, "!subteam^"):
		return map[string]any{"type": "usergroup", "usergroup_id": strings.TrimPrefix(id, "!subteam^")}
	case strings.HasPrefix(id, "!"):
		return map[string]any{"type": "broadcast", "range": id[1:]}
	}
	link := map[string]any{"type": "link", "url": unescape.Replace(id)}
	if label != "" {
		link["text"] = unescape.Replace(label)
	}
	return link
}
