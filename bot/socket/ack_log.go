package socket

import (
	"context"
	"errors"
	"sync"
	"time"

	"casterbot/bot/webapi"

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

// add keeps an acknowledgement that is about to be written; false when the link takes no more.
func (a *ackLog) add(id string, payload any) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	a.last = append(a.last, ackedOnce{id, payload, time.Now()})
	return !a.over
}

// take gives the doubtful ones and forgets them; over closes the list.
func (a *ackLog) take(over bool) []ackedOnce {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	a.over = a.over || over
	last := a.last
	a.last = nil
	return last
}

// forget drops those that are not doubtful any more. The caller holds mu.
func (a *ackLog) forget() {
	for len(a.last) > 0 && time.Since(a.last[0].at) > doubtful {
		a.last = a.last[1:]
	}
}

// Ack acknowledges the envelope on the link that brought it, or on another when that one has ended; payload may be nil.
func (e Envelope) Ack(payload any) error {
	on := e.Link
	if !on.acked.add(e.Id, payload) {
		on = on.another()
	}
	err := on.write(ackedOnce{id: e.Id, payload: payload})
	if err != nil {
		e.Became(webapi.Unwritten)
	} else {
		e.Became(webapi.Acknowledged)
	}
	return err
}

// Became tells what became of the envelope, for those who measure.
func (e Envelope) Became(fate webapi.Fate) {
	if of := e.Link.owner; of != nil && of.config.Fate != nil {
		of.config.Fate(e.Kind, fate, time.Since(e.At))
	}
}

// Expect notes that it is not seen through yet; done that it is. The link is not closed in between.
func (e Envelope) Expect() { e.Link.Pending.Add(1) }

func (e Envelope) Done() { e.Link.Pending.Add(-1) }

// lost is called when the connection has ended.
func (l *Link) lost(over bool) {
	other := l.another()
	if err := other.write(l.acked.take(over)...); err != nil {
		l.log().Warn("an acknowledgement did not leave", "error", err)
	}
}

// unwritten gives an acknowledgement on another link that could not be written to this one.
func (l *Link) unwritten(e socketmode.Event) {
	what, ok := e.Data.(*socketmode.ErrorWriteFailed)
	other := l.another()
	if !ok || other == l {
		l.log().Warn("an acknowledgement could not be written")
		return
	}
	err := other.write(ackedOnce{id: what.Response.EnvelopeID, payload: what.Response.Payload})
	l.log().Warn("an acknowledgement could not be written and was given on another socket", "error", err)
}

// write gives acknowledgements to Slack, all of them within a short time.
func (l *Link) write(list ...ackedOnce) error {
	ctx, cancel := context.WithTimeout(context.Background(), ackWithin)
	defer cancel()
	var all error
	for _, a := range list {
		all = errors.Join(all, l.client.AckCtx(ctx, a.id, a.payload))
	}
	return all
}

// another gives a link that is up, or the link itself when there is none.
func (l *Link) another() *Link {
	l.owner.mu.Lock()
	defer l.owner.mu.Unlock()
	for _, other := range l.owner.links {
		if other != nil && other != l && other.up.Load() && !other.deaf.Load() {
			return other
		}
	}
	return l
}
