// Package export writes the audit log for other tools: as JSON Lines, as a table for spreadsheets, or as events of the
// Open Cybersecurity Schema Framework.
//
// It keeps true that it needs no more memory for a long log than for a short one: it is given one entry after the other
// and keeps none. It writes what the log has and judges nothing; it knows neither Slack nor the database.
package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/op"
)

// Filter says which entries are wanted; an empty field asks for nothing.
type Filter struct {
	Since, Until time.Time // from, and before
	Channel      string
	Person       string // who did it, or whom it names
	Verb         string // * stands for any text
}

// Check refuses what fits nothing.
func (f Filter) Check() error {
	if _, err := path.Match(f.Verb, ""); err != nil {
		return fmt.Errorf("%q is no verb", f.Verb)
	}
	if !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return errors.New("nothing is between these times: the first has to be before the second")
	}
	return nil
}

// Wants reports whether an entry is wanted.
func (f Filter) Wants(e Record) bool {
	at, err := time.Parse(time.RFC3339, e.At)
	switch {
	case err != nil || at.Before(f.Since) || !f.Until.IsZero() && !at.Before(f.Until):
		return false
	case f.Channel != "" && e.Channel != f.Channel:
		return false
	case f.Person != "" && e.Person != f.Person && !slices.Contains(slices.Collect(maps.Values(e.Detail)), f.Person):
		return false
	case f.Verb != "":
		fits, _ := path.Match(f.Verb, e.Detail[op.DetailVerb])
		return fits
	}
	return true
}

// Detail is the filter as the event of an export has it.
func (f Filter) Detail(format string) map[string]string {
	d := map[string]string{"format": format, "channel": f.Channel, "person": f.Person, op.DetailVerb: f.Verb}
	for name, t := range map[string]time.Time{"since": f.Since, "until": f.Until} {
		if !t.IsZero() {
			d[name] = t.UTC().Format(time.RFC3339)
		}
	}
	maps.DeleteFunc(d, func(_, value string) bool { return value == "" })
	return d
}

// Record is an entry with everything that it says in one place.
type Record struct {
	N         int64             `json:"n"` // number in the log, from 0
	At        string            `json:"at"`
	Event     string            `json:"event"`
	Operation string            `json:"operation,omitempty"`
	Channel   string            `json:"channel,omitempty"`
	Person    string            `json:"person,omitempty"`
	Team      string            `json:"team,omitempty"`
	Detail    map[string]string `json:"detail,omitempty"`
	Erased    bool              `json:"erased,omitempty"` // who it was was taken out
}

// RecordOf is that of an entry.
func RecordOf(e audit.Opened) Record {
	detail := maps.Clone(e.Detail)
	maps.Copy(detail, e.Person.Detail)
	return Record{N: e.N, At: e.At, Event: e.Event, Operation: e.Operation, Channel: e.Channel, Person: e.Person.Person,
		Team: e.Person.Team, Detail: detail, Erased: e.Erased}
}

// Writer writes entries in one format.
type Writer interface {
	Write(e Record) error
	Close() error // writes what waits
}

// formats by their names.
var formats = map[string]func(io.Writer) Writer{"jsonl": newLines, "csv": newTable, "ocsf": newOCSF}

// Formats lists the names of the formats.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// New makes a writer of a format.
func New(format string, w io.Writer) (Writer, error) {
	open, known := formats[format]
	if !known {
		return nil, fmt.Errorf("there is no format %q; there are %v", format, Formats())
	}
	return open(w), nil
}

// lines are JSON Lines: one object a line.
type lines struct{ *json.Encoder }

func newLines(w io.Writer) Writer {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return lines{e}
}

// Write implements Writer.
func (l lines) Write(e Record) error { return l.Encode(e) }

// Close implements Writer.
func (lines) Close() error { return nil }
