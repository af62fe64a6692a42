package fakeslack

import (
	"encoding/json"
	"fmt"
)

// Submit lets a person press the submit button of the top modal, after filling
// in values (block_id → action_id → state); inputs that values do not name keep
// what they hold. A required input left empty is refused on the spot, as the
// Slack client does.
// https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_submission
func (w *Workspace) Submit(user, view string, values map[string]map[string]State) (Sent, error) {
	w.mu.Lock()
	u, v, err := w.showing(user, view)
	if err == nil {
		err = w.fill(user, v, values)
	}
	if err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	v.Errors = nil
	pay := w.interaction("view_submission", u)
	pay["view"], pay["response_urls"] = v.wire(), w.responseURLs(user, v)
	pay["trigger_id"] = w.newTrigger(trigger{user: user, modal: true})
	payload := marshal(pay)
	w.mu.Unlock()
	return w.hub.post("interactive", payload, origin{kind: "submit", user: user, view: view}), nil
}

// fill puts the person's values into the top view and checks the required ones.
func (w *Workspace) fill(user string, v *View, values map[string]map[string]State) error {
	stack := w.views[user]
	if len(stack) == 0 || stack[len(stack)-1] != v || len(v.Submit) == 0 {
		return fmt.Errorf("fakeslack: view %s has no submit button to press", v.ID)
	}
	for _, e := range elements(v.Blocks) {
		if s, ok := values[e.block][e.action]; ok && e.stateful() {
			if err := e.takes(s); err != nil {
				return err
			}
			v.hold(e, w.enter(user, e, s, ""))
		}
	}
	w.changed()
	v.Errors = v.missing()
	if len(v.Errors) > 0 {
		return fmt.Errorf("fakeslack: view %s: please complete all required fields", v.ID)
	}
	return nil
}

// Required is what Slack itself says beside a field that was left empty.
const Required = "Please complete this required field."

// responseURLs are the addresses for messages to the conversations that the person chose in selects which ask for one.
// https://docs.slack.dev/surfaces/modals#composing_modal_messages
func (w *Workspace) responseURLs(user string, v *View) []any {
	urls := []any{}
	for _, e := range elements(v.Blocks) {
		s := v.State.Values[e.block][e.action]
		channel := s.SelectedConversation + s.SelectedChannel
		if e.body["response_url_enabled"] != true || w.byRoom[channel] == nil {
			continue
		}
		urls = append(urls, map[string]any{"block_id": e.block, "action_id": e.action, "channel_id": channel,
			"response_url": w.newHook("app", hook{user: user, channel: channel})})
	}
	return urls
}

// missing are the required inputs that hold nothing.
func (v *View) missing() map[string]string {
	var blocks []struct {
		Type     string         `json:"type"`
		ID       string         `json:"block_id"`
		Optional bool           `json:"optional"`
		Element  map[string]any `json:"element"`
	}
	if json.Unmarshal(v.Blocks, &blocks) != nil {
		return nil
	}
	out := map[string]string{}
	for _, b := range blocks {
		action, _ := b.Element["action_id"].(string)
		if b.Type == "input" && !b.Optional && v.State.Values[b.ID][action].empty() {
			out[b.ID] = Required
		}
	}
	return out
}

// hold sets the state of one element.
func (v *View) hold(e element, s State) { v.State = v.State.with(e, s) }

// wire is the view as the app sees it.
func (v *View) wire() View {
	c := *v
	c.Errors = nil
	return c
}

// CloseView lets a person leave the top modal. The app hears of it only when
// the view asked for it with notify_on_close.
func (w *Workspace) CloseView(user, view string) (Sent, error) {
	w.mu.Lock()
	u, v, err := w.showing(user, view)
	if err != nil || v.Type != "modal" {
		w.mu.Unlock()
		return Sent{}, fmt.Errorf("close view %s: %w", view, errUnknown)
	}
	w.closeFrom(user, v)
	if !v.NotifyOnClose {
		w.mu.Unlock()
		return nothing("", ""), nil
	}
	pay := w.interaction("view_closed", u)
	pay["view"], pay["is_cleared"] = v.wire(), false
	w.mu.Unlock()
	return w.hub.post("interactive", marshal(pay), origin{kind: "close", user: user, view: view}), nil
}

// closeFrom takes a view and all above it off the stack. The caller holds mu.
func (w *Workspace) closeFrom(user string, v *View) {
	stack := w.views[user]
	for i := range stack {
		if stack[i] == v {
			w.views[user] = stack[:i:i]
			break
		}
	}
	w.changed()
}

// OpenHome lets a person open the app's home tab.
// https://docs.slack.dev/reference/events/app_home_opened
func (w *Workspace) OpenHome(user string) (Sent, error) {
	w.mu.Lock()
	if _, err := w.active(user); err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	event := map[string]any{
		"type": "app_home_opened", "user": user, "channel": w.directRoom(user).ID, "tab": "home", "event_ts": w.actionTS(),
	}
	if h := w.homes[user]; h != nil {
		event["view"] = h.wire()
	}
	payload := w.event("app_home_opened", event)
	w.mu.Unlock()
	if payload == nil {
		return nothing("", ""), nil
	}
	return w.hub.post("events_api", payload, origin{kind: "event", user: user}), nil
}
