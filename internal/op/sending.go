package op

import (
	"context"
	"time"
)

// Sending is what a call says, on its way to the cloud, to whoever ordered it. It travels in the context: a command has no
// use for it, and the cloud's client does not know who ordered the call.
type Sending struct {
	// Leave is asked right before a request is out of hand. An error holds it back: nothing leaves, and nothing is tried again.
	Leave func() error
	// Wait is told before every pause: for a turn, or until a request that was refused is tried again. why is for people.
	Wait func(why Line, d time.Duration)
}

type sendingKey struct{}

// WithSending gives a context that carries s.
func WithSending(ctx context.Context, s Sending) context.Context {
	return context.WithValue(ctx, sendingKey{}, s)
}

// SendingOf gives what ctx carries. Both functions can be called in any case: without anybody to ask, everything may leave.
func SendingOf(ctx context.Context) Sending {
	s, _ := ctx.Value(sendingKey{}).(Sending)
	if s.Leave == nil {
		s.Leave = func() error { return nil }
	}
	if s.Wait == nil {
		s.Wait = func(Line, time.Duration) {}
	}
	return s
}
