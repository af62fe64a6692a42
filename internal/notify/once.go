package notify

import (
	"context"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Said names something that somebody is told unasked, once. It is owed like an answer, from before it is tried and
// until it was given or its time has ended: a process that dies in between leaves it to the next one, and one that dies
// right after it was given may have it given twice.
type Said struct {
	Key  string    // whoever is first to say what a key stands for says it, of all replicas
	Of   string    // the operation on which it depends whether it is still to be said; empty: it is in any case
	Ends time.Time // then nobody is told any more
}

// kindTold is the kind of the memos of what was said once, and given.
const kindTold = "told"

// said is what a memo stands for.
func (d pendingReply) said() Said {
	return Said{Key: strings.TrimPrefix(d.key, KindTell+"/"), Of: d.Of, Ends: d.ends}
}

// memo is the key of the document that says that it is owed, or was given.
func (s Said) memo() string { return KindTell + "/" + s.Key }

// Known gives what was said once and not long ago, or is owed: whoever asks need not say it.
func (n *Notifier) Known(ctx context.Context) (func(Said) bool, error) {
	known := map[string]bool{}
	for _, kind := range []string{KindTell, kindTold} {
		memos, err := n.Store.Documents(ctx, kind)
		if err != nil {
			return nil, err
		}
		for _, d := range memos {
			known[d.Key] = true
		}
	}
	return func(s Said) bool { return known[s.memo()] }, nil
}

// TellOnce tells somebody something that is said once.
func (n *Notifier) TellOnce(ctx context.Context, s Said, to op.Address, a op.Answer) error {
	if to.At = n.Now(); !to.At.Before(s.Ends) {
		return nil
	}
	d := pendingReply{To: to, Answer: a, Once: true, Of: s.Of, key: s.memo(), ends: s.Ends}
	d.putOff(to.At, ShortestBackoff/2)
	now, first, err := n.kept.Put(ctx, d.key, d, 0, d.ends, op.Event{})
	if d.version = now.version; err == nil && first {
		n.attempt(d)
	}
	return err
}

// give tells somebody what is owed to them. What is not to be said any more counts as given.
func (n *Notifier) give(ctx context.Context, d pendingReply) error {
	a := d.Answer
	if d.Ask != nil {
		a = n.Again(ctx, *d.Ask)
	}
	if d.Of != "" {
		if due, err := n.StillDue(ctx, d.said(), d.To.Person); err != nil || !due {
			return err
		}
	}
	return n.Chat.Tell(ctx, d.To, d.words(a, n.Now()))
}

// markTold leaves of something that was said once only that it was.
func (n *Notifier) markTold(ctx context.Context, d pendingReply) error {
	told := store.Document{Key: d.key, Kind: kindTold, Body: "{}", Version: d.version, Ends: d.ends}
	_, err := n.Store.PutDocument(ctx, told, op.Event{})
	return err
}
