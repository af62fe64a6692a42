package op

import (
	"errors"
	"time"
)

// SendPermit is what a changing call needs to leave: whatever makes the call asks it right before each request is out
// of hand, and tells it of pauses. It is made by whoever ordered the call and answers for it, and is handed on as a
// parameter. The zero value permits nothing: what nobody has permitted does not leave.
type SendPermit struct {
	leave   func() error
	wait    func(why Line, d time.Duration)
	session Session
}

// ErrNoPermit says that a call was made without a permit.
var ErrNoPermit = errors.New("nobody has permitted this call to leave")

// NewSendPermit makes a permit. An error of leave holds a request back: it does not leave, and is not tried again. wait
// is told before every pause, for a turn or until a request that was refused is tried again, with the reason in words
// for people; it may be nil.
func NewSendPermit(leave func() error, wait func(why Line, d time.Duration)) SendPermit {
	return SendPermit{leave: leave, wait: wait}
}

// In is the permit for a call in a role session.
func (p SendPermit) In(s Session) SendPermit {
	p.session = s
	return p
}

// Session is the role session in which the call is to be made; without a name, any.
func (p SendPermit) Session() Session { return p.session }

// Leave is nil while a request may leave.
func (p SendPermit) Leave() error {
	if p.leave == nil {
		return ErrNoPermit
	}
	return p.leave()
}

// Wait tells of a pause.
func (p SendPermit) Wait(why Line, d time.Duration) {
	if p.wait != nil {
		p.wait(why, d)
	}
}
