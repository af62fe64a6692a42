// Package notify brings to people what the engine has decided, and moves no operation itself.
//
// Read chat.go first (what it needs of Slack), then cards.go and card_queue.go (a card that is behind is drawn until it
// shows what is stored), notified_states.go (what the asker of one without a card was told last), replies.go (private
// answers, until they are there or nobody waits for them), once.go (what is said unasked) and patience.go (what is said
// while an answer takes long).
package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Notifier brings to people what they are to see: cards that are behind and private answers, until they are there or
// nobody waits for them any more. It moves no operation.
type Notifier struct {
	Config

	cards   cardQueue
	replies pendingReplies
	kept    store.Collection[pendingReply]
	told    notifiedStates
	away    sync.Map // channels in which a card could not be shown: isAway, or isBack
}

// Config is what a notifier is made of.
type Config struct {
	Store   *store.Store
	Chat    Chat
	Now     func() time.Time
	Log     *slog.Logger
	Replica string                                         // names this process in claims of cards
	After   func(time.Duration, func()) (stop func() bool) // runs something later; nil where time is not real
	Base    context.Context                                // ends what is tried for long
	Spawn   func(func(context.Context))                    // runs work that the process waits for at its end
	Again   func(context.Context, op.Request) op.Answer    // judges and answers anew a question that only looks
	Shown   func(op.Operation)                             // told when a card shows how its operation stands; may be nil
	Gather  func(ctx context.Context, id string) error     // lets an operation of several come to what its members have
	// reports whether whoever asked for an operation may be told alone what became of it; nil: whatever they may
	Hears func(context.Context, op.Operation) (bool, error)
	// reports whether somebody is still to be told unasked what depends on an operation
	StillDue func(ctx context.Context, s Said, person string) (bool, error)
}

// New makes a notifier.
func New(c Config) *Notifier {
	if c.Shown == nil {
		c.Shown = func(op.Operation) {}
	}
	if c.Hears == nil {
		c.Hears = func(context.Context, op.Operation) (bool, error) { return true, nil }
	}
	n := &Notifier{Config: c, kept: keptReplies(c.Store)}
	n.replies.mine, n.replies.busy = map[string]pendingReply{}, map[string]bool{}
	n.cards.init()
	n.cards.timeless = c.After == nil
	return n
}

// Behind counts the cards that are behind.
func (n *Notifier) Behind() int { return n.cards.behind() }

// Drawing is how many cards are being drawn.
func (n *Notifier) Drawing() int { return n.cards.drawing() }

// Wait waits for the cards that are being drawn.
func (n *Notifier) Wait() { n.cards.work.Wait() }

// Kept is how many private answers are kept in memory.
func (n *Notifier) Kept() int { return n.replies.count() }

// Finish brings every card up to date that was held back, and waits for those under way.
func (n *Notifier) Finish() {
	for _, id := range n.cards.allHeld() {
		n.EnqueueCard(id)
	}
	n.cards.work.Wait()
}

// Reply gives a private answer now, or later if that does not work, unless nothing can ever reach the person.
func (n *Notifier) Reply(ctx context.Context, to op.Address, a op.Answer) { n.reply(ctx, to, a, nil) }

// ReplyTo is Reply to a question that only looks. If its answer cannot be given now the question is asked again later.
func (n *Notifier) ReplyTo(ctx context.Context, r op.Request, a op.Answer) {
	n.reply(ctx, r.Address, a, &r)
}

func (n *Notifier) reply(ctx context.Context, to op.Address, a op.Answer, ask *op.Request) {
	err := n.Chat.Tell(ctx, to, a)
	if err == nil {
		return
	}
	n.Log.Warn("could not answer in private", "person", to.Person, "channel", to.Channel, "error", err)
	if !errors.Is(err, ErrUnreachable) {
		n.enqueueReply(ctx, to, a, ask)
	}
}
