// Package report answers what was really done on air in a channel: a table of the first calls, and a file of all.
//
// It keeps true that nobody gets the file unseen: that it was given is in the audit trail before it is.
package report

import (
	"bytes"
	"context"
	"time"

	"casterbot/internal/asrun"
	"casterbot/internal/op"
	"casterbot/internal/past"
)

// Reader gives the calls of a channel, and writes down that somebody got them.
type Reader interface {
	AsRun(ctx context.Context, channel string, from, to time.Time) ([]asrun.Row, error)
	Exported(ctx context.Context, by op.Person, channel string, detail map[string]string) error
}

const (
	// shown is how many calls the table in the answer has.
	shown = 20
	// longest is the longest time that one report is about.
	longest = 31 * 24 * time.Hour
)

// Answer gives the report of the channel for a day, or since when; nothing said is today.
func Answer(ctx context.Context, call op.Call, from Reader, now time.Time) (op.Answer, error) {
	when, err := past.Days(call.Args["when"], call.Person.Zone, now)
	if err != nil {
		return op.Answer{}, err
	}
	if now.Sub(when.From) > longest && when.To.IsZero() {
		return op.Answer{}, op.Refuse(op.L("That is more than ", op.N(int(longest/(24*time.Hour))), " days."),
			op.L("Ask for less, or have it written by ", op.Code("casterbot audit asrun"), ".")).About("when")
	}
	rows, err := from.AsRun(ctx, call.Scope.Channel, when.From, when.To)
	if err != nil {
		return op.Answer{}, err
	}
	a := op.Answer{Mark: op.MarkNeutral, Title: title(call.Scope.Channel, when)}
	if when.Assumed {
		a.Lines = append(a.Lines, op.L("Your time zone is not known, so the time is read as UTC."))
	}
	if len(rows) == 0 {
		a.Lines = append(a.Lines, op.L("Nothing was sent to ApsaraVideo Live from here."))
		return a, nil
	}
	a.Lines = append(a.Lines, counts(rows))
	first, rest := op.Cut(rows, shown)
	if len(rest) > 0 {
		a.Lines = append(a.Lines, op.L("The first ", op.N(len(first)), " of ", op.N(len(rows)), ":"))
	}
	a.Grid = table(first)
	a.Note = op.L("By the database's clock, exact to a second and not to a frame. What other hands did is not in it.")
	if a.File, err = file(call, when, rows); err != nil {
		return a, err
	}
	detail := map[string]string{"format": "asrun", "file": a.File.Name}
	if err := from.Exported(ctx, call.Person, call.Scope.Channel, detail); err != nil {
		a.File = nil
		a.Lines = append(a.Lines, op.L("There is no file: that it is given could not be written down."))
	}
	return a, nil
}

func title(channel string, when past.Which) op.Line {
	if when.To.IsZero() {
		return op.L("What was really done from ", op.In(channel), " since ", op.At(when.From))
	}
	return op.L("What was really done from ", op.In(channel), " on ", op.V(when.From.In(when.Zone).Format(time.DateOnly)))
}

// words are the statuses for people.
var words = map[asrun.Status]op.Text{
	asrun.Aired: "aired", asrun.Done: "done", asrun.NoChange: "no change", asrun.Failed: "failed",
	asrun.Unknown: "unknown", asrun.UnderWay: "under way",
}

// evidences are the kinds of evidence for people.
var evidences = map[asrun.Evidence]op.Text{
	asrun.Answer: "answer", asrun.Observed: "observed", asrun.Trail: "ActionTrail", asrun.Person: "a person",
	asrun.Unsent: "not sent",
}

// counts says how many of each there are.
func counts(rows []asrun.Row) op.Line {
	line := op.L(op.HowMany(len(rows), " call", " calls"), ": ")
	many := map[asrun.Status]int{}
	for _, r := range rows {
		many[r.Status]++
	}
	var parts []op.Line
	for _, s := range []asrun.Status{asrun.Aired, asrun.Done, asrun.NoChange, asrun.Failed, asrun.Unknown,
		asrun.UnderWay} {
		if many[s] > 0 {
			parts = append(parts, op.L(op.N(many[s]), " ", words[s]))
		}
	}
	return op.L(line, op.List(parts, ", "))
}

func table(rows []asrun.Row) *op.Grid {
	g := &op.Grid{Head: []op.Line{op.L("Sent"), op.L("What"), op.L("Status"), op.L("Known by"), op.L("Asked by"),
		op.L("Approved by"), op.L("Reference")}}
	for _, r := range rows {
		var known []op.Line
		for _, e := range r.Evidence {
			known = append(known, op.L(evidences[e]))
		}
		approver := op.Line{}
		if r.Approver() != "" {
			approver = op.L(op.Who(r.Approver()))
		}
		g.Rows = append(g.Rows, []op.Line{op.L(op.At(r.Sent)), r.Plan.Title, op.L(words[r.Status]),
			op.List(known, ", "), op.L(op.Who(r.Requester)), approver, op.L("op ", op.V(r.Ref()))})
	}
	return g
}

// file is all of it as a table for spreadsheets.
func file(call op.Call, when past.Which, rows []asrun.Row) (*op.File, error) {
	var body bytes.Buffer
	q := asrun.Question{Channel: call.Scope.Channel, From: when.From, To: when.To}
	t, err := asrun.NewTable(&body, q, when.Zone)
	for _, r := range rows {
		if err == nil {
			err = t.Write(r)
		}
	}
	if err == nil {
		err = t.Close()
	}
	return &op.File{Name: "as-run-" + call.Scope.Channel + "-" + when.From.In(when.Zone).Format(time.DateOnly) + ".csv",
		Body: body.Bytes()}, err
}
