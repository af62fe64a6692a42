package fakeslack

import (
	"encoding/json"
	"slices"
	"strings"
)

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
