package op

import (
	"strings"
	"time"
)

// Session is the role session in which a change is to be made, where the cloud's keys are those of a role: the cloud's
// own record then names who asked for it.
type Session struct {
	Name   string
	AtOnce bool              // the change waits for no session: what is not there by then is not used
	Used   func(name string) // told in which session the call is made: another one when this could not be had; may be nil
}

// Use tells in which session the call is made.
func (s Session) Use(name string) {
	if s.Used != nil {
		s.Used(name)
	}
}

// Session names the role session of an operation: who asked, and its reference. It is the same for whatever is sent for
// the operation, by any replica and after a restart.
func (o Operation) Session() string { return sessionName(o.Requester + "." + o.Ref()) }

// sessionName keeps of a text what may stand in the name of a role session, 64 characters at most.
func sessionName(text string) string {
	text = strings.Map(func(r rune) rune {
		letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if letter || r >= '0' && r <= '9' || strings.ContainsRune(".@-_", r) {
			return r
		}
		return '-'
	}, text)
	return text[max(0, len(text)-64):]
}

// Trace is by what a call can be found in the account's own record: the id that the service gave it, or the session in
// which it was made.
type Trace struct {
	Action    string // "RestartCaster"
	RequestID string
	Session   string
	Since     time.Time // the call did not leave before
}

// Recorded is what the account's own record, ActionTrail, says of a call. Found alone does not tell what became of it.
type Recorded struct {
	Found     bool
	Done      bool   // it was done
	Refused   bool   // it was refused for good: nothing happened
	Code      string // of the error, if there was one
	RequestID string
	Session   string
	At        time.Time
}

// CloudRecord ties an outcome to the account's own record.
type CloudRecord struct {
	Session string `json:"session,omitempty"` // the role session in which the last call was made
	Shared  bool   `json:"shared,omitempty"`  // that is the one of all, as the call's own could not be had in time
	Looks   int    `json:"looks,omitempty"`   // how often ActionTrail was asked for the call
	Found   bool   `json:"found,omitempty"`   // that told what became of it
	Says    Line   `json:"says,omitempty"`    // what came of that, for people
}
