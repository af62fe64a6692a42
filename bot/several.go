package bot

import (
	"strconv"

	"casterbot/internal/op"
)

// maxNamed is how many of several targets a card speaks of one by one.
const maxNamed = 8

// severalView is the card of an operation of several, once it has begun: how far its members are, what of them was not done and
// why, and what is not known. The whole is counted anew each time, so the card is never older than what it is drawn from.
func severalView(o op.Operation) face {
	t := tallied(o.Members)
	if o.State == op.Running {
		f := working(o, op.L(who(o), " · ", t.progress()))
		f.lines = append(f.lines, t.named(o.Members)...)
		return f
	}
	f := face{color: green, foot: append(ending(o), rule(o)), lines: t.named(o.Members), presses: ways(o, outcome(o))}
	sign := "✅ "
	switch {
	case t.unknown > 0:
		f.color, sign = orange, "⚠️ "
	case t.done == 0:
		f.color, sign = red, "❌ "
	}
	f.title = op.L(op.V(sign), o.Plan.Done, op.V(strconv.Itoa(t.done)), " of ", op.V(strconv.Itoa(len(o.Members))))
	f.title = op.L(f.title, t.seen(), t.rest())
	for _, m := range o.Members {
		if m.State == op.Unknown {
			f.lines = append(f.lines, op.L("The buttons are about ", memberName(m, o.Members), ". I will not send it again."))
			f.presses = unknownPresses(m)
			break
		}
	}
	return f
}

// tally counts members by what has become of them.
type tally struct{ done, checked, not, unknown, open int }

func tallied(members []op.Operation) tally {
	t := tally{}
	for _, m := range members {
		switch {
		case m.State == op.Succeeded || outcome(m).Already:
			t.done++
			if outcome(m).Checked || outcome(m).Already {
				t.checked++
			}
		case m.State == op.Unknown, m.State == op.Expired && len(outcome(m).Text) > 0: // the latter: out of a backup
			t.unknown++
		case m.State.Final():
			t.not++
		default:
			t.open++
		}
	}
	return t
}

func (t tally) progress() op.Line {
	return op.L(op.V(strconv.Itoa(t.done)), " done", t.rest(), " · ", op.V(strconv.Itoa(t.open)), " to go")
}

// rest says how many were not done, and of how many it is not known.
func (t tally) rest() op.Line {
	var line op.Line
	if t.not > 0 {
		line = op.L(line, " · ", op.V(strconv.Itoa(t.not)), " not")
	}
	if t.unknown > 0 {
		line = op.L(line, " · ", op.V(strconv.Itoa(t.unknown)), " unknown")
	}
	return line
}

// seen says of how many of those that are done a look has shown it.
func (t tally) seen() op.Line {
	switch t.checked {
	case 0:
		return nil
	case t.done:
		return op.L(" (checked)")
	}
	return op.L(" (", op.V(strconv.Itoa(t.checked)), " checked)")
}

// named speaks of those for which something is to be said: what was not done, what is not known, what came of it later.
func (t tally) named(members []op.Operation) []op.Line {
	var lines []op.Line
	more := 0
	for _, m := range members {
		line := memberLine(m, members)
		switch {
		case len(line) == 0:
		case len(lines) < maxNamed:
			lines = append(lines, line)
		default:
			more++
		}
	}
	if more > 0 {
		lines = append(lines, op.L("…and ", op.V(strconv.Itoa(more)), " more like these."))
	}
	return lines
}

// memberName tells a member from another one whose target is called the same.
func memberName(m op.Operation, members []op.Operation) op.Line {
	t := m.Plan.Target
	for _, other := range members {
		if other.Plan.Target.Name == t.Name && other.Plan.Target.ID != t.ID {
			return op.L(op.B(t.Name), " ", op.Code(t.ID))
		}
	}
	return op.L(op.B(t.Name))
}

func memberLine(m op.Operation, members []op.Operation) op.Line {
	name, out := op.L(memberName(m, members), ": "), outcome(m)
	switch {
	case out.Already:
		return op.L("⚪ ", out.Text)
	case m.State == op.Succeeded && m.Closer != "": // by a person's word
		return op.L("✅ ", out.Text)
	case m.State == op.Unknown:
		return op.L("⚠️ ", name, silence(m), spaced(out.Evidence))
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
