package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"casterbot/internal/store"
)

// Notifier brings to people what they are to see: cards that are behind and private answers, until they are there or nobody waits for
// them any more. It moves no operation.
type Notifier struct {
	store   *store.Store
	chat    Chat
	now     func() time.Time
	log     *slog.Logger
	replica string
	after   func(time.Duration, func()) (stop func() bool) // runs something later; nil where time is not real
	base    context.Context
	spawn   func(func(context.Context))
	gather  func(ctx context.Context, id string) error // lets an operation of several come to what its members have

	cards   cardQueue
	replies pendingReplies
	told    notifiedStates
	away    sync.Map // channels in which a card could not be shown: isAway, or isBack
}

func newNotifier(e *Engine, chat Chat, after func(time.Duration, func()) func() bool) *Notifier {
	n := &Notifier{
		store: e.store, chat: chat, now: e.now, log: e.log, replica: e.replica, after: after, base: e.work.base, spawn: e.spawn, gather: e.gather,
	}
	n.cards.init()
	n.replies.init()
	return n
}
