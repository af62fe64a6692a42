package engine

import (
	"slices"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

func severalPlan(parsed grammar.Parsed, parts []op.Part, targets []target) op.Plan {
	words, n := parsed.Command.Many, op.N(len(parts))
	p := op.Plan{
		Args: op.Args{words.Of: grammar.Join(parsed.Several)}, Title: op.L(words.Title[0], n, words.Title[1]),
		Button: string(words.Button), Done: op.L(words.Done), Parts: parts, Left: leftOut(targets),
	}
	if len(parts) == 1 { // the others are left out
		p.Title, p.Button = parts[0].Plan.Title, parts[0].Plan.Button
	}
	p.OnAir = slices.ContainsFunc(parts, func(part op.Part) bool { return part.Plan.OnAir })
	if len(parts) == 1 {
		p.Facts = append(slices.Clone(parts[0].Plan.Facts), p.Left...)
		return p
	}
	common := shared(parts)
	quiet := func(part op.Part) bool { return !part.Plan.OnAir }
	p.Facts = append(p.Facts, named(parts, quiet))
	p.Facts = append(p.Facts, onAir(parts, common)...)
	for _, fact := range common {
		p.Facts = append(p.Facts, op.L("For each: ", fact))
	}
	p.Facts = append(append(p.Facts, p.Left...), unsettled(parts)...)
	p.Facts = slices.DeleteFunc(p.Facts, func(l op.Line) bool { return len(l) == 0 })
	return p
}

// shared are the facts that are true of every one of several.
func shared(parts []op.Part) []op.Line {
	return slices.DeleteFunc(slices.Clone(parts[0].Plan.Facts), func(fact op.Line) bool {
		return slices.ContainsFunc(parts[1:], func(part op.Part) bool { return !has(part.Plan.Facts, fact) })
	})
}

func has(facts []op.Line, fact op.Line) bool {
	return slices.ContainsFunc(facts, func(known op.Line) bool { return known.Plain() == fact.Plain() })
}

// maxOnAir is how many of those that viewers see are spoken of one by one.
const maxOnAir = 6

// onAir says of each target that viewers see what the card for it alone would say, but for what is true of all.
func onAir(parts []op.Part, common []op.Line) []op.Line {
	var lines []op.Line
	var rest []op.Part
	for _, part := range parts {
		switch {
		case !part.Plan.OnAir:
		case len(lines) == maxOnAir:
			rest = append(rest, part)
		default:
			line, word := op.L(nameOf(part, parts), ":"), op.Text(" ")
			for _, fact := range part.Plan.Facts {
				if !has(common, fact) {
					line = op.L(line, word, fact)
					word = "  ·  "
				}
			}
			lines = append(lines, line)
		}
	}
	if more := named(rest, func(op.Part) bool { return true }); len(more) > 0 {
		lines = append(lines, op.L("🔴 ", op.Strong("ON AIR"), ": ", more))
	}
	return lines
}

// named lists the names of some parts.
func named(parts []op.Part, which func(op.Part) bool) op.Line {
	var names []op.Line
	for _, part := range parts {
		if which(part) {
			names = append(names, nameOf(part, parts))
		}
	}
	return op.List(names, ", ")
}

// nameOf is the name of a part's target among all of them.
func nameOf(part op.Part, parts []op.Part) op.Line {
	all := make([]op.Target, 0, len(parts))
	for _, p := range parts {
		all = append(all, p.Plan.Target)
	}
	return op.Named(part.Plan.Target, all)
}

// leftOut says what is not asked for, those of one reason together.
func leftOut(targets []target) []op.Line {
	var lines []op.Line
	at := map[string]int{}
	for _, t := range targets {
		if len(t.why) == 0 {
			continue
		}
		reason := t.why.Plain()
		if i, known := at[reason]; known {
			lines[i] = op.L(lines[i], ", ", op.B(op.Visible(t.Label)))
			continue
		}
		at[reason] = len(lines)
		lines = append(lines, op.L("Left out (", t.why, "): ", op.B(op.Visible(t.Label))))
	}
	return lines
}

// unsettled names the targets of which an earlier outcome is not known.
func unsettled(parts []op.Part) []op.Line {
	var lines []op.Line
	for _, part := range parts {
		for _, ref := range part.Plan.Unknowns {
			lines = append(lines, op.L("It is not known what became of an earlier operation on ", op.B(part.Plan.Target.Name),
				": ", op.Code("op "+ref), "."))
		}
	}
	return lines
}
