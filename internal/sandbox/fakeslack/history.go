package fakeslack

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// link is the permalink of a message.
func (w *Workspace) link(r *room, ts string) string {
	return w.base + "/archives/" + r.ID + "/p" + strings.Replace(ts, ".", "", 1)
}

// replies are the messages of a thread without its root, oldest first, and
// without those that only one person sees.
func (r *room) replies(root string) []*Message {
	var out []*Message
	for _, m := range r.Messages {
		if m.ThreadTS == root && m.TS != root && m.EphemeralTo == "" {
			out = append(out, m)
		}
	}
	return out
}

// wire is a message as it is read back: the root of a thread tells of its
// replies (https://docs.slack.dev/messaging/retrieving-messages#threading).
func (r *room) wire(m *Message) map[string]any {
	out := map[string]any{}
	_ = json.Unmarshal(marshal(m.wire()), &out) // what was marshalled a moment ago
	if list := r.replies(m.TS); len(list) > 0 {
		var users []string
		for _, reply := range list {
			if !slices.Contains(users, reply.User) {
				users = append(users, reply.User)
			}
		}
		out["thread_ts"], out["reply_count"], out["latest_reply"] = m.TS, len(list), list[len(list)-1].TS
		out["reply_users"], out["reply_users_count"] = users, len(users)
	}
	if r.pinned(m.TS) >= 0 {
		out["pinned_to"] = []string{r.ID}
	}
	return out
}

// conversationHistory gives the messages of a channel, the newest first.
// Replies are not among them.
// https://docs.slack.dev/reference/methods/conversations.history
func conversationHistory(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	var list []*Message
	for _, m := range slices.Backward(r.Messages) {
		if m.EphemeralTo == "" && (m.ThreadTS == "" || m.ThreadTS == m.TS) {
			list = append(list, m)
		}
	}
	return r.read(c, list)
}

// conversationReplies gives a thread, its root first.
// https://docs.slack.dev/reference/methods/conversations.replies
func conversationReplies(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	root := r.message(c.args["ts"])
	if root == nil || root.EphemeralTo != "" {
		return nil, fail("thread_not_found")
	}
	return r.read(c, append([]*Message{root}, r.replies(root.TS)...))
}

// mostRead is how many messages one call gives when it does not say.
const mostRead = 100

// read cuts a list by the times and the limit of a call.
func (r *room) read(c *call, list []*Message) (map[string]any, *apiError) {
	oldest, latest := c.args["oldest"], c.args["latest"]
	inclusive := c.args["inclusive"] == "true" || c.args["inclusive"] == "1"
	var kept []*Message
	for _, m := range list {
		edge := m.TS == oldest || m.TS == latest
		if edge && !inclusive || oldest != "" && m.TS < oldest || latest != "" && m.TS > latest {
			continue
		}
		kept = append(kept, m)
	}
	if c.args["limit"] == "" {
		c.args["limit"] = strconv.Itoa(mostRead)
	}
	answer, e := page(c, "messages", kept)
	if e != nil {
		return nil, e
	}
	out := []map[string]any{}
	for _, m := range answer["messages"].([]*Message) {
		out = append(out, r.wire(m))
	}
	rest := answer["response_metadata"].(map[string]any)["next_cursor"]
	answer["messages"], answer["has_more"], answer["pin_count"] = out, rest != "", len(r.Pins)
	return answer, nil
}
