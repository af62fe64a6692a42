package bot

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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
	homeAction = "home:" // on the bot's own page: a number and the channel that is meant, or the word that follows
	refresh    = "refresh"
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
	notice  string // id of a field in which a notice was picked
	sent    bool
}

// arrival is what an envelope means. At most one of the pointers is set; none means that there is nothing to do.
type arrival struct {
	key     string
	slash   bool // the acknowledgement may carry the answer
	request *op.Request
	click   *op.Click
	fill    *fillIn
	query   *op.Query
	home    *op.Request
	back    string   // the channel that the bot can write to again
	forget  []string // ids of channels, groups and people about which something changed
	ignored string   // why there is nothing to do
	wrong   *wrong   // with ignored: what to say about it
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

// interaction is what we read of a block_actions, block_suggestion or view_submission payload. The last three fields are of a
// suggestion alone.
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
	ActionID    string    `json:"action_id"`
	BlockID     string    `json:"block_id"`
	Value       string    `json:"value"`
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
		BlockID  string `json:"block_id"`
		Value    string `json:"value"`
		ActionTS string `json:"action_ts"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"`
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
		Value    string   `json:"value"`
		Selected chosen   `json:"selected_option"`
		Several  []chosen `json:"selected_options"`
	}
	chosen struct {
		Value string `json:"value"`
	}
)

// interaction decodes a press on a button or a form (docs.slack.dev/named/interaction-payloads). Somebody of another
// organisation is let through: the engine refuses and records it.
func (id identity) interaction(in interaction, now time.Time) (arrival, error) {
	if in.User.ID == "" {
		return arrival{ignored: "interaction without a person"}, nil
	}
	r := op.Request{
		Team: id.team, Channel: cmp.Or(in.Channel.ID, in.Container.ChannelID), Thread: cmp.Or(in.Container.ThreadTS, in.Message.ThreadTS),
		Person: in.User.ID, PersonTeam: cmp.Or(in.User.TeamID, in.Team.ID), At: now, ReplyTo: in.ResponseURL, Trigger: in.TriggerID,
	}
	switch {
	case in.Type == "view_submission":
		return submission(in, r, true)
	case in.Type == "block_suggestion":
		return suggestion(in, r)
	case in.Type != "block_actions" || len(in.Actions) == 0:
		return arrival{ignored: "interaction of another kind"}, nil
	}
	pressed := in.Actions[0]
	message := cmp.Or(in.Container.MessageTS, in.Message.TS)
	if r.Thread == message { // the message has replies, but is none
		r.Thread = ""
	}
	r.Key = strings.Join([]string{"click", r.Person, cmp.Or(message, in.View.ID), pressed.ActionID, pressed.ActionTS}, "-")
	if in.View.ID != "" && pressed.ActionID != pickAction {
		return id.pageOrWindow(in.View, pressed, r)
	}
	switch {
	case strings.HasPrefix(pressed.ActionID, cardAction):
		return cardPress(pressed, r, message)
	case pressed.says(&r):
		r.Button = saidBy(message, r)
		return arrival{key: r.Key, request: &r}, nil
	case pressed.ActionID == pickAction && in.View.ID != "":
		return submission(in, r, false)
	}
	return arrival{ignored: "unknown action"}, nil
}

// says puts into a request the command that a button or a picker stands for; false when it stands for none.
func (p pressed) says(r *op.Request) bool {
	switch {
	case strings.HasPrefix(p.ActionID, sayAction):
		r.Text = p.Value
	case strings.HasPrefix(p.ActionID, typedAction) && p.Selected.Value != "":
		r.Text, r.Pick = p.BlockID, p.Selected.Value
	}
	return r.Text != ""
}

// saidBy names a button of an answer by the message or view in which it stands and by what it says there.
func saidBy(place string, r op.Request) op.Button {
	return op.Button{ID: "say-" + digest(strings.Join([]string{place, r.Channel, r.Text, r.Pick}, "\x00"))}
}

// acts are the buttons that a card may have.
var acts = map[op.Act]bool{
	op.ActConfirm: true, op.ActCancel: true, op.ActApprove: true, op.ActDecline: true, op.ActLook: true,
	op.ActHappened: true, op.ActNot: true, op.ActAgain: true, op.ActNext: true,
}

func cardPress(p pressed, r op.Request, message string) (arrival, error) {
	name, way, _ := strings.Cut(strings.TrimPrefix(p.ActionID, cardAction), ":")
	act := op.Act(name)
	if !acts[act] || (act == op.ActNext) != (way != "") || len(way) > 64 || p.Value == "" || len(p.Value) > 64 {
		return arrival{ignored: "unknown button of a card"}, nil
	}
	return arrival{key: r.Key, click: &op.Click{
		Key: r.Key, Operation: p.Value, Act: act, Way: way, Team: r.Team, Channel: r.Channel, Thread: r.Thread, Message: message,
		Person: r.Person, PersonTeam: r.PersonTeam, At: r.At, ReplyTo: r.ReplyTo, Trigger: r.Trigger,
	}}, nil
}
