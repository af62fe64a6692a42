package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/op"
)

// mostAsked is how many channels, people and studios are looked up in one run: the bot lives off the same limits.
const mostAsked = 40

// channels looks up those of the policy.
func (w *workspace) channels(ctx context.Context, x *exam) []Finding {
	n := notes{check: "channels"}
	if why := cause(w.down, w.lacks("channels:read", "groups:read")); why != "" {
		n.skip("the channels of the policy", why)
		return n.list
	}
	ids := x.policy.Channels()
	unseen := 0
	for _, id := range ids[:min(mostAsked, len(ids))] {
		c, err := w.dir.Channel(ctx, id, time.Time{})
		if err != nil {
			n.skip("channel "+id, "Slack cannot be asked ("+why(err)+")")
			continue
		}
		if c.Name == "" {
			unseen++
		}
		w.channel(&n, x, c)
	}
	if unseen == len(ids) && unseen > 1 {
		n.warn("use the bot token of the workspace that the policy is for, or correct the ids of the policy",
			"none of the policy's channels is seen in the workspace %s (%s)", w.me.TeamName, w.me.Team)
	}
	if len(ids) > mostAsked {
		n.skip(op.Count(len(ids)-mostAsked, "more channel"), "one look asks for "+fmt.Sprint(mostAsked)+" at most")
	}
	if len(n.list) == 0 && len(ids) > 0 {
		n.ok("the bot is in all channels of the policy (%d)", len(ids))
	}
	return n.list
}

// channel says what is wrong with one.
func (w *workspace) channel(n *notes, x *exam, c op.Channel) {
	rule, named := x.policy.Place(c.ID)
	place := fmt.Sprintf("#%s (%s, %s)", c.Name, c.ID, rule)
	scope, _ := x.policy.Scope(c.ID)
	switch {
	case c.Name == "" && !c.Direct:
		n.bad("if it is private: /invite @casterbot in it; if it is gone: put the id of the right one there (channel details → About)",
			"channel %s%s (%s) is not there, or private without the bot", c.ID, inBrackets(named), rule)
		return
	case c.Archived:
		n.bad("unarchive it in Slack, or take it out of the policy", "%s is archived: nothing can be said in it", place)
		return
	case !c.Member:
		n.bad("/invite @casterbot in #"+c.Name, "the bot is not in %s: nobody can do anything there", place)
	}
	if c.External && !scope.External {
		n.warn("external: true in the grants that are for it (docs/policy.md#grants), or end the sharing",
			"%s is shared with another organisation, and no grant is external: nobody can do anything there", place)
	}
	if named != "" && named != c.Name {
		n.warn(fmt.Sprintf("name: %q in the policy, if it is the channel that is meant", "#"+c.Name),
			"channel %s (%s) is called #%s in the policy, and is #%s", c.ID, rule, named, c.Name)
	}
}

func inBrackets(name string) string {
	if name == "" {
		return ""
	}
	return " (#" + strings.TrimPrefix(name, "#") + ")"
}
