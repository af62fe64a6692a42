package socket

import (
	"context"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"
)

// doubtful is how long before the end of a connection an acknowledgement may have been written in vain: nobody confirms
// one, and the other side may have stopped reading while it was on its way.
const doubtful = 500 * time.Millisecond

// ackLog are the last acknowledgements of a link. When its connection ends they are given once more on another link:
// the app has several, all of them belong to it, and an envelope that is acknowledged already takes no harm.
type ackLog struct {
	mu   sync.Mutex
	last []ackedOnce
	over bool // the link takes no more
}

type ackedOnce struct {
	id      string
	payload any
	at      time.Time
}

// Add keeps an acknowledgement that is about to be written; false when the link takes no more.
func (a *ackLog) add(id string, payload any) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	for len(a.last) > 0 && now.Sub(a.last[0].at) > doubtful {
		a.last = a.last[1:]
	}
	a.last = append(a.last, ackedOnce{id, payload, now})
	return !a.over
}

// Take gives the doubtful ones and forgets them; over closes the list.
func (a *ackLog) take(over bool) []ackedOnce {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = a.over || over
	last := a.last
	a.last = nil
	for len(last) > 0 && time.Since(last[0].at) > doubtful {
		last = last[1:]
	}
	return last
}

// Ack acknowledges the envelope on the link that brought it, or on another when that one has ended; payload may be nil.
func (e Envelope) Ack(payload any) error {
	on := e.Link
	if !on.acked.add(e.Id, payload) {
		on = on.another()
	}
	ctx, cancel := context.WithTimeout(context.Background(), ackWithin)
	defer cancel()
	return on.client.AckCtx(ctx, e.Id, payload)
}

// Expect notes that it is not seen through yet; done that it is. The link is not closed in between.
func (e Envelope) Expect() { e.Link.Pending.Add(1) }

func (e Envelope) Done() { e.Link.Pending.Add(-1) }

// lost is called when the connection has ended.
func (l *Link) lost(over bool) {
	ctx, cancel := context.WithTimeout(context.Background(), ackWithin)
	defer cancel()
	for _, a := range l.acked.take(over) {
		if err := l.another().client.AckCtx(ctx, a.id, a.payload); err != nil {
			l.Log.Warn("an acknowledgement did not leave", "error", err)
		}
	}
}

// unwritten gives an acknowledgement on another link that could not be written to this one.
func (l *Link) unwritten(e socketmode.Event) {
	ctx, cancel := context.WithTimeout(context.Background(), ackWithin)
	defer cancel()
	what, ok := e.Data.(*socketmode.ErrorWriteFailed)
	other := l.spare(l)
	if !ok || other == nil {
		l.Log.Warn("an acknowledgement could not be written")
		return
	}
	err := other.client.AckCtx(ctx, what.Response.EnvelopeID, what.Response.Payload)
	l.Log.Warn("an acknowledgement could not be written and was given on another socket", "error", err)
}

// another gives a link that is up, or the link itself when there is none.
func (l *Link) another() *Link {
	if other := l.spare(l); other != nil {
		return other
	}
	return l
}

// spare gives a link other than this one that is up; nil when there is none.
func (s *Sockets) spare(than *Link) *Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		if l != nil && l != than && l.up.Load() && !l.deaf.Load() {
			return l
		}
	}
	return nil
}
