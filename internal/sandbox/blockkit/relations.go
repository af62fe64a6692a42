package blockkit

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// relation checks fields of one object against each other.
type relation func(l *linter, at string, m map[string]any)

// either lets only one of two fields be there.
func either(a, b string) relation {
	return func(l *linter, at string, m map[string]any) {
		if m[a] != nil && m[b] != nil {
			l.add(at, "only one of %s and %s can be given", a, b)
		}
	}
}

// ordered holds the first of two numbers to being at most the second.
func ordered(low, high string) relation {
	return func(l *linter, at string, m map[string]any) {
		a, errA := strconv.ParseFloat(fmt.Sprint(m[low]), 64)
		b, errB := strconv.ParseFloat(fmt.Sprint(m[high]), 64)
		if errA == nil && errB == nil && a > b {
			l.add(at+"/"+low, "must not be greater than %s", high)
		}
	}
}

// whole refuses decimals where the input does not take them.
func whole(l *linter, at string, m map[string]any) {
	for _, field := range []string{"initial_value", "min_value", "max_value"} {
		if s, _ := m[field].(string); m["is_decimal_allowed"] == false && strings.Contains(s, ".") {
			l.add(at+"/"+field, "must be a whole number")
		}
	}
	ordered("min_value", "max_value")(l, at, m)
}

// collapsing holds a container to what its kind can do.
func collapsing(l *linter, at string, m map[string]any) {
	folds := m["is_collapsible"] == true
	if m["default_collapsed"] == true && !folds {
		l.add(at+"/default_collapsed", "requires is_collapsible")
	}
	if m["has_header_divider"] == true && folds {
		l.add(at+"/has_header_divider", "is not supported in a collapsible container")
	}
}

// rectangle holds all rows of a data table to one length, and the first one, which is its header, to plain text.
func rectangle(l *linter, at string, m map[string]any) {
	rows, _ := m["rows"].([]any)
	if len(rows) == 1 {
		l.add(at+"/rows", "no less than 2 items required")
	}
	width := -1
	for i, r := range rows {
		cells, _ := r.([]any)
		here := at + "/rows/" + strconv.Itoa(i)
		if width < 0 {
			width = len(cells)
			l.header(here, cells)
		}
		if len(cells) != width {
			l.add(here, "must have as many cells as the first row")
		}
	}
}

func (l *linter) header(at string, cells []any) {
	for i, c := range cells {
		if cell, _ := c.(map[string]any); cell["type"] == "rich_text" {
			l.add(at+"/"+strconv.Itoa(i)+"/type", "rich_text is not supported in a header")
		}
	}
}

// plotted holds the points of every series to the categories of the axis: each of them once.
func plotted(l *linter, at string, m map[string]any) {
	axis, ok := m["axis_config"].(map[string]any)
	if !ok {
		return
	}
	categories := map[string]bool{}
	for _, c := range listOf(axis["categories"]) {
		categories[fmt.Sprint(c)] = true
	}
	names := map[string]bool{}
	for i, s := range listOf(m["series"]) {
		series, _ := s.(map[string]any)
		here := at + "/series/" + strconv.Itoa(i)
		if name := fmt.Sprint(series["name"]); names[name] {
			l.add(here+"/name", "must be unique")
		} else {
			names[name] = true
		}
		points := map[string]bool{}
		for _, p := range listOf(series["data"]) {
			point, _ := p.(map[string]any)
			points[fmt.Sprint(point["label"])] = true
		}
		if !sameKeys(points, categories) {
			l.add(here+"/data", "must have one point for each category")
		}
	}
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

func sameKeys(a, b map[string]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return len(a) == len(b)
}

// positive holds the value of a slice to more than nothing.
func positive(l *linter, at string, m map[string]any) {
	n, ok := m["value"].(json.Number)
	if f, err := n.Float64(); ok && (err != nil || f <= 0) {
		l.add(at+"/value", "must be greater than 0")
	}
}

// oneFocus lets one element of a view have the focus at its beginning.
func (l *linter) oneFocus(at string, v any, seen *bool) {
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			l.oneFocus(at+"/"+strconv.Itoa(i), x, seen)
		}
	case map[string]any:
		if v["focus_on_load"] == true {
			if *seen {
				l.add(at+"/focus_on_load", "only one element can have the focus")
			}
			*seen = true
		}
		for _, k := range []string{"element", "elements", "accessory", "child_blocks"} {
			l.oneFocus(at+"/"+k, v[k], seen)
		}
	}
}
