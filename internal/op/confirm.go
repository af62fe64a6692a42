package op

import "time"

// Confirmation is who must press the button, and how long they have.
type Confirmation struct {
	Confirm Confirm
	OnAir   bool // while viewers may notice; else at other times, or always when there is no such one
	Within  time.Duration
}

// Confirmations are what a decision asks for: one, or two where it is another while viewers may notice. Whatever tells
// of a decision tells of these.
func (d Decision) Confirmations() []Confirmation {
	all := []Confirmation{{Confirm: d.Confirm, Within: d.Expires}}
	if d.OnAir != "" && d.OnAir != d.Confirm {
		all = append(all, Confirmation{Confirm: d.OnAir, OnAir: true, Within: d.OnAirExpires})
	}
	return all
}

// Line says it; approvers are those who may be the second person, as they are to be called.
func (c Confirmation) Line(approvers Line) Line {
	switch {
	case c.Confirm == ConfirmOther && c.OnAir:
		return L("On air another person approves it: ", approvers, ".")
	case c.Confirm == ConfirmOther:
		return L("Another person approves it: ", approvers, ".")
	case c.Confirm == ConfirmSelf && c.OnAir:
		return L("On air whoever asks confirms it.")
	case c.Confirm == ConfirmSelf:
		return L("Whoever asks confirms it.")
	case c.OnAir:
		return L("On air nobody has to confirm.")
	}
	return L("Nobody has to confirm.")
}
