package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// The action ids of our buttons: those of cards carry an operation id, those of answers the text of a command.
const (
	cardAction = "op:"
	sayAction  = "say:"
	pickAction = "field"
)

// identity is who the bot is. The app needs no check: a socket is opened with the app's own token and carries nothing else.
type identity struct {
	team string
	user string
}

// fillIn is what somebody did in a form: sent it, or changed a field on which others depend.
type fillIn struct {
	request op.Request
	form    op.Form
	view    string
	hash    string
	block   string // id of a field, to show an error at; empty when there is none
	sent    bool
}

// arrival is what an envelope means. At most one of the pointers is set; none means that there is nothing to do.
type arrival struct {
	key     string
	slash   bool // the acknowledgement may carry the answer
	request *op.Request
	click   *op.Click
	fill    *fillIn
	home    *op.Request
	forget  []string // ids of channels, groups and people about which something changed
	ignored string   // why there is nothing to do
	refusal any      // what to acknowledge with when there is nothing to do; nil for nothing
}

var errOtherTeam = errors.New("comes from another workspace")

// decode reads the payload of an envelope. It is pure: the same bytes always mean the same.
func (id identity) decode(kind, envelope string, payload json.RawMessage, now time.Time) (arrival, error) {
	switch kind {
	case "slash_commands":
		var c slack.SlashCommand
		if err := json.Unmarshal(payload, &c); err != nil {
			return arrival{}, err
		}
		return id.slash(c, envelope, now)
	case "interactive":
		var in interaction
		if err := json.Unmarshal(payload, &in); err != nil {
			return arrival{}, err
		}
		return id.interaction(in, now)
	case "events_api":
		var in callback
		if err := json.Unmarshal(payload, &in); err != nil {
			return arrival{}, err
		}
		return id.event(in, envelope, now)
	}
	return arrival{ignored: "unknown kind of envelope"}, nil
}

// slash decodes a slash command (docs.slack.dev/interactivity/implementing-slash-commands).
func (id identity) slash(c slack.SlashCommand, envelope string, now time.Time) (arrival, error) {
	if c.TeamID != id.team {
		return arrival{}, errOtherTeam
	}
	if c.UserID == "" || c.ChannelID == "" || c.Command == "" {
		return arrival{ignored: "slash command without person, channel or name"}, nil
	}
	key := envelope
	if c.TriggerID != "" {
		key = c.TriggerID
	}
	text := strings.TrimPrefix(c.Command, "/")
	if c.Text != "" {
		text += " " + c.Text
	}
	r := op.Request{
		Key: "slash-" + digest(key), Team: c.TeamID, Channel: c.ChannelID, Person: c.UserID, PersonTeam: c.TeamID,
		Text: text, At: now, ReplyTo: c.ResponseURL, Trigger: c.TriggerID,
	}
	return arrival{key: r.Key, slash: true, request: &r}, nil
}

// digest shortens a capability to a key that opens nothing.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// interaction is what we read of a block_actions or view_submission payload.
type interaction struct {
	Type        string    `json:"type"`
	Team        named     `json:"team"`
	User        member    `json:"user"`
	Channel     named     `json:"channel"`
	Container   container `json:"container"`
	Message     stamp     `json:"message"`
	Actions     []pressed `json:"actions"`
	View        seenView  `json:"view"`
	ResponseURL string    `json:"response_url"`
	TriggerID   string    `json:"trigger_id"`
}

type (
	named struct {
		ID string `json:"id"`
	}
	member struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	}
	stamp struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
	}
	container struct {
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
	}
	pressed struct {
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
		ActionTS string `json:"action_ts"`
	}
	seenView struct {
		ID       string `json:"id"`
		Type     string `json:"type"`
		Hash     string `json:"hash"`
		Metadata string `json:"private_metadata"`
		State    struct {
			Values map[string]map[string]fieldState `json:"values"`
		} `json:"state"`
	}
	fieldState struct {
		Value    string `json:"value"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	}
)

// interaction decodes a press on a button or a form (docs.slack.dev/named/interaction-payloads). Somebody of another
// organisation is let through: the engine refuses and records it.
func (id identity) interaction(in interaction, now time.Time) (arrival, error) {
	if in.User.ID == "" {
		return arrival{ignored: "interaction without a person"}, nil
	}
	r := op.Request{
		Team: id.team, Channel: first(in.Channel.ID, in.Container.ChannelID), Thread: first(in.Container.ThreadTS, in.Message.ThreadTS),
		Person: in.User.ID, PersonTeam: first(in.User.TeamID, in.Team.ID), At: now, ReplyTo: in.ResponseURL, Trigger: in.TriggerID,
	}
	switch {
	case in.Type == "view_submission":
		return submission(in, r, true)
	case in.Type != "block_actions" || len(in.Actions) == 0:
		return arrival{ignored: "interaction of another kind"}, nil
	}
	pressed := in.Actions[0]
	message := first(in.Container.MessageTS, in.Message.TS)
	r.Key = strings.Join([]string{"click", r.Person, first(message, in.View.ID), pressed.ActionID, pressed.ActionTS}, "-")
	switch {
	case strings.HasPrefix(pressed.ActionID, cardAction):
		return cardPress(pressed, r, message)
	case strings.HasPrefix(pressed.ActionID, sayAction) && pressed.Value != "":
		r.Text = pressed.Value
		return arrival{key: r.Key, request: &r}, nil
	case pressed.ActionID == pickAction && in.View.ID != "":
		return submission(in, r, false)
	}
	return arrival{ignored: "unknown action"}, nil
}

// acts are the buttons that a card may have.
var acts = map[op.Act]bool{
	op.ActConfirm: true, op.ActCancel: true, op.ActApprove: true, op.ActDecline: true, op.ActLook: true,
	op.ActHappened: true, op.ActNot: true, op.ActAgain: true, op.ActNext: true,
}

func cardPress(p pressed, r op.Request, message string) (arrival, error) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(p.ActionID, cardAction), ":")
	act := op.Act(name)
	index, err := strconv.Atoi(rest)
	if !acts[act] || (act == op.ActNext) != (err == nil) || index < 0 || p.Value == "" || len(p.Value) > 64 {
		return arrival{ignored: "unknown button of a card"}, nil
	}
	return arrival{key: r.Key, click: &op.Click{
		Key: r.Key, Operation: p.Value, Act: act, Index: index, Team: r.Team, Channel: r.Channel, Message: message,
		Person: r.Person, PersonTeam: r.PersonTeam, At: r.At, ReplyTo: r.ReplyTo, Trigger: r.Trigger,
	}}, nil
}

// submission decodes what a form holds: which form it is travels in the view's metadata, the values in its state.
func submission(in interaction, r op.Request, sent bool) (arrival, error) {
	at := firstBlock(in.View)
	form, person, err := recall(in.View.Metadata)
	if err != nil || person != r.Person {
		a := arrival{ignored: "a form that is not ours"}
		if sent {
			a.refusal = mistake(at, "This form cannot be used, so nothing was done. Close it and type the command.")
		}
		return a, nil
	}
	for block, state := range in.View.State.Values {
		name, _, _ := strings.Cut(block, fieldSeparator)
		for i := range form.Fields {
			if form.Fields[i].Name == name {
				form.Fields[i].Value = first(state[pickAction].Selected.Value, state[pickAction].Value)
			}
		}
	}
	r.Channel, r.Thread = form.Channel, form.Thread
	if sent {
		r.Key = "form-" + in.View.ID + "-" + in.View.Hash
	}
	return arrival{key: r.Key, fill: &fillIn{request: r, form: form, view: in.View.ID, hash: in.View.Hash, block: at, sent: sent}}, nil
}

// firstBlock gives the id of a field of the form that somebody filled in.
func firstBlock(v seenView) string {
	if len(v.State.Values) == 0 {
		return ""
	}
	return slices.Min(slices.Collect(maps.Keys(v.State.Values)))
}

// mistake keeps a form open and says at one of its fields what is wrong; nil when it has none
// (docs.slack.dev/surfaces/modals#displaying_errors).
func mistake(block, words string) any {
	if block == "" {
		return nil
	}
	return map[string]any{"response_action": "errors", "errors": map[string]string{block: words}}
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
