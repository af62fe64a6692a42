package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// number is a JSON number that some answers quote.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	s := strings.Trim(string(text), `"`)
	if s == "" || s == "null" {
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	*n = number(f)
	return err
}

func (n number) seconds() time.Duration { return time.Duration(float64(n) * float64(time.Second)) }

// flag is a truth that some answers quote or give as a number.
type flag bool

func (f *flag) UnmarshalJSON(text []byte) error {
	switch s := strings.ToLower(strings.Trim(string(text), `"`)); s {
	case "true", "on", "1":
		*f = true
	}
	return nil
}

// list is a list that the API nests in an object of one member ({"Scene":[…]}) and that older answers give bare.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(text []byte) error {
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte("[")) || bytes.Equal(text, []byte("null")) {
		return json.Unmarshal(text, (*[]T)(l))
	}
	var outer map[string]json.RawMessage
	if err := json.Unmarshal(text, &outer); err != nil {
		return err
	}
	for _, inner := range outer {
		if len(outer) > 1 {
			return errors.New("more than one list")
		}
		return json.Unmarshal(inner, (*[]T)(l))
	}
	return nil
}

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
