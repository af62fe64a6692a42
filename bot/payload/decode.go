package payload

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"casterbot/bot/render"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Identity is who the bot is. The app needs no check: a socket is opened with the app's own token and carries nothing
// else.
type Identity struct {
	Team       string
	Enterprise string // the organisation of an Enterprise Grid; empty for a workspace of its own
	User       string
}

// ours reports a payload of the bot's own workspace, or of its organisation: who may do what is judged by the person.
func (id Identity) ours(team, enterprise string) bool {
	return team == id.Team || id.Enterprise != "" && (team == id.Enterprise || enterprise == id.Enterprise)
}

// formInput is what somebody did in a form: sent it, or changed a field on which others depend.
type formInput struct {
	Request op.Request
	Form    op.Form
	View    string
	Hash    string
	Block   string            // id of a field, to show an error at; empty when there is none
	Notice  string            // id of a field in which a notice was picked
	Blocks  map[string]string // ids of the fields by their names
	Sent    bool
}

// Event is what an envelope means. At most one of the pointers is set; none means that there is nothing to do.
type Event struct {
	Key     string
	Slash   bool // the acknowledgement may carry the answer
	Request *op.Request
	Click   *op.Click
	Fill    *formInput
	Query   *op.Query
	Said    *Said
	Home    *op.Request
	Back    string      // the channel that the bot can write to again
	Forget  []string    // ids of channels, groups and people about which something changed
	Changed *slack.User // somebody as they are from now on
	Left    string      // a channel that the bot is not in any more
	Moved   string      // somebody who joined a channel
	Ignored string      // why there is nothing to do
	Wrong   *FieldError // with ignored: what to say about it
	Refusal any         // what to acknowledge with when there is nothing to do; nil for nothing
}

var errOtherTeam = errors.New("comes from another workspace")

// Decode reads the payload of an envelope. It is pure: the same bytes always mean the same.
func (id Identity) Decode(kind, envelope string, payload json.RawMessage, now time.Time) (Event, error) {
	switch kind {
	case "slash_commands":
		var c slack.SlashCommand
		if err := json.Unmarshal(payload, &c); err != nil {
			return Event{}, err
		}
		return id.slash(c, envelope, now)
	case "interactive":
		var in interaction
		if err := json.Unmarshal(payload, &in); err != nil {
			return Event{}, err
		}
		return id.interaction(in, now)
	case "events_api":
		var in callback
		if err := json.Unmarshal(payload, &in); err != nil {
			return Event{}, err
		}
		return id.event(in, envelope, now)
	}
	return Event{Ignored: "unknown kind of envelope"}, nil
}

// slash decodes a slash command (docs.slack.dev/interactivity/implementing-slash-commands).
func (id Identity) slash(c slack.SlashCommand, envelope string, now time.Time) (Event, error) {
	if !id.ours(c.TeamID, c.EnterpriseID) {
		return Event{}, errOtherTeam
	}
	if c.UserID == "" || c.ChannelID == "" || c.Command == "" {
		return Event{Ignored: "slash command without person, channel or name"}, nil
	}
	key := envelope
	if c.TriggerID != "" {
		key = c.TriggerID
	}
	text := strings.TrimPrefix(c.Command, "/")
	if said := unwrapped(strings.TrimSpace(c.Text)); said != "" {
		text += " " + said
	}
	r := op.Request{
		Key: "slash-" + digest(key), Text: text,
		Origin: op.Origin{Team: id.Team, PersonTeam: c.TeamID, Trigger: c.TriggerID, Address: op.Address{
			Channel: c.ChannelID, Person: c.UserID, At: now, ReplyTo: c.ResponseURL,
		}},
	}
	return Event{Key: r.Key, Slash: true, Request: &r}, nil
}

// digest shortens a capability to a key that opens nothing.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// interaction is what we read of a block_actions, block_suggestion or view_submission payload. The last three fields
// are of a suggestion alone.
type interaction struct {
	Type        string              `json:"type"`
	Team        named               `json:"team"`
	User        member              `json:"user"`
	Channel     named               `json:"channel"`
	Container   container           `json:"container"`
	Message     stamp               `json:"message"`
	Actions     []slack.BlockAction `json:"actions"`
	View        seenView            `json:"view"`
	ResponseURL string              `json:"response_url"`
	TriggerID   string              `json:"trigger_id"`
	ActionID    string              `json:"action_id"`
	BlockID     string              `json:"block_id"`
	Value       string              `json:"value"`
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
	seenView struct {
		ID       string          `json:"id"`
		Type     string          `json:"type"`
		Hash     string          `json:"hash"`
		Metadata string          `json:"private_metadata"`
		State    slack.ViewState `json:"state"`
	}
)

// interaction decodes a press on a button or a form (docs.slack.dev/named/interaction-payloads). Somebody of another
// organisation is let through: the engine refuses and records it.
func (id Identity) interaction(in interaction, now time.Time) (Event, error) {
	if in.User.ID == "" {
		return Event{Ignored: "interaction without a person"}, nil
	}
	r := op.Request{Origin: op.Origin{
		Team: id.Team, PersonTeam: cmp.Or(in.User.TeamID, in.Team.ID), Trigger: in.TriggerID,
		Address: op.Address{
			Channel: cmp.Or(in.Channel.ID, in.Container.ChannelID), Thread: cmp.Or(in.Container.ThreadTS, in.Message.ThreadTS),
			Person: in.User.ID, At: now, ReplyTo: in.ResponseURL,
		},
	}}
	switch {
	case in.Type == "view_submission":
		return submission(in, r, true)
	case in.Type == "block_suggestion":
		return suggestion(in, r)
	case in.Type != "block_actions" || len(in.Actions) == 0:
		return Event{Ignored: "interaction of another kind"}, nil
	}
	pressed := in.Actions[0]
	message := cmp.Or(in.Container.MessageTS, in.Message.TS)
	if r.Thread == message { // the message has replies, but is none
		r.Thread = ""
	}
	r.Key = strings.Join([]string{"click", r.Person, cmp.Or(message, in.View.ID), pressed.ActionID, pressed.ActionTs}, "-")
	if in.View.ID != "" && pressed.ActionID != render.PickAction {
		return id.pageOrWindow(in.View, pressed, r)
	}
	switch {
	case strings.HasPrefix(pressed.ActionID, render.CardAction):
		return cardPress(pressed, r, message)
	case says(pressed, &r):
		r.Button = saidBy(message, r)
		return Event{Key: r.Key, Request: &r}, nil
	case pressed.ActionID == render.PickAction && in.View.ID != "":
		return submission(in, r, false)
	}
	return Event{Ignored: "unknown action"}, nil
}

// says puts into a request the command that a button or a picker stands for; false when it stands for none.
func says(p slack.BlockAction, r *op.Request) bool {
	switch {
	case strings.HasPrefix(p.ActionID, render.SayAction):
		r.Text = p.Value
	case strings.HasPrefix(p.ActionID, render.TypedAction) && p.SelectedOption.Value != "":
		r.Text, r.Pick = p.BlockID, p.SelectedOption.Value
	}
	return r.Text != ""
}

// saidBy names a button of an answer by the message or view in which it stands and by what it says there.
func saidBy(place string, r op.Request) op.Button {
	return op.Button{ID: "say-" + digest(strings.Join([]string{place, r.Channel, r.Text, r.Pick}, "\x00"))}
}

// acts are the buttons that a card may have.
var acts = map[op.Action]bool{
	op.ActionConfirm: true, op.ActionCancel: true, op.ActionApprove: true, op.ActionDecline: true, op.ActionLook: true,
	op.ActionHappened: true, op.ActionNot: true, op.ActionAgain: true, op.ActionNext: true, op.ActionDetails: true,
}

func cardPress(p slack.BlockAction, r op.Request, message string) (Event, error) {
	name, next, _ := strings.Cut(strings.TrimPrefix(p.ActionID, render.CardAction), ":")
	act := op.Action(name)
	if !acts[act] || (act == op.ActionNext) != (next != "") || len(next) > 64 || p.Value == "" || len(p.Value) > 64 {
		return Event{Ignored: "unknown button of a card"}, nil
	}
	return Event{Key: r.Key, Click: &op.Click{
		Key: r.Key, Origin: r.Origin, Operation: p.Value, Action: act, Next: next, Message: message,
	}}, nil
}
