package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// redrawn is how far back cards are drawn anew when the bot is back in a channel.
const redrawn = 24 * time.Hour

// redrawnAtMost is how many cards of a channel are drawn when the bot is back in it.
const redrawnAtMost = 100

// groupEvery is how often the card of several is edited at most while its members go on.
const groupEvery = time.Second

// Redraw has the card of an operation drawn whatever it is known to show: somebody sees something else. That of a
// member is the card of the whole.
func (n *Notifier) Redraw(o op.Operation) {
	id := cmp.Or(o.Group, o.ID)
	if err := n.Store.Unshown(n.Base, id); err != nil {
		n.Log.Warn("draw a card once more", "op", op.Ref(id), "error", err)
	}
}

// Draw waits for the channel's turn first, and shows what the operation has come to by then.
func (n *Notifier) Draw(ctx context.Context, id string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a panic while drawing: %v", p)
		}
	}()
	o, undrawn, err := n.Store.Undrawn(ctx, id)
	if err == nil && o.Group != "" {
		return n.drawGroup(ctx, o.Group)
	}
	if err != nil || !undrawn {
		return err
	}
	if o.IsSeveral() { // a process that ended a member may have died before it told the whole
		if err := n.Gather(ctx, id); err != nil {
			return err
		}
	}
	show, err := n.Chat.Turn(ctx, o)
	if err != nil {
		return err
	}
	o, mine, err := n.toDraw(ctx, id)
	if err != nil || !mine {
		return err
	}
	card, err := show(ctx, o)
	if errors.Is(err, ErrGone) {
		o.Card = ""
		card, err = show(ctx, o)
	}
	if errors.Is(err, ErrNoAnswer) && o.Card != "" {
		n.cards.markUnconfirmed(id, n.Now())
	}
	if errors.Is(err, ErrNotInChannel) {
		return n.showElsewhere(ctx, o)
	}
	if err != nil && !errors.Is(err, ErrUnproven) {
		return err
	}
	n.Shown(o)
	n.cards.proved(id, err == nil, n.Now())
	if o.Card == "" { // an edit proves less: some channels take those and nothing new
		n.away.CompareAndSwap(o.Channel, isAway, isBack)
	}
	return n.Store.Shown(ctx, o.ID, o.Version, card)
}

// toDraw takes on the drawing of a card and gives all that stands on it.
func (n *Notifier) toDraw(ctx context.Context, id string) (o op.Operation, mine bool, err error) {
	if o, mine, err = n.Store.ClaimCard(ctx, id); err == nil && mine {
		o, err = n.withMembers(ctx, o)
	}
	return o, mine, err
}

// showElsewhere tells the asker in private, once for each state that matters, when the channel cannot be written to.
// Without a card nobody could confirm, so a pending operation runs into its expiry. When the asker cannot be reached
// either, the trail says so.
func (n *Notifier) showElsewhere(ctx context.Context, o op.Operation) error {
	n.away.Store(o.Channel, isAway)
	words, matters := elsewhere[o.State]
	if matters && n.told.first(o, n.Now()) {
		err := n.tellAlone(ctx, o, words)
		if errors.Is(err, ErrUnreachable) {
			err = n.recordUntold(ctx, o, err)
		}
		if err != nil {
			n.told.forget(o.ID)
			return err
		}
	}
	return n.Store.Shown(ctx, o.ID, o.Version, o.Card)
}

// tellAlone tells the asker, if they may know it still.
func (n *Notifier) tellAlone(ctx context.Context, o op.Operation, words op.Text) error {
	may, err := n.Hears(ctx, o)
	switch {
	case err != nil:
		return err
	case !may:
		return errors.Join(ErrUnreachable, errNotTheirs)
	}
	return n.Chat.Tell(ctx, op.Address{Person: o.Requester}, withoutCard(o, words))
}

var errNotTheirs = errors.New("who asked may not be told any more")

// isAway and isBack are what the sweep has to know of a channel in which a card could not be shown.
const (
	isAway = "away"
	isBack = "back"
)

// drawRestored draws the cards of channels that turned out to be back.
func (n *Notifier) drawRestored(ctx context.Context) {
	n.away.Range(func(channel, is any) bool {
		if is == isBack && n.away.CompareAndDelete(channel, isBack) {
			n.ChannelRestored(ctx, channel.(string))
		}
		return true
	})
}

// ChannelRestored draws the cards of the last day in a channel anew: they may have changed while nobody could write
// there.
func (n *Notifier) ChannelRestored(ctx context.Context, channel string) {
	list, err := n.Store.List(ctx,
		store.Query{Channel: channel, Since: n.Now().Add(-redrawn), Alone: true, Newest: true, Limit: redrawnAtMost})
	if err != nil {
		n.Log.Warn("draw the cards of a channel anew", "channel", channel, "error", err)
	}
	for _, o := range list {
		if o.Card != "" || !o.State.Final() {
			n.Redraw(o)
			n.EnqueueCard(o.ID)
		}
	}
}

// withoutCard says in one message what the card would have said.
func withoutCard(o op.Operation, words op.Text) op.Answer {
	text := op.L(o.Plan.Title, words)
	switch {
	case o.Outcome != nil && (o.State == op.Unknown || o.IsSeveral()):
		text = op.L(o.Plan.Title, ": ", o.Outcome.Text)
	case o.Outcome != nil:
		text = op.L(o.Outcome.Text)
	}
	a := op.Answer{Mark: op.StateMarks[o.State], Title: text,
		Note: op.L("casterbot cannot write in ", op.In(o.Channel), ", so you are told here. op ", op.V(o.Ref()))}
	switch {
	case o.State == op.Pending:
		a.Lines = []op.Line{op.L("Type ", op.Code("/invite @casterbot"), " there: then its card appears.")}
	case o.Outcome == nil:
	case o.Outcome.Ended():
		a.Mark, a.Title, a.Lines = op.MarkNeutral, op.L("Over: ", text), []op.Line{o.Outcome.Over}
	case len(o.Outcome.After) > 0:
		a.Lines = []op.Line{o.Outcome.After}
	}
	return a
}

func (n *Notifier) recordUntold(ctx context.Context, o op.Operation, why error) error {
	n.Log.Warn("nobody could be told", "op", o.Ref(), "state", o.State, "error", why)
	event := o.Event(n.Now(), op.EventUntold, "", "")
	event.Detail["state"] = string(o.State)
	return n.Store.Record(ctx, event)
}

// elsewhere are the states that an asker hears of without a card, in words.
var elsewhere = map[op.State]op.Text{
	op.Pending: ": its card cannot be shown, so nobody can confirm it. It will expire and nothing will be done.",
	op.Expired: ": expired. Nothing was done.", op.Cancelled: ": cancelled. Nothing was done.",
	op.Succeeded: ": done.", op.Failed: ": not done.", op.Unknown: ": it is not known whether it happened.",
}

// DrawBehind redraws cards whose stored operation is newer than what they show, or may be, because an edit was lost on
// the way. Those of operations that another replica has sent are left to it for a moment.
func (n *Notifier) DrawBehind(ctx context.Context) error {
	n.drawRestored(ctx)
	for _, id := range n.cards.due(n.cards.unconfirmed, n.Now()) {
		if err := n.Store.Unshown(ctx, id); err != nil {
			n.cards.markUnconfirmed(id, n.Now())
			return err
		}
	}
	for _, id := range n.cards.due(n.cards.proof, n.Now()) {
		n.prove(id)
	}
	behind, err := n.Store.List(ctx, store.Query{Unshown: true, Newest: true})
	if err != nil {
		return err
	}
	stale := n.cards.stale(behind)
	for _, o := range behind {
		others := o.Claim != "" && o.Claim != n.Replica && !n.Store.Exclusive()
		if !n.cards.isHeld(o.ID) && (!others || stale(o)) {
			n.DrawSoon(o.ID)
		}
	}
	return nil
}

// drawGroup lets the card of several show what has become of a member.
func (n *Notifier) drawGroup(ctx context.Context, id string) error {
	err := n.Gather(ctx, id)
	n.EnqueueCardWithin(id, groupEvery)
	return err
}

// card gives an operation with what its card is drawn from.
func (n *Notifier) card(ctx context.Context, id string) (op.Operation, error) {
	o, err := n.Store.Get(ctx, id)
	if err != nil {
		return o, err
	}
	return n.withMembers(ctx, o)
}

func (n *Notifier) withMembers(ctx context.Context, o op.Operation) (_ op.Operation, err error) {
	if o.IsSeveral() {
		o.Members, err = n.Members(ctx, o)
	}
	return o, err
}

// Members gives the members of an operation in the order of its parts.
func (n *Notifier) Members(ctx context.Context, o op.Operation) ([]op.Operation, error) {
	return n.Store.Members(ctx, o.ID)
}
