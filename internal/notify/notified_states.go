package notify

import (
	"maps"
	"sync"
	"time"

	"casterbot/internal/op"
)

// remembered is how long it is known what somebody was told of an operation: as long as something may yet come of it.
const remembered = 48 * time.Hour

// notifiedStates remembers what the askers of operations without a card have been told of: the last state that matters
// of each, for as long as anything may change about it. What is told afterwards of a final state is that state again.
type notifiedStates struct {
	mu   sync.Mutex
	last map[string]notifiedState
}

type notifiedState struct {
	state op.State
	came  bool // and what came of it later
	over  bool // and that what it claims has ended
	at    time.Time
}

// first reports whether nobody was told of the state that an operation is in, and remembers it.
func (t *notifiedStates) first(o op.Operation, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.last, func(_ string, of notifiedState) bool { return now.Sub(of.at) > remembered })
	is := notifiedState{state: o.State, at: now}
	if o.Outcome != nil {
		is.came, is.over = len(o.Outcome.After) > 0, o.Outcome.Ended()
	}
	if was := t.last[o.ID]; was.state == is.state && (was.over || !is.over) && (was.came || !is.came) {
		return false
	}
	if t.last == nil {
		t.last = map[string]notifiedState{}
	}
	t.last[o.ID] = is
	return true
}

// forget takes it back, because the asker could not be told.
func (t *notifiedStates) forget(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.last, id)
}
