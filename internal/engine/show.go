package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"casterbot/internal/op"
)

// owed are the cards that are behind. Every card is drawn by at most one goroutine at a time, from the newest stored
// operation, so that an older state never overwrites a newer one and states in between are dropped.
type owed struct {
	mu    sync.Mutex
	cards map[string]bool // true: draw once more when the drawing under way ends
	later map[string]time.Time
	work  sync.WaitGroup
}

// retryShow is how long a card that could not be drawn waits.
const retryShow = 2 * time.Second

func (w *owed) init() {
	w.cards = map[string]bool{}
	w.later = map[string]time.Time{}
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
	if time.Now().Before(w.later[id]) {
		return false
	}
	delete(w.later, id)
	if _, busy := w.cards[id]; busy {
		w.cards[id] = true
		return false
	}
	w.cards[id] = false
	w.work.Add(1)
	return true
}

// end reports whether the card must be drawn once more.
func (w *owed) end(id string, failed bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cards[id] && !failed {
		w.cards[id] = false
		return true
	}
	if failed {
		w.later[id] = time.Now().Add(retryShow)
	}
	delete(w.cards, id)
	w.work.Done()
	return false
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
			if !e.owed.end(id, err != nil) {
				return
			}
		}
	}()
}

func (e *Engine) draw(ctx context.Context, id string) error {
	o, err := e.store.Get(ctx, id)
	if err != nil {
		return err
	}
	if o.Shown >= o.Version {
		return nil
	}
	card, err := e.chat.Show(ctx, o)
	if errors.Is(err, ErrGone) {
		o.Card = ""
		card, err = e.chat.Show(ctx, o)
	}
	if errors.Is(err, ErrNotInChannel) {
		return e.showElsewhere(ctx, o)
	}
	if err != nil {
		return err
	}
	return e.store.Shown(ctx, o.ID, o.Version, card)
}

// showElsewhere tells the asker in private when the channel cannot be written to. Without a card nobody could confirm, so a
// pending operation runs into its expiry.
func (e *Engine) showElsewhere(ctx context.Context, o op.Operation) error {
	text := op.L(o.Plan.Title, ": ", string(o.State), ".")
	if o.Outcome != nil {
		text = op.L(o.Outcome.Text)
	}
	answer := op.Answer{Mark: op.MarkUnknown, Title: text, Note: op.L("I can no longer write in ", op.In(o.Channel), ", so I tell you here. op ", o.Ref())}
	if err := e.chat.Tell(ctx, op.Address{Person: o.Asker}, answer); err != nil {
		return err
	}
	return e.store.Shown(ctx, o.ID, o.Version, o.Card)
}
