package quota

import (
	"cmp"
	"context"
	"time"
)

// Class is the order of service: a lower one goes first.
type Class int

// The classes. What nobody has given a class is served last.
const (
	Confirmed  Class = iota + 1 // the look and the call of a confirmed change
	Asked                       // the looks of a question about a change
	Checked                     // looks after a call
	Read                        // questions that only look
	Suggested                   // pickers and the Home tab
	Background                  // the guardian and the boards
)

// Caller says for whom a call is made. It travels in the context, like a deadline: it decides when a call leaves, never
// whether it may.
type Caller struct {
	Class   Class
	OnAir   bool   // what viewers see is at stake: first within its class
	Person  string // people of one class take turns, whoever has asked for how much
	Waiting func(before int, about time.Duration)
	// Waiting is told, at most once a second, when a call has waited for a second: how many stand before it, and about how
	// long that takes. It may be nil.
}

type callerKey struct{}

// With gives a context whose calls are made for c.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// Of gives the caller of a context; without one it is Background.
func Of(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	c.Class = cmp.Or(c.Class, Background)
	return c
}
