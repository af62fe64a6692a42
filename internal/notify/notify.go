// Package notify brings to people what the engine has decided, and moves no operation itself.
//
// Read chat.go first (what it needs of Slack), then cards.go and card_queue.go (a card that is behind is drawn until it
// shows what is stored), notified_states.go (what the asker of one without a card was told last), replies.go (private
// answers, until they are there or nobody waits for them) and patience.go (what is said while an answer takes long).
package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

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
	Gather  func(ctx context.Context, id string) error     // lets an operation of several come to what its members have
}

// New makes a notifier.
func New(c Config) *Notifier {
	n := &Notifier{Config: c, kept: keptReplies(c.Store)}
	n.replies.mine, n.replies.busy = map[string]pendingReply{}, map[string]bool{}
	n.cards.init()
	return n
}

// Busy reports cards that are behind.
func (n *Notifier) Busy() bool { return n.cards.any() }

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
