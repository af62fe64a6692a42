package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// AddBot invites the bot to a channel.
func (w *Workspace) AddBot(channel string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		if r.has(BotUser) {
			return "", nil
		}
		r.Members = append(r.Members, BotUser)
		return "member_joined_channel",
			map[string]any{"user": BotUser, "channel": channel, "channel_type": "C", "team": TeamID}
	})
}

// RemoveMember throws somebody out of a channel.
func (w *Workspace) RemoveMember(channel, user string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Members = slices.DeleteFunc(slices.Clone(r.Members), func(m string) bool { return m == user })
		return "", nil
	})
}

// RemoveBot throws the bot out of a channel.
func (w *Workspace) RemoveBot(channel string) error { return w.RemoveMember(channel, BotUser) }

// Archive archives a channel.
func (w *Workspace) Archive(channel string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Archived = true
		return "channel_archive", map[string]any{"channel": channel, "user": "U0KEN"}
	})
}

// Rename gives a channel another name; the id stays.
func (w *Workspace) Rename(channel, name string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Name = name
		return "channel_rename", map[string]any{"channel": map[string]any{"id": channel, "name": name, "created": 1700000000}}
	})
}

// Share shares a channel with the partner's team.
func (w *Workspace) Share(channel string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Ext = true
		return "channel_shared", map[string]any{"channel": channel, "connected_team_id": OtherID}
	})
}

// Unshare ends the sharing of a channel.
func (w *Workspace) Unshare(channel string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Ext = false
		return "channel_unshared",
			map[string]any{"channel": channel, "previously_connected_team_id": OtherID, "is_ext_shared": false}
	})
}

// ChangeID moves a channel to another id, as Slack does when a private channel
// is shared.
func (w *Workspace) ChangeID(channel, id string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		delete(w.byRoom, channel)
		r.ID = id
		w.byRoom[id] = r
		return "channel_id_changed", map[string]any{"old_channel_id": channel, "new_channel_id": id}
	})
}

// alter changes a channel and tells the app, if it subscribed to that event.
func (w *Workspace) alter(channel string, change func(*room) (string, map[string]any)) error {
	w.mu.Lock()
	r := w.byRoom[channel]
	if r == nil {
		w.mu.Unlock()
		return fmt.Errorf("%w channel %s", errUnknown, channel)
	}
	kind, event := change(r)
	w.changed()
	if event == nil {
		w.mu.Unlock()
		return nil
	}
	event["type"], event["event_ts"] = kind, w.actionTS()
	payload := w.event(kind, event)
	w.mu.Unlock()
	w.emit(payload)
	return nil
}

// SetUser changes a person: deactivates, makes a guest, renames, moves to
// another zone; the app hears of it. A person unknown so far is created, and is
// in no channel.
func (w *Workspace) SetUser(id string, change func(*User)) {
	w.mu.Lock()
	var payload json.RawMessage
	if u := w.person(id); u != nil {
		change(u)
		payload = w.event("user_change",
			map[string]any{"type": "user_change", "user": w.told(*u), "cache_ts": w.cfg.Now().Unix(), "event_ts": w.actionTS()})
	} else {
		u = &User{ID: id, TeamID: TeamID, Name: id}
		w.people = append(w.people, u)
		change(u)
	}
	w.changed()
	w.mu.Unlock()
	w.emit(payload)
}

// SetMember puts a person into a channel or takes them out.
func (w *Workspace) SetMember(channel, user string, in bool) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		rest := slices.DeleteFunc(slices.Clone(r.Members), func(m string) bool { return m == user })
		if in {
			rest = append(rest, user)
		}
		r.Members = rest
		return "", nil
	})
}

// AddChannel creates a channel with these members; name the bot among them to
// have it in.
func (w *Workspace) AddChannel(id, name string, private bool, members ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := newRoom(id, name)
	r.Private, r.Members = private, slices.Clone(members)
	w.addRoom(r)
	w.changed()
}

// SetGroup replaces the members of a user group and tells the app. A group
// unknown so far is created; nil members remove it.
func (w *Workspace) SetGroup(id string, members []string) {
	w.mu.Lock()
	g := w.group(id)
	switch {
	case members == nil:
		w.groups = slices.DeleteFunc(w.groups, func(o *Group) bool { return o.ID == id })
	case g == nil:
		w.groups = append(w.groups, &Group{ID: id, Handle: id, Name: id, Users: slices.Clone(members)})
	default:
		g.Users = slices.Clone(members)
	}
	payload := w.event("subteam_members_changed", map[string]any{
		"type": "subteam_members_changed", "subteam_id": id, "team_id": TeamID, "event_ts": w.actionTS(),
	})
	w.changed()
	w.mu.Unlock()
	w.emit(payload)
}

// eventOf is the event that a person's message causes, or nil. The caller
// holds mu.
func (w *Workspace) eventOf(u *User, r *room, m *Message) json.RawMessage {
	if !r.has(BotUser) {
		return nil
	}
	event := map[string]any{
		"user": u.ID, "text": m.Text, "ts": m.TS, "channel": r.ID, "event_ts": m.TS, "team": u.TeamID,
	}
	if m.ThreadTS != "" {
		event["thread_ts"] = m.ThreadTS
	}
	kind := "message.channels"
	switch {
	case r.IM != "":
		kind = "message.im"
		event["type"], event["channel_type"] = "message", "im"
	case strings.Contains(m.Text, "<@"+BotUser):
		kind = "app_mention"
		event["type"] = "app_mention"
	default:
		event["type"], event["channel_type"] = "message", "channel"
	}
	return w.event(kind, event)
}

// event wraps an event for the Events API, or returns nil when the app did not
// subscribe to it (https://docs.slack.dev/apis/events-api#callback-field).
// The caller holds mu.
func (w *Workspace) event(kind string, event map[string]any) json.RawMessage {
	if !slices.Contains(w.cfg.Events, kind) {
		return nil
	}
	ext := false
	if id, ok := event["channel"].(string); ok && w.byRoom[id] != nil {
		ext = w.byRoom[id].Ext
	}
	return marshal(map[string]any{
		"token": "fake", "team_id": TeamID, "api_app_id": AppID, "type": "event_callback", "event": event,
		"event_id": w.nextID("Ev"), "event_time": w.cfg.Now().Unix(), "is_ext_shared_channel": ext,
		"authorizations": []any{map[string]any{
			"enterprise_id": nil, "team_id": TeamID, "user_id": BotUser, "is_bot": true, "is_enterprise_install": false,
		}},
	})
}

// emit sends an event that nobody waits for. The caller must not hold mu.
func (w *Workspace) emit(event json.RawMessage) {
	if event != nil {
		w.hub.post("events_api", event, origin{kind: "event"})
	}
}
