package render

import (
	"cmp"
	"slices"

	"casterbot/internal/op"
)

// maxNamed is how many of several targets a card speaks of one by one; when it asks what became of one, there is room
// for fewer.
const (
	maxNamed       = 8
	maxNamedAsking = 2
)

// severalView is the card of an operation of several, once it has begun: how far its members are, what of them was not
// done and why, and what is not known. The whole is counted anew each time, so the card is never older than what it is
// drawn from.
func severalView(o op.Operation) cardView {
	t := tally{op.Tallied(o.Members)}
	if o.State == op.Running {
		return working(o, append([]op.Line{op.L(who(o), " · ", t.progress())}, t.named(o.Members)...))
	}
	f := sentView(o, green, nil)
	f.lines = t.named(o.Members)
	sign := "✅ "
	switch {
	case t.Unknown+t.Lost > 0:
		f.color, sign = orange, "⚠️ "
	case t.Done == 0:
		f.color, sign = red, "❌ "
	case t.Already == t.Done && t.Not == 0:
		f.color, sign = grey, "⚪ "
	case t.stand() == 0:
		f.color, sign = grey, "⚪ "
	}
	f.title = op.L(op.V(sign), o.Plan.Done, op.N(t.stand()), " of ", op.N(len(o.Members)), t.seen(), t.rest())
	for _, m := range o.Members {
		if m.State == op.Unknown {
			f.lines = append(f.lines, op.L("The buttons are about ", memberName(m, o.Members), ". It will not be sent again."))
			f.presses = unknownPresses(m)
			break
		}
	}
	if o.Decision.Confirm == op.ConfirmNone { // there was no question that could say so
		f.lines = append(f.lines, o.Plan.Left...)
	}
	f.lines = append(f.lines, quiet(o.Members, len(f.lines) > 0)...)
	return f
}

// quiet names those that are done and of which nothing else is to be said. It comes last: what is too long for a card
// is cut there.
func quiet(members []op.Operation, others bool) []op.Line {
	line := names(targets(members), func(i int) bool {
		return members[i].State == op.Succeeded && len(memberLine(members[i], members)) == 0
	})
	switch {
	case len(line) == 0:
		return nil
	case others:
		return []op.Line{op.L("✅ ", line)}
	}
	return []op.Line{line}
}

// targets are what the members are about.
func targets(members []op.Operation) []op.Target {
	list := make([]op.Target, 0, len(members))
	for _, m := range members {
		list = append(list, m.Plan.Target)
	}
	return list
}

// parted are the names of what a card was about that has ended before it had members; its title only counts them.
func parted(o op.Operation) []op.Line {
	if len(o.Plan.Parts) < 2 {
		return nil
	}
	list := make([]op.Target, 0, len(o.Plan.Parts))
	for _, part := range o.Plan.Parts {
		list = append(list, part.Plan.Target)
	}
	return []op.Line{names(list, func(int) bool { return true })}
}

// names lists some of all targets; those of one name have their ids behind it.
func names(all []op.Target, which func(i int) bool) op.Line {
	var list []op.Line
	for i, t := range all {
		if which(i) {
			list = append(list, op.Named(t, all))
		}
	}
	return op.List(list, ", ")
}

// tally is a count in words.
type tally struct{ op.Tally }

func (t tally) progress() op.Line {
	return op.L(op.N(t.Done-t.Already), " done", t.rest(), " · ", op.N(t.Open), " to go")
}

// stand is how many were done and have not ended since.
func (t tally) stand() int { return t.Done - t.Already - t.Over }

// rest says how many were so before, have ended since, or were not done, and of how many it is not known.
func (t tally) rest() op.Line {
	var line op.Line
	if t.Already > 0 {
		line = op.L(line, " · ", op.N(t.Already), " already")
	}
	if t.Over > 0 {
		line = op.L(line, " · ", op.N(t.Over), " over")
	}
	if t.Not > 0 {
		line = op.L(line, " · ", op.N(t.Not), " not")
	}
	if n := t.Unknown + t.Lost; n > 0 {
		line = op.L(line, " · ", op.N(n), " unknown")
	}
	return line
}

// seen says of how many of those that are done a look has shown it.
func (t tally) seen() op.Line {
	switch t.Checked {
	case 0:
		return nil
	case t.stand():
		return op.L(" (checked)")
	}
	return op.L(" (", op.N(t.Checked), " checked)")
}

// worstFirst is the order in which a card speaks of several; those of other states stand before.
var worstFirst = []op.State{op.Unknown, op.Failed, op.Expired, op.Succeeded}

// named speaks of those for which something is to be said: what is not known, what was not done, what came of it later.
func (t tally) named(members []op.Operation) []op.Line {
	var lines []op.Line
	for _, m := range slices.SortedStableFunc(slices.Values(members), func(a, b op.Operation) int {
		return cmp.Compare(slices.Index(worstFirst, a.State), slices.Index(worstFirst, b.State))
	}) {
		if line := memberLine(m, members); len(line) > 0 {
			lines = append(lines, line)
		}
	}
	most := maxNamed
	if t.Unknown > 0 {
		most = maxNamedAsking
	}
	lines, rest := op.Cut(lines, most)
	if len(rest) > 0 {
		lines = append(lines, op.L(rest, " of this kind."))
	}
	return lines
}

func memberName(m op.Operation, members []op.Operation) op.Line {
	return op.Named(m.Plan.Target, targets(members))
}

func memberLine(m op.Operation, members []op.Operation) op.Line {
	name, out := op.L(memberName(m, members), ": "), outcome(m)
	switch {
	case out.Already:
		return op.L("⚪ ", out.Text)
	case out.Ended():
		return op.L("⚪ ", name, out.Over)
	case m.State == op.Succeeded && m.SettledBy != "": // by a person's word
		return op.L("✅ ", out.Text)
	case m.State == op.Unknown:
		return op.L("⚠️ ", name, "not known whether it happened, sent ", at(m.Sent), ".", spaced(out.Evidence),
			spaced(recorded(m)))
	case m.State == op.Expired && len(out.Text) > 0: // it ended for another reason than time
		return op.L("⚪ ", out.Text)
	case m.State == op.Expired:
		return op.L("❌ ", name, "its turn did not come in time. Nothing was sent, nothing changed.")
	case m.State == op.Failed:
		return op.L("❌ ", out.Text)
	case len(out.After) > 0:
		return op.L(name, out.After)
	}
	return nil
}

// spaced is a line that follows another sentence.
func spaced(l op.Line) op.Line {
	if len(l) == 0 {
		return nil
	}
	return op.L(" ", l)
}
