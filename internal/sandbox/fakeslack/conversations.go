package fakeslack

import (
	"slices"
	"strings"
)

// seen finds a channel that the bot may know of: public ones, and private ones
// it is in.
func (w *Workspace) seen(c *call) (*room, *apiError) {
	c.log.Channel = c.args["channel"]
	r := w.byRoom[c.args["channel"]]
	if r == nil || (r.Private || r.IM != "") && !r.has(BotUser) {
		return nil, fail("channel_not_found")
	}
	return r, nil
}

// https://docs.slack.dev/reference/methods/conversations.info
func conversationInfo(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.seen(c)
	if e != nil {
		return nil, e
	}
	return map[string]any{"channel": r.conversation()}, nil
}

// https://docs.slack.dev/reference/methods/conversations.members
func conversationMembers(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.seen(c)
	if e != nil {
		return nil, e
	}
	return page(c, "members", r.Members)
}

// https://docs.slack.dev/reference/methods/conversations.list
func conversationsList(w *Workspace, c *call) (map[string]any, *apiError) {
	return page(c, "channels", w.list(c, func(r *room) bool { return !r.Private && r.IM == "" || r.has(BotUser) }))
}

// https://docs.slack.dev/reference/methods/users.conversations
func usersConversations(w *Workspace, c *call) (map[string]any, *apiError) {
	user := c.args["user"]
	if user == "" {
		user = BotUser
	}
	if w.person(user) == nil {
		return nil, fail("user_not_found")
	}
	return page(c, "channels", w.list(c, func(r *room) bool { return r.has(user) }))
}

// list filters channels by the types and exclude_archived of a call.
func (w *Workspace) list(c *call, visible func(*room) bool) []map[string]any {
	types := strings.Split(c.args["types"], ",")
	if c.args["types"] == "" {
		types = []string{"public_channel"}
	}
	var out []map[string]any
	for _, r := range w.rooms {
		if r.Archived && c.args["exclude_archived"] == "true" || !slices.Contains(types, r.kind()) || !visible(r) {
			continue
		}
		out = append(out, r.conversation())
	}
	return out
}

func (r *room) kind() string {
	switch {
	case r.IM != "":
		return "im"
	case r.Private:
		return "private_channel"
	}
	return "public_channel"
}

// https://docs.slack.dev/reference/methods/conversations.open
func conversationOpen(w *Workspace, c *call) (map[string]any, *apiError) {
	id := c.args["users"]
	c.log.User = id
	u := w.person(id)
	switch {
	case strings.Contains(id, ","):
		return nil, fail("not_supported") // group messages are not part of this workspace
	case u == nil:
		return nil, fail("user_not_found")
	case u.Deleted:
		return nil, fail("user_disabled")
	case u.IsBot:
		return nil, fail("cannot_dm_bot")
	}
	_, already := w.byRoom["D"+id[1:]]
	r := w.directRoom(id)
	c.log.Channel = r.ID
	w.changed()
	return map[string]any{"channel": r.conversation(), "no_op": already, "already_open": already}, nil
}

// https://docs.slack.dev/reference/methods/conversations.join
func conversationJoin(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.seen(c)
	switch {
	case e != nil:
		return nil, e
	case r.Archived:
		return nil, fail("is_archived")
	case r.Private || r.IM != "":
		return nil, fail("method_not_supported_for_channel_type")
	}
	out := map[string]any{}
	if r.has(BotUser) {
		out["warning"] = "already_in_channel"
	} else {
		r.Members = append(r.Members, BotUser)
		w.changed()
	}
	out["channel"] = r.conversation()
	return out, nil
}
