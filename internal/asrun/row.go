package asrun

import (
	"strconv"
	"strings"
	"time"

	"casterbot/internal/op"
)

// Status is what became of a call.
type Status string

// The statuses. Aired is what viewers may have seen.
const (
	Aired    Status = "aired"
	Done     Status = "done" // nothing that viewers see
	NoChange Status = "no change"
	Failed   Status = "failed"
	Unknown  Status = "unknown"
	UnderWay Status = "under way"
)

// Evidence is by what it is known what became of a call.
type Evidence string

// The kinds of evidence.
const (
	Answer   Evidence = "answer"   // of ApsaraVideo Live to the call
	Observed Evidence = "observed" // a look at the cloud showed it
	Trail    Evidence = "trail"    // ActionTrail has it
	Person   Evidence = "person"   // somebody said so
	Unsent   Evidence = "not sent" // nothing left
)

// Row is one call.
type Row struct {
	op.Operation
	Status   Status
	Evidence []Evidence
}

// rowOf makes the row of an operation, with the events that say what became of it.
func rowOf(o op.Operation, settled []op.Event) Row {
	r := Row{Operation: o, Status: statusOf(o)}
	if r.Status == UnderWay || r.Status == Unknown {
		return r
	}
	r.Evidence = evidence(o, settled)
	return r
}

func statusOf(o op.Operation) Status {
	switch o.State {
	case op.Running:
		return UnderWay
	case op.Unknown:
		return Unknown
	case op.Succeeded:
		switch {
		case o.Outcome != nil && o.Outcome.Already:
			return NoChange
		case o.Plan.OnAir:
			return Aired
		}
		return Done
	}
	return Failed
}

// evidence names what there was, the one that settled it first.
func evidence(o op.Operation, settled []op.Event) []Evidence {
	out := op.Outcome{}
	if o.Outcome != nil {
		out = *o.Outcome
	}
	by := func(name string) bool {
		for _, e := range settled {
			if e.Name == name && e.Detail[op.DetailState] == string(o.State) {
				return true
			}
		}
		return false
	}
	var all []Evidence
	switch {
	case o.SettledBy != "":
		all = append(all, Person)
	case out.Record != nil && out.Record.Found:
		return append(all, Trail)
	case o.State != op.Succeeded && out.Code == "" && out.RequestID == "":
		return append(all, Unsent)
	case by(op.EventAnswered):
		all = append(all, Answer)
	}
	if out.Checked || len(all) == 0 && by(op.EventReconciled) {
		all = append(all, Observed)
	}
	return all
}

// Approver is who approved or confirmed it, where that was another than who asked.
func (r Row) Approver() string {
	if r.DecidedBy == r.Requester {
		return ""
	}
	return r.DecidedBy
}

// Known is the evidence in one text; empty where there is none.
func (r Row) Known() string {
	words := make([]string, len(r.Evidence))
	for i, e := range r.Evidence {
		words[i] = string(e)
	}
	return strings.Join(words, ", ")
}

// columns are the names of the columns.
var columns = []string{"date", "channel", "target", "target id", "action", "verb", "asked by", "approved by",
	"asked at", "sent at", "done at", "duration (s)", "status", "evidence", "request id", "code", "reference"}

// fields are the columns of a row, with times in a zone.
func (r Row) fields(zone *time.Location) []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("2006-01-02 15:04:05 -07:00")
	}
	took := ""
	if !r.Ended.IsZero() && !r.Sent.IsZero() {
		took = strconv.FormatFloat(r.Ended.Sub(r.Sent).Round(time.Second).Seconds(), 'f', 0, 64)
	}
	out := op.Outcome{}
	if r.Outcome != nil {
		out = *r.Outcome
	}
	name := r.Plan.Target.Name
	if name == "" {
		name = r.Plan.Target.ID
	}
	return []string{r.Sent.In(zone).Format(time.DateOnly), r.Channel, name, r.Plan.Target.ID, r.Plan.Title.Plain(),
		r.Verb, r.Requester, r.Approver(), at(r.Created), at(r.Sent), at(r.Ended), took, string(r.Status), r.Known(),
		out.RequestID, out.Code, r.Ref()}
}
