package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
)

// AddBot invites the bot to a channel.
func (w *Workspace) AddBot(channel string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		if r.has(BotUser) {
			return "", nil
		}
		r.Members = append(r.Members, BotUser)
		return "member_joined_channel",
			map[string]any{"user": BotUser, "channel": channel, "channel_type": r.letter(), "team": TeamID}
	})
}

// RemoveBot throws the bot out of a channel.
func (w *Workspace) RemoveBot(channel string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		if !r.has(BotUser) {
			return "", nil
		}
		r.Members = slices.DeleteFunc(slices.Clone(r.Members), func(m string) bool { return m == BotUser })
		return r.event("left"), map[string]any{"channel": channel, "actor_id": "U0KEN"}
	})
}

// event is the name of what happens to a channel: private ones are groups there.
func (r *room) event(what string) string {
	if r.Private {
		return "group_" + what
	}
	return "channel_" + what
}

// Archive archives a channel.
func (w *Workspace) Archive(channel string) error { return w.archive(channel, true) }

// Unarchive brings an archived channel back.
func (w *Workspace) Unarchive(channel string) error { return w.archive(channel, false) }

func (w *Workspace) archive(channel string, in bool) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Archived = in
		kind := map[bool]string{true: "archive", false: "unarchive"}[in]
		return r.event(kind), map[string]any{"channel": channel, "user": "U0KEN"}
	})
}

// Rename gives a channel another name; the id stays.
func (w *Workspace) Rename(channel, name string) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		r.Name = name
		return r.event("rename"), map[string]any{
			"channel": map[string]any{"id": channel, "name": name, "created": 1700000000}}
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

// SetMember puts a person into a channel or takes them out; the app hears of it where it is a member.
func (w *Workspace) SetMember(channel, user string, in bool) error {
	return w.alter(channel, func(r *room) (string, map[string]any) {
		was := r.has(user)
		rest := slices.DeleteFunc(slices.Clone(r.Members), func(m string) bool { return m == user })
		kind := "member_left_channel"
		if in {
			rest, kind = append(rest, user), "member_joined_channel"
		}
		r.Members = rest
		if was == in || !r.has(BotUser) {
			return "", nil
		}
		return kind, map[string]any{"user": user, "channel": channel, "channel_type": r.letter(), "team": TeamID}
	})
}

// letter is what events of members call the kind of a channel.
func (r *room) letter() string {
	if r.Private {
		return "G"
	}
	return "C"
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

// Grant gives the bot's token a scope, as when the app is installed anew with it. The app learns of it when it asks.
func (w *Workspace) Grant(scope string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cfg.Scopes = append(slices.Clone(w.cfg.Scopes), scope)
}
