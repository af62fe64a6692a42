package blockkit

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scalar checks a value that is no object, of one of the kinds that say more than how long it is.
func (l *linter) scalar(at string, v any, r rule) {
	switch r.kind {
	case date:
		l.written(at, v, "2006-01-02", "YYYY-MM-DD")
	case hour:
		l.written(at, v, "15:04", "HH:mm")
	case stamp:
		l.number(at, v, 1_000_000_000, 9_999_999_999)
	case decimal:
		s, _ := v.(string)
		if _, err := strconv.ParseFloat(s, 64); err != nil || !number.MatchString(s) {
			l.add(at, "must be a number in a string")
		}
	case link:
		l.address(at, v, r)
	case value:
		if _, ok := v.(json.Number); !ok {
			l.add(at, "must be a number")
		}
	}
}

var number = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// written checks a date or a time of day.
func (l *linter) written(at string, v any, layout, name string) {
	s, _ := v.(string)
	if _, err := time.Parse(layout, s); err != nil || len(s) != len(layout) {
		l.add(at, "must be in the format %s", name)
	}
}

// address checks a URL; the schemes that it may have are in of, or any.
func (l *linter) address(at string, v any, r rule) {
	before := len(l.found)
	l.text(at, v, 1, r.max)
	s, _ := v.(string)
	u, err := url.Parse(s)
	ok := err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "") && !strings.ContainsAny(s, " \n")
	if len(l.found) == before && (!ok || len(r.of) > 0 && !slices.Contains(r.of, u.Scheme)) {
		l.add(at, "must be a valid URL")
	}
}

// strings checks a list of texts, each of them one of those in of where there are any.
func (l *linter) strings(at string, v any, r rule) {
	items, ok := v.([]any)
	if !ok {
		l.add(at, "must be an array")
		return
	}
	l.length(at, len(items), 1, r.max)
	for i, it := range items {
		here := at + "/" + strconv.Itoa(i)
		s, isText := it.(string)
		switch {
		case !isText:
			l.add(here, "must be a string")
		case len(r.of) > 0 && !slices.Contains(r.of, s):
			l.add(here, "must be a valid enum value")
		case s == "":
			l.add(here, "must be more than 0 characters")
		}
	}
}

func (l *linter) length(at string, n, least, most int) {
	switch {
	case n < least:
		l.add(at, "no less than %d items required", least)
	case n > most:
		l.add(at, "no more than %d items allowed", most)
	}
}
