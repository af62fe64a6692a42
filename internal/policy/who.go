package policy

import (
	"casterbot/internal/op"
)

// maxMembers is how many members of a group of the file are named.
const maxMembers = 5

// Who lists who may use the verb on the target: the grants of the channel from the top, then those of other channels.
// The first grant of a channel that names somebody decides about them. People of other organisations are told nothing,
// guests only of their channel.
func (p *Policy) Who(reader op.Person, channel, verb string, effect op.Effect, target op.Target) []op.Line {
	r := p.read(question{person: reader, channel: op.Channel{ID: channel}, verb: verb, effect: effect, target: target})
	told := r.toldNothing()
	if told != nil {
		return told
	}
	for _, o := range r.offers() {
		told = append(told, p.whoLine(o.channel, o.grant, effect))
	}
	return told
}

// whoLine is one grant in words: "policy.yml:14, #show: operators (@crew). Another person approves it: leads."
func (p *Policy) whoLine(c *channel, g *grant, effect op.Effect) op.Line {
	line := op.L(op.V(p.rule(g.line())), ", ", op.In(c.id), ": ", p.members(g.who), ".")
	if effect == op.Read {
		return line
	}
	for _, c := range p.allow(g, effect).Confirmations() {
		line = op.L(line, " ", c.Line(p.members(g.approvers)))
	}
	return line
}

// members gives a list of people as written, each group of the file with who is in it.
func (p *Policy) members(w principals) op.Line {
	var parts []op.Line
	for _, name := range w.written {
		part := op.L(span(name))
		if g := p.groups[name]; g != nil {
			part = op.L(part, " (", op.Some(op.Each(g.members, span), maxMembers), ")")
		}
		parts = append(parts, part)
	}
	return op.List(parts, ", ")
}
