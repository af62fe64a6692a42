// Package failure has the words for what the cloud refused or left open, for every error code that its pages document.
package failure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"casterbot/commands/nextcmd"
	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// codeText is what an error code means for people. text completes "X was not restarted: …"; advice is a sentence of
// its own. The code means "it was so before" when already names the API action that was asked for.
type codeText struct {
	Text    op.Text
	Advice  op.Text
	ask     op.Text // instead: what whoever keeps casterbot is asked to do
	already string
	way     string // out of it: a name of nextCommands, or "again" for what passes by itself
}

// advice says what to do about it.
func (c codeText) advice() op.Line {
	if c.ask != "" {
		return askKeeper(c.ask)
	}
	return op.L(c.Advice)
}

// explained is an error of the cloud in words.
type explained struct {
	Text      op.Line
	Advice    op.Line
	code      string
	requestID string
	Already   bool
	way       string // as in codeText, or "look" at what was to be changed
}

// Explain finds words for an error of the cloud. A code that no page documents is shown as it is, with the RequestId.
func Explain(err error) explained {
	e := &live.Error{}
	if !errors.As(err, &e) {
		return explained{Text: op.L("casterbot failed before ApsaraVideo Live answered")}
	}
	x := explained{code: e.Code, requestID: e.RequestID}
	if e.Keys {
		x.Text, x.Advice = op.L("casterbot could not get its access keys", aside(e.Code)), askKeeper(checkKeys)
		return x
	}
	if known, ok := CodeTexts[e.Code]; ok {
		x.Text, x.Advice = op.L(known.Text, " (", op.Code(e.Code), ")"), known.advice()
		x.Already, x.way = known.already != "" && known.already == e.Action, known.way
		return x
	}
	switch {
	case e.Class == live.NotSent:
		x.Text, x.Advice, x.way = op.L("the request could not be sent", aside(e.Message)), tryOrAsk(), "again"
	case e.Class == live.Throttled:
		x.Text, x.Advice, x.way = op.L("too many calls for the account at this moment", aside(e.Code)),
			op.L(tryLater), "again"
	case e.Class == live.NotFound:
		x.Text, x.Advice, x.way = op.L("it does not exist any more"), op.L("Look with ", op.Code("/caster list"), "."), "list"
	case e.Class == live.Unknown:
		x.Text, x.Advice, x.way = op.L("ApsaraVideo Live gave no usable answer", aside(e.Code)), tryOrAsk(), "again"
	case strings.HasPrefix(e.Code, "Missing"):
		x.Text, x.Advice = op.L("a parameter was missing (", op.Code(e.Code), ")"), op.L(ourFault)
	default:
		x.Text, x.Advice = undocumented(e)
		x.way = "look"
	}
	return x
}

// undocumented words a refusal that no page explains. For recordings the order of commands is the likely reason: the
// API documents the order, but no code for a wrong one.
func undocumented(e *live.Error) (text, advice op.Line) {
	text = op.L("ApsaraVideo Live refused it with ", op.Code(cmp.Or(e.Code, fmt.Sprintf("HTTP %d", e.Status))),
		aside(e.Message))
	if e.RequestID != "" {
		text = append(text, op.L(", RequestId ", op.Code(e.RequestID))...)
	}
	if e.Action == "RealTimeRecordCommand" && (e.Status == http.StatusBadRequest || e.Status == http.StatusConflict) {
		return text, op.L("The order is: start, then stop, then finish; restart only after start or stop.")
	}
	return text, op.L("Ask whoever keeps the account, and give them the RequestId.")
}

func aside(text string) op.Line {
	if text == "" {
		return nil
	}
	return op.L(" (", op.V(text), ")")
}

// CannotLook says that a look at the cloud failed, so that nothing was decided on a guess.
func CannotLook(at op.Line, err error) error {
	x := Explain(err)
	refusal := op.Refuse(op.L("casterbot could not look at ", at, ": ", x.Text, ". Nothing was done."), x.Advice).SaysSo()
	if len(x.Advice) == 0 {
		refusal.Answer.Lines = nil
	}
	refusal.Advice = x.Advice
	if live.ClassOf(err) != live.NotFound {
		refusal.Unseen = x.Text
	}
	refusal.Code, refusal.Brief = x.code, op.L("could not be looked at")
	if x.way == "again" {
		refusal.Answer.Next = []op.Next{{Label: askAgain}}
	}
	return refusal
}

// Beside adds to a look that has failed what the bot itself knows; to no other refusal.
func Beside(why error, known func() []op.Item) error {
	refusal, ok := errors.AsType[*op.Refusal](why)
	if !ok || len(refusal.Unseen) == 0 {
		return why
	}
	told := *refusal
	told.Answer.Items = append(slices.Clone(refusal.Answer.Items), known()...)
	return &told
}

// askAgain is the button of what passes by itself.
const askAgain = "Ask again"

// Repeated fills the command into the button of a look that failed: where that is noticed, nobody knows what was typed.
func Repeated(c op.Command) op.Command {
	fill := func(call op.Call, err error) error {
		refusal := &op.Refusal{}
		if errors.As(err, &refusal) {
			for i, n := range refusal.Answer.Next {
				if n == (op.Next{Label: askAgain}) {
					refusal.Answer.Next[i].Text = grammar.Format(c.Usage, call.Args)
				}
			}
		}
		return err
	}
	if read := c.Read; read != nil {
		c.Read = func(ctx context.Context, call op.Call) (op.Answer, error) {
			answer, err := read(ctx, call)
			return answer, fill(call, err)
		}
	}
	if plan := c.Plan; plan != nil {
		c.Plan = func(ctx context.Context, call op.Call) (op.Plan, error) {
			p, err := plan(ctx, call)
			return p, fill(call, err)
		}
	}
	return c
}

// Failure is what was asked of the cloud, in the words that a refusal of it needs.
type Failure struct {
	Usage  string // of the command, for asking again
	Args   op.Args
	Denied op.Line   // "Evening News was not restarted"
	Before op.Line   // "… was already open", where that can be
	Next   []op.Next // ways on in that case
}

// Outcome is what became of a change: what is said of its success, unless there was an error. Only what certainly
// changed nothing is a failure.
func (w Failure) Outcome(success op.Outcome, receipt live.Receipt, err error) op.Outcome {
	if err == nil {
		success.State, success.RequestID = op.Succeeded, receipt.RequestID
		return success
	}
	x := Explain(err)
	o := op.Outcome{State: op.Failed, Code: x.code, RequestID: x.requestID}
	switch live.ClassOf(err) {
	case live.Refused, live.Throttled, live.NotSent:
	default:
		o.State, o.Text = op.Unknown, op.L(noAnswerText(err), ". It may or may not have happened.")
		return o
	}
	if x.Already {
		o.Already, o.Text, o.Next = true, op.L(w.Before, ". Nothing was changed."), w.Next
		return o
	}
	o.Next = w.out(x.way)
	o.Text = op.L(w.Denied, ": ", x.Text, ". ", x.Advice, " Nothing was changed.")
	return o
}

// out is the way out of a refusal, if its arguments are at hand.
func (w Failure) out(name string) []op.Next {
	switch {
	case name == "look" && nextcmd.Complete("status", w.Args):
		return []op.Next{nextcmd.Command("status", w.Args)}
	case name == "look" && nextcmd.Complete("show", w.Args):
		return []op.Next{nextcmd.Command("show", w.Args)}
	case name == "again":
		return []op.Next{{Label: askAgain, Text: grammar.Format(w.Usage, w.Args)}}
	case nextcmd.Complete(name, w.Args):
		return []op.Next{nextcmd.Command(name, w.Args)}
	}
	return nil
}

// noAnswerText says in what way a clear answer is missing.
func noAnswerText(err error) op.Line {
	e := &live.Error{}
	switch {
	case !errors.As(err, &e) || e.Status == 0:
		return op.L("no answer came")
	case e.Code != "":
		return op.L("ApsaraVideo Live answered ", op.Code(e.Code), ", which says neither yes nor no")
	case e.Status/100 == 3:
		return op.L("a redirect came back, which is not followed")
	}
	return op.L("something other than ApsaraVideo Live answered (a proxy?)")
}
