package notify

import (
	"context"
	"errors"

	"casterbot/internal/op"
)

// Chat is where people see operations: Slack. Every method may be called again with the same values.
type Chat interface {
	// Turn waits until the card of an operation may be drawn, for a short time only, and gives the right to draw it: what
	// is shown is what the operation has come to by then. ErrBusy (wrapped) says that it would take longer.
	Turn(ctx context.Context, o op.Operation) (Show, error)
	// Hint says something to one person in private that is worth nothing later: it is tried once.
	Hint(ctx context.Context, to op.Address, a op.Answer) error
	// Tell says something to one person in private. ErrUnreachable (wrapped) says that trying again is of no use.
	Tell(ctx context.Context, to op.Address, a op.Answer) error
}

// Show draws the card of an operation: posts it when o.Card is empty, else edits it. It returns the message id of the
// card. ErrNotInChannel and ErrGone (wrapped) say that no card can be there; ErrBusy (wrapped) that it should be tried
// later; ErrNoAnswer (wrapped) that it may take effect even after what is shown next; ErrUnproven (wrapped), beside the
// id, that it has to be shown once more in a moment.
type Show func(ctx context.Context, o op.Operation) (card string, err error)

// What a Chat says when it cannot show a card or tell somebody something.
var (
	// ErrNotInChannel: the bot is not in the channel, or the channel is gone or archived.
	ErrNotInChannel = errors.New("not in the channel")
	// ErrGone: the message of the card was deleted or can no longer be edited.
	ErrGone = errors.New("the card is gone")
	// ErrUnreachable: no private message can reach the person, now or later.
	ErrUnreachable = errors.New("the person cannot be reached")
	// ErrBusy: the chat asks to come back later.
	ErrBusy = errors.New("the chat is busy")
	// ErrUnproven: the chat took it, which does not prove that the card is there for anybody to see.
	ErrUnproven = errors.New("shown, as far as is known")
	// ErrNoAnswer: what was asked may have been done, and may yet be.
	ErrNoAnswer = errors.New("the chat gave no answer")
)
