package render

import (
	"slices"

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
	presses []press
	foot    []op.Line
}

// cardViews says what the card of an operation in each state holds.
var cardViews = map[op.State]func(op.Operation, bool) cardView{
	op.Pending:   pendingFace,
	op.Queued:    underWay(" · waiting for its turn at ApsaraVideo Live…"),
	op.Running:   underWay(" · asking ApsaraVideo Live…"),
	op.Succeeded: succeededFace,
	op.Failed:    failedFace,
	op.Unknown:   unknownFace,
	op.Expired:   expiredFace,
	op.Cancelled: cancelledFace,
}

// Card draws an operation. repeats says that an unknown one is still being sent again with its own token.
func (t Printer) Card(o op.Operation, repeats bool) Message {
	f := t.face(viewOf(o, repeats))
	m := Message{
		Text:   cut(sentences(f.title, f.lines), maxTextArg),
		Blocks: []slack.Block{section(mrkdwn(f.title))}, color: f.color,
	}
	for _, text := range paragraphs(f.lines) {
		m.body = append(m.body, section(text))
	}
	if len(f.presses) > 0 {
		m.body = append(m.body, row(f.presses))
	}
	m.body = append(m.body, small(joined(f.foot, aside)))
	return m
}

func viewOf(o op.Operation, repeats bool) cardView {
	if o.IsSeveral() && len(o.Members) > 0 &&
		(o.State == op.Running || o.State == op.Unknown || o.State == op.Succeeded || o.State == op.Failed) {
		return severalView(o)
	}
	f := cardViews[o.State](o, repeats)
	if o.Sends > 0 && o.State != op.Failed {
		f.lines = append(f.lines, passed(o.Plan)...)
	}
	return f
}

// passed says what did not stop an emergency: a lock, and that Slack did not tell who may do it.
func passed(p op.Plan) (lines []op.Line) {
	if p.Passed != nil {
		lines = append(lines, op.L("🔒 It went through the lock of ", op.Who(p.Passed.Holder), "."))
	}
	if !p.RightsAsOf.IsZero() {
		lines = append(lines, op.L("👤 Slack could not be asked who may do this: what it said at ", op.At(p.RightsAsOf),
			" counted."))
	}
	return lines
}

func pendingFace(o op.Operation, _ bool) cardView {
	shown, details := o.Plan.OnCard()
	f := cardView{
		color: yellow, title: op.L("🟡 ", o.Plan.Title, "  ·  asked by ", op.Who(o.Requester)),
		lines: shown,
		foot:  []op.Line{op.L("expires ", op.At(o.Expires))},
	}
	style := slack.StylePrimary
	if o.Plan.OnAir {
		f.color, style = red, slack.StyleDanger
	}
	if o.Decision.Confirm == op.ConfirmOther {
		f.lines = append(f.lines,
			op.L("Waiting for one approval from ", people(o.Decision.Approvers), " (not ", op.Who(o.Requester), ")"))
		f.presses = []press{act(o, op.ActionApprove, "Approve", style), act(o, op.ActionDecline, "Decline", "")}
		f.presses[0].only, f.presses[1].only = approvers(o)
	} else {
		f.presses = []press{act(o, op.ActionConfirm, confirmWords(o), style), act(o, op.ActionCancel, "Cancel", "")}
		f.presses[0].count = len(o.Plan.Parts)
		if o.Plan.Button != "" {
			f.presses[0].about = nameOf(o)
		}
		f.presses[0].only, f.presses[1].only = []string{o.Requester}, []string{o.Requester}
		f.foot = append(f.foot, op.L("only ", op.Who(o.Requester)))
	}
	if len(details) > 0 {
		f.presses = append(f.presses, act(o, op.ActionDetails, "Details", ""))
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

func underWay(doing op.Text) func(op.Operation, bool) cardView {
	return func(o op.Operation, _ bool) cardView {
		return working(o, told(op.L(who(o), doing), outcome(o).Evidence))
	}
}

func working(o op.Operation, lines []op.Line) cardView {
	return cardView{
		color: blue, title: op.L("⏳ ", o.Plan.Title), lines: lines, foot: []op.Line{asked(o), reference(o), rule(o)},
	}
}

// told leaves out the lines that say nothing.
func told(lines ...op.Line) []op.Line {
	return slices.DeleteFunc(lines, func(l op.Line) bool { return len(l) == 0 })
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

// sentView is the card of an operation that was sent, but for its lines.
func sentView(o op.Operation, color string, title op.Line) cardView {
	return cardView{color: color, title: title, presses: nextButtons(o, outcome(o)), foot: append(ending(o), rule(o))}
}

func succeededFace(o op.Operation, _ bool) cardView {
	out := outcome(o)
	if out.Ended() {
		f := sentView(o, grey, op.L("⚪ Over: ", said(o, out, " was done.")))
		f.lines = []op.Line{out.Over}
		return f
	}
	f := sentView(o, green, op.L("✅ ", said(o, out, " was done.")))
	if out.Calls {
		f = sentView(o, blue, op.L("🙋 ", said(o, out, " was done.")))
	}
	switch {
	case out.Checked && len(out.Evidence) > 0:
		out.Evidence = op.L(out.Evidence, " (checked)")
	case out.Checked:
		f.title = op.L(f.title, " (checked)")
	}
	f.lines = told(out.Evidence, out.After)
	if out.Play != "" {
		f.lines = append(f.lines, op.L("▶️ Watch ", op.Link(out.Play, lastName(o.Plan.Title)), player(out.Play)))
	}
	return f
}

func failedFace(o op.Operation, _ bool) cardView {
	out := outcome(o)
	f := sentView(o, red, op.L("❌ ", said(o, out, " was not done.")))
	if out.Already {
		f.color, f.title = grey, op.L("⚪ ", said(o, out, ": it was so already."))
	}
	f.lines = told(out.Evidence)
	if out.NothingChanged {
		f.lines = append(f.lines, op.L("Nothing was changed."))
	}
	return f
}

func unknownFace(o op.Operation, repeats bool) cardView {
	f := sentView(o, orange, op.L("⚠️ ", o.Plan.Title, ": ", silence(o)))
	f.presses = unknownPresses(o)
	again := op.L("It will not be sent again.")
	switch {
	case repeats:
		again = op.L("It is asked again with the same token, which cannot create a second studio.")
	case o.Sends > 1:
		again = op.L("Sent ", op.N(o.Sends),
			" times with the same token, which cannot create a second studio. ", again)
	}
	if !o.Looked.IsZero() {
		again = op.L(again, " Last look ", op.At(o.Looked), ".")
	}
	f.lines = told(outcome(o).Evidence, recorded(o), again)
	return f
}

// recorded is what the cloud's own record was found to say of an operation.
func recorded(o op.Operation) op.Line {
	if r := outcome(o).Record; r != nil {
		return r.Says
	}
	return nil
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
	return op.L("no answer came (sent ", at(o.Sent), "). It may or may not have happened.")
}

func expiredFace(o op.Operation, _ bool) cardView {
	if text := outcome(o).Text; len(text) > 0 { // it ended for another reason than time
		return closed(o, op.L("⚪ ", text))
	}
	return closed(o, op.L("⚪ ", o.Plan.Title, ": expired at ", at(o.Since()), ". Nothing was done."))
}

func cancelledFace(o op.Operation, _ bool) cardView {
	word := op.Text(": cancelled by ")
	if o.Decision.Confirm == op.ConfirmOther && o.DecidedBy != o.Requester {
		word = ": declined by "
	}
	return closed(o, op.L("⚪ ", o.Plan.Title, word, op.Who(o.DecidedBy), ". Nothing was done."))
}

func closed(o op.Operation, title op.Line) cardView {
	return cardView{
		color: grey, title: title, lines: parted(o), presses: []press{act(o, op.ActionAgain, "Ask again", "")},
		foot: []op.Line{asked(o), reference(o), rule(o)},
	}
}

// nextButtons are the ways on that stand in the outcome, at most two.
func nextButtons(o op.Operation, out op.Outcome) []press {
	var list []press
	for _, n := range out.Next[:min(len(out.Next), 2)] {
		way := act(o, op.Action(string(op.ActionNext)+":"+n.ID()), op.Text(n.Label), "")
		way.count, way.about, way.apart = n.Count, nameOf(o), " "
		list = append(list, way)
	}
	return list
}

// nameOf is what a button is about whose words say what is done: the thing by its name. Those of several say themselves
// how many they are about.
func nameOf(o op.Operation) op.Line {
	switch {
	case o.IsSeveral():
		return nil
	case o.Plan.Target.Name != "":
		return op.L(op.V(o.Plan.Target.Name))
	}
	return subject(o.Plan.Title)
}

// act is a button of a card: what to do, and the operation's opaque id.
func act(o op.Operation, a op.Action, words op.Text, style slack.Style) press {
	return press{text: words, about: o.Plan.Title, apart: ": ", action: CardAction + string(a), value: o.ID, style: style,
		version: o.Version}
}

func outcome(o op.Operation) op.Outcome {
	if o.Outcome == nil {
		return op.Outcome{}
	}
	return *o.Outcome
}

func said(o op.Operation, out op.Outcome, otherwise op.Text) op.Line {
	if len(out.Text) > 0 && len(out.Promise) > 0 && len(out.After) == 0 && !out.Ended() {
		return op.L(out.Text, " ", out.Promise)
	}
	if len(out.Text) > 0 {
		return out.Text
	}
	return op.L(o.Plan.Title, otherwise)
}
