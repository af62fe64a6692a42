package op

import "time"

// Standing is how a condition of a target stands by what the bot did last about it.
type Standing struct {
	Op     string              // id of the operation that did it
	Holds  bool                // the condition began with it; else it ended
	Since  time.Time           // when it was sent; zero: the bot did nothing about it
	By     string              // who had asked for it
	Seen   map[string]string   // what its plan saw just before
	Before []map[string]string // the same of what was done about it just before, as far as that may have happened
	Doubt  string              // reference of a later operation that may have made it otherwise; empty: there is none
	Later  Seen                // what a look has shown of it since; zero: nothing that matters
	Word   bool                // that it happened is known by the word of a person alone
}

// Began reports that the bot brought the condition about, and that it is not known to have ended since.
func (s Standing) Began() bool { return !s.Since.IsZero() && s.Holds && !s.Later.Ends() }

// Ended reports that the bot ended the condition, and is not known to have brought it about since.
func (s Standing) Ended() bool { return !s.Since.IsZero() && !s.Holds }

// Standings answers how a condition of a target stands.
type Standings func(Target, Condition) Standing

// Seen is what a look has shown, after an operation, about a condition that it began or ended: that the condition is
// no longer so, or what came of it.
type Seen struct {
	Op    string    `json:"op"` // id of the operation
	At    time.Time `json:"at"` // of the look
	Cause Cause     `json:"cause"`
	When  time.Time `json:"when,omitzero"` // when that was, as the cloud says
	From  time.Time `json:"from,omitzero"` // what is in a file
	To    time.Time `json:"to,omitzero"`
}

// Cause is what a look has shown.
type Cause string

// The causes.
const (
	SeenIdle    Cause = "idle"    // the studio was off air
	SeenStarted Cause = "started" // the studio is on air since a later moment
	SeenOnAir   Cause = "on air"  // the studio that was stopped is on air
	SeenChanged Cause = "changed" // PROGRAM has another picture
	SeenEnded   Cause = "ended"   // nothing of the recording is listed after a moment
	SeenWritten Cause = "written" // the file of a recording is there
)

// Ends reports that the condition is no longer so.
func (s Seen) Ends() bool { return s.Cause != "" && s.Cause != SeenWritten }
