package op

import "time"

// Care says who takes care of an alert.
type Care struct {
	Alert   string    `json:"alert"`   // its reference
	Channel string    `json:"channel"` // where it stands
	By      string    `json:"by,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Left    string    `json:"left,omitempty"` // who did before, and cannot any more
	Version int64     `json:"-"`              // guards changes; 0: there is no such alert
}
