package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"casterbot/internal/sandbox/blockkit"
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
	state := w.enter(user, e, p.State, p.Value)
	w.putAll(m, user, p.Values)
	if e.stateful() {
		m.put(user, e, state)
	}
	pay := w.interaction("block_actions", u)
	w.place(pay, r, m, e)
	pay["trigger_id"] = w.newTrigger(trigger{user: user, channel: channel})
	pay["response_url"] = w.newHook("actions", hook{user: user, channel: channel, original: ts})
	pay["actions"] = []any{e.actionOf(state, w.actionTS())}
	pay["state"] = m.state(user)
	w.mu.Unlock()
	return w.hub.post("interactive", marshal(pay),
		origin{kind: "button", user: user, channel: channel, ts: ts, action: p.Action}), nil
}

// putAll keeps what a person has put into the inputs of a message before the click.
func (w *Workspace) putAll(m *Message, user string, values map[string]map[string]State) {
	for _, e := range m.allElements() {
		if s, ok := values[e.block][e.action]; ok && e.stateful() {
			m.put(user, e, w.enter(user, e, s, ""))
		}
	}
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
	state := w.enter(user, e, p.State, p.Value)
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

// Place is where a person types into an external select: a view, or a message
// by its channel and timestamp.
type Place struct{ View, Channel, TS string }

// OptionGroup is a part of a list of choices under a heading; choices without
// groups are one group without a label.
type OptionGroup struct {
	Label   *Text    `json:"label,omitempty"`
	Options []Option `json:"options"`
}

// leastQuery is from how many characters on an app is asked, when the select
// does not say (min_query_length).
const leastQuery = 3

// Suggest lets a person type into an external select of a message or a view.
// The Ack's Groups are what the list then shows; an answer that Slack refuses
// (more than 100 options, a text of more than 75 characters) ends as
// ErrBadAnswer. Fewer characters than the select asks for send nothing.
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
func (w *Workspace) Suggest(user string, at Place, p Press, query string) (Sent, error) {
	w.mu.Lock()
	pay, e, err := w.suggestion(user, at, p)
	if err != nil || utf8.RuneCountInString(query) < e.leastQuery() {
		w.mu.Unlock()
		return nothing("", ""), err
	}
	pay["action_id"], pay["block_id"], pay["value"] = e.action, e.block, query
	payload := marshal(pay)
	w.mu.Unlock()
	return w.hub.post("interactive", payload,
		origin{kind: "suggest", user: user, channel: at.Channel, view: at.View, ts: at.TS, action: p.Action}), nil
}

func (w *Workspace) suggestion(user string, at Place, p Press) (map[string]any, element, error) {
	if at.View != "" {
		u, v, err := w.showing(user, at.View)
		if err != nil {
			return nil, element{}, err
		}
		pay := w.interaction("block_suggestion", u)
		pay["container"], pay["view"] = map[string]any{"type": "view", "view_id": v.ID}, v.wire()
		e, err := findPress(external(elements(v.Blocks)), p)
		return pay, e, err
	}
	u, r, m, err := w.sees(user, at.Channel, at.TS)
	if err != nil {
		return nil, element{}, err
	}
	e, err := findPress(external(m.allElements()), p)
	pay := w.interaction("block_suggestion", u)
	w.place(pay, r, m, e)
	return pay, e, err
}

// external leaves those elements whose options come from the app.
func external(list []element) []element {
	var out []element
	for _, e := range list {
		if e.kind() == "external_select" || e.kind() == "multi_external_select" {
			out = append(out, e)
		}
	}
	return out
}

func (e element) leastQuery() int {
	if n, ok := e.body["min_query_length"].(json.Number); ok {
		least, _ := strconv.Atoi(n.String()) // the linter has seen the number
		return least
	}
	return leastQuery
}

// offered reads an answer to a suggestion, or tells that Slack would refuse it.
func offered(payload json.RawMessage) ([]OptionGroup, bool) {
	if payload == nil || len(blockkit.LintOptions(payload)) > 0 {
		return nil, false
	}
	var p struct {
		Options []Option      `json:"options"`
		Groups  []OptionGroup `json:"option_groups"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return nil, false
	}
	if len(p.Options) > 0 {
		p.Groups = append([]OptionGroup{{Options: p.Options}}, p.Groups...)
	}
	return p.Groups, true
}

// Groups are what an ack to a block_suggestion offers; none for any other ack.
func (a Ack) Groups() []OptionGroup {
	groups, _ := offered(a.Payload)
	return groups
}

// Options are the same without the headings.
func (a Ack) Options() []Option {
	var out []Option
	for _, g := range a.Groups() {
		out = append(out, g.Options...)
	}
	return out
}
