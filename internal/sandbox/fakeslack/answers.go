package fakeslack

import (
	"encoding/json"
	"fmt"

	"casterbot/internal/sandbox/blockkit"
)

// trouble is what Slack writes into a modal that got no useful answer.
const trouble = "We had some trouble connecting. Try again?"

// settle lets an answer, or the lack of one, show where the person looks. An
// answer that Slack refuses gets its Err.
func (w *Workspace) settle(e *envelope, a *Ack) {
	if e.from.kind == "suggest" {
		w.answerSuggestion(e.from, a)
		return
	}
	if a.Err == "" && a.Payload == nil && e.from.kind != "submit" {
		return
	}
	w.mu.Lock()
	defer w.release()
	if a.Err != "" {
		w.failed(e.from, a.Err)
		return
	}
	if a.Payload != nil && e.from.kind != "slash" {
		w.record(Call{Method: "ack", User: e.from.user, Channel: e.from.channel, View: a.Payload})
	}
	switch e.from.kind {
	case "slash":
		w.answerCommand(e.from, a.Payload)
	case "submit":
		w.answerSubmit(e.from, a.Payload)
	}
}

// answerSuggestion has nobody to tell: the list itself shows what came, or that
// nothing did.
func (w *Workspace) answerSuggestion(o origin, a *Ack) {
	if a.Err != "" {
		return
	}
	if _, ok := offered(a.Payload); !ok {
		a.Err = ErrBadAnswer
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.record(Call{Method: "ack", User: o.user, Channel: o.channel, View: a.Payload, Error: a.Err})
}

// failed tells the person what Slack tells when the app did not answer.
func (w *Workspace) failed(o origin, why string) {
	t := Toast{Channel: o.channel, TS: o.ts, Action: o.action, Kind: why}
	switch o.kind {
	case "slash":
		t.Text = fmt.Sprintf("%s failed with the error “%s”", o.command, why)
	case "button", "view_button":
		t.Text = "⚠ This app did not respond."
	case "submit":
		t.Text = trouble
	default:
		return
	}
	w.toast(o.user, t)
}

// answerCommand posts the payload of a slash command's ack: to the person who
// typed, or for all together with what was typed.
func (w *Workspace) answerCommand(o origin, payload json.RawMessage) {
	r := w.byRoom[o.channel]
	d, err := decodeDraft(payload)
	if err != nil || r == nil || d.check(w.familiar) != nil {
		w.record(Call{Method: "ack", User: o.user, Channel: o.channel, Error: ErrBadAnswer})
		w.failed(o, ErrBadAnswer)
		return
	}
	if d.empty() {
		return
	}
	if d.ResponseType == "in_channel" {
		w.store(r, &Message{User: o.user, Team: TeamID, Text: entityEscape(o.text)})
	}
	m := w.draw(d)
	if d.ResponseType != "in_channel" {
		m.EphemeralTo = o.user
	}
	w.store(r, m)
	w.record(Call{Method: "ack", User: m.EphemeralTo, Channel: o.channel, TS: m.TS, Text: d.Text, Blocks: d.Blocks,
		Attach: d.Attachments})
}

// answerSubmit follows the response_action of a view_submission's ack
// (https://docs.slack.dev/surfaces/modals#modifying).
func (w *Workspace) answerSubmit(o origin, payload json.RawMessage) {
	_, v, err := w.showing(o.user, o.view)
	if err != nil {
		return // closed in between
	}
	var a struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if payload != nil && json.Unmarshal(payload, &a) != nil {
		w.failed(o, ErrBadAnswer)
		return
	}
	switch a.Action {
	case "":
		w.closeFrom(o.user, v)
	case "clear":
		w.views[o.user] = nil
	case "errors":
		err = w.showErrors(v, a.Errors)
	case "update", "push":
		err = w.answerView(o.user, v, a.Action, a.View)
	default:
		err = errUnknown
	}
	if err != nil {
		w.failed(o, ErrBadAnswer)
	}
	w.changed()
}

// showErrors writes sentences beside inputs; a sentence for anything but an
// input block spoils the whole answer, as it does in Slack.
func (w *Workspace) showErrors(v *View, errs map[string]string) error {
	var blocks []struct {
		Type string `json:"type"`
		ID   string `json:"block_id"`
	}
	_ = json.Unmarshal(v.Blocks, &blocks) // linted when it was opened
	inputs := map[string]bool{}
	for _, b := range blocks {
		inputs[b.ID] = b.Type == "input"
	}
	for id := range errs {
		if !inputs[id] {
			return fmt.Errorf("%w input %s", errUnknown, id)
		}
	}
	v.Errors = errs
	return nil
}

func (w *Workspace) answerView(user string, v *View, action string, raw json.RawMessage) error {
	if problems := blockkit.LintView(raw); len(problems) > 0 {
		return fmt.Errorf("view %s: %s", problems[0].Pointer, problems[0].Message)
	}
	next, err := w.newView(raw)
	if err != nil || next.Type != "modal" {
		return fmt.Errorf("%w view", errUnknown)
	}
	if action == "update" {
		v.replace(next, w.hub.secret())
		return nil
	}
	return w.pushView(user, next)
}
