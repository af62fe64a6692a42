package bot

import (
	"sync"
	"time"

	"casterbot/bot/socket"
)

// How long keys are remembered: Slack's last repetition of an event comes after five minutes.
const (
	rememberFor = 15 * time.Minute
	maxKeys     = 1 << 16
	maxCopies   = 4 // of one delivery that wait for the first one
)

// dedupe remembers the keys of what has arrived, in two generations. It is the quick answer; the store has the last
// word.
//
// Nothing is acknowledged before it is durable, by its copies neither: what comes again while the first one is being
// taken waits for that, and is then acknowledged with the same answer, because it is Slack that says which of the two
// it reads first. When the first one was left unacknowledged the next one is taken in its place.
type dedupe struct {
	now func() time.Time

	mu       sync.Mutex
	young    map[string]*inflight // nil: acknowledged
	old      map[string]*inflight
	turnedAt time.Time
}

// delivery is an envelope on its way through the dispatcher.
type delivery struct {
	socket.Envelope
	inflight *inflight // nil when there can be no other like it
}

// inflight is what becomes of the first envelope with a key: unknown for as long as there is one.
type inflight struct {
	key    string
	copies []delivery
}

func newDedupe(now func() time.Time) *dedupe {
	return &dedupe{now: now, young: map[string]*inflight{}, turnedAt: now()}
}

// meeting says what an envelope is among those with its key.
type meeting int

const (
	fresh  meeting = iota // to be taken
	waits                 // kept until it is known what becomes of the first
	again                 // acknowledged before
	excess                // one too many: to be left unacknowledged
)

// meet looks at the key of an envelope and remembers it. The first one gets a fate.
func (d *dedupe) meet(key string, e *delivery) meeting {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); now.Sub(d.turnedAt) >= rememberFor || len(d.young) >= maxKeys {
		if now.Sub(d.turnedAt) >= 2*rememberFor {
			d.young = nil
		}
		d.old, d.young, d.turnedAt = d.young, map[string]*inflight{}, now
	}
	f, seen := d.young[key]
	if !seen {
		f, seen = d.old[key]
	}
	switch {
	case !seen:
		e.inflight = &inflight{key: key}
		d.young[key] = e.inflight
		return fresh
	case f == nil:
		return again
	case len(f.copies) >= maxCopies:
		return excess
	}
	f.copies = append(f.copies, *e)
	return waits
}

// decided ends a fate and gives the copies that have waited for it. taken says that the first one is acknowledged;
// otherwise its key is as good as new.
func (d *dedupe) decided(f *inflight, taken bool) []delivery {
	if f == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	copies := f.copies
	f.copies = nil
	for _, keys := range []map[string]*inflight{d.young, d.old} {
		switch {
		case keys[f.key] != f: // forgotten since
		case taken:
			keys[f.key] = nil
		default:
			delete(keys, f.key)
		}
	}
	return copies
}

// forget takes a key back, because what it stands for could not be kept.
func (d *dedupe) forget(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.young, key)
	delete(d.old, key)
}
