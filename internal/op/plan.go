package op

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Plan is what a command would do, as seen at one moment: canonical arguments, the preview for the card, and a
// fingerprint of what was seen, so that a change between question and click is noticed.
type Plan struct {
	Args        Args   `json:"args"`            // canonical: ids in place of names
	Target      Target `json:"target"`          // what is changed
	Title       Line   `json:"title"`           // "Restart studio Evening News"
	Facts       []Line `json:"facts,omitempty"` // what people should know before they confirm
	OnAir       bool   `json:"onAir,omitempty"` // viewers may notice: the card is red
	Button      string `json:"button"`          // words of the confirm button, at most 30 characters
	Fingerprint string `json:"fingerprint"`     // equal exactly when the relevant state is equal

	// references of earlier operations on the target of which the outcome is not known, and which this one could make
	// worse
	Unknowns []string `json:"unknowns,omitempty"`
	Passed   *Lock    `json:"passed,omitempty"` // somebody else's lock that did not stop it

	Parts []Part `json:"parts,omitempty"` // of several: what is done to each
	Done  Line   `json:"done,omitempty"`  // of several: what stands before "11 of 12"
	Left  []Line `json:"left,omitempty"`  // of several: what is not asked for, and why; among the facts too

	Seen map[string]string `json:"seen,omitempty"` // what Verify must find changed, as it was just before the call
}

// Subject is what a plan is about: its title without the first words, which say what is done.
func (p Plan) Subject() Line {
	if len(p.Title) < 2 {
		return p.Title
	}
	return p.Title[1:]
}

// Fingerprint is equal exactly when all parts are.
func Fingerprint(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return "cannot be compared: " + err.Error()
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}
