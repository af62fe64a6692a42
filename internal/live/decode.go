package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// number is a JSON number that some answers quote; 0 where there is none, or something else.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	s := strings.Trim(string(text), `"`)
	if s == "" || s == "null" {
		return nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		*n = number(f)
	}
	return nil
}

func (n number) seconds() time.Duration { return time.Duration(float64(n) * float64(time.Second)) }

// choice is one of several values that the API numbers. That none is there, or something else, is not a 0.
type choice struct {
	of   int
	told bool
}

func (c *choice) UnmarshalJSON(text []byte) error {
	if n, err := strconv.Atoi(strings.Trim(string(text), `"`)); err == nil {
		*c = choice{n, true}
	}
	return nil
}

// flag is a truth that some answers quote or give as a number.
type flag bool

func (f *flag) UnmarshalJSON(text []byte) error {
	switch s := strings.ToLower(strings.Trim(string(text), `"`)); s {
	case "true", "on", "1":
		*f = true
	}
	return nil
}

// orUntold is its number, OnDemandUntold where there is none.
func (c choice) orUntold() int {
	if !c.told {
		return OnDemandUntold
	}
	return c.of
}

// set reports a 1.
func (c choice) set() bool { return c.told && c.of == 1 }

// flag reports a choice that is 0 or 1.
func (c choice) flag() bool { return c.told && (c.of == 0 || c.of == 1) }

// list is a list that the API nests in an object of one member ({"Scene":[…]}) and that older answers give bare. A
// row with an odd field has all its others; one that is no row at all is left out.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(text []byte) error {
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte("[")) || bytes.Equal(text, []byte("null")) {
		return l.rows(text)
	}
	var outer map[string]json.RawMessage
	if err := json.Unmarshal(text, &outer); err != nil {
		return err
	}
	for _, inner := range outer {
		if len(outer) > 1 {
			return errors.New("more than one list")
		}
		return l.rows(inner)
	}
	return nil
}

func (l *list[T]) rows(text []byte) error {
	var rows []json.RawMessage
	if err := json.Unmarshal(text, &rows); err != nil {
		return err
	}
	for _, raw := range rows {
		var row T
		err := json.Unmarshal(raw, &row)
		if _, odd := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !odd {
			return err
		}
		if bytes.HasPrefix(raw, []byte("{")) == isStruct[T]() {
			*l = append(*l, row)
		}
	}
	return nil
}

func isStruct[T any]() bool { return reflect.TypeFor[T]().Kind() == reflect.Struct }

// moment is a time in the API's form, zero where there is none.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(text []byte) error {
	if t, err := time.Parse(time.RFC3339, strings.Trim(string(text), `"`)); err == nil {
		m.Time = t.UTC()
	}
	return nil
}

// apiTime is the form in which the API takes times.
func apiTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
