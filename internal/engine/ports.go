package engine

import (
	"context"
	"time"

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

// Directory tells who people are and what channels are.
type Directory interface {
	// Person looks somebody up. since asks for facts that were looked up after that moment; when it is zero, up to 60 s old ones
	// will do. When the look-up fails and older facts exist they come back with Stale set; without any, the error does.
	Person(ctx context.Context, id, team string, since time.Time) (op.Person, error)
	// Channel looks a channel up, likewise.
	Channel(ctx context.Context, id string, since time.Time) (op.Channel, error)
	// Rooms gives the ids of the channels that somebody is in, as far as the bot sees them, not older than 60 s.
	Rooms(ctx context.Context, id string) ([]string, error)
	// Peek gives facts that were looked up after since without asking anybody; false when they are not at hand. When since is
	// zero, up to 60 s old ones will do.
	Peek(person, team, channel string, since time.Time) (op.Person, op.Channel, bool)
}

// Policy is the policy in force; a reload swaps it as a whole.
type Policy interface {
	// Decide says whether the person may use the verb on the target in the channel. An empty target asks for the verb as such.
	Decide(p op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) op.Decision
	// Approves says whether the person may be the second person for a decision, and why not.
	Approves(d op.Decision, asker string, p op.Person) (bool, op.Line)
	// Scope gives what the channel may touch; false when the policy does not name it.
	Scope(channel string) (op.Scope, bool)
}

// Accepted is what the engine makes of a request or a click within the time that an acknowledgement has.
type Accepted struct {
	Reply *op.Answer            // to be given at once, in private
	Form  *op.Form              // to be opened at once, still without options
	Work  func(context.Context) // to be run after the acknowledgement; nil when there is nothing more to do
	Drop  func(context.Context) // to be run in place of Work when that cannot be run: forgets what was taken; may be nil
}
