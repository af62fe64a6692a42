package policy

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"casterbot/internal/op"
)

// warn doubts what a policy without mistakes probably does not mean.
func (r *reader) warn() {
	switch top := (place{node: &yaml.Node{}}); {
	case r.policy.blank:
		r.doubt(top, "the file is empty: everything is denied")
	case len(r.policy.channels) == 0:
		r.doubt(top.key(top.node, "channels"), "no channel is named: everything is denied")
	}
	for _, g := range r.policy.groups {
		if !g.used {
			r.doubt(g.place, "the group is never used")
		}
	}
	for _, c := range r.policy.channels {
		for i, g := range c.grants {
			r.shadowed(g, c.grants[:i])
			r.lonely(g)
		}
	}
}

// shadowed doubts a grant that never decides, since earlier ones decide for each of its people and verbs.
func (r *reader) shadowed(g *grant, earlier []*grant) {
	var lines []int
	for _, who := range g.who.atoms() {
		for verb := range g.verbs {
			i := slices.IndexFunc(earlier, func(e *grant) bool { return e.verbs[verb] && e.who.covers(who) })
			if i < 0 {
				return
			}
			lines = append(lines, earlier[i].line())
		}
	}
	slices.Sort(lines)
	texts := op.Each(slices.Compact(lines), func(line int) string { return "line " + strconv.Itoa(line) })
	r.doubt(g.place, "never decides: its people and verbs are decided before, by %s", strings.Join(texts, " and "))
}

// lonely doubts a second person who can only be the first one.
func (r *reader) lonely(g *grant) {
	if !g.mayNeedOther() || len(g.approvers.ids) != 1 || !isPerson(g.approvers.ids[0]) {
		return
	}
	if id := g.approvers.ids[0]; g.who.everyone || slices.Contains(g.who.ids, id) {
		r.doubt(g.place, "%s is the only approver, so nobody can approve what %s asks for", id, id)
	}
}

// atoms are the parts that a list of people is made of: everyone, or its ids.
func (w principals) atoms() []string {
	if w.everyone {
		return []string{everyone}
	}
	return w.ids
}

// covers reports whether whoever is meant by an atom is meant by the list.
func (w principals) covers(atom string) bool { return w.everyone || slices.Contains(w.ids, atom) }
