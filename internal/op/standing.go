package op

import "time"

// Standing is how a condition of a target stands by what the bot did last about it.
type Standing struct {
	Holds bool              // the condition began with it; else it ended
	Since time.Time         // when it was sent; zero: the bot did nothing about it
	By    string            // who had asked for it
	Seen  map[string]string // what its plan saw just before
	Doubt string            // reference of a later operation that may have made it otherwise; empty: there is none
}

// Began reports that the bot brought the condition about, and is not known to have ended it since.
func (s Standing) Began() bool { return !s.Since.IsZero() && s.Holds }

// Ended reports that the bot ended the condition, and is not known to have brought it about since.
func (s Standing) Ended() bool { return !s.Since.IsZero() && !s.Holds }

// Standings answers how a condition of a target stands.
type Standings func(Target, Condition) Standing
