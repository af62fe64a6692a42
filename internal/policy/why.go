package policy

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

const (
	maxWays = 3 // lines about other rules in one refusal
	maxAsk  = 3 // people to ask in one line
)

// sentence says what was refused: "You can't use caster.restart on Evening News in #show-control."
func (q question) sentence() op.Line {
	line := op.L("You can't use ", op.Code(q.verb))
	if name := orText(q.target.Name, q.target.ID); name != "" {
		line = op.L(line, " on ", op.B(name))
	}
	return op.L(line, " in ", op.In(q.channel.ID), ".")
}

func (q question) newNameSentence() op.Line {
	return op.L("You can't name a studio ", op.B(q.target.NewName), " in ", op.In(q.channel.ID), ".")
}

func (p *Policy) onlyStudios(c *channel) op.Line {
	if len(c.studios) == 0 {
		return op.L(op.V(p.rule(c.line)), " gives this channel no studios.")
	}
	return op.L(op.V(p.rule(c.studiosLine)), " gives this channel only these studios: ", quoted(c.studios), ".")
}

func (p *Policy) onlyStreams(c *channel) op.Line {
	if len(c.streams) == 0 {
		return op.L(op.V(p.rule(c.line)), " gives this channel no streams.")
	}
	var patterns []string
	for _, s := range c.streams {
		patterns = append(patterns, s.Pattern)
	}
	return op.L(op.V(p.rule(c.streamsLine)), " gives this channel only these streams: ", quoted(patterns), ".")
}

// likeStudios says which new names fit: the globs of the channel, with an example.
func (p *Policy) likeStudios(c *channel) op.Line {
	globs := slices.DeleteFunc(slices.Clone(c.studios), func(s string) bool { return !isGlob(s) })
	if len(globs) == 0 {
		return op.L(op.V(p.rule(c.studiosLine)), " names this channel's studios one by one, so a new name must be added there first.")
	}
	example := strings.NewReplacer("*", "…", "?", "1").Replace(globs[0])
	return op.L("A new name must match ", quoted(globs), " (", op.V(p.rule(c.studiosLine)), "): pick one like ", op.Code(example), ".")
}

// way is a grant that allows the verb, in a channel that covers the target.
type way struct {
	channel *channel
	grant   *grant
	mine    bool // the person may do it there
}

// ways says which rules would allow what was refused, where, for whom, and who can be asked. Own is the channel that
// refused, nil when the policy does not name it. People from outside are told of no rule, guests of no other channel.
func (p *Policy) ways(q question, own *channel) []op.Line {
	if q.person.External {
		return lines("Ask somebody of the team that owns this channel.")
	}
	var found []way
	for _, c := range p.channels {
		if (c == own || !q.person.Guest) && p.covers(q, c) {
			found = append(found, c.ways(q)...)
		}
	}
	if len(found) == 0 && own != nil && p.covers(q, own) {
		return []op.Line{op.L("No rule of ", op.V(p.file), " allows it.")}
	}
	rank := func(w way) int {
		switch {
		case w.channel == own:
			return 0
		case w.mine:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(a, b way) int { return rank(a) - rank(b) })
	var out []op.Line
	for _, w := range found[:min(maxWays, len(found))] {
		out = append(out, p.wayLine(q, w))
	}
	return out
}

// ways lists the channel's grants of the verb; when one decides for the person, only that one.
func (c *channel) ways(q question) []way {
	if g := c.first(q.person, q.verb); g != nil {
		return []way{{channel: c, grant: g, mine: true}}
	}
	var found []way
	for _, g := range c.grants {
		if g.verbs[q.verb] {
			found = append(found, way{channel: c, grant: g})
		}
	}
	return found
}

func (p *Policy) wayLine(q question, w way) op.Line {
	line := op.L(op.V(p.rule(w.grant.line())), " allows it in ", op.In(w.channel.id))
	if w.mine {
		return op.L(line, ", for you too.")
	}
	line = op.L(line, " for ", p.names(w.grant.who), "; ", notAmong(w.grant.who.written), ".")
	return op.L(line, p.askLine(q, w.grant))
}

// notAmong says that the reader is not meant by a list as written.
func notAmong(written []string) op.Text {
	switch {
	case len(written) > 1:
		return "you are not among them"
	case isPerson(written[0]):
		return "that is not you"
	}
	return "you are not in it"
}

// askLine names up to three people who can, else the user groups that hold them.
func (p *Policy) askLine(q question, g *grant) op.Line {
	var spans []op.Span
	for _, id := range g.who.ids {
		if isPerson(id) && id != q.person.ID && len(spans) < maxAsk {
			spans = append(spans, op.Who(id))
		}
	}
	if len(spans) > 0 {
		return op.L(" Ask ", joined(spans, " or "), ".")
	}
	for _, id := range g.who.ids {
		if isUserGroup(id) && len(spans) < maxAsk {
			spans = append(spans, op.Group(id))
		}
	}
	if len(spans) == 0 {
		return nil
	}
	return op.L(" Ask somebody of ", joined(spans, " or "), ".")
}

// names gives a list of people as written: groups of the file by name, ids as people and user groups.
func (p *Policy) names(w principals) op.Line {
	var spans []op.Span
	for _, name := range w.written {
		spans = append(spans, p.span(name))
	}
	return joined(spans, " and ")
}

func (p *Policy) span(name string) op.Span {
	switch {
	case isPerson(name):
		return op.Who(name)
	case isUserGroup(name):
		return op.Group(name)
	}
	return op.V(name)
}

// joined writes spans as a list: "a, b or c".
func joined(spans []op.Span, word op.Text) op.Line {
	line := op.Line{}
	for i, s := range spans {
		switch {
		case i > 0 && i == len(spans)-1:
			line = op.L(line, word)
		case i > 0:
			line = op.L(line, ", ")
		}
		line = op.L(line, s)
	}
	return line
}

// quoted writes texts as a list of code.
func quoted(texts []string) op.Line {
	var spans []op.Span
	for _, t := range texts {
		spans = append(spans, op.Code(t))
	}
	return joined(spans, " and ")
}
