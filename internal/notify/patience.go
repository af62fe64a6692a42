package notify

import (
	"context"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// Times of a question that is not answered at once.
const (
	hintAfter  = 1200 * time.Millisecond // a second, and the moment in which the quota says that a call waits for its turn
	hintWithin = 2 * time.Second         // for saying so
)

// patience tells somebody once that they are not forgotten, and once how many calls stand before theirs; and nothing
// after the answer.
type patience struct {
	say func(op.Answer)

	one          chan struct{} // holds whoever says something
	said, queued bool
	over         bool
}

// Patient lets the person at an address know when an answer takes longer than a second. The context is the one to ask
// with: it tells the quota whom to say what a call waits for. stop is called when there is an answer, and before that
// is given; a hint that is on its way is waited for, so that it never comes after the answer. Where time is not real,
// or a window shows that it waits, nothing is said.
func (n *Notifier) Patient(ctx context.Context, to op.Address) (context.Context, func()) {
	if n.After == nil || to.View != "" || to.FromHome {
		return ctx, func() {}
	}
	p := &patience{one: make(chan struct{}, 1), say: func(a op.Answer) {
		ctx, cancel := context.WithTimeout(ctx, hintWithin)
		defer cancel()
		if err := n.Chat.Hint(ctx, to, a); err != nil {
			n.Log.Info("say that it takes a while", "person", to.Person, "channel", to.Channel, "error", err)
		}
	}}
	caller := quota.Of(ctx)
	caller.Waiting = func(before int, about time.Duration) { go p.queue(before, about) } // the quota is not kept waiting
	halt := n.After(hintAfter, p.looks)
	return quota.With(ctx, caller), func() {
		halt()
		p.stop()
	}
}

// looks says that the answer is being looked for, unless more has been said.
func (p *patience) looks() {
	p.one <- struct{}{}
	defer func() { <-p.one }()
	if p.over || p.said {
		return
	}
	p.said = true
	p.say(op.Answer{Mark: op.MarkWait, Title: op.L("Looking…")})
}

// queue says how many calls stand before, once.
func (p *patience) queue(before int, about time.Duration) {
	p.one <- struct{}{}
	defer func() { <-p.one }()
	if p.over || p.queued {
		return
	}
	p.said, p.queued = true, true
	p.say(op.Answer{Mark: op.MarkWait, Title: BeforeYou(before, about)})
}

func (p *patience) stop() {
	p.one <- struct{}{}
	defer func() { <-p.one }()
	p.over = true
}

// beforeYou says how many stand before somebody, and how long that takes.
func BeforeYou(before int, about time.Duration) op.Line {
	about = max(time.Second, about.Round(time.Second))
	if before == 0 {
		return op.L("You are next, in about ", op.For(about), ".")
	}
	return op.L(op.N(before), " before you, about ", op.For(about), ".")
}
