package notify

import (
	"context"
	"errors"
	"slices"

	"casterbot/internal/store"
)

// DeliverDue tries again to give what is due, the oldest first.
func (n *Notifier) DeliverDue(ctx context.Context) error {
	for _, d := range n.replies.over(n.Now()) {
		n.Log.Warn("an answer was never given", "person", d.To.Person, "channel", d.To.Channel, "asked", d.To.At, "about",
			d.about())
	}
	memos, err := n.kept.List(ctx)
	owed := n.newest(ctx, n.replies.list(memos, err == nil))
	begun := 0
	for _, d := range slices.Backward(owed) {
		if begun == TellAtOnce {
			break
		}
		if !n.Now().Before(d.Due) && n.attempt(d) {
			begun++
		}
	}
	return err
}

// attempt begins a try to give one, unless one is under way or too many are.
func (n *Notifier) attempt(d pendingReply) bool {
	if !n.replies.begin(d.key) {
		return false
	}
	n.Spawn(func(ctx context.Context) {
		defer n.replies.end(d.key)
		if err := n.deliver(ctx, d); err != nil && !errors.Is(err, store.ErrLost) && ctx.Err() == nil {
			n.Log.Warn("an answer is still owed", "person", d.To.Person, "channel", d.To.Channel, "error", err)
		}
	})
	return true
}

// newest gives up the oldest answers of those who have too many coming, and counts them on the newest one.
func (n *Notifier) newest(ctx context.Context, owed []pendingReply) (left []pendingReply) {
	count, first := map[string]int{}, map[string]int{}
	more := map[int]int{}
	for _, d := range owed {
		who := d.To.Person + " " + d.To.Channel
		if d.Once {
			left = append(left, d)
			continue
		}
		if count[who]++; count[who] > TellEach && !d.given && n.endReply(ctx, d) == nil {
			more[first[who]] += d.Dropped + 1
			continue
		}
		if count[who] == 1 {
			first[who] = len(left)
		}
		left = append(left, d)
	}
	for i, dropped := range more {
		left[i].Dropped += dropped
		if err := n.saveReply(ctx, &left[i]); err != nil {
			n.Log.Warn("count the answers left out", "person", left[i].To.Person, "error", err)
		}
	}
	return left
}

// deliver is one try, by whoever moves the next one ahead first. Where nobody else can be at it, it is made though
// nothing can be written down.
func (n *Notifier) deliver(ctx context.Context, d pendingReply) error {
	rest := min(2*d.Rest, LongestBackoff)
	if !d.given {
		d.putOff(n.Now(), tellClaim)
		err := n.saveReply(ctx, &d)
		if errors.Is(err, store.ErrLost) || err != nil && d.version > 0 && !n.Store.Exclusive() {
			return err
		}
		try, cancel := context.WithTimeout(ctx, tellTry)
		defer cancel()
		err = n.give(try, d)
		if d.putOff(n.Now(), rest); err != nil && !errors.Is(err, ErrUnreachable) {
			return errors.Join(err, n.saveReply(ctx, &d))
		}
		if err != nil {
			n.Log.Warn("could not answer in private", "person", d.To.Person, "channel", d.To.Channel, "error", err)
		}
		d.given = true
		n.replies.keep(d)
	}
	return n.endReply(ctx, d)
}
