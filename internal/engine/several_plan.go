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
	left, more := leftOnCard(targets, p.Left)
	if len(parts) == 1 {
		one := parts[0].Plan
		p.Viewers, p.Warnings, p.Facts, p.Details = one.Viewers, one.Warnings, slices.Concat(left, one.Facts),
			slices.Concat(more, one.Details)
		return p
	}
	common := shared(parts)
	p.Viewers, p.Warnings = viewers(parts), append([]op.Line{named(parts)}, unsettled(parts)...)
	p.Facts, p.Details = left, slices.Concat(more, each(parts, common))
	for _, fact := range common {
		p.Details = append(p.Details, op.L("For each: ", fact))
	}
	return p
}

// viewers is what viewers notice of several: what they notice of any, once.
func viewers(parts []op.Part) op.Line {
	var told []op.Line
	for _, part := range parts {
		if !has(told, part.Plan.Viewers) {
			told = append(told, part.Plan.Viewers)
		}
	}
	return joined(told, " ")
}

// shared are the facts that are true of every one of several.
func shared(parts []op.Part) []op.Line {
	return slices.DeleteFunc(said(parts[0]), func(fact op.Line) bool {
		return slices.ContainsFunc(parts[1:], func(part op.Part) bool { return !has(said(part), fact) })
	})
}

// said is what was seen of one of several.
func said(part op.Part) []op.Line { return slices.Concat(part.Plan.Facts, part.Plan.Details) }

func has(facts []op.Line, fact op.Line) bool {
	return slices.ContainsFunc(facts, func(known op.Line) bool { return known.Plain() == fact.Plain() })
}

// each says of each target what the card for it alone would say, but for what is true of all.
func each(parts []op.Part, common []op.Line) []op.Line {
	var lines []op.Line
	for _, part := range parts {
		line, between := op.L(nameOf(part, parts), ":"), op.Text(" ")
		for _, fact := range said(part) {
			if !has(common, fact) {
				line = op.L(line, between, fact)
				between = "  ·  "
			}
		}
		if between != " " {
			lines = append(lines, line)
		}
	}
	return lines
}

// named lists the names of parts.
func named(parts []op.Part) op.Line {
	return op.List(op.Each(parts, func(part op.Part) op.Line { return nameOf(part, parts) }), ", ")
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
	why, names := reasons(targets)
	lines := make([]op.Line, len(why))
	for i, reason := range why {
		lines[i] = op.L("Left out (", reason, "): ", op.List(names[i], ", "))
	}
	return lines
}

// maxLeft is how many of those left out a card names; of more it says how many they are, and its details name them.
const maxLeft = 6

// leftOnCard is what a card says of those left out, in one line, and what its details say of them.
func leftOnCard(targets []target, left []op.Line) (line, details []op.Line) {
	why, names := reasons(targets)
	count := 0
	counted := make([]op.Line, len(why))
	for i, reason := range why {
		count += len(names[i])
		counted[i] = op.L(op.N(len(names[i])), " (", reason, ")")
	}
	switch {
	case count == 0:
		return nil, nil
	case count <= maxLeft:
		return []op.Line{joined(left, " · ")}, nil
	}
	return []op.Line{op.L("Left out: ", op.List(counted, ", "), ".")}, left
}

// joined is several lines in one.
func joined(lines []op.Line, between op.Text) op.Line {
	whole := op.L(lines[0])
	for _, l := range lines[1:] {
		whole = op.L(whole, between, l)
	}
	return whole
}

// reasons are why some are left out, each with the names that it is about.
func reasons(targets []target) (why []op.Line, names [][]op.Line) {
	at := map[string]int{}
	for _, t := range targets {
		if len(t.why) == 0 {
			continue
		}
		i, known := at[t.why.Plain()]
		if !known {
			i = len(why)
			at[t.why.Plain()], why, names = i, append(why, t.why), append(names, nil)
		}
		names[i] = append(names[i], op.L(op.B(op.Visible(t.Label))))
	}
	return why, names
}

// unsettled names the targets of which an earlier outcome is not known.
func unsettled(parts []op.Part) []op.Line {
	var names []op.Line
	for _, part := range parts {
		if len(part.Plan.Unknowns) > 0 {
			names = append(names, op.L(nameOf(part, parts), " (", references(part.Plan.Unknowns), ")"))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []op.Line{op.L("It is not known what became of earlier operations on ", op.Some(names, unknownsTold), ".")}
}
