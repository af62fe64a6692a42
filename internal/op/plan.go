package op

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Plan is what a command would do, as seen at one moment: canonical arguments, the preview for the card, and a
// fingerprint of what was seen, so that a change between question and click is noticed.
type Plan struct {
	Args        Args   `json:"args"`              // canonical: ids in place of names
	Target      Target `json:"target"`            // what is changed
	Title       Line   `json:"title"`             // "Restart studio Evening News"
	Viewers     Line   `json:"viewers,omitempty"` // what viewers will notice, or that they notice nothing
	Facts       []Line `json:"facts,omitempty"`   // what people should know before they confirm, the weightiest first
	Details     []Line `json:"details,omitempty"` // what else was seen, for whoever wants to know
	OnAir       bool   `json:"onAir,omitempty"`   // viewers may notice: the card is red
	Button      string `json:"button"`            // words of the confirm button, at most 30 characters
	Fingerprint string `json:"fingerprint"`       // equal exactly when the relevant state is equal

	// references of earlier operations on the target of which the outcome is not known, and which this one could make
	// worse
	Unknowns []string `json:"unknowns,omitempty"`
	Unstopped
	// what whoever confirms has to read whatever else the card says: that lock, an unknown outcome, the same asked already
	Warnings []Line `json:"warnings,omitempty"`

	Parts []Part `json:"parts,omitempty"` // of several: what is done to each
	Done  Line   `json:"done,omitempty"`  // of several: what stands before "11 of 12"
	Left  []Line `json:"left,omitempty"`  // of several: what is not asked for, and why; among the facts too

	Seen map[string]string `json:"seen,omitempty"` // what Verify must find changed, as it was just before the call
}

// Unstopped is what did not stop an emergency.
type Unstopped struct {
	Passed *Lock `json:"passed,omitempty"` // somebody else's lock
	// from when the rights are that it went by, where Slack did not tell those of now
	RightsAsOf time.Time `json:"rightsAsOf,omitzero"`
}

// Subject is what a plan is about: its title without the first words, which say what is done.
func (p Plan) Subject() Line {
	if len(p.Title) < 2 {
		return p.Title
	}
	return p.Title[1:]
}

// Targets are what a plan changes: that of each one of several.
func (p Plan) Targets() []Target {
	all := []Target{p.Target}
	for _, part := range p.Parts {
		all = append(all, part.Plan.Target)
	}
	return slices.DeleteFunc(all, func(t Target) bool { return t.Key() == "" })
}

// Unnoticed is the line for viewers of what they cannot notice.
func Unnoticed() Line { return L("Viewers notice nothing.") }

// Fingerprint is equal exactly when all parts are.
func Fingerprint(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return "cannot be compared: " + err.Error()
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// factsOnCard is how many warnings and facts a card that asks shows between what viewers will notice and its buttons:
// it has to fit half a phone's screen.
const factsOnCard = 2

// OnCard parts what a plan says before it is confirmed: what stands on its card, and what is behind a button. A warning
// always stands there. A plan of a version that told no line for viewers hides nothing.
func (p Plan) OnCard() (shown, details []Line) {
	if len(p.Viewers) == 0 {
		return slices.Concat(p.Warnings, p.Facts, p.Details), nil
	}
	most := min(len(p.Facts), max(0, factsOnCard-len(p.Warnings)))
	return slices.Concat([]Line{p.Viewers}, p.Warnings, p.Facts[:most]), slices.Concat(p.Facts[most:], p.Details)
}
