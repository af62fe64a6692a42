package fakeslack

import (
	"fmt"
	"slices"
)

// Click lets a person use a button, a select or another element of a message,
// also of one in an attachment or one that only that person sees.
// https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
func (w *Workspace) Click(user, channel, ts string, p Press) (Sent, error) {
	w.mu.Lock()
	u, r, m, err := w.sees(user, channel, ts)
	if err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	e, err := findPress(m.candidates(p.Stale), p)
	if err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	state := e.complete(p.State, p.Value)
	pay := w.interaction("block_actions", u)
	w.place(pay, r, m, e)
	pay["trigger_id"] = w.newTrigger(trigger{user: user})
	pay["response_url"] = w.newHook("actions", hook{user: user, channel: channel, original: ts})
	pay["actions"] = []any{e.actionOf(state, w.actionTS())}
	values := map[string]map[string]State{}
	if e.stateful() {
		values[e.block] = map[string]State{e.action: state}
	}
	pay["state"] = ViewState{Values: values}
	w.mu.Unlock()
	return w.hub.post("interactive", marshal(pay),
		origin{kind: "button", user: user, channel: channel, ts: ts, action: p.Action}), nil
}

// place says where in a channel an interaction happened.
func (w *Workspace) place(pay map[string]any, r *room, m *Message, e element) {
	box := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": r.ID, "is_ephemeral": m.EphemeralTo != ""}
	if e.attachment > 0 {
		box["type"], box["attachment_id"] = "message_attachment", e.attachment
	}
	if m.ThreadTS != "" {
		box["thread_ts"] = m.ThreadTS
	}
	pay["container"], pay["channel"] = box, map[string]any{"id": r.ID, "name": r.commandName()}
	if m.EphemeralTo == "" {
		pay["message"] = m.wire()
	}
}

// wire is the message as the app sees it.
func (m *Message) wire() Message {
	c := *m
	c.EphemeralTo = ""
	return c
}

// sees finds a message before a person's eyes. The caller holds mu.
func (w *Workspace) sees(user, channel, ts string) (*User, *room, *Message, error) {
	u, r, err := w.present(user, channel)
	if err != nil {
		return nil, nil, nil, err
	}
	m := r.message(ts)
	if m == nil || m.EphemeralTo != "" && m.EphemeralTo != user {
		return nil, nil, nil, fmt.Errorf("%w message %s for %s", errUnknown, ts, user)
	}
	return u, r, m, nil
}

// candidates are the elements a person may use; on an old picture also those
// that have gone since, the newest picture first.
func (m *Message) candidates(stale bool) []element {
	list := m.allElements()
	if stale {
		for _, old := range slices.Backward(m.past) {
			list = append(list, elements(old)...)
		}
	}
	return list
}

func findPress(list []element, p Press) (element, error) {
	for _, e := range list {
		if e.matches(p) {
			return e, e.takes(p.State)
		}
	}
	return element{}, fmt.Errorf("%w element %q", errUnknown, p.Action)
}

// ClickView lets a person use an element of an open modal or of the home tab.
func (w *Workspace) ClickView(user, view string, p Press) (Sent, error) {
	w.mu.Lock()
	u, v, err := w.showing(user, view)
	if err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	e, err := findPress(elements(v.Blocks), p)
	if err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	state := e.complete(p.State, p.Value)
	if e.stateful() {
		v.hold(e, state)
		w.changed()
	}
	pay := w.interaction("block_actions", u)
	pay["container"] = map[string]any{"type": "view", "view_id": v.ID}
	pay["view"] = v.wire()
	pay["trigger_id"] = w.newTrigger(trigger{user: user, modal: v.Type == "modal"})
	pay["actions"] = []any{e.actionOf(state, w.actionTS())}
	payload := marshal(pay)
	w.mu.Unlock()
	return w.hub.post("interactive", payload, origin{kind: "view_button", user: user, view: view, action: p.Action}), nil
}

// showing finds a view that a person has open. The caller holds mu.
func (w *Workspace) showing(user, view string) (*User, *View, error) {
	u, err := w.active(user)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range w.views[user] {
		if v.ID == view {
			return u, v, nil
		}
	}
	if h := w.homes[user]; h != nil && h.ID == view {
		return u, h, nil
	}
	return nil, nil, fmt.Errorf("%w view %s for %s", errUnknown, view, user)
}
