package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/asrun"
	"casterbot/internal/op"
)

var now = time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)

// record is what was done, and what was written down of who got it.
type record struct {
	rows      []asrun.Row
	from, to  time.Time
	exported  []string
	unwritten error
}

func (r *record) AsRun(_ context.Context, _ string, from, to time.Time) ([]asrun.Row, error) {
	r.from, r.to = from, to
	return r.rows, nil
}

func (r *record) Exported(_ context.Context, by op.Person, channel string, detail map[string]string) error {
	r.exported = append(r.exported, by.ID+" "+channel+" "+detail["file"])
	return r.unwritten
}

func done(n int) (rows []asrun.Row) {
	for i := range n {
		status := asrun.Aired
		if i%3 == 0 {
			status = asrun.Failed
		}
		rows = append(rows, asrun.Row{Status: status, Evidence: []asrun.Evidence{asrun.Answer},
			Operation: op.Operation{ID: fmt.Sprintf("abc%03d0", i), Sent: now, Requester: "U0ANA", DecidedBy: "U0KEN",
				Plan: op.Plan{Title: op.L("Restart ", op.B("News"))}}})
	}
	return rows
}

func report(r *record, when string) (op.Answer, error) {
	call := op.Call{Args: op.Args{"when": when}, Scope: op.Scope{Channel: "C0SHOW"},
		Person: op.Person{ID: "U0KEN", Zone: "Europe/Berlin"}}
	return Answer(context.Background(), call, r, now)
}

// The first calls stand in a table, all of them in a file, and that it was given is written down.
func TestReport(t *testing.T) {
	r := &record{rows: done(30)}
	a, err := report(r, "")
	if err != nil || a.Grid == nil || len(a.Grid.Rows) != shown || a.File == nil {
		t.Fatalf("%+v, %v", a, err)
	}
	if n := strings.Count(string(a.File.Body), "\r\n"); n != 32 || a.File.Name != "as-run-C0SHOW-2026-11-28.csv" {
		t.Errorf("%s has %d lines", a.File.Name, n)
	}
	if len(r.exported) != 1 || r.exported[0] != "U0KEN C0SHOW as-run-C0SHOW-2026-11-28.csv" {
		t.Errorf("written down: %v", r.exported)
	}
	if r.from.Hour() != 23 || r.to.Sub(r.from) != 24*time.Hour {
		t.Errorf("asked from %s to %s", r.from, r.to)
	}
	if got := a.Lines[0].Plain() + a.Lines[1].Plain(); got != "30 calls: 20 aired, 10 failedThe first 20 of 30:" {
		t.Errorf("%q", got)
	}
	for _, row := range a.Grid.Rows {
		if len(row) != len(a.Grid.Head) {
			t.Errorf("a row has %d cells, and there are %d columns", len(row), len(a.Grid.Head))
		}
	}
}

// What cannot be written down is not given, and what was read is told all the same.
func TestNoFileUnseen(t *testing.T) {
	a, err := report(&record{rows: done(2), unwritten: errors.New("the disk is full")}, "yesterday")
	last := a.Lines[len(a.Lines)-1].Plain()
	if err != nil || a.File != nil || len(a.Grid.Rows) != 2 || !strings.Contains(last, "no file") {
		t.Errorf("%+v, %v", a, err)
	}
	r := &record{}
	if a, err := report(r, "since 18:00"); err != nil || a.File != nil || a.Grid != nil || len(r.exported) > 0 {
		t.Errorf("of nothing: %+v, %v", a, err)
	}
}

// What is too long, has not come or is no time is refused by name.
func TestReportRefuses(t *testing.T) {
	for when, want := range map[string]string{"since 2026-01-01": "31 days", "tomorrow": "tomorrow",
		"2026-11-30": "not come", "failed": "failed"} {
		_, err := report(&record{}, when)
		refusal := &op.Refusal{}
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", when, err)
		}
	}
	if _, err := report(&record{}, "2026-01-01"); err != nil {
		t.Errorf("a day long ago: %v", err)
	}
}
