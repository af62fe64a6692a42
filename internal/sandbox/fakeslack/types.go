package fakeslack

import (
	"encoding/json"
	"log/slog"
	"time"
)

// Config says how a workspace behaves. Only the two tokens are needed; a zero
// field takes the default named beside it.
type Config struct {
	AppToken string // xapp-…, the token of apps.connections.open
	BotToken string // xoxb-…, the token of every other method

	// Now is the world's clock, used for message timestamps only. Default time.Now.
	Now func() time.Time

	Ping      time.Duration // between PING frames on a socket. Default 10 s
	AckWithin time.Duration // an envelope's deadline. Default 3 s
	Grace     time.Duration // a socket's life after a warning. Default 10 s
	Lifetime  time.Duration // a socket's age when it is warned. Default: never (hello says 3600 s)
	Validity

	// Retries are the waits before an unacked event is sent again. Default at
	// once, 1 min, 5 min (https://docs.slack.dev/apis/events-api#retries).
	Retries []time.Duration

	Commands []Command // slash commands of the app
	Events   []string  // event types the app subscribed to. Default DefaultEvents
	Scopes   []string  // scopes of the bot token. Default: all that the methods need

	Limits  bool          // refuse calls beyond Slack's rates (methods.go)
	Latency time.Duration // of every answer to the app, in real time; see SetLatency

	Seed uint64       // of socket routing and ids
	Log  *slog.Logger // Default: discarded
}

// Validity is how long what an app is handed to answer with is good.
type Validity struct {
	Trigger time.Duration // a trigger_id. Default 3 s
	Hook    time.Duration // a response_url. Default 30 min
}

// DefaultEvents are the subscriptions of an app that names none.
var DefaultEvents = []string{
	"app_home_opened", "app_mention", "channel_archive", "channel_id_changed", "channel_rename",
	"channel_shared", "channel_unshared", "member_joined_channel", "subteam_members_changed",
}

// Command is a slash command as the manifest declares it.
type Command struct {
	Name        string `json:"name"` // with the slash
	Description string `json:"description"`
	UsageHint   string `json:"usage_hint"`
	Raw         bool   `json:"raw,omitempty"` // should_escape: false
}

// User is a person or bot; the JSON is that of users.info.
type User struct {
	ID                string  `json:"id"`
	TeamID            string  `json:"team_id"`
	Name              string  `json:"name"`
	RealName          string  `json:"real_name"`
	Deleted           bool    `json:"deleted"`
	IsBot             bool    `json:"is_bot"`
	IsRestricted      bool    `json:"is_restricted"`
	IsUltraRestricted bool    `json:"is_ultra_restricted"`
	IsStranger        bool    `json:"is_stranger"`
	IsAppUser         bool    `json:"is_app_user"`
	IsWorkflowBot     bool    `json:"is_workflow_bot"`
	TZ                string  `json:"tz,omitempty"`
	TZLabel           string  `json:"tz_label,omitempty"`
	Locale            string  `json:"locale,omitempty"`
	Profile           Profile `json:"profile"`
}

// Profile is the part of a user's profile that the sandbox fills.
type Profile struct {
	DisplayName string `json:"display_name"`
	RealName    string `json:"real_name"`
	Title       string `json:"title"` // the role in the show: operator, lead, …
}

// Group is a user group (subteam).
type Group struct {
	ID     string   `json:"id"`
	Handle string   `json:"handle"`
	Name   string   `json:"name"`
	Users  []string `json:"users"`
}

// Message is one message; the JSON is Slack's, but for ephemeral_to.
type Message struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype,omitempty"`
	TS          string          `json:"ts"`
	User        string          `json:"user,omitempty"`
	BotID       string          `json:"bot_id,omitempty"`
	AppID       string          `json:"app_id,omitempty"`
	Team        string          `json:"team,omitempty"`
	Text        string          `json:"text"`
	ThreadTS    string          `json:"thread_ts,omitempty"`
	Edited      *Edited         `json:"edited,omitempty"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`

	// EphemeralTo is the only person who sees the message, or empty.
	EphemeralTo string `json:"ephemeral_to,omitempty"`

	past []json.RawMessage    // earlier blocks, newest last, for clicks on an old picture
	held map[string]ViewState // what each person has put into its inputs
}

// Edited tells who changed a message last, and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// Text is a Block Kit text object.
type Text struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji bool   `json:"emoji,omitempty"`
}

// Option is one choice of a select.
type Option struct {
	Text        *Text  `json:"text,omitempty"`
	Value       string `json:"value"`
	Description *Text  `json:"description,omitempty"`
}

// Press names the element a person uses.
type Press struct {
	Action string // action_id
	Block  string // block_id; only needed when two blocks share the action_id
	Value  string // button value or select option; only needed when several elements share the action_id, or for a select
	State  State  // what a stateful element holds after the press; overrides Value for those
	Stale  bool   // the person still sees an older picture of the message

	// Values are what the person has put into other inputs of the message since, as for Submit.
	Values map[string]map[string]State
}

// Toast is what Slack itself tells a person, without the bot.
type Toast struct {
	Seq     int    `json:"seq"`
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`     // the message of a button that failed
	Action  string `json:"action,omitempty"` // the button that failed
	Kind    string `json:"kind"`             // an Err… value
	Text    string `json:"text"`
}

// What can become of an envelope besides an ack.
const (
	ErrTimeout        = "operation_timeout"        // no ack within AckWithin
	ErrDispatch       = "dispatch_failed"          // no socket was open
	ErrInvalidCommand = "invalid_command"          // no such slash command; nothing was sent
	ErrInThread       = "not_in_thread"            // slash commands do not work in threads; nothing was sent
	ErrExternal       = "restricted_action"        // a person of another organisation typed a command; nothing was sent
	ErrBadAnswer      = "invalid_command_response" // the ack's payload was refused
	ErrClosed         = "closed"                   // the workspace was closed
)

// Ack is what came back for an envelope.
type Ack struct {
	Payload json.RawMessage // nil for a bare ack
	After   time.Duration   // from the write to the socket's queue to the ack, real time
	At      time.Time       // when the answer had taken effect, real time
	Err     string          // one of the Err… values, or empty
}

// Sent tells what an act of a person set going.
type Sent struct {
	Envelope string     // empty when nothing was sent to the app
	TS       string     // of the message that was stored, if one was
	At       time.Time  // when it was written to a socket's queue, real time
	Done     <-chan Ack // gets one Ack, then is closed; at once when nothing was sent
}

// Call is one thing the bot did: a Web API call ("chat.postMessage"), a post to
// a response URL ("response_url") or an ack that carried a payload ("ack").
type Call struct {
	Seq     int    `json:"seq"`
	Method  string `json:"method"`
	Channel string `json:"channel,omitempty"`
	// whom it was for: the person of an ephemeral message, a view, an ack
	User   string            `json:"user,omitempty"`
	TS     string            `json:"ts,omitempty"` // of the message made or changed
	Text   string            `json:"text,omitempty"`
	Blocks json.RawMessage   `json:"blocks,omitempty"`
	Attach json.RawMessage   `json:"attachments,omitempty"`
	View   json.RawMessage   `json:"view,omitempty"`
	Args   map[string]string `json:"args,omitempty"` // the arguments as sent, without the token
	Error  string            `json:"error,omitempty"`
	At     time.Time         `json:"-"` // when it had taken effect, real time
}

// Fault makes a method misbehave. The zero Fault means "well again".
type Fault struct {
	Status      int           // HTTP status; 0 means 200
	Error       string        // Slack's error code; "ratelimited" with status 429 is the default for RetryAfter
	RetryAfter  time.Duration // Retry-After, rounded up to seconds
	Times       int           // how many calls; 0 means until cleared
	Silent      bool          // never answer
	AfterEffect bool          // do it, then misbehave
}

// Room is a channel as one person sees it.
type Room struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Topic       string    `json:"topic"`
	IsIM        bool      `json:"is_im"`
	IsPrivate   bool      `json:"is_private"`
	IsExtShared bool      `json:"is_ext_shared"`
	IsArchived  bool      `json:"is_archived"`
	BotMember   bool      `json:"bot_member"`
	Members     []string  `json:"members"`
	Messages    []Message `json:"messages"` // the last ScreenMessages, oldest first
	Pinned      []Message `json:"pinned"`   // the newest pin first
}

// ScreenMessages is how many messages of a channel a Screen holds.
const ScreenMessages = 200

// Screen is everything one person sees.
type Screen struct {
	Me       User      `json:"me"`
	People   []User    `json:"people"` // everybody, the bot too, in seed order
	Groups   []Group   `json:"groups"`
	Rooms    []Room    `json:"rooms"`  // those the person is in, in seed order
	Views    []View    `json:"views"`  // open modals, the top one last
	Home     *View     `json:"home"`   // nil until published
	Toasts   []Toast   `json:"toasts"` // the last 20, oldest first
	Commands []Command `json:"commands"`
	Sockets  int       `json:"sockets"`
	Team     string    `json:"team"`
}

// Ids of the seed. See seed.go for the whole of it.
const (
	TeamID  = "T0SHOW"
	OtherID = "T0OTHER" // the partner's team
	AppID   = "A0CASTER"
	BotID   = "B0CASTER"
	BotUser = "U0BOT"
)
