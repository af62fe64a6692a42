// Package op holds the nouns that every other package of casterbot speaks of: commands, requests, plans, operations,
// their states and outcomes, and what people are shown.
//
// It keeps true that a state change which the chart does not know cannot be named (CanMove), and that everything shown
// to people is made of values (lines, spans, answers) and never of one chat system's markup. It knows neither Slack,
// nor the cloud, nor the store, and imports only the standard library.
package op

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// Effect says how much care a command needs.
type Effect string

// The effects, from harmless to a picture that viewers see change.
const (
	Read    Effect = "read"    // looks only
	Preview Effect = "preview" // changes what the crew sees, never what viewers see
	Change  Effect = "change"  // changes or creates something, costs money, does not cut the programme
	OnAir   Effect = "onair"   // may change or cut what viewers see
)

// State is where an operation stands; the chart is in docs/architecture.md.
type State string

// The states of an operation.
const (
	Pending   State = "pending"   // waits for a confirmation
	Queued    State = "queued"    // confirmed, nothing sent yet
	Running   State = "running"   // durable mark: the call may have left
	Succeeded State = "succeeded" // an answer or positive evidence says so
	Failed    State = "failed"    // a definite refusal, or nothing was sent
	Unknown   State = "unknown"   // it may or may not have happened
	Expired   State = "expired"   // nobody confirmed in time, nothing was done
	Cancelled State = "cancelled" // a person called it off, nothing was done
)

// moves is the whole chart: from a state to those it may become.
var moves = map[State][]State{
	Pending: {Queued, Cancelled, Expired},
	Queued:  {Running, Expired, Failed},
	Running: {Succeeded, Failed, Unknown},
	Unknown: {Succeeded, Failed},
}

// States lists every state in the order of the chart.
func States() []State {
	return []State{Pending, Queued, Running, Unknown, Succeeded, Failed, Expired, Cancelled}
}

// CanMove reports whether the chart has an arrow from one state to the other.
func CanMove(from, to State) bool { return slices.Contains(moves[from], to) }

// Final reports whether no arrow leaves the state.
func (s State) Final() bool { return len(moves[s]) == 0 }

// Target is the one thing that an operation changes. Two operations on the same target never run at the same time.
type Target struct {
	Kind    string `json:"kind,omitempty"`    // "caster" or "stream"
	ID      string `json:"id,omitempty"`      // caster id, or domain/app/stream
	Name    string `json:"name,omitempty"`    // for people
	NewName string `json:"newName,omitempty"` // what a copy will be called; the policy judges it too
	// Typed is what stands for it, one name a line, as long as it is not known what it is: a refusal of the verb as such
	// names no other channel that does not cover it. It decides nothing
	Typed string `json:"-"`
}

// Key names the target across operations; empty when there is none.
func (t Target) Key() string {
	if t.ID == "" {
		return ""
	}
	return t.Kind + "/" + t.ID
}

// Next is a way on, offered as a button: a command as a person would type it.
type Next struct {
	Label   string `json:"label"`
	Count   int    `json:"count,omitempty"`   // what stands for {} in the label
	Text    string `json:"text"`              // without the slash: "caster show 4f0c…"
	Channel string `json:"channel,omitempty"` // on the bot's own page: where it is asked
	About   string `json:"about,omitempty"`   // what it is about, for screen readers; empty: what its title names
}

// ID names a way on by what it says, so that a button of an older card never stands for another one.
func (n Next) ID() string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(n.Text))
	return hex.EncodeToString(h.Sum(nil))
}

// Outcome says what became of an operation.
type Outcome struct {
	State     State  `json:"state"`
	Text      Line   `json:"text"`               // one sentence: what happened
	Evidence  Line   `json:"evidence,omitempty"` // what a look at the cloud showed
	Checked   bool   `json:"checked,omitempty"`  // the evidence confirms the text
	Code      string `json:"code,omitempty"`     // the API's error code
	RequestID string `json:"requestId,omitempty"`
	Play      string `json:"play,omitempty"` // address for playback; carries a key, so it never enters events or logs
	Next      []Next `json:"next,omitempty"`
	Already   bool   `json:"already,omitempty"` // it was so before: nothing was changed
	PutOff    bool   `json:"putOff,omitempty"`  // of a running one: it was put off, and waits to be sent again
	After     Line   `json:"after,omitempty"`   // what came of it later: a Followup
	Promise   Line   `json:"promise,omitempty"` // what will come of it, as long as that is not known
	Over      Line   `json:"over,omitempty"`    // that what the text claims has ended, and by what
	Calls     bool   `json:"calls,omitempty"`   // it asks somebody for something: nothing was changed by it

	Record *CloudRecord `json:"record,omitempty"` // what ties it to the cloud's own record

	// NothingChanged: it failed, and Text does not say that nothing was changed, so its card does
	NothingChanged bool `json:"nothingChanged,omitempty"`
}

// Ended reports that what the outcome claims has ended.
func (o Outcome) Ended() bool { return len(o.Over) > 0 }

// Evidence is what Verify saw. Happened is positive proof only: false means "not seen", never "did not happen".
type Evidence struct {
	Happened bool
	Own      bool // nothing but this one attempt explains it, whenever it is seen and whatever else was done
	Dated    bool // it says itself that it happened at the send, whenever it is seen
	Seen     Line // the state of things now, for people
	Same     bool // it says no more than that it happened: no word of it beside a success
}

// Operation is one durable request to change something.
type Operation struct {
	ID      string `json:"id"`  // opaque, 128 random bits; what a button carries
	Key     string `json:"key"` // dedupe key of the request
	State   State  `json:"state"`
	Command string `json:"command"` // usage of the command, which finds it in the table
	Verb    string `json:"verb"`
	Effect  Effect `json:"effect"`
	Text    string `json:"text"` // canonical command as a person could type it

	// the operation of several that this one is a member of; that one has the card
	Group   string      `json:"group,omitempty"`
	Members []Operation `json:"-"` // of one that is several; filled in for its card

	Team      string `json:"team"`
	Channel   string `json:"channel"`
	Thread    string `json:"thread,omitempty"`
	Requester string `json:"asker"`
	DecidedBy string `json:"by,omitempty"`     // who confirmed, approved or called off
	SettledBy string `json:"closer,omitempty"` // who settled an unknown one

	Plan     Plan     `json:"plan"`
	Decision Decision `json:"decision"`
	Outcome  *Outcome `json:"outcome,omitempty"`

	Token string `json:"token"` // ClientToken of a copy: random, ASCII, at most 64 characters
	Claim string `json:"claim,omitempty"`
	Sends int    `json:"sends"` // how often the call was given to the network

	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires"` // of a pending one: the confirmation; of a queued one: the start
	Confirmed time.Time `json:"confirmed"`
	Sent      time.Time `json:"sent"`
	Ended     time.Time `json:"ended"`
	Looked    time.Time `json:"looked"` // last look at an unknown one
	Looks     int       `json:"looks"`  // how many looks were made
	Turn      int64     `json:"-"`      // given with the confirmation; on one target they are sent in its order

	Card    string `json:"card,omitempty"` // message id of the card
	Version int64  `json:"version"`        // grows with every change
	Shown   int64  `json:"shown"`          // version that the card shows
}

// Since is when it came to where it stands. What nobody confirmed expired when its time was over, not when that was
// noticed.
func (o Operation) Since() time.Time {
	if o.State == Expired && !o.Expires.IsZero() && (o.Outcome == nil || len(o.Outcome.Text) == 0) {
		return o.Expires
	}
	for _, t := range []time.Time{o.Ended, o.Sent, o.Confirmed} {
		if !t.IsZero() {
			return t
		}
	}
	return o.Created
}

// Origin says who asked, and where.
func (o Operation) Origin() Origin {
	return Origin{Team: o.Team, PersonTeam: o.Team, Address: Address{Person: o.Requester, Channel: o.Channel}}
}

// Params is the same exactly for operations that ask for the same: verb, target and arguments.
func (o Operation) Params() string { return Fingerprint(o.Verb, o.Plan.Target.Key(), o.Plan.Args) }

// Ref is the short reference that people read in Slack, the log and the trail.
func (o Operation) Ref() string { return Ref(o.ID) }

// Ref shortens an operation id for people.
func Ref(id string) string {
	if len(id) > 6 {
		id = id[:6]
	}
	return strings.ToUpper(id)
}

// Event is one line of the audit trail. Detail holds ids and codes, never tokens or addresses.
type Event struct {
	Seq       int64             `json:"seq"`
	Operation string            `json:"operation,omitempty"`
	At        time.Time         `json:"at"`
	Name      string            `json:"event"`
	Actor     string            `json:"actor,omitempty"`
	Team      string            `json:"team,omitempty"`
	Channel   string            `json:"channel,omitempty"`
	Detail    map[string]string `json:"detail,omitempty"`
	Seal      string            `json:"seal,omitempty"` // by which casterbot knows that it wrote the event; see package audit
}

// What the detail of an event holds by these names, when there is anything: the rest is of single events.
const (
	DetailVerb    = "verb"
	DetailTarget  = "target"
	DetailParams  = "params"    // Operation.Params
	DetailRule    = "rule"      // file and line of the policy
	DetailRole    = "role"      // the entry of that line by which it was for the person
	DetailPolicy  = "policy"    // hash of the policy
	DetailState   = "state"     // of the operation after the event
	DetailOutcome = "outcome"   // of what came to one by the event
	DetailCode    = "code"      // of the cloud
	DetailRequest = "requestId" // of the cloud
	DetailAttempt = "attempt"   // how often the call was given to the network
)

// Event is a line of the trail about the operation.
func (o Operation) Event(at time.Time, name, actor, team string) Event {
	return Event{
		Operation: o.ID, At: at, Name: name, Actor: actor, Team: team, Channel: o.Channel,
		Detail: map[string]string{DetailVerb: o.Verb, DetailTarget: o.Plan.Target.Key(), DetailRule: o.Decision.Rule,
			DetailPolicy: o.Decision.Policy},
	}
}

// The names of events.
const (
	EventReceived   = "received"
	EventDenied     = "denied"
	EventDeniedMore = "denied more" // so many of a person in a minute, beside those that stand in full
	EventConfirmed  = "confirmed"
	EventApproved   = "approved"
	EventVetoed     = "vetoed"
	EventSent       = "sent"
	EventWaiting    = "waiting"
	EventAnswered   = "answered"
	EventReconciled = "reconciled"
	EventClosed     = "closed"
	EventExpired    = "expired"
	EventRestored   = "restored"
	EventLocked     = "locked"
	EventUnlocked   = "unlocked"
	EventBroken     = "lock broken"
	EventBegun      = "begun"      // each of several targets got an operation of its own
	EventGathered   = "gathered"   // all of them have come to an end, or to an outcome that is not known
	EventBoard      = "board"      // the on-air board of a channel was put up or taken down
	EventCare       = "care taken" // somebody takes care of an alert
	EventFollowed   = "followed"   // what came of it later was seen
	EventApprovers  = "approvers"  // the policy was changed: others than those of the card may approve it
	EventPolicy     = "policy"     // a policy came into force in a process
	EventErased     = "erased"     // what names a person was taken out of the record
	EventArchived   = "archived"   // the oldest entries of the record were moved to its archive
	EventExported   = "exported"   // the record, or a part of it, was given to somebody
	EventForged     = "forged"     // the record does not vouch for an operation: nothing was sent
	EventUntold     = "untold"     // a state that nobody could be shown: neither a card nor a direct message
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an opaque id of 128 random bits in 26 lower-case ASCII characters without i, l, o and u.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return idEncoding.EncodeToString(b[:])
}

// StateMarks are how a state shows in a list.
var StateMarks = map[State]Mark{
	Pending: MarkWait, Queued: MarkWait, Running: MarkWait, Succeeded: MarkOK,
	Failed: MarkFailed, Unknown: MarkUnknown, Expired: MarkNeutral, Cancelled: MarkNeutral,
}
