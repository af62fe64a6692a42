package render

import (
	"strings"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// The colour bars of cards.
const (
	yellow = "#e8b400"
	red    = "#d72b3f"
	green  = "#2a9d5c"
	orange = "#e8730c"
	blue   = "#3a7bd5"
	grey   = "#9aa0a6"
)

// cardView is what a card says, before it is drawn.
type cardView struct {
	color   string
	title   op.Line
	lines   []op.Line
	Presses []press
	foot    []op.Line
}

// CardViews gives every state its face.
var CardViews = map[op.State]func(op.Operation, bool) cardView{
	op.Pending:   pendingFace,
	op.Queued:    queuedFace,
	op.Running:   runningFace,
	op.Succeeded: succeededFace,
	op.Failed:    failedFace,
	op.Unknown:   unknownFace,
	op.Expired:   expiredFace,
	op.Cancelled: cancelledFace,
}

// Card draws an operation. repeats says that an unknown one is still being sent again with its own token.
func (t Printer) Card(o op.Operation, repeats bool) Message {
	f := t.face(viewOf(o, repeats))
	m := Message{Text: cut(summary(f), maxTextArg), Blocks: []slack.Block{section(mrkdwn(f.title))}, color: f.color}
	for _, text := range paragraphs(f.lines) {
		m.Body = append(m.Body, section(text))
	}
	if len(f.Presses) > 0 {
		m.Body = append(m.Body, row(f.Presses))
	}
	m.Body = append(m.Body, Small(cardFooter(f.foot)))
	return m
}

func viewOf(o op.Operation, repeats bool) cardView {
	if o.IsSeveral() && len(o.Members) > 0 &&
		(o.State == op.Running || o.State == op.Unknown || o.State == op.Succeeded || o.State == op.Failed) {
		return severalView(o)
	}
	return CardViews[o.State](o, repeats)
}

// summary is the card as sentences, for notifications and screen readers.
func summary(f cardView) string {
	parts := []string{notice(f.title)}
	for _, l := range f.lines {
		parts = append(parts, notice(l))
	}
	return strings.Join(parts, "\n")
}

func cardFooter(parts []op.Line) string {
	drawn := make([]string, 0, len(parts))
	for _, p := range parts {
		if text := mrkdwn(p); text != "" {
			drawn = append(drawn, text)
		}
	}
	return strings.Join(drawn, "  ·  ")
}

func pendingFace(o op.Operation, _ bool) cardView {
	f := cardView{
		color: yellow, title: op.L("🟡 ", o.Plan.Title, "  ·  asked by ", op.Who(o.Requester)),
		lines: append([]op.Line{}, o.Plan.Facts...),
		foot:  []op.Line{op.L("expires ", op.At(o.Expires))},
	}
	style := slack.StylePrimary
	if o.Plan.OnAir {
		f.color, style = red, slack.StyleDanger
	}
	if o.Decision.Confirm == op.ConfirmOther {
		f.lines = append(f.lines,
			op.L("Needs one of ", people(o.Decision.Approvers), " other than ", op.Who(o.Requester), "  ·  0/1"))
		f.Presses = []press{act(o, op.ActionApprove, "Approve", style), act(o, op.ActionDecline, "Decline", "")}
	} else {
		f.Presses = []press{act(o, op.ActionConfirm, confirmWords(o), style), act(o, op.ActionCancel, "Cancel", "")}
		f.Presses[0].count = len(o.Plan.Parts)
		f.foot = append(f.foot, op.L("only ", op.Who(o.Requester)))
	}
	f.foot = append(f.foot, reference(o), rule(o))
	return f
}

func confirmWords(o op.Operation) op.Text {
	if o.Plan.Button == "" {
		return "Confirm"
	}
	return op.Text(o.Plan.Button)
}

func queuedFace(o op.Operation, _ bool) cardView {
	f := working(o, op.L(who(o), " · waiting for its turn at ApsaraVideo Live…"))
	if said := outcome(o).Evidence; len(said) > 0 {
		f.lines = append(f.lines, said)
	}
	return f
}

func runningFace(o op.Operation, _ bool) cardView {
	f := working(o, op.L(who(o), " · asking ApsaraVideo Live…"))
	if said := outcome(o).Evidence; len(said) > 0 {
		f.lines = append(f.lines, said)
	}
	return f
}

func working(o op.Operation, line op.Line) cardView {
	return cardView{
		color: blue, title: op.L("⏳ ", o.Plan.Title), lines: []op.Line{line},
		foot: []op.Line{asked(o), reference(o), rule(o)},
	}
}

// who says by whose word the operation goes on.
func who(o op.Operation) op.Line {
	switch {
	case o.DecidedBy == "" || o.Decision.Confirm == op.ConfirmNone:
		return op.L(op.Who(o.Requester), " asked ", at(o.Created))
	case o.Decision.Confirm == op.ConfirmOther:
		return op.L(op.Who(o.DecidedBy), " approved ", at(o.Confirmed))
	}
	return op.L(op.Who(o.DecidedBy), " confirmed ", at(o.Confirmed))
}

func succeededFace(o op.Operation, _ bool) cardView {
	out := outcome(o)
	f := cardView{color: green, title: op.L("✅ ", said(o, out, " was done.")), Presses: nextButtons(o, out),
		foot: append(ending(o), rule(o))}
	if len(out.Evidence) > 0 {
		f.lines = append(f.lines, out.Evidence)
	}
	switch {
	case out.Checked && len(f.lines) > 0:
		f.lines[0] = op.L(f.lines[0], " (checked)")
	case out.Checked:
		f.title = op.L(f.title, " (checked)")
	}
	if len(out.After) > 0 {
		f.lines = append(f.lines, out.After)
	}
	if out.Play != "" {
		f.lines = append(f.lines, op.L("▶ ", op.Link(out.Play, "for playback")))
	}
	return f
}

func failedFace(o op.Operation, _ bool) cardView {
	out := outcome(o)
	f := cardView{color: red, title: op.L("❌ ", said(o, out, " was not done.")), Presses: nextButtons(o, out),
		foot: append(ending(o), rule(o))}
	if out.Already {
		f.color, f.title = grey, op.L("⚪ ", said(o, out, ": it was so already."))
	}
	if len(out.Evidence) > 0 {
		f.lines = append(f.lines, out.Evidence)
	}
	if o.SettledBy == "" && !strings.Contains(strings.ToLower(out.Text.Plain()+out.Evidence.Plain()), "nothing ") {
		f.lines = append(f.lines, op.L("Nothing was changed."))
	}
	return f
}

func unknownFace(o op.Operation, repeats bool) cardView {
	f := cardView{
		color: orange, title: op.L("⚠️ ", o.Plan.Title, ": ", silence(o)),
		Presses: unknownPresses(o), foot: append(ending(o), rule(o)),
	}
	if seen := outcome(o).Evidence; len(seen) > 0 {
		f.lines = append(f.lines, seen)
	}
	again := op.L("I will not send it again.")
	switch {
	case repeats:
		again = op.L("I am asking again with the same token; this cannot create a second studio.")
	case o.Sends > 1:
		again = op.L("Sent ", op.N(o.Sends),
			" times with the same token, which cannot create a second studio. ", again)
	}
	if !o.Looked.IsZero() {
		again = op.L(again, " Last look ", op.At(o.Looked), ".")
	}
	f.lines = append(f.lines, again)
	return f
}

func unknownPresses(o op.Operation) []press {
	return []press{act(o, op.ActionLook, "Look again", ""), act(o, op.ActionHappened, "It happened", ""),
		act(o, op.ActionNot, "It did not", "")}
}

// silence says that nobody knows. A command may have its own words for why.
func silence(o op.Operation) op.Line {
	if text := outcome(o).Text; len(text) > 0 {
		return op.L(text, " Sent ", at(o.Sent), ".")
	}
	return op.L("I did not get an answer (sent ", at(o.Sent), "). It may or may not have happened.")
}

func expiredFace(o op.Operation, _ bool) cardView {
	if text := outcome(o).Text; len(text) > 0 { // it ended for another reason than time
		return closed(o, op.L("⚪ ", text))
	}
	when := o.Expires
	if when.IsZero() {
		when = o.Ended
	}
	return closed(o, op.L("⚪ ", o.Plan.Title, ": expired at ", at(when), ". Nothing was done."))
}

func cancelledFace(o op.Operation, _ bool) cardView {
	word := op.Text(": called off by ")
	if o.Decision.Confirm == op.ConfirmOther && o.DecidedBy != o.Requester {
		word = ": declined by "
	}
	return closed(o, op.L("⚪ ", o.Plan.Title, word, op.Who(o.DecidedBy), ". Nothing was done."))
}

func closed(o op.Operation, title op.Line) cardView {
	return cardView{
		color: grey, title: title, lines: parted(o), Presses: []press{act(o, op.ActionAgain, "Ask again", "")},
		foot: []op.Line{asked(o), reference(o), rule(o)},
	}
}

// nextButtons are the ways on that stand in the outcome, at most two.
func nextButtons(o op.Operation, out op.Outcome) []press {
	var list []press
	for _, n := range out.Next[:min(len(out.Next), 2)] {
		list = append(list, act(o, op.Action(string(op.ActionNext)+":"+n.ID()), op.Text(n.Label), ""))
		list[len(list)-1].count = n.Count
	}
	return list
}

// act is a button of a card: what to do, and the operation's opaque id.
func act(o op.Operation, a op.Action, words op.Text, style slack.Style) press {
	return press{text: words, Action: CardAction + string(a), Value: o.ID, style: style}
}

func outcome(o op.Operation) op.Outcome {
	if o.Outcome == nil {
		return op.Outcome{}
	}
	return *o.Outcome
}

func said(o op.Operation, out op.Outcome, otherwise op.Text) op.Line {
	if len(out.Text) > 0 {
		return out.Text
	}
	return op.L(o.Plan.Title, otherwise)
}
