package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/bot/directory"
	"casterbot/internal/op"
	"casterbot/internal/policy"
)

// crew is who the policy names, as Slack knows them.
type crew struct {
	groups map[string][]string
	people map[string]op.Person
	gone   map[string]bool // Slack knows no such person
	asked  int
}

// people looks up the user groups and people of the policy, and whether somebody is left to approve.
func (w *workspace) people(ctx context.Context, x *exam) []Finding {
	n := notes{check: "people"}
	if w.down != "" {
		n.skip("the people of the policy", w.down)
		return n.list
	}
	c := &crew{people: map[string]op.Person{}, gone: map[string]bool{}}
	var err error
	if len(x.policy.UserGroups()) > 0 {
		if c.groups, err = w.dir.UserGroups(ctx); err != nil {
			n.skip("the user groups of the policy", "Slack cannot be asked ("+why(err)+")")
		}
	}
	w.meet(ctx, &n, c, x.policy)
	for _, id := range inOrder(x.policy.Mentions()) {
		c.mention(&n, id, places(x.policy, id))
	}
	for _, a := range x.policy.Approvals() {
		c.approval(&n, a)
	}
	if len(n.list) == 0 {
		n.ok("every person and user group of the policy is there")
	}
	return n.list
}

// meet looks up whoever the policy names itself, and whoever may approve.
func (w *workspace) meet(ctx context.Context, n *notes, c *crew, p *policy.Policy) {
	ids := inOrder(p.Mentions())
	for _, a := range p.Approvals() {
		ids = append(ids, c.members(a.Approvers)...)
	}
	ids = slices.DeleteFunc(ids, isGroup)
	for _, id := range ids {
		if _, known := c.people[id]; known || c.gone[id] {
			continue
		}
		if c.asked++; c.asked > mostAsked {
			n.skip("more people than "+fmt.Sprint(mostAsked), "one look asks for no more")
			return
		}
		person, err := w.dir.Person(ctx, id, w.me.Team, time.Time{})
		switch {
		case directory.IsUnknown(err):
			c.gone[id] = true
		case err != nil:
			n.skip("the people of the policy", "Slack cannot be asked ("+why(err)+")")
			return
		default:
			c.people[id] = person
		}
	}
}

func isGroup(id string) bool { return strings.HasPrefix(id, "S") }

// inOrder are the ids of the policy, each once.
func inOrder(all []policy.Mention) []string {
	var ids []string
	for _, m := range all {
		if !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// places are where the policy names an id.
func places(p *policy.Policy, id string) string {
	var all []string
	for _, m := range p.Mentions() {
		if m.ID == id {
			all = append(all, m.Place)
		}
	}
	return strings.Join(all, ", ")
}

// mention says what is wrong with a person or a user group.
func (c *crew) mention(n *notes, id, where string) {
	const out = "take the id out of the policy, or put the right one there (profile → ⋮ → Copy member ID)"
	members, known := c.groups[id]
	p := c.people[id]
	switch {
	case isGroup(id) && c.groups == nil:
	case isGroup(id) && !known:
		n.bad("enable it in Slack (People → User groups), or put the id of another one into the policy",
			"user group %s (%s) is disabled or not there: nobody is in it", id, where)
	case isGroup(id) && len(members) == 0:
		n.warn("add people to it in Slack (People → User groups)", "user group %s (%s) has no members", id, where)
	case isGroup(id):
	case c.gone[id]:
		n.bad(out, "%s (%s) is nobody in this workspace", id, where)
	case p.ID == "":
	case p.Deleted:
		n.warn(out, "%s (%s) is deactivated", id, where)
	case p.Bot:
		n.warn(out, "%s (%s) is a bot: only people can ask and approve", id, where)
	}
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil {
			n.warn("install a newer casterbot, or let them choose another zone in Slack", "the time zone %q of %s is not known here",
				p.Zone, id)
		}
	}
}

// members are the people that ids stand for.
func (c *crew) members(ids []string) []string {
	var all []string
	for _, id := range ids {
		found := []string{id}
		if isGroup(id) {
			found = c.groups[id]
		}
		for _, one := range found {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// approval says when nobody is left who may be the second person.
func (c *crew) approval(n *notes, a policy.Approval) {
	const mend = "name more people or groups in its approvers (docs/policy.md#grants)"
	if c.groups == nil && slices.ContainsFunc(a.Approvers, isGroup) || c.asked > mostAsked {
		return // not all are known
	}
	able := slices.DeleteFunc(c.members(a.Approvers), func(id string) bool { return c.unable(a, id) })
	switch who := c.members(a.Who); {
	case len(able) == 0:
		n.bad(mend, "%s: nobody can approve: of its approvers %s", a.Place, c.reasons(a))
	case len(a.Approvers) == 1 && !isGroup(a.Approvers[0]): // the policy itself has told
	case len(able) == 1 && (a.Everyone || slices.Contains(who, able[0])):
		n.warn(mend, "%s: %s is the only one left who can approve, so nobody can approve what %s asks for", a.Place, able[0],
			able[0])
	}
	for _, id := range a.Approvers {
		if p := c.people[id]; p.Guest && !a.Guests {
			n.warn("guests: true in that grant, or another approver",
				"%s: the approver %s is a guest, who cannot approve there", a.Place, id)
		} else if p.External && !a.External {
			n.warn("external: true in that grant, or another approver",
				"%s: the approver %s is of another organisation, and cannot approve there", a.Place, id)
		}
	}
}

// unable reports somebody who may not approve, as policy.Approves decides.
func (c *crew) unable(a policy.Approval, id string) bool {
	p := c.people[id]
	return c.gone[id] || p.Deleted || p.Bot || p.Guest && !a.Guests || p.External && !a.External
}

// reasons says why none of the approvers is able.
func (c *crew) reasons(a policy.Approval) string {
	var all []string
	for _, id := range c.members(a.Approvers) {
		p, reason := c.people[id], "a guest"
		switch {
		case c.gone[id]:
			reason = "not there"
		case p.Deleted:
			reason = "deactivated"
		case p.Bot:
			reason = "a bot"
		case p.External:
			reason = "of another organisation"
		}
		all = append(all, id+" is "+reason)
	}
	if len(all) == 0 {
		return "nobody is in the groups"
	}
	return strings.Join(all, ", ")
}
