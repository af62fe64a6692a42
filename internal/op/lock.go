package op

import "time"

// Lock keeps a target for one person: changes by others are refused until it ends, is given back, or is broken.
type Lock struct {
	Target  Target    `json:"target"`
	Holder  string    `json:"holder"`  // user id
	Channel string    `json:"channel"` // where it was taken
	Why     string    `json:"why,omitempty"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	Version int64     `json:"-"` // guards changes; 0: there is none
}

// Held reports that somebody holds it.
func (l Lock) Held() bool { return l.Version > 0 }

// Other is the holder if that is somebody else; empty when nobody holds it, or the person does.
func (l Lock) Other(person string) string {
	if !l.Held() || l.Holder == person {
		return ""
	}
	return l.Holder
}

// Binds reports whether the lock forbids a change of the target to somebody. What is made new belongs to nobody yet,
// and what it is made from stays as it is.
func (l Lock) Binds(person string, target Target) bool {
	return l.Other(person) != "" && target.NewName == ""
}

// Line says who holds it, until when and why.
func (l Lock) Line() Line {
	line := L("locked by ", Who(l.Holder), " until ", At(l.Until))
	if l.Why != "" {
		line = L(line, ": ", V(Visible(l.Why)))
	}
	return line
}
