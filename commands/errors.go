package commands

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// trouble is what an error code means for people. text completes "X was not restarted: …"; advice is a sentence of its own.
// The code means "it was so before" when already names the API action that was asked for.
type trouble struct {
	text    string
	advice  string
	already string
}

// explained is an error of the cloud in words.
type explained struct {
	text      op.Line
	advice    op.Line
	code      string
	requestID string
	already   bool
}

// explain finds words for an error of the cloud. A code that no page documents is shown as it is, with the RequestId.
func explain(err error) explained {
	e := &live.Error{}
	if !errors.As(err, &e) {
		return explained{text: op.L("something in me went wrong before ApsaraVideo Live answered")}
	}
	x := explained{code: e.Code, requestID: e.RequestID}
	if known, ok := troubles[e.Code]; ok {
		x.text, x.advice = op.L(known.text, " (", op.Code(e.Code), ")"), op.L(known.advice)
		x.already = known.already != "" && known.already == e.Action
		return x
	}
	switch {
	case e.Class == live.NotSent:
		x.text, x.advice = op.L("the request could not be sent", aside(e.Message)), op.L("Try again in a minute.")
	case e.Class == live.Throttled:
		x.text, x.advice = op.L("too many calls for the account at this moment", aside(e.Code)), op.L("Try again in a minute.")
	case e.Class == live.Unfound:
		x.text, x.advice = op.L("it does not exist any more"), op.L("Look with ", op.Code("/caster list"), ".")
	case e.Class == live.Unknown:
		x.text, x.advice = op.L("ApsaraVideo Live gave no usable answer", aside(e.Code)), op.L("Try again in a minute.")
	case strings.HasPrefix(e.Code, "Missing"):
		x.text, x.advice = op.L("a parameter was missing (", op.Code(e.Code), ")"), op.L(ourFault)
	default:
		x.text, x.advice = undocumented(e)
	}
	return x
}

// undocumented words a refusal that no page explains. For recordings the order of commands is the likely reason: the API
// documents the order, but no code for a wrong one.
func undocumented(e *live.Error) (text, advice op.Line) {
	text = op.L("ApsaraVideo Live refused it with ", op.Code(or(e.Code, fmt.Sprintf("HTTP %d", e.Status))), aside(e.Message))
	if e.RequestID != "" {
		text = append(text, op.L(", RequestId ", op.Code(e.RequestID))...)
	}
	if e.Action == "RealTimeRecordCommand" && (e.Status == http.StatusBadRequest || e.Status == http.StatusConflict) {
		return text, op.L("The order is: start, then stop, then finish; restart only after start or stop.")
	}
	return text, op.L("Ask whoever keeps the account, and give them the RequestId.")
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func aside(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// blind says that a look at the cloud failed, so that nothing was decided on a guess.
func blind(at string, err error) error {
	x := explain(err)
	refusal := op.Refuse(op.L("I could not look at ", at, ": ", x.text, ". Nothing was done."), x.advice)
	if len(x.advice) == 0 {
		refusal.Answer.Lines = nil
	}
	refusal.Code = x.code
	return refusal
}

// outcomeOf turns the error of a change into an outcome. denial says what did not happen ("Evening News was not restarted"),
// already what was so before ("… was already open"). Only what certainly changed nothing is a failure.
func outcomeOf(denial, already op.Line, err error) op.Outcome {
	x := explain(err)
	o := op.Outcome{State: op.Failed, Code: x.code, RequestID: x.requestID}
	switch live.ClassOf(err) {
	case live.Refused, live.Throttled, live.NotSent:
	default:
		o.State, o.Text = op.Unknown, op.L(silence(err), ". It may or may not have happened.")
		return o
	}
	if x.already {
		o.Already, o.Text = true, op.L(already, ". Nothing was changed.")
		return o
	}
	o.Text = op.L(denial, ": ", x.text, ". ", x.advice, " Nothing was changed.")
	return o
}

// silence says in what way a clear answer is missing.
func silence(err error) op.Line {
	e := &live.Error{}
	switch {
	case !errors.As(err, &e) || e.Status == 0:
		return op.L("I did not get an answer")
	case e.Code != "":
		return op.L("ApsaraVideo Live did not say yes or no, but ", op.Code(e.Code))
	}
	return op.L("What came back is not an answer of ApsaraVideo Live")
}

// span is a length of time for people: "45 s", "3 min", "1 h 02 min".
func span(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour && d%time.Minute != 0:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}
