package op

import "time"

// Past says which of the operations of before are wanted; an empty field asks for nothing.
type Past struct {
	Target     Target
	Channel    string   // where they were asked for; of several with one press only the one request
	Commands   []string // usages
	Person     string   // who asked
	States     []State
	From, To   time.Time // asked for from, and before
	Skip, Most int       // so many are left out, and so many given at most
}
