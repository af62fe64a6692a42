package fakeslack

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/sandbox/composer"
)

// trigger is a trigger_id: who may be shown a modal for it.
type trigger struct {
	user    string
	channel string // that the person looked at, empty in a view
	used    bool
	modal   bool // it came from inside a modal, so it may push
}

// nothing is what an act that sends no envelope returns.
func nothing(ts, why string) Sent {
	done := make(chan Ack, 1)
	done <- Ack{Err: why}
	close(done)
	return Sent{TS: ts, Done: done}
}

// Type lets a person write a line in a channel. A line that starts with the
// name of a slash command becomes an envelope; so does a mention of the bot
// where the bot is a member, and any message there that the app subscribed to; the
// Ack is that of the first. Anything else is just a message. What Slack itself
// refuses (unknown command, command in a thread) shows as a toast and as
// Ack.Err, not as an error.
func (w *Workspace) Type(user, channel, text, threadTS string) (Sent, error) {
	w.mu.Lock()
	u, r, err := w.present(user, channel)
	if err != nil {
		w.mu.Unlock()
		return Sent{}, err
	}
	if strings.HasPrefix(text, "/") {
		return w.typeCommand(u, r, text, threadTS)
	}
	m := w.store(r, &Message{User: u.ID, Team: u.TeamID, Text: w.encode(text), ThreadTS: threadTS})
	events := w.eventsOf(r, m)
	w.mu.Unlock()
	sent := nothing(m.TS, "")
	for i, event := range events {
		if s := w.hub.post("events_api", event, origin{kind: "event", user: user, channel: channel}); i == 0 {
			sent, sent.TS = s, m.TS
		}
	}
	return sent, nil
}

// present finds a person who can act in a channel. The caller holds mu.
func (w *Workspace) present(user, channel string) (*User, *room, error) {
	u, err := w.active(user)
	if err != nil {
		return nil, nil, err
	}
	r := w.byRoom[channel]
	if r == nil || !r.has(user) {
		return nil, nil, fmt.Errorf("%w channel %s for %s", errUnknown, channel, user)
	}
	if r.Archived {
		return nil, nil, fmt.Errorf("fakeslack: %s is archived", channel)
	}
	return u, r, nil
}

// store puts a message in a room and stamps it. The caller holds mu.
func (w *Workspace) store(r *room, m *Message) *Message {
	m.Type, m.TS = "message", w.nextTS()
	r.add(m)
	if m.BotID != "" {
		w.tell(r, m)
	}
	w.changed()
	return m
}

// typeCommand is called with mu held and lets it go.
func (w *Workspace) typeCommand(u *User, r *room, text, threadTS string) (Sent, error) {
	name, rest, _ := strings.Cut(text, " ")
	c, known := w.commands[name]
	refuse := func(kind, sentence string) (Sent, error) {
		defer w.mu.Unlock()
		w.toast(u.ID, Toast{Channel: r.ID, Kind: kind, Text: sentence})
		return nothing("", kind), nil
	}
	switch {
	case !known:
		return refuse(ErrInvalidCommand,
			fmt.Sprintf("%s is not a valid command. In Slack, all messages that start with the “/” character are interpreted as commands.", name))
	case threadTS != "":
		return refuse(ErrInThread, name+" is not supported in threads. Sorry!")
	case u.IsStranger:
		return refuse(ErrExternal, "People from other organisations cannot use "+name+" here.")
	}
	rest = composer.Codes(strings.TrimSpace(rest))
	if !c.Raw {
		rest = w.encode(rest)
	}
	payload := w.slashPayload(u, r, name, rest)
	w.mu.Unlock()
	return w.hub.post("slash_commands", payload,
		origin{kind: "slash", user: u.ID, channel: r.ID, command: name, text: text}), nil
}

// slashPayload is the payload of a slash command
// (https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling).
func (w *Workspace) slashPayload(u *User, r *room, name, text string) json.RawMessage {
	return marshal(struct {
		Token       string `json:"token"`
		TeamID      string `json:"team_id"`
		TeamDomain  string `json:"team_domain"`
		ChannelID   string `json:"channel_id"`
		ChannelName string `json:"channel_name"`
		UserID      string `json:"user_id"`
		UserName    string `json:"user_name"`
		Command     string `json:"command"`
		Text        string `json:"text"`
		AppID       string `json:"api_app_id"`
		Enterprise  string `json:"is_enterprise_install"`
		ResponseURL string `json:"response_url"`
		TriggerID   string `json:"trigger_id"`
	}{
		"fake", TeamID, teamDomain, r.ID, r.commandName(), u.ID, u.Name, name, text, AppID, "false",
		w.newHook("commands", hook{user: u.ID, channel: r.ID}), w.newTrigger(trigger{user: u.ID, channel: r.ID}),
	})
}

const teamDomain = "show-workspace"

// newTrigger mints a trigger_id. The caller holds mu.
func (w *Workspace) newTrigger(t trigger) string {
	w.serial++
	id := fmt.Sprintf("%d.%s.%s", w.serial, AppID, w.hub.secret())
	w.triggers.add(id, t, w.cfg.Trigger)
	return id
}

// toast tells a person something. The caller holds mu.
func (w *Workspace) toast(user string, t Toast) {
	const keep = 20
	w.toastSeq++
	t.Seq = w.toastSeq
	list := append(w.toasts[user], t)
	w.toasts[user] = list[max(0, len(list)-keep):]
	w.changed()
}

func (w *Workspace) actionTS() string {
	now := time.Now()
	return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
}

func who(u *User) map[string]any {
	return map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID}
}

// interaction is what all interactive payloads have in common. The caller
// holds mu.
func (w *Workspace) interaction(kind string, u *User) map[string]any {
	return map[string]any{
		"type": kind, "token": "fake", "api_app_id": AppID, "user": who(u), "enterprise": nil, "is_enterprise_install": false,
		"team": map[string]any{"id": TeamID, "domain": teamDomain},
	}
}
