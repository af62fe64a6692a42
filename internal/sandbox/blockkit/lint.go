package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is one thing that Slack would refuse.
type Problem struct {
	Pointer string // JSON pointer into what was given, such as /0/text/text
	Message string
}

// Lint checks the blocks of a message ("message"), modal ("modal") or home tab
// ("home"). Pointers start at the list of blocks.
func Lint(surface string, raw json.RawMessage) []Problem {
	l := &linter{surface: surface}
	list, ok := Decode(raw).([]any)
	if !ok {
		return []Problem{{"", "must be an array of blocks"}}
	}
	l.set("", list)
	return l.found
}

// LintView checks a whole view: its own fields and its blocks. Pointers start
// at the view.
func LintView(raw json.RawMessage) []Problem {
	l := &linter{}
	v, ok := Decode(raw).(map[string]any)
	if !ok {
		return []Problem{{"", "must provide an object"}}
	}
	l.surface, _ = v["type"].(string)
	sh, known := viewShapes[l.surface]
	if !known {
		return []Problem{{"/type", "must be a valid enum value"}}
	}
	l.shape("", v, sh)
	list, ok := v["blocks"].([]any)
	if !ok {
		l.add("/blocks", "must be an array of blocks")
		return l.found
	}
	l.set("/blocks", list)
	l.oneFocus("/blocks", list, new(bool))
	l.needsSubmit(v, list)
	return l.found
}

// LintOptions checks what an app answers when somebody types into a select
// with an external source: options, or groups of them. None at all is an
// answer too. Pointers start at the answer.
// https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
func LintOptions(raw json.RawMessage) []Problem {
	l := &linter{}
	m, ok := Decode(raw).(map[string]any)
	if !ok {
		return []Problem{{"", "must provide an object"}}
	}
	l.shape("", m, suggestion)
	return l.found
}

// linter collects problems of one piece of JSON.
type linter struct {
	surface string
	found   []Problem
}

func (l *linter) add(at, format string, args ...any) {
	l.found = append(l.found, Problem{at, fmt.Sprintf(format, args...)})
}

// Decode gives the value of one whole JSON text, nil for anything else.
func Decode(raw json.RawMessage) any {
	if !json.Valid(raw) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// shape checks the fields of an object.
func (l *linter) shape(at string, m map[string]any, sh shape) {
	known := map[string]bool{"type": true, "block_id": true}
	for _, r := range sh.rules {
		known[r.field] = true
		v, has := m[r.field]
		if !has || v == nil {
			if r.need {
				l.add(at, "missing required field: %s", r.field)
			}
			continue
		}
		l.field(at+"/"+r.field, v, r)
	}
	for _, check := range sh.also {
		check(l, at, m)
	}
	if len(sh.oneOf) > 0 && !slices.ContainsFunc(sh.oneOf, func(f string) bool { return m[f] != nil }) {
		l.add(at, "missing required field: %s", strings.Join(sh.oneOf, " or "))
	}
	if sh.open {
		return
	}
	for _, f := range slices.Sorted(maps.Keys(m)) {
		if !known[f] {
			l.add(at, "invalid additional property: %s", f)
		}
	}
}

// field checks one value by its rule.
func (l *linter) field(at string, v any, r rule) {
	switch r.kind {
	case str:
		l.text(at, v, 1, r.max)
	case loose:
		l.text(at, v, 0, r.max)
	case flag:
		if _, ok := v.(bool); !ok {
			l.add(at, "must be a boolean")
		}
	case num:
		l.number(at, v, 0, r.max)
	case count:
		l.number(at, v, 1, r.max)
	case enum:
		if s, _ := v.(string); !slices.Contains(r.of, s) {
			l.add(at, "must be a valid enum value")
		}
	case plain, text:
		l.textObject(at, v, r)
	case object:
		l.object(at, v, r.of[0])
	case element:
		l.element(at, v, r.of)
	case texts:
		l.strings(at, v, r)
	case block:
		l.child(at, v, r.of)
	case objects, several, gaps, elements, nodes, nested, rows:
		l.list(at, v, r)
	default:
		l.scalar(at, v, r)
	}
}

func (l *linter) text(at string, v any, min, max int) {
	s, ok := v.(string)
	switch n := utf8.RuneCountInString(s); {
	case !ok:
		l.add(at, "must be a string")
	case n < min:
		l.add(at, "must be more than %d characters", min-1)
	case n > max:
		l.add(at, "must be less than %d characters", max+1)
	}
}

func (l *linter) number(at string, v any, min, max int) {
	n, ok := v.(json.Number)
	i, err := strconv.ParseInt(n.String(), 10, 64)
	switch {
	case !ok || err != nil:
		l.add(at, "must be an integer")
	case i < int64(min) || i > int64(max):
		l.add(at, "must be between %d and %d", min, max)
	}
}

func (l *linter) textObject(at string, v any, r rule) {
	m, ok := v.(map[string]any)
	if !ok {
		l.add(at, "must provide an object")
		return
	}
	switch t := m["type"]; {
	case t != "plain_text" && t != "mrkdwn":
		l.add(at+"/type", "must be a valid enum value")
	case r.kind == plain && t != "plain_text":
		l.add(at+"/type", "must be of type plain_text")
	case t == "mrkdwn" && m["emoji"] == true:
		l.add(at+"/emoji", "must be false for mrkdwn")
	case t == "plain_text" && m["verbatim"] == true:
		l.add(at+"/verbatim", "must be false for plain_text")
	}
	l.shape(at, m, shape{rules: []rule{must("text", str, r.max), is("emoji", flag, 0), is("verbatim", flag, 0)}})
}

func (l *linter) object(at string, v any, name string) {
	m, ok := v.(map[string]any)
	if !ok {
		l.add(at, "must provide an object")
		return
	}
	l.shape(at, m, objectShapes[name])
}

func (l *linter) element(at string, v any, allowed []string) {
	m, ok := v.(map[string]any)
	if !ok {
		l.add(at, "must provide an object")
		return
	}
	t, _ := m["type"].(string)
	if !slices.Contains(allowed, t) {
		l.add(at+"/type", "unsupported type: %s", t)
		return
	}
	l.shape(at, m, shapeOf(t))
	l.presets(at, m)
}

func (l *linter) list(at string, v any, r rule) {
	items, ok := v.([]any)
	if !ok {
		l.add(at, "must be an array")
		return
	}
	least := 1
	if r.kind == several || r.kind == gaps || r.kind == nodes {
		least = 0
	}
	l.length(at, len(items), least, r.max)
	if r.kind == nested {
		l.set(at, items)
		l.kinds(at, items, r.of)
		return
	}
	for i, it := range items {
		here := at + "/" + strconv.Itoa(i)
		switch r.kind {
		case gaps:
			if it != nil {
				l.object(here, it, r.of[0])
			}
		case objects, several:
			l.object(here, it, r.of[0])
		case elements, nodes:
			l.element(here, it, r.of)
		case rows:
			l.row(here, it, r.of)
		}
	}
}

// maxCells is how many columns a table may have.
const maxCells = 20

func (l *linter) row(at string, v any, cells []string) {
	l.list(at, v, rule{kind: elements, max: maxCells, of: cells})
}
