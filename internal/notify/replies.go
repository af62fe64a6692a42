package notify

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// A private answer is owed like a card. One that could not be given is kept as a memo and tried again, by one replica
// at a time and after a restart too, until it was given or nobody waits for it any more. A process that dies right
// after an answer was given may have it given twice.
const (
	KindTell = "tell"

	tellLate     = 20 * time.Second         // from then on an answer says that it comes late
	TellFor      = 15 * time.Minute         // then it is given up
	tellTry      = 20 * time.Second         // one try
	tellClaim    = tellTry + 10*time.Second // nobody else tries while somebody does
	tellKeep     = 2500 * time.Millisecond  // for writing it down
	TellEach     = 5                        // answers for one person in one channel: the newest
	TellAtOnce   = 2                        // tries that begin with one sweep: no storm after an outage
	tellUnderWay = 8                        // tries at the same time
)

// pendingReply is an answer that is owed. What of the address is a capability is in no memo, only in the memory of the
// process that was asked. Of a question that only looks the memo holds the question: it is judged, and looked, anew
// when the answer is given.
type pendingReply struct {
	To      op.Address    `json:"to"`
	Answer  op.Answer     `json:"answer,omitzero"`
	Ask     *op.Request   `json:"ask,omitempty"`     // in place of the answer
	Dropped int           `json:"dropped,omitempty"` // earlier answers that were given up for this one
	Once    bool          `json:"once,omitempty"`    // said unasked (once.go): its memo stays
	Of      string        `json:"of,omitempty"`      // the operation on which it depends whether that is still to be said
	Due     time.Time     `json:"due"`               // of the next try
	Rest    time.Duration `json:"rest"`              // before it

	key     string // of its memo
	version int64  // of it; 0: it could not be written down
	ends    time.Time
	given   bool // only its memo is left
}

// keptReplies are the memos of the answers that are owed. What cannot be read is left out.
func keptReplies(s *store.Store) store.Collection[pendingReply] {
	filled := func(d *pendingReply, memo store.Document) {
		d.key, d.version, d.ends = memo.Key, memo.Version, memo.Ends
	}
	return store.Collection[pendingReply]{Store: s, Kind: KindTell, Filled: filled, Lenient: true}
}

func (d *pendingReply) putOff(now time.Time, rest time.Duration) { d.Due, d.Rest = now.Add(rest), rest }

// words is the answer, with what a reader has to know of its way.
func (d pendingReply) words(a op.Answer, now time.Time) op.Answer {
	switch late := now.Sub(d.To.At) >= tellLate; {
	case late && d.Once:
		a.Lines = append(slices.Clip(a.Lines), op.L("This is from ", op.At(d.To.At), ": Slack did not take it before."))
	case late:
		a.Lines = append(slices.Clip(a.Lines), op.L("Asked at ", op.At(d.To.At),
			"; Slack did not take the answer until now."))
	}
	if d.Dropped > 0 {
		a.Lines = append(slices.Clip(a.Lines),
			op.L("Earlier answers left out: ", op.N(d.Dropped), ". Ask again for what you still need."))
	}
	return a
}

// about is what the log says of it: no answer, which may hold addresses.
func (d pendingReply) about() string {
	if d.Ask != nil {
		return d.Ask.Text
	}
	return d.Answer.Title.Plain()
}

// pendingReplies is what this process knows of the answers that are owed beyond their memos.
type pendingReplies struct {
	mu   sync.Mutex
	mine map[string]pendingReply
	busy map[string]bool // being given
}

func (b *pendingReplies) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.mine)
}

func (b *pendingReplies) keep(d pendingReply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mine[d.key] = d
}

func (b *pendingReplies) forget(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.mine, key)
}

// begin takes one of the few places for a try.
func (b *pendingReplies) begin(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy[key] || len(b.busy) >= tellUnderWay {
		return false
	}
	b.busy[key] = true
	return true
}

func (b *pendingReplies) end(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.busy, key)
}

// over gives what nobody waits for any more, and forgets it.
func (b *pendingReplies) over(now time.Time) (late []pendingReply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, d := range b.mine {
		if !now.Before(d.ends) && !b.busy[key] {
			late = append(late, d)
			delete(b.mine, key)
		}
	}
	return late
}

// list gives what is owed and not being given, the newest first: the memos, and what is in memory alone. When all memos
// are known, what has lost its memo is settled.
func (b *pendingReplies) list(memos []pendingReply, all bool) (owed []pendingReply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	there := map[string]bool{}
	for _, d := range memos {
		there[d.key] = true
		if b.busy[d.key] {
			continue
		}
		if mine, ok := b.mine[d.key]; ok {
			d.To, d.given = mine.To, mine.given
			if mine.Due.After(d.Due) {
				d.Due = mine.Due
			}
		}
		owed = append(owed, d)
	}
	for key, d := range b.mine {
		switch {
		case there[key] || b.busy[key]:
		case d.version == 0:
			owed = append(owed, d)
		case all:
			delete(b.mine, key)
		}
	}
	slices.SortFunc(owed, func(x, y pendingReply) int {
		return cmp.Or(y.To.At.Compare(x.To.At), cmp.Compare(y.key, x.key))
	})
	return owed
}

// enqueueReply keeps an answer that could not be given.
func (n *Notifier) enqueueReply(ctx context.Context, to op.Address, a op.Answer, ask *op.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellKeep)
	defer cancel()
	now := n.Now()
	if to.At.IsZero() {
		to.At = now
	}
	if ask != nil {
		a = op.Answer{}
	}
	d := pendingReply{To: to, Answer: a, Ask: ask, key: KindTell + "/" + op.NewID(), ends: now.Add(TellFor)}
	d.putOff(now, ShortestBackoff)
	if err := n.saveReply(ctx, &d); err != nil {
		n.Log.Warn("an answer is owed in memory only", "person", to.Person, "error", err)
	}
}

// saveReply writes down how a reply stands. In memory it stands so even when that fails, unless it is with
// store.ErrLost: another replica was first.
func (n *Notifier) saveReply(ctx context.Context, d *pendingReply) error {
	now, mine, err := n.kept.Put(ctx, d.key, *d, d.version, d.ends, op.Event{})
	switch {
	case err == nil && !mine && d.version > 0:
		return store.ErrLost
	case err == nil: // at version 0 it may have been written before, when nobody could say so
		d.version = now.version
	}
	n.replies.keep(*d)
	return err
}

// endReply ends one; store.ErrLost says that another replica is at it.
func (n *Notifier) endReply(ctx context.Context, d pendingReply) error {
	var err error
	switch {
	case d.version == 0:
	case d.Once:
		err = n.markTold(ctx, d)
	default:
		err = n.Store.DropDocument(ctx, d.key, d.version, op.Event{})
	}
	if err == nil {
		n.replies.forget(d.key)
	}
	return err
}
