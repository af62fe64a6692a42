package blockkit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBlocks is how many blocks a surface takes.
var maxBlocks = map[string]int{"message": 50, "modal": 100, "home": 100}

// atMost are blocks that a message may hold only so often.
var atMost = map[string]int{"table": 1, "data_visualization": 2}

// maxMarkdown is what all markdown blocks of a message may hold together.
const maxMarkdown = 12_000

// set checks a list of blocks: each one, and what they must be together.
func (l *linter) set(at string, list []any) {
	if n := maxBlocks[l.surface]; len(list) > n {
		l.add(at, "no more than %d items allowed", n)
	}
	seen, count, markdown := map[string]bool{}, map[string]int{}, 0
	for i, b := range list {
		here := at + "/" + strconv.Itoa(i)
		m, ok := b.(map[string]any)
		if !ok {
			l.add(here, "must provide an object")
			continue
		}
		l.block(here, m)
		t, _ := m["type"].(string)
		if count[t]++; atMost[t] > 0 && count[t] == atMost[t]+1 {
			l.add(here, "no more than %d blocks of type %s allowed", atMost[t], t)
		}
		if s, ok := m["text"].(string); ok && t == "markdown" {
			markdown += utf8.RuneCountInString(s)
		}
		l.blockID(here, m, seen)
	}
	if markdown > maxMarkdown {
		l.add(at, "markdown blocks must be less than %d characters in total", maxMarkdown+1)
	}
}

// kinds holds blocks inside of another one to the types that may be there.
func (l *linter) kinds(at string, list []any, allowed []string) {
	for i, b := range list {
		l.fits(at+"/"+strconv.Itoa(i), b, allowed)
	}
}

func (l *linter) fits(at string, b any, allowed []string) {
	m, _ := b.(map[string]any)
	t, _ := m["type"].(string)
	if _, known := blocks[t]; known && len(allowed) > 0 && !slices.Contains(allowed, t) {
		l.add(at+"/type", "type %s is not supported in here", t)
	}
}

// child checks one block that is in no list.
func (l *linter) child(at string, v any, allowed []string) {
	m, ok := v.(map[string]any)
	if !ok {
		l.add(at, "must provide an object")
		return
	}
	l.block(at, m)
	l.fits(at, v, allowed)
}

func (l *linter) block(at string, m map[string]any) {
	t, _ := m["type"].(string)
	sh, known := blocks[t]
	switch {
	case !known:
		l.add(at+"/type", "unsupported type: %s", t)
		return
	case slices.Contains(strings.Fields(sh.banned), l.surface):
		l.add(at+"/type", "type %s is not supported in a %s", t, l.surface)
		return
	}
	l.shape(at, m, sh)
	l.actionIDs(at, m, map[string]bool{})
}

// blockID checks one block_id; it may not occur twice in a message or view.
func (l *linter) blockID(at string, m map[string]any, seen map[string]bool) {
	v, has := m["block_id"]
	if !has || v == nil {
		return
	}
	l.text(at+"/block_id", v, 0, 255)
	id, _ := v.(string)
	if seen[id] {
		l.add(at+"/block_id", "block_id %q already exists", id)
	}
	seen[id] = true
}

// actionIDs looks for an action_id that occurs twice in one block. Blocks
// inside the block are looked at on their own.
func (l *linter) actionIDs(at string, v any, seen map[string]bool) {
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			l.actionIDs(at+"/"+strconv.Itoa(i), x, seen)
		}
	case map[string]any:
		if id, ok := v["action_id"].(string); ok {
			if seen[id] {
				l.add(at+"/action_id", "action_id %q already exists", id)
			}
			seen[id] = true
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if k != "child_blocks" && k != "fallback" {
				l.actionIDs(at+"/"+k, v[k], seen)
			}
		}
	}
}

// needsSubmit holds a modal with inputs to having a submit button.
func (l *linter) needsSubmit(v map[string]any, list []any) {
	if l.surface != "modal" || v["submit"] != nil {
		return
	}
	for _, b := range list {
		if m, ok := b.(map[string]any); ok && m["type"] == "input" {
			l.add("", "missing required field: submit")
			return
		}
	}
}

// presets holds what an element begins with to what it offers: an option that it has not cannot be chosen, nor more of
// them than it takes. What an external source offers is not known here.
func (l *linter) presets(at string, m map[string]any) {
	most, err := strconv.Atoi(fmt.Sprint(m["max_selected_items"]))
	for _, field := range []string{"initial_options", "initial_users", "initial_channels", "initial_conversations"} {
		if err == nil && len(listOf(m[field])) > most {
			l.add(at+"/"+field, "no more than %d items allowed", most)
		}
	}
	offered := offers(m)
	if len(offered) == 0 {
		return
	}
	if one, ok := m["initial_option"]; ok && one != nil && !offered[nameOf(one)] {
		l.add(at+"/initial_option", "must match one of the options")
	}
	for i, one := range listOf(m["initial_options"]) {
		if !offered[nameOf(one)] {
			l.add(at+"/initial_options/"+strconv.Itoa(i), "must match one of the options")
		}
	}
}

// offers are the names of an element's own options.
func offers(m map[string]any) map[string]bool {
	names := map[string]bool{}
	lists := []any{m["options"]}
	for _, g := range listOf(m["option_groups"]) {
		group, _ := g.(map[string]any)
		lists = append(lists, group["options"])
	}
	for _, list := range lists {
		for _, o := range listOf(list) {
			names[nameOf(o)] = true
		}
	}
	return names
}

// nameOf is what tells one option from another: its value and its text.
func nameOf(option any) string {
	m, _ := option.(map[string]any)
	text, _ := m["text"].(map[string]any)
	return fmt.Sprintf("%v %v", m["value"], text["text"])
}
