package op

import "time"

// Board is the message above a channel that shows what is on air.
type Board struct {
	Channel string    `json:"channel"`
	By      string    `json:"by"`                // who has put it up
	Since   time.Time `json:"since"`             // and when
	Off     bool      `json:"off,omitempty"`     // it is to be taken down
	Message string    `json:"message,omitempty"` // its message id; empty before it is posted
	Pinned  bool      `json:"pinned,omitempty"`  // it stands above the channel
	Pinless bool      `json:"pinless,omitempty"` // it could not be pinned
	Says    string    `json:"says,omitempty"`    // digest of what it shows
	Edited  time.Time `json:"edited"`            // when it was posted or edited last
	Version int64     `json:"-"`                 // guards changes; 0: there is none
}

// On reports that the channel has a board.
func (b Board) On() bool { return b.Version > 0 && !b.Off }
