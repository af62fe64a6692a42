package policy

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// Mention is an id of a person or a user group, with where the policy names it: "policy.yml:3: groups.operators".
type Mention struct{ ID, Place string }

// Mentions lists every id of people and user groups with each place that names it, in the order of the file.
func (p *Policy) Mentions() []Mention {
	var found Problems // as they have what sorts by lines
	add := func(at place, ids []string) {
		for _, id := range ids {
			found = append(found, Problem{File: p.file, Line: max(1, at.node.Line), Key: at.path, Text: id})
		}
	}
	for _, g := range p.groups {
		add(g.place, g.members)
	}
	for _, id := range written(p.contact) {
		found = append(found, Problem{File: p.file, Line: p.contact.line, Key: "contact", Text: id})
	}
	for _, c := range p.channels {
		for _, id := range written(c.contact) {
			found = append(found, p.doubt(c.line, c, "contact", "%s", id))
		}
		for _, id := range written(c.call) {
			found = append(found, p.doubt(c.line, c, "call", "%s", id))
		}
		for _, g := range c.grants {
			add(g.place, append(written(g.who), written(g.approvers)...))
		}
	}
	return op.Each(found.sorted(), func(f Problem) Mention {
		return Mention{f.Text, strings.TrimSuffix(f.String(), ": "+f.Text)}
	})
}

// written are the ids that stand in a list themselves, not by a group.
func written(w principals) []string {
	return slices.DeleteFunc(slices.Clone(w.written), func(name string) bool { return !slices.Contains(w.ids, name) })
}

// Right is a grant as far as people go.
type Right struct {
	Channel, Place   string
	Everyone         bool     // may ask
	Who              []string // ids of people and user groups
	Second           bool     // it may need a second person
	Approvers        []string // who may be that
	Guests, External bool     // may ask and approve
}

// Rights lists the grants in the order of the file.
func (p *Policy) Rights() []Right {
	var all []Right
	for _, c := range p.channels {
		for _, g := range c.grants {
			at := Problem{File: p.file, Line: g.line(), Key: g.place.path}
			all = append(all, Right{Channel: c.id, Place: strings.TrimSuffix(at.String(), ": "), Everyone: g.who.everyone,
				Who: g.who.ids, Second: g.mayNeedOther(), Approvers: g.approvers.ids, Guests: g.guests, External: g.external})
		}
	}
	return all
}

// Named gives the people and user groups by their ids whom the file names for a verb, as askers or as second persons,
// and the channels of those grants.
func (p *Policy) Named(verb string) (who, channels []string) {
	for _, c := range p.channels {
		for _, g := range c.grants {
			if g.verbs[verb] {
				who, channels = slices.Concat(who, g.who.ids, g.approvers.ids), append(channels, c.id)
			}
		}
	}
	return who, channels
}

// Place names a channel of the policy: its line, and what it is called there.
func (p *Policy) Place(id string) (rule, name string) {
	if c := p.byID[id]; c != nil {
		return p.rule(c.line), strings.TrimPrefix(c.name, "#")
	}
	return p.file, ""
}
