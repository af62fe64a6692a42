package fakeslack

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// room is a conversation with its messages, oldest first.
type room struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Topic    string     `json:"topic"`
	IM       string     `json:"im,omitempty"` // the person of a direct message
	Private  bool       `json:"private"`
	Ext      bool       `json:"ext"`
	Archived bool       `json:"archived"`
	Members  []string   `json:"members"`
	Messages []*Message `json:"messages"`
	Pins     []pin      `json:"pins,omitempty"` // oldest first
}

// keepMessages is how many messages a room remembers at least; it is cleaned
// when it holds twice as many.
const keepMessages = 5000

func newRoom(id, name string) *room { return &room{ID: id, Name: name} }

func (r *room) has(user string) bool { return slices.Contains(r.Members, user) }

func (r *room) add(m *Message) {
	if len(r.Messages) >= 2*keepMessages {
		r.Messages = slices.Clone(r.Messages[keepMessages:])
	}
	r.Messages = append(r.Messages, m)
}

// find returns the place of a message, or -1. Timestamps have one width, so
// they sort as text.
func (r *room) find(ts string) int {
	i := sort.Search(len(r.Messages), func(i int) bool { return r.Messages[i].TS >= ts })
	if i < len(r.Messages) && r.Messages[i].TS == ts {
		return i
	}
	return -1
}

func (r *room) message(ts string) *Message {
	if i := r.find(ts); i >= 0 {
		return r.Messages[i]
	}
	return nil
}

func (r *room) remove(ts string) {
	if i := r.find(ts); i >= 0 {
		r.Messages = slices.Delete(r.Messages, i, i+1)
	}
}

// visible are the last n messages that a person sees, oldest first.
func (r *room) visible(user string, n int) []Message {
	out := []Message{}
	for i := len(r.Messages) - 1; i >= 0 && len(out) < n; i-- {
		m := r.Messages[i]
		if m.EphemeralTo == "" || m.EphemeralTo == user {
			out = append(out, *m)
		}
	}
	slices.Reverse(out)
	return out
}

// commandName is the channel_name of a slash command's payload.
func (r *room) commandName() string {
	switch {
	case r.IM != "":
		return "directmessage"
	case r.Private:
		return "privategroup"
	}
	return r.Name
}

// conversation is the JSON of conversations.info.
func (r *room) conversation() map[string]any {
	c := map[string]any{
		"id": r.ID, "created": 1700000000, "is_archived": r.Archived, "context_team_id": TeamID,
		"is_im": r.IM != "", "is_mpim": false, "is_private": r.Private || r.IM != "",
		"is_channel": r.IM == "" && !r.Private, "is_group": r.Private, "is_general": false,
		"is_shared": r.Ext, "is_ext_shared": r.Ext, "is_org_shared": false, "is_pending_ext_shared": false,
		"is_member": r.has(BotUser), "num_members": len(r.Members),
		"topic":   map[string]any{"value": r.Topic, "creator": "", "last_set": 0},
		"purpose": map[string]any{"value": "", "creator": "", "last_set": 0},
	}
	if r.IM != "" {
		c["user"] = r.IM
		return c
	}
	c["name"], c["name_normalized"], c["creator"] = r.Name, strings.ToLower(r.Name), "U0KEN"
	if r.Ext {
		c["shared_team_ids"], c["connected_team_ids"] = []string{TeamID, OtherID}, []string{OtherID}
	}
	return c
}

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
