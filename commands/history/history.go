// Package history answers what was asked and what came of it: an operation in a few words, and pages of them by person,
// outcome and day.
//
// It keeps true that nothing outside the channel's scope is named to anybody.
package history

import (
	"context"
	"strings"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/past"
)

// PerPage is how many operations one answer lists.
const PerPage = 15

// Reader gives operations: those that are open first, then the newest; more says that there are others.
type Reader interface {
	History(ctx context.Context, p op.Past) (list []op.Operation, more bool, err error)
}

// Question is one about what was asked for something.
type Question struct {
	op.Past
	Title op.Line // of what was found
	None  op.Line // in its place where there was never anything
	Scope op.Scope
	Which past.Which
	Usage string  // of the command that asks
	Args  op.Args // what of it names the target
}

// Of names what is asked about: a studio, a stream or a channel.
func (q Question) Of(what op.Span) Question {
	q.Title, q.None = op.L("What was asked for ", what), op.L("Nothing was asked for ", what, " yet.")
	return q
}

// Answer gives a page of it.
func (q Question) Answer(ctx context.Context, from Reader) (op.Answer, error) {
	p := q.Past
	p.Person, p.States, p.From, p.To = q.Which.Person, q.Which.States(), q.Which.From, q.Which.To
	p.Skip, p.Most = (q.Which.Page-1)*PerPage, PerPage
	list, more, err := from.History(ctx, p)
	if err != nil {
		return op.Answer{}, err
	}
	a := op.Answer{Mark: op.MarkNeutral, Title: q.Title, Lines: q.asked()}
	for _, o := range list {
		if namesAll(q.Scope, o.Plan) {
			a.Items = append(a.Items, Item(o))
		}
	}
	switch {
	case len(a.Items) == 0 && q.Which.Page > 1:
		a.Lines = append(a.Lines, op.L("There are no more."))
	case len(a.Items) == 0 && len(a.Lines) > 0:
		a.Lines = append(a.Lines, op.L("There is nothing like it."))
	case len(a.Items) == 0:
		a.Title = q.None
	}
	if more && q.Which.Page < past.Last {
		a.Next = []op.Next{{Label: "Older ones", Text: q.page(q.Which.Page + 1)}}
	}
	return a, nil
}

// asked says what was asked for, where that is not everything.
func (q Question) asked() []op.Line {
	var lines []op.Line
	if q.Which.Person != "" {
		lines = append(lines, op.L("Asked by ", op.Who(q.Which.Person), "."))
	}
	if q.Which.Outcome != "" {
		lines = append(lines, op.L("Outcome: ", op.Code(q.Which.Outcome), "."))
	}
	switch {
	case q.Which.From.IsZero():
	case q.Which.To.IsZero():
		lines = append(lines, op.L("Asked since ", op.At(q.Which.From), "."))
	default:
		lines = append(lines, op.L("Asked on ", op.V(q.Which.From.In(q.Which.Zone).Format("2006-01-02")), "."))
	}
	if len(lines) > 0 && q.Which.Assumed && !q.Which.From.IsZero() {
		lines = append(lines, op.L("Your time zone is not known, so the time is read as UTC."))
	}
	if q.Which.Page > 1 {
		lines = append(lines, op.L("Page ", op.N(q.Which.Page), "."))
	}
	return lines
}

// page is the command for another page.
func (q Question) page(n int) string {
	which := q.Which
	which.Page = n
	return strings.Join([]string{grammar.Format(q.Usage, q.Args), which.String()}, " ")
}

// namesAll reports whether the channel may be told of whatever a plan changes.
func namesAll(scope op.Scope, p op.Plan) bool {
	for _, part := range p.Parts {
		if !scope.Names(part.Plan.Target) {
			return false
		}
	}
	return len(p.Parts) > 0 || scope.Names(p.Target)
}

// pasts are the states of operations in words.
var pasts = map[op.State]op.Text{
	op.Pending: "waits for a confirmation", op.Queued: "confirmed", op.Running: "under way",
	op.Unknown: "not known whether it happened", op.Succeeded: "done", op.Failed: "not done",
	op.Expired: "expired", op.Cancelled: "cancelled",
}

// Item is an operation in a few words: what, what became of it, who and when, and where its card is.
func Item(o op.Operation) op.Item {
	mark, became := op.StateMarks[o.State], op.L(pasts[o.State])
	switch out := o.Outcome; {
	case out == nil:
	case out.Already:
		mark, became = op.MarkNeutral, op.L("it was so already")
	case o.IsSeveral() && o.State != op.Running && len(out.Text) > 0:
		became = out.Text // how many of them
	}
	facts := []op.Line{became, op.L(op.At(o.Created), " asked by ", op.Who(o.Requester))}
	if o.DecidedBy != "" && o.DecidedBy != o.Requester {
		word := op.Text("confirmed by ")
		if o.State == op.Cancelled {
			word = "cancelled by "
		}
		facts = append(facts, op.L(word, op.Who(o.DecidedBy)))
	}
	if o.SettledBy != "" {
		facts = append(facts, op.L("settled by ", op.Who(o.SettledBy)))
	}
	if o.Outcome != nil && o.Outcome.Code != "" {
		facts = append(facts, op.L(op.Code(o.Outcome.Code)))
	}
	facts = append(facts, op.L("op ", op.V(o.Ref())))
	if o.Card != "" {
		facts = append(facts, op.L(op.Message(o.Channel, o.Card, "card")))
	}
	return op.Item{Mark: mark, Title: o.Plan.Title, Facts: facts}
}
