package fakeslack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/sandbox/blockkit"
)

// maxCalls is how many calls the log keeps at least; older ones go in bulk
// when it holds twice as many.
const maxCalls = 50_000

// record adds a call to the log; JSON that is none is kept as a string. The caller holds mu.
func (w *Workspace) record(c Call) {
	w.callSeq++
	c.Seq, c.At = w.callSeq, time.Now()
	for _, raw := range []*json.RawMessage{&c.Blocks, &c.Attach, &c.View} {
		if len(*raw) > 0 && !w.familiar.valid(*raw) {
			*raw = marshal(string(*raw))
		}
	}
	if len(w.calls) >= 2*maxCalls {
		w.calls = slices.Clone(w.calls[maxCalls:])
	}
	w.calls = append(w.calls, c)
	w.changed()
}

// Log returns what the bot did, oldest first, from the call after the given
// sequence number on; 0 means from the start.
func (w *Workspace) Log(after int) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.callSeq - len(w.calls) // Seq of the call before the first one kept
	return slices.Clone(w.calls[min(max(0, after-first), len(w.calls)):])
}

// Snapshot returns what one person sees now. The JSON inside is shared and must
// not be changed.
func (w *Workspace) Snapshot(user string) (Screen, error) {
	sockets := len(w.Sockets())
	w.mu.Lock()
	defer w.mu.Unlock()
	me := w.person(user)
	if me == nil {
		return Screen{}, fmt.Errorf("%w person %s", errUnknown, user)
	}
	s := Screen{
		Me: *me, Team: teamName, Sockets: sockets, Commands: slices.Clone(w.cfg.Commands),
		Toasts: slices.Clone(w.toasts[user]), Views: []View{}, Rooms: []Room{},
	}
	for _, u := range w.people {
		s.People = append(s.People, *u)
	}
	for _, g := range w.groups {
		s.Groups = append(s.Groups, Group{g.ID, g.Handle, g.Name, slices.Clone(g.Users)})
	}
	for _, r := range w.rooms {
		if r.has(user) {
			s.Rooms = append(s.Rooms, r.seenBy(user))
		}
	}
	for _, v := range w.views[user] {
		s.Views = append(s.Views, *v)
	}
	if h := w.homes[user]; h != nil {
		c := *h
		s.Home = &c
	}
	return s, nil
}

func (r *room) seenBy(user string) Room {
	return Room{
		ID: r.ID, Name: r.Name, Topic: r.Topic, IsIM: r.IM != "", IsPrivate: r.Private, IsExtShared: r.Ext,
		IsArchived: r.Archived, BotMember: r.has(BotUser), Members: slices.Clone(r.Members),
		Messages: screens(r.visible(user, ScreenMessages), user), Pinned: screens(r.pinnedMessages(), user),
	}
}

// Message finds one message, whoever may see it.
func (w *Workspace) Message(channel, ts string) (Message, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r := w.byRoom[channel]; r != nil {
		if m := r.message(ts); m != nil {
			return *m, true
		}
	}
	return Message{}, false
}

// History returns what a channel remembers, oldest first: more than a Screen holds of it.
func (w *Workspace) History(channel, user string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.byRoom[channel]
	if r == nil {
		return nil
	}
	return screens(r.visible(user, len(r.Messages)), user)
}

// audienceField names the people who see an element.
const audienceField = "visible_to_user_ids"

// screens are messages as one person's screen shows them: without what is there for others only. A click on that
// comes through all the same: anybody may send one. The app, whose message it is, reads all of it.
// https://docs.slack.dev/reference/block-kit/block-elements/icon-button-element
func screens(list []Message, user string) []Message {
	if user == BotUser {
		return list
	}
	for i, m := range list {
		list[i].Blocks, list[i].Attachments = screen(m.Blocks, user), screen(m.Attachments, user)
	}
	return list
}

func screen(raw json.RawMessage, user string) json.RawMessage {
	if !bytes.Contains(raw, []byte(audienceField)) {
		return raw
	}
	shown, _ := without(blockkit.Decode(raw), user)
	return marshal(shown)
}

// without gives a value without the elements that others see alone, and whether it is one of those itself, or a block
// that has nothing else.
func without(v any, user string) (any, bool) {
	switch v := v.(type) {
	case []any:
		kept := []any{}
		for _, x := range v {
			if x, hidden := without(x, user); !hidden {
				kept = append(kept, x)
			}
		}
		return kept, len(v) > 0 && len(kept) == 0
	case map[string]any:
		if ids, ok := v[audienceField].([]any); ok && !slices.Contains(ids, any(user)) {
			return nil, true
		}
		for k, x := range v {
			x, hidden := without(x, user)
			switch {
			case hidden && k == "elements":
				return nil, true
			case hidden:
				delete(v, k)
			default:
				v[k] = x
			}
		}
	}
	return v, false
}
