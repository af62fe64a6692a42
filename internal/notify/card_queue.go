package notify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"casterbot/internal/op"
)

// cardQueue holds the cards that are behind. Every card is drawn by at most one goroutine at a time, from the newest
// stored operation, so that an older state never overwrites a newer one and states in between are dropped.
type cardQueue struct {
	mu    sync.Mutex
	cards map[string]bool        // true: draw once more when the drawing under way ends
	held  map[string]func() bool // not drawn yet, because something better may come: what stops the waiting
	later map[string]backoff
	seen  map[string]int64 // what was behind when the sweep last looked: its version
	// edits without an answer may land on top of what is drawn next: when to draw it once more
	unconfirmed map[string]time.Time
	proof       map[string]time.Time // when to show once more what the chat took, and may have shown nobody
	work        sync.WaitGroup
	timeless    bool // time is not real: while the chat is away every sweep tries a card
}

// backoff is how long a card that could not be drawn is left alone: twice as long after every try, but for those that
// only found the channel busy.
type backoff struct {
	until time.Time
	last  time.Duration
	away  bool // the chat gave no answer
}

const (
	ShortestBackoff = 2 * time.Second
	LongestBackoff  = 20 * time.Second // and so soon after an outage every card is up to date
	LandsWithin     = 40 * time.Second // an edit without an answer, from when it was given up
	ProveAfter      = 12 * time.Second // longer than the chat has its quick way
)

func (w *cardQueue) init() {
	w.cards = map[string]bool{}
	w.held = map[string]func() bool{}
	w.later = map[string]backoff{}
	w.unconfirmed = map[string]time.Time{}
	w.proof = map[string]time.Time{}
}

// proved remembers that a card is to be shown once more, or no longer.
func (w *cardQueue) proved(id string, is bool, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if delete(w.proof, id); !is {
		w.proof[id] = now.Add(ProveAfter)
	}
}

// markUnconfirmed remembers an edit without an answer.
func (w *cardQueue) markUnconfirmed(id string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unconfirmed[id] = now.Add(LandsWithin)
}

// due gives the cards whose time has come, and forgets them.
func (w *cardQueue) due(at map[string]time.Time, now time.Time) (ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, when := range at {
		if !now.Before(when) {
			ids = append(ids, id)
			delete(at, id)
		}
	}
	return ids
}

func (w *cardQueue) drawing() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.cards)
}

// behind counts the cards that are being drawn, are held back, or are to be drawn again soon: not those for which the
// chat has to come back first.
func (w *cardQueue) behind() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.cards) + len(w.held)
	for _, r := range w.later {
		if !r.away {
			n++
		}
	}
	return n
}

// begin reports whether the caller should draw the card; if somebody draws it already they are asked to do so once
// more.
func (w *cardQueue) begin(id string) bool {
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
func (w *cardQueue) end(id string, failed error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.later[id]
	if w.cards[id] && failed == nil {
		w.cards[id] = false
		return true
	}
	delete(w.later, id)
	if failed != nil {
		w.later[id] = w.longer(before, failed)
	}
	delete(w.cards, id)
	w.work.Done()
	return false
}

func (w *cardQueue) longer(r backoff, failed error) backoff {
	pause, away := min(max(2*r.last, ShortestBackoff), LongestBackoff), errors.Is(failed, ErrNoAnswer)
	switch {
	case errors.Is(failed, ErrBusy): // its turn comes, whatever became of another way
		pause, away = max(r.last, ShortestBackoff), false
	case w.timeless && away:
		pause = 0
	}
	return backoff{until: time.Now().Add(pause), last: pause, away: away}
}

// keep puts the drawing of a card off, unless it is put off already: repeated calls do not push it back.
func (w *cardQueue) keep(id string, later func(draw func()) (stop func() bool), draw func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, held := w.held[id]; held {
		return
	}
	w.work.Add(1)
	w.held[id] = later(func() {
		defer w.work.Done()
		draw()
	})
}

// release ends the waiting of a card, and lets it be drawn though an earlier try has failed.
func (w *cardQueue) release(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stop, held := w.held[id]; held {
		delete(w.held, id)
		if stop() {
			w.work.Done()
		}
	}
	if r, resting := w.later[id]; resting {
		r.until = time.Time{}
		w.later[id] = r
	}
}

// stale reports that a card which another process may be about to draw was as far behind at the last look already.
func (w *cardQueue) stale(behind []op.Operation) func(op.Operation) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.seen
	w.seen = make(map[string]int64, len(behind))
	for _, o := range behind {
		w.seen[o.ID] = o.Version
	}
	return func(o op.Operation) bool { return before[o.ID] == o.Version }
}

// isHeld reports a card that is put off.
func (w *cardQueue) isHeld(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, held := w.held[id]
	return held
}

func (w *cardQueue) allHeld() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.held))
}

// How long a card may wait for something better to show.
const (
	// after the click that won: until then, and until Slack has the edit, the card has live buttons
	ButtonsWithin = 120 * time.Millisecond
	CheckWithin   = time.Second // after a success: for the look that confirms it
)

// EnqueueCardWithin brings the card of an operation up to date within a time. What happens to the operation until then
// is drawn with it, and whoever enqueues the card meanwhile has it drawn at once. Where time is not real nothing waits.
func (n *Notifier) EnqueueCardWithin(id string, d time.Duration) {
	if n.After == nil {
		n.EnqueueCard(id)
		return
	}
	n.cards.keep(id, func(draw func()) func() bool { return n.After(d, draw) }, func() { n.EnqueueCard(id) })
}

// EnqueueCard brings the card of an operation up to date now. What fails is tried again by the sweep.
func (n *Notifier) EnqueueCard(id string) {
	n.cards.release(id)
	n.DrawSoon(id)
}

// DrawSoon draws a card, unless it is being drawn or rests after a failure.
func (n *Notifier) DrawSoon(id string) {
	if n.cards.begin(id) {
		go n.drawing(id, n.Draw)
	}
}

// drawing draws a card in one way, and once more for as long as somebody asks for that meanwhile.
func (n *Notifier) drawing(id string, draw func(context.Context, string) error) {
	for {
		err := draw(n.Base, id)
		switch {
		case err == nil || n.Base.Err() != nil:
		case errors.Is(err, ErrBusy): // its turn comes
			n.Log.Debug("card waits for its turn", "op", op.Ref(id), "error", err)
		default:
			n.Log.Warn("card is behind", "op", op.Ref(id), "error", err)
		}
		if !n.cards.end(id, err) {
			return
		}
		draw = n.Draw
	}
}

// prove shows a card once more as it is, where nobody knows whether people see it. It is not behind: what is behind is
// drawn first, and while there is much to write it waits. Only a card that turns out not to be there is drawn anew.
func (n *Notifier) prove(id string) {
	if !n.cards.begin(id) {
		n.cards.proved(id, false, n.Now())
		return
	}
	go n.drawing(id, n.proof)
}

func (n *Notifier) proof(ctx context.Context, id string) error {
	o, err := n.card(ctx, id)
	if err != nil || o.Shown < o.Version {
		return err
	}
	show, err := n.Chat.Turn(ctx, o)
	if err == nil {
		_, err = show(ctx, o)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrBusy) || errors.Is(err, ErrUnproven):
		n.cards.proved(id, false, n.Now())
		return nil
	}
	n.Redraw(o)
	return n.Draw(ctx, id)
}
