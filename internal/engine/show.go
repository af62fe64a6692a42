package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/browse"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// redrawn is how far back cards are drawn anew when the bot is back in a channel.
const redrawn = 24 * time.Hour

// redraw makes the card of an operation owed whatever it is known to show: somebody sees something else. That of a member is the
// card of the whole.
func (e *Engine) redraw(o op.Operation) {
	id := cmp.Or(o.Group, o.ID)
	if err := e.store.Unshown(e.base, id); err != nil {
		e.log.Warn("draw a card once more", "op", op.Ref(id), "error", err)
	}
}

// draw waits for the channel's turn first, and shows what the operation has come to by then.
func (e *Engine) draw(ctx context.Context, id string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a panic while drawing: %v", p)
		}
	}()
	o, err := e.store.Get(ctx, id)
	if err == nil && o.Group != "" {
		return e.drawGroup(ctx, o.Group)
	}
	if err != nil || o.Shown >= o.Version {
		return err
	}
	if o.IsSeveral() { // a process that ended a member may have died before it told the whole
		if err := e.gather(ctx, id); err != nil {
			return err
		}
	}
	show, err := e.chat.Turn(ctx, o)
	if err != nil {
		return err
	}
	o, mine, err := e.toDraw(ctx, id)
	if err != nil || !mine {
		return err
	}
	card, err := show(ctx, o)
	if errors.Is(err, ErrGone) {
		o.Card = ""
		card, err = show(ctx, o)
	}
	if errors.Is(err, ErrNoAnswer) && o.Card != "" {
		e.owed.lose(id, e.now())
	}
	if errors.Is(err, ErrNotInChannel) {
		return e.showElsewhere(ctx, o)
	}
	if err != nil && !errors.Is(err, ErrUnproven) {
		return err
	}
	e.owed.proved(id, err == nil, e.now())
	if o.Card == "" { // an edit proves less: some channels take those and nothing new
		e.away.CompareAndSwap(o.Channel, isAway, isBack)
	}
	return e.store.Shown(ctx, o.ID, o.Version, card)
}

// toDraw takes on the drawing of a card and gives all that stands on it.
func (e *Engine) toDraw(ctx context.Context, id string) (o op.Operation, mine bool, err error) {
	o, mine, err = e.store.Hold(ctx, id)
	if err != nil || !mine {
		return o, mine, err
	}
	o, err = e.withMembers(ctx, o)
	return o, mine, err
}

// showElsewhere tells the asker in private, once for each state that matters, when the channel cannot be written to. Without a
// card nobody could confirm, so a pending operation runs into its expiry. When the asker cannot be reached either, the trail
// says so.
func (e *Engine) showElsewhere(ctx context.Context, o op.Operation) error {
	e.away.Store(o.Channel, isAway)
	words, matters := elsewhere[o.State]
	if matters && e.told.first(o.ID, o.State, e.now()) {
		err := e.chat.Tell(ctx, op.Address{Person: o.Asker}, withoutCard(o, words))
		if errors.Is(err, ErrUnreachable) {
			err = e.recordUntold(ctx, o, err)
		}
		if err != nil {
			e.told.forget(o.ID)
			return err
		}
	}
	return e.store.Shown(ctx, o.ID, o.Version, o.Card)
}

// isAway and isBack are what the sweep has to know of a channel in which a card could not be shown.
const (
	isAway = "away"
	isBack = "back"
)

// drawBack draws the cards of channels that turned out to be back.
func (e *Engine) drawBack(ctx context.Context) {
	e.away.Range(func(channel, is any) bool {
		if is == isBack && e.away.CompareAndDelete(channel, isBack) {
			e.Returned(ctx, channel.(string))
		}
		return true
	})
}

// Returned is called when a channel can be written to again, by Slack's word or because something was written there: its cards of the last day are drawn anew, as they may have changed
// while nobody could write there.
func (e *Engine) Returned(ctx context.Context, channel string) {
	list, err := e.store.List(ctx, store.Query{Channel: channel, Since: e.now().Add(-redrawn), Alone: true, Newest: true, Limit: openPerChannel})
	if err != nil {
		e.log.Warn("draw the cards of a channel anew", "channel", channel, "error", err)
	}
	for _, o := range list {
		if o.Card != "" || !o.State.Final() {
			e.redraw(o)
			e.owe(o.ID)
		}
	}
}

// withoutCard says in one message what the card would have said.
func withoutCard(o op.Operation, words op.Text) op.Answer {
	text := op.L(o.Plan.Title, words)
	switch {
	case o.Outcome != nil && o.State == op.Unknown:
		text = op.L(o.Plan.Title, ": ", o.Outcome.Text)
	case o.Outcome != nil:
		text = op.L(o.Outcome.Text)
	}
	return op.Answer{Mark: browse.StateMarks[o.State], Title: text, Note: op.L("I cannot write in ", op.In(o.Channel), ", so I tell you here. op ", op.V(o.Ref()))}
}

func (e *Engine) recordUntold(ctx context.Context, o op.Operation, why error) error {
	e.log.Warn("nobody could be told", "op", o.Ref(), "state", o.State, "error", why)
	event := e.event(op.EventUntold, "", "", o)
	event.Detail["state"] = string(o.State)
	return e.store.Record(ctx, event)
}

// elsewhere are the states that an asker hears of without a card, in words.
var elsewhere = map[op.State]op.Text{
	op.Pending: ": I cannot show its card, so nobody can confirm it. It will expire and nothing will be done.",
	op.Expired: ": expired. Nothing was done.", op.Cancelled: ": called off. Nothing was done.",
	op.Succeeded: ": done.", op.Failed: ": not done.", op.Unknown: ": it is not known whether it happened.",
}
