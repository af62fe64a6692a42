package fakeslack

import (
	"encoding/json"
	"slices"
	"strings"

	"casterbot/internal/sandbox/composer"
)

// eventsOf are the events that a person's message causes: a mention of the bot, and the message itself, where the app
// subscribed to them. In a direct message there are no mentions. The caller holds mu.
// https://docs.slack.dev/reference/events/app_mention
func (w *Workspace) eventsOf(r *room, m *Message) []json.RawMessage {
	if !r.has(BotUser) {
		return nil
	}
	var out []json.RawMessage
	if r.IM == "" && strings.Contains(m.Text, "<@"+BotUser) {
		event := w.messageEvent(r, m)
		event["type"] = "app_mention"
		delete(event, "channel_type")
		out = w.add(out, "app_mention", event)
	}
	return w.add(out, r.messageKind(), w.messageEvent(r, m))
}

// channelTypes is what an event calls the kinds of channels.
var channelTypes = map[string]string{"im": "im", "private_channel": "group", "public_channel": "channel"}

// messageKind is the subscription that messages of a room come with.
func (r *room) messageKind() string {
	if r.IM != "" {
		return "message.im"
	}
	return "message." + channelTypes[r.kind()] + "s"
}

// messageEvent is a message as an event tells it.
// https://docs.slack.dev/reference/events/message
func (w *Workspace) messageEvent(r *room, m *Message) map[string]any {
	event := map[string]any{
		"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "channel": r.ID, "event_ts": m.TS, "team": m.Team,
		"channel_type": channelTypes[r.kind()],
	}
	if m.ThreadTS != "" {
		event["thread_ts"] = m.ThreadTS
	}
	if m.BotID == "" {
		rich := composer.RichText(m.Text)
		rich["block_id"] = "b" + m.TS
		event["blocks"], event["client_msg_id"] = []any{rich}, clientID(m.TS)
		return event
	}
	event["bot_id"], event["app_id"] = m.BotID, m.AppID
	if m.Blocks != nil {
		event["blocks"] = m.Blocks
	}
	if m.Attachments != nil {
		event["attachments"] = m.Attachments
	}
	return event
}

// clientID is the id that the client of the person gave the message.
func clientID(ts string) string {
	return "c0000000-0000-4000-8000-" + strings.Replace(ts, ".", "", 1)[4:16]
}

// tell owes the app the event of a message of its own: Slack sends it like anybody's. The caller holds mu.
func (w *Workspace) tell(r *room, m *Message) {
	if r.has(BotUser) && m.EphemeralTo == "" {
		w.owed = w.add(w.owed, r.messageKind(), w.messageEvent(r, m))
	}
}

// tellChange owes the app the event of a message of its own that was edited or deleted; before is what it was.
// https://docs.slack.dev/reference/events/message/message_changed
func (w *Workspace) tellChange(r *room, before Message, now *Message) {
	if !slices.Contains(w.cfg.Events, r.messageKind()) || before.EphemeralTo != "" {
		return
	}
	ts := w.nextTS()
	event := map[string]any{"type": "message", "subtype": "message_deleted", "channel": r.ID, "hidden": true,
		"ts": ts, "event_ts": ts, "channel_type": channelTypes[r.kind()], "previous_message": before.wire()}
	if now != nil {
		event["subtype"], event["message"] = "message_changed", now.wire()
	} else {
		event["deleted_ts"] = before.TS
	}
	w.owed = w.add(w.owed, r.messageKind(), event)
}

// release lets go of mu and sends the events that are owed.
func (w *Workspace) release() {
	owed := w.owed
	w.owed = nil
	w.mu.Unlock()
	for _, event := range owed {
		w.emit(event)
	}
}

// add appends an event that the app subscribed to.
func (w *Workspace) add(list []json.RawMessage, kind string, event map[string]any) []json.RawMessage {
	if payload := w.event(kind, event); payload != nil {
		return append(list, payload)
	}
	return list
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
