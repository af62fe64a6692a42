package engine

import (
	"context"

	"casterbot/internal/op"
)

// Chat is where people see operations: Slack. Every method may be called again with the same values.
type Chat interface {
	// Turn waits until the card of an operation may be drawn, for a short time only, and gives the right to draw it: what is shown is
	// what the operation has come to by then. ErrBusy (wrapped) says that it would take longer.
	Turn(ctx context.Context, o op.Operation) (Show, error)
	// Hint says something to one person in private that is worth nothing later: it is tried once.
	Hint(ctx context.Context, to op.Address, a op.Answer) error
	// Tell says something to one person in private. ErrUnreachable (wrapped) says that trying again is of no use.
	Tell(ctx context.Context, to op.Address, a op.Answer) error
}

// Show draws the card of an operation: posts it when o.Card is empty, else edits it. It returns the message id of the
// card. ErrNotInChannel and ErrGone (wrapped) say that no card can be there; ErrBusy (wrapped) that it should be tried later;
// ErrNoAnswer (wrapped) that it may take effect even after what is shown next; ErrUnproven (wrapped), beside the id, that it has to be
// shown once more in a moment.
type Show func(ctx context.Context, o op.Operation) (card string, err error)

// Accepted is what the engine makes of a request or a click within the time that an acknowledgement has.
type Accepted struct {
	Reply *op.Answer            // to be given at once, in private
	Form  *op.Form              // to be opened at once, still without options
	Work  func(context.Context) // to be run after the acknowledgement; nil when there is nothing more to do
	Drop  func(context.Context) // to be run in place of Work when that cannot be run: forgets what was taken; may be nil
}
