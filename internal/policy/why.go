package policy

import (
	"cmp"
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
	if name := cmp.Or(q.target.Name, q.target.ID); name != "" {
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
	patterns := op.Each(c.streams, func(s op.StreamAlias) string { return s.Pattern })
	return op.L(op.V(p.rule(c.streamsLine)), " gives this channel only these streams: ", quoted(patterns), ".")
}

// likeStudios says which new names fit: the globs of the channel, with an example.
func (p *Policy) likeStudios(c *channel) op.Line {
	globs := slices.DeleteFunc(slices.Clone(c.studios), func(s string) bool { return !isGlob(s) })
	if len(globs) == 0 {
		return op.L(op.V(p.rule(c.studiosLine)),
			" names this channel's studios one by one, so a new name must be added there first.")
	}
	example := strings.NewReplacer("*", "…", "?", "1").Replace(globs[0])
	return op.L("A new name must match ", quoted(globs), " (", op.V(p.rule(c.studiosLine)), "): pick one like ",
		op.Code(example), ".")
}

// offer is a grant that allows the verb, in a channel that covers the target.
type offer struct {
	channel *channel
	grant   *grant
	decides *grant // about the person in that channel; nil: none does
}

// mine: the person may do it there.
func (o offer) mine() bool { return o.decides == o.grant }

// offers are the rules that would allow it, as far as the person may know of them: guests are told of no other channel.
// Those of the channel itself come first.
func (r reading) offers() []offer {
	var here, elsewhere []offer
	for _, c := range r.policy.channels {
		if c != r.own && r.person.Guest || !r.policy.covers(r.question, c) {
			continue
		}
		decides := c.first(r.person, r.verb)
		for _, g := range c.grants {
			switch {
			case !g.verbs[r.verb]:
			case c == r.own:
				here = append(here, offer{c, g, decides})
			default:
				elsewhere = append(elsewhere, offer{c, g, decides})
			}
		}
	}
	return append(here, elsewhere...)
}

// toldNothing is what people from outside are told in place of rules; nil for all others.
func (r reading) toldNothing() []op.Line {
	if !r.person.External {
		return nil
	}
	return []op.Line{op.L("Ask someone of the team that owns this channel.")}
}

// ways says which rules would allow what was refused, where, for whom, and who can be asked: where one decides about
// the person, only that one.
func (r reading) ways() []op.Line {
	if told := r.toldNothing(); told != nil {
		return told
	}
	found := r.offers()
	found = slices.DeleteFunc(found, func(o offer) bool { return o.decides != nil && !o.mine() })
	if len(found) == 0 && r.own != nil && r.policy.covers(r.question, r.own) {
		return []op.Line{op.L("No rule of ", op.V(r.policy.file), " allows it.")}
	}
	found = slices.DeleteFunc(found, func(o offer) bool { return o.channel != r.own && !o.channel.fitsTyped(r.target) })
	rank := func(o offer) int {
		if o.channel == r.own || o.mine() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(found, func(a, b offer) int { return rank(a) - rank(b) })
	var out []op.Line
	shown, rest := op.Cut(found, maxWays)
	for _, o := range shown {
		out = append(out, r.wayLine(o))
	}
	if len(rest) > 0 {
		out = append(out, op.L(rest, " in ", op.V(r.policy.file), "."))
	}
	return out
}

func (r reading) wayLine(o offer) op.Line {
	p := r.policy
	if o.mine() {
		return op.L("You can do that in ", op.In(o.channel.id), " (", op.V(p.rule(o.grant.line())), ").")
	}
	line := op.L(op.V(p.rule(o.grant.line())), " allows it in ", op.In(o.channel.id))
	line = op.L(line, " for ", o.grant.who.names(), "; ", notAmong(o.grant.who.written), ".")
	return op.L(line, r.askLine(o.grant))
}

// notAmong says that the reader is not meant by a list as written.
func notAmong(written []string) op.Text {
	switch {
	case len(written) > 1 && slices.ContainsFunc(written, isPerson):
		return "you're not one of them"
	case len(written) > 1:
		return "you're in none of these groups"
	case isPerson(written[0]):
		return "that is not you"
	}
	return "you're not in it"
}

// askLine names up to three people who can, else the user groups that hold them.
func (q question) askLine(g *grant) op.Line {
	var people, groups []string
	for _, id := range g.who.ids {
		switch {
		case isPerson(id) && id != q.person.ID:
			people = append(people, id)
		case isUserGroup(id):
			groups = append(groups, id)
		}
	}
	switch {
	case len(people) > 0:
		return op.L(" Ask ", op.List(op.Each(people[:min(maxAsk, len(people))], span), " or "), ".")
	case len(groups) > 0:
		return op.L(" Ask someone in ", op.List(op.Each(groups[:min(maxAsk, len(groups))], span), " or "), ".")
	}
	return nil
}

// askContact names whom to ask for rights in a channel that has none. It is read by one person alone, so nobody is
// called by it.
func (r reading) askContact() []op.Line {
	contact := r.policy.Contact(r.channel.ID)
	if len(contact) == 0 || r.person.External {
		return nil
	}
	return []op.Line{op.L("To have it set up, ask ", op.List(op.People(contact), " or "), ".")}
}

// names gives a list of people as written: groups of the file by name, ids as people and user groups.
func (w principals) names() op.Line {
	return op.List(op.Each(w.written, span), " and ")
}

func span(name string) op.Span {
	switch {
	case isPerson(name):
		return op.Who(name)
	case isUserGroup(name):
		return op.Group(name)
	}
	return op.V(name)
}

// quoted writes texts as a list of code.
func quoted(texts []string) op.Line {
	return op.List(op.Each(texts, op.Code), " and ")
}
