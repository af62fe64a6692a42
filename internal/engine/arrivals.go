package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
)

// arriveWithin is how long a change may wait for one that was pressed earlier and is not in line yet.
const arriveWithin = 1500 * time.Millisecond

// arrivals let changes get in line on their targets in the order in which they were pressed, however long each of them
// is looked at before: what is typed and needs no confirmation, and the clicks that confirm. Over replicas the store's
// order is that in which they got in line.
type arrivals struct {
	mu   sync.Mutex
	here []*arrival // the earliest first
}

// arrival is a change on its way into the line.
type arrival struct {
	channel, key string
	target       string // empty: not known yet
	gone         chan struct{}
}

// enter notes that something was pressed. What is of no interest to others need not.
func (a *arrivals) enter(channel, key, target string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.here = append(a.here, &arrival{channel: channel, key: key, target: target, gone: make(chan struct{})})
}

// leave notes that it is in line, or will not be.
func (a *arrivals) leave(channel, key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.here = slices.DeleteFunc(a.here, func(x *arrival) bool {
		if x.channel != channel || x.key != key {
			return false
		}
		close(x.gone)
		return true
	})
}

// before gives those that were pressed earlier and stand before a change of a target: in its channel also those of
// which the target is not known yet, in others only where theirs may be the same.
func (a *arrivals) before(channel, key, target string, mayTouch func(channel string) bool) (earlier []*arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.here {
		switch {
		case x.channel == channel && x.key == key:
			return earlier
		case x.target != "" && target != "":
			if x.target == target {
				earlier = append(earlier, x)
			}
		case x.channel == channel, x.target == "" && target != "" && mayTouch(x.channel):
			earlier = append(earlier, x)
		}
	}
	return nil // it is none of them
}

// awaitEarlier returns when everything that was pressed earlier and may stand before a change of a target is in line,
// at the latest after arriveWithin.
func (e *Engine) awaitEarlier(ctx context.Context, channel, key string, target op.Target) {
	earlier := e.arrivals.before(channel, key, target.Key(), func(channel string) bool {
		scope, ok := e.authz.Scope(channel)
		return ok && scope.Touches(target)
	})
	if len(earlier) == 0 {
		return
	}
	timer := time.NewTimer(arriveWithin)
	defer timer.Stop()
	for _, x := range earlier {
		select {
		case <-x.gone:
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// arrives notes a typed change that may need no confirmation; with facts that say otherwise it is of no interest to
// others.
func (e *Engine) arrives(r op.Request, c op.Command) {
	v, known := e.authz.AtHand(authz.Uses(r, c))
	if known && v.Confirm != op.ConfirmNone && v.OnAir != op.ConfirmNone {
		return
	}
	e.arrivals.enter(r.Channel, r.Key, "")
}
