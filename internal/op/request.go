package op

import "time"

// Origin says who asked or pressed, and where. Trigger is a capability, as are those of the address.
type Origin struct {
	Team       string `json:"team"`
	PersonTeam string `json:"personTeam"` // the team that the person belongs to
	Trigger    string `json:"-"`          // opens one form within 3 s
	Address
}

// Address is where a private answer goes. ReplyTo and View are capabilities: they are never stored and never logged.
type Address struct {
	Person   string    `json:"person"`
	Channel  string    `json:"channel,omitempty"`
	Thread   string    `json:"thread,omitempty"`
	At       time.Time `json:"at"` // when the person asked
	ReplyTo  string    `json:"-"`
	View     string    `json:"-"`              // a window of the person that waits for the answer
	FromHome bool      `json:"away,omitempty"` // asked on the bot's own page, where nobody looks at the channel
}

// Request is a command as it arrived.
type Request struct {
	Key string `json:"key"` // dedupe key
	Origin
	Text   string `json:"text"`           // "caster restart main", without the slash
	Pick   string `json:"pick,omitempty"` // what was picked for the first Ask in Text
	Button Button `json:"button,omitzero"`
	Form   bool   `json:"form,omitempty"` // sent by a form, which stays open when its person is removed from the channel
}

// Button is what was pressed to ask, when nothing was typed. All presses on it that ask for a change count as one.
type Button struct {
	ID   string `json:"id"`             // the same for every press on one button of one message, whoever presses
	Card bool   `json:"card,omitempty"` // it stands on a card, in the state that the card shows
}

// Act is what a button of a card asks for.
type Action string

// The acts.
const (
	ActionConfirm  Action = "confirm"
	ActionCancel   Action = "cancel"
	ActionApprove  Action = "approve"
	ActionDecline  Action = "decline"
	ActionLook     Action = "look"
	ActionHappened Action = "happened"
	ActionNot      Action = "not"     // it did not happen
	ActionAgain    Action = "again"   // ask the same thing again
	ActionDetails  Action = "details" // what else was seen when it was asked
	ActionNext     Action = "next"    // the way on that is named by Next
)

// Click is a press on a button of a card.
type Click struct {
	Key       string `json:"key"`
	Operation string `json:"operation"`
	Action    Action `json:"act"`
	Next      string `json:"way,omitempty"`
	Origin
	Message string `json:"message"` // id of the message that carries the button
	// the version of the operation that the bot's own page showed; 0: a button of the message itself, which is edited
	Version int64 `json:"version,omitempty"`
	// when it arrived, by the clock of this process alone; zero after a restart
	Came time.Time `json:"-"`
}

// Person is what is known of somebody at one moment.
type Person struct {
	ID       string
	Team     string
	Teams    []string // in an Enterprise Grid: all workspaces that the person is in, and the organisation
	Guest    bool     // restricted or ultra restricted
	External bool     // of another organisation
	Bot      bool     // a bot or a workflow
	Deleted  bool     // deactivated
	Groups   []string // ids of those user groups of the policy that the person is in
	Zone     string   // time zone by its name in the IANA database; empty when it is not known
	Locale   string   // language and country as Slack gives them: "zh-CN"
	Stale    bool     // could not be looked up now: last known, good for reads only
}

// Channel is what is known of a channel at one moment.
type Channel struct {
	ID       string
	Name     string
	External bool // shared with another organisation, or about to be
	Hidden   bool // Slack does not show it to the bot, so it is not known whether it is shared: External says that it is
	Archived bool
	Member   bool // the bot is in it
	Direct   bool // a direct message: whoever is in it stays in it
	Stale    bool
}

// Confirm says who must press the button.
type Confirm string

// The confirmations.
const (
	ConfirmNone  Confirm = "none"  // nobody
	ConfirmSelf  Confirm = "self"  // the asker
	ConfirmOther Confirm = "other" // another person out of the approvers
)

// Decision is what the policy said.
type Decision struct {
	Allowed bool    `json:"allowed"`
	Rule    string  `json:"rule"` // file and line: "policy.yml:14"
	Why     []Line  `json:"why,omitempty"`
	Confirm Confirm `json:"confirm,omitempty"`
	// who must confirm while viewers may notice; empty: no difference
	OnAir        Confirm       `json:"onAir,omitempty"`
	Approvers    []string      `json:"approvers,omitempty"`    // user ids and user group ids
	Expires      time.Duration `json:"expires,omitempty"`      // how long the confirmation may take
	OnAirExpires time.Duration `json:"onAirExpires,omitempty"` // the same while viewers may notice
	External     bool          `json:"external,omitempty"`     // approvers may be of another organisation
	Guests       bool          `json:"guests,omitempty"`       // approvers may be guests
	URLs         bool          `json:"urls,omitempty"`         // addresses for playback may be shown
	Policy       string        `json:"policy"`                 // hash of the policy that decided
	Role         string        `json:"role,omitempty"`         // the entry of the line that means the person
}

// For gives the decision about one plan: what viewers may notice can need another confirmation.
func (d Decision) For(p Plan) Decision {
	if p.OnAir && d.OnAir != "" {
		d.Confirm, d.Expires = d.OnAir, d.OnAirExpires
	}
	d.OnAir, d.OnAirExpires = "", 0
	return d
}
