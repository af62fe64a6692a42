package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/webapi"
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
	if why := cause(w.down, w.lacks("users:read")); why != "" {
		n.skip("the people of the policy", why)
		return n.list
	}
	c := &crew{people: map[string]op.Person{}, gone: map[string]bool{}}
	w.groups(ctx, &n, c, x.policy)
	w.meet(ctx, &n, c, x.policy)
	for _, id := range inOrder(x.policy.Mentions()) {
		c.mention(&n, id, places(x.policy, id))
	}
	for _, r := range x.policy.Rights() {
		c.approval(&n, r)
		c.outside(&n, r)
		w.reachable(ctx, &n, c, r)
	}
	if len(n.list) == 0 {
		n.ok("every person and user group of the policy is there")
	}
	return n.list
}

// groups looks up the user groups, if the policy has any.
func (w *workspace) groups(ctx context.Context, n *notes, c *crew, p *policy.Policy) {
	all := strings.Join(p.UserGroups(), ", ")
	if all == "" {
		return
	}
	reason := w.lacks("usergroups:read")
	var err error
	if reason == "" {
		c.groups, err = w.dir.UserGroups(ctx)
	}
	switch {
	case reason != "":
	case webapi.Code(err) == "paid_teams_only":
		n.bad("name people in their place, or choose a plan of Slack that has user groups",
			"the plan of the workspace has no user groups, and the policy names %s", all)
		return
	case err != nil:
		reason = "Slack cannot be asked (" + why(err) + ")"
	default:
		return
	}
	n.skip("the user groups of the policy", reason)
}

// reachable says when nobody who can approve is in the channel of the card.
func (w *workspace) reachable(ctx context.Context, n *notes, c *crew, r policy.Right) {
	able := c.able(r)
	if !r.Second || len(able) == 0 || c.partly(r) {
		return
	}
	channel, err := w.dir.Channel(ctx, r.Channel, time.Time{})
	if err != nil || !channel.Member || channel.Archived {
		return // the channels have told
	}
	for _, id := range able {
		rooms, err := w.dir.Rooms(ctx, id, time.Time{})
		if err != nil || slices.Contains(rooms, r.Channel) {
			return
		}
	}
	n.warn("invite one of them to #"+channel.Name+", or name other approvers",
		"%s: none of those who can approve is in #%s: %s", r.Place, channel.Name, strings.Join(able, ", "))
}

// meet looks up whoever the policy names itself, and whoever may approve.
func (w *workspace) meet(ctx context.Context, n *notes, c *crew, p *policy.Policy) {
	ids := inOrder(p.Mentions())
	for _, r := range p.Rights() {
		ids = append(ids, c.members(r.Approvers)...)
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
func (c *crew) approval(n *notes, a policy.Right) {
	const mend = "name more people or groups in its approvers (docs/policy.md#grants)"
	if !a.Second || c.partly(a) {
		return
	}
	able := c.able(a)
	switch who := c.members(a.Who); {
	case len(able) == 0:
		n.bad(mend, "%s: nobody can approve: of its approvers %s", a.Place, c.reasons(a))
	case len(a.Approvers) == 1 && !isGroup(a.Approvers[0]): // the policy itself has told
	case len(able) == 1 && (a.Everyone || slices.Contains(who, able[0])):
		n.warn(mend, "%s: %s is the only one left who can approve, so nobody can approve what %s asks for", a.Place, able[0],
			able[0])
	}
}

// outside says who has no right by a grant that names them, because it is not for guests or people of other
// organisations.
func (c *crew) outside(n *notes, r policy.Right) {
	for _, named := range []struct {
		ids    []string
		as, do string
	}{{r.Who, "ask", "another person"}, {r.Approvers, "approve", "another approver"}} {
		for _, id := range named.ids {
			switch p := c.people[id]; {
			case p.Guest && !r.Guests:
				n.warn("guests: true in that grant, or "+named.do, "%s: %s is a guest, and cannot %s there", r.Place, id, named.as)
			case p.External && !r.External:
				n.warn("external: true in that grant, or "+named.do,
					"%s: %s is of another organisation, and cannot %s there", r.Place, id, named.as)
			}
		}
	}
}

// partly reports that not all approvers are known.
func (c *crew) partly(r policy.Right) bool {
	return c.groups == nil && slices.ContainsFunc(r.Approvers, isGroup) || c.asked > mostAsked
}

// able are those who may be the second person.
func (c *crew) able(r policy.Right) []string {
	return slices.DeleteFunc(c.members(r.Approvers), func(id string) bool { return c.unable(r, id) })
}

// unable reports somebody who may not approve, as policy.Approves decides.
func (c *crew) unable(a policy.Right, id string) bool {
	p := c.people[id]
	return c.gone[id] || p.Deleted || p.Bot || p.Guest && !a.Guests || p.External && !a.External
}

// reasons says why none of the approvers is able.
func (c *crew) reasons(a policy.Right) string {
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
