package bot

import (
	"sync"
	"time"
)

// How long keys are remembered: Slack's last repetition of an event comes after five minutes.
const (
	rememberFor = 15 * time.Minute
	maxKeys     = 1 << 16
)

// dedupe remembers the keys of what has arrived, in two generations. It is the quick answer; the store has the last word.
type dedupe struct {
	now func() time.Time

	mu       sync.Mutex
	young    map[string]struct{}
	old      map[string]struct{}
	turnedAt time.Time
}

func newDedupe(now func() time.Time) *dedupe {
	return &dedupe{now: now, young: map[string]struct{}{}, turnedAt: now()}
}

// first reports whether the key is new, and remembers it.
func (d *dedupe) first(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); now.Sub(d.turnedAt) >= rememberFor || len(d.young) >= maxKeys {
		if now.Sub(d.turnedAt) >= 2*rememberFor {
			d.young = nil
		}
		d.old, d.young, d.turnedAt = d.young, map[string]struct{}{}, now
	}
	if _, seen := d.young[key]; seen {
		return false
	}
	if _, seen := d.old[key]; seen {
		return false
	}
	d.young[key] = struct{}{}
	return true
}

// forget takes a key back, because what it stands for could not be kept.
func (d *dedupe) forget(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.young, key)
	delete(d.old, key)
}
