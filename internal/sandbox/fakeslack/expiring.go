package fakeslack

import "time"

// expiring is a map whose entries have a deadline in real time. All entries of
// one map get the same life, so the oldest key is always the first to go, and
// add pays for the cleaning. Beyond limit the oldest go early.
type expiring[T any] struct {
	entries map[string]*deadline[T]
	order   []string
	limit   int
}

type deadline[T any] struct {
	value T
	until time.Time
}

func newExpiring[T any](limit int) *expiring[T] {
	return &expiring[T]{entries: map[string]*deadline[T]{}, limit: limit}
}

// keepExpired is how long a dead entry is remembered, so that "expired" can be
// told from "never heard of".
const keepExpired = time.Minute

func (e *expiring[T]) add(key string, value T, life time.Duration) {
	now := time.Now()
	for len(e.order) > 0 {
		oldest := e.order[0]
		d, ok := e.entries[oldest]
		if ok && len(e.order) < e.limit && now.Before(d.until.Add(keepExpired)) {
			break
		}
		delete(e.entries, oldest)
		e.order = e.order[1:]
	}
	e.entries[key] = &deadline[T]{value: value, until: now.Add(life)}
	e.order = append(e.order, key)
}

// get returns the entry and whether it is still alive; nil when unknown.
func (e *expiring[T]) get(key string) (value *T, alive bool) {
	d, ok := e.entries[key]
	if !ok {
		return nil, false
	}
	return &d.value, time.Now().Before(d.until)
}

// drop forgets an entry that is used up.
func (e *expiring[T]) drop(key string) { delete(e.entries, key) }
