package fakeslack

import (
	"slices"
	"sort"
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
