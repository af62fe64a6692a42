package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// owed are the cards that are behind. Every card is drawn by at most one goroutine at a time, from the newest stored
// operation, so that an older state never overwrites a newer one and states in between are dropped.
type owed struct {
	mu    sync.Mutex
	cards map[string]bool // true: draw once more when the drawing under way ends
	later map[string]rest
	lost  map[string]time.Time // edits without an answer may land on top of what is drawn next: when to draw it once more
	work  sync.WaitGroup
}

// rest is how long a card that could not be drawn is left alone: twice as long after every try, but for those that only
// found the channel busy.
type rest struct {
	until time.Time
	last  time.Duration
}

const (
	shortestRest = 2 * time.Second
	longestRest  = 20 * time.Second // and so soon after an outage every card is up to date
	redrawn      = 24 * time.Hour   // how far back cards are drawn anew when the bot is back in a channel
	landsWithin  = 40 * time.Second // an edit without an answer, from when it was given up
)

func (w *owed) init() {
	w.cards = map[string]bool{}
	w.later = map[string]rest{}
	w.lost = map[string]time.Time{}
}

// lose remembers an edit without an answer.
func (w *owed) lose(id string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost[id] = now.Add(landsWithin)
}

// landed gives the cards on which an edit without an answer must have landed by now, if ever, and forgets them.
func (w *owed) landed(now time.Time) (ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, at := range w.lost {
		if !now.Before(at) {
			ids = append(ids, id)
			delete(w.lost, id)
		}
	}
	return ids
}

func (w *owed) wait() { w.work.Wait() }

// any reports a card that is being drawn or waits to be drawn again.
func (w *owed) any() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.cards)+len(w.later) > 0
}

// begin reports whether the caller should draw the card; if somebody draws it already they are asked to do so once more.
func (w *owed) begin(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Now().Before(w.later[id].until) {
		return false
	}
	if _, busy := w.cards[id]; busy {
		w.cards[id] = true
		return false
	}
	w.cards[id] = false
	w.work.Add(1)
	return true
}

// end reports whether the card must be drawn once more.
func (w *owed) end(id string, failed error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.later[id]
	if w.cards[id] && failed == nil {
		w.cards[id] = false
		return true
	}
	delete(w.later, id)
	if failed != nil {
		w.later[id] = longer(before, errors.Is(failed, ErrBusy))
	}
	delete(w.cards, id)
	w.work.Done()
	return false
}

func longer(r rest, busy bool) rest {
	pause := min(max(2*r.last, shortestRest), longestRest)
	if busy {
		pause = max(r.last, shortestRest)
	}
	return rest{until: time.Now().Add(pause), last: pause}
}

// redraw makes a card owed whatever it is known to show: somebody sees something else.
func (e *Engine) redraw(id string) {
	if err := e.store.Unshown(e.base, id); err != nil {
		e.log.Warn("draw a card once more", "op", op.Ref(id), "error", err)
	}
}

// owe brings the card of an operation up to date soon. What fails is tried again by the sweep.
func (e *Engine) owe(id string) {
	if !e.owed.begin(id) {
		return
	}
	go func() {
		for {
			err := e.draw(e.base, id)
			if err != nil && e.base.Err() == nil {
				e.log.Warn("card is behind", "op", op.Ref(id), "error", err)
			}
			if !e.owed.end(id, err) {
				return
			}
		}
	}()
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
	if err == nil && o.Shown < o.Version {
		err = e.chat.Turn(ctx, o.Channel)
	}
	if err != nil || o.Shown >= o.Version {
		return err
	}
	o, mine, err := e.store.Hold(ctx, id)
	if err != nil || !mine {
		return err
	}
	if o.IsSeveral() {
		if o.Members, err = e.members(ctx, o); err != nil {
			return err
		}
	}
	card, err := e.chat.Show(ctx, o)
	if errors.Is(err, ErrGone) {
		o.Card = ""
		card, err = e.chat.Show(ctx, o)
	}
	if errors.Is(err, ErrNoAnswer) && o.Card != "" {
		e.owed.lose(id, e.now())
	}
	if errors.Is(err, ErrNotInChannel) {
		return e.showElsewhere(ctx, o)
	}
	if err != nil {
		return err
	}
	if o.Card == "" { // an edit proves less: some channels take those and nothing new
		e.away.CompareAndSwap(o.Channel, isAway, isBack)
	}
	return e.store.Shown(ctx, o.ID, o.Version, card)
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
	list, err := e.store.List(ctx, store.Query{Channel: channel, Since: e.now().Add(-redrawn), Newest: true, Limit: openPerChannel})
	if err != nil {
		e.log.Warn("draw the cards of a channel anew", "channel", channel, "error", err)
	}
	for _, o := range list {
		if o.Card != "" || !o.State.Final() {
			e.redraw(o.ID)
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
	return op.Answer{Mark: homeMarks[o.State], Title: text, Note: op.L("I cannot write in ", op.In(o.Channel), ", so I tell you here. op ", op.V(o.Ref()))}
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
