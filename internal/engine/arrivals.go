package engine

import (
	"context"
	"sync"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
)

// arriveWithin is how long a change may wait for one that was pressed earlier and is not in line yet.
const arriveWithin = 1500 * time.Millisecond

// arrivals let the changes of a channel get in line on their targets in the order in which they were pressed, however
// long each of them is looked at before: what is typed and needs no confirmation, and the clicks that confirm. Over
// replicas the store's order is that in which they got in line.
type arrivals struct {
	mu   sync.Mutex
	here map[string][]*arrival // by channel, the earliest first
}

// arrival is a change on its way into the line.
type arrival struct {
	channel, key string
	target       string // empty: not known yet
	earlier      []*arrival
	gone         chan struct{}
}

// enter notes that something was pressed. What has no channel, or is of no interest to others, need not.
func (a *arrivals) enter(channel, key, target string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.here == nil {
		a.here = map[string][]*arrival{}
	}
	x := &arrival{channel: channel, key: key, target: target, gone: make(chan struct{})}
	for _, earlier := range a.here[channel] {
		if target == "" || earlier.target == "" || earlier.target == target {
			x.earlier = append(x.earlier, earlier)
		}
	}
	a.here[channel] = append(a.here[channel], x)
}

// leave notes that it is in line, or will not be.
func (a *arrivals) leave(channel, key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.here[channel]
	for i, x := range list {
		if x.key != key {
			continue
		}
		close(x.gone)
		if list = append(list[:i:i], list[i+1:]...); len(list) == 0 {
			delete(a.here, channel)
			return
		}
		a.here[channel] = list
		return
	}
}

func (a *arrivals) before(channel, key string) []*arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.here[channel] {
		if x.key == key {
			return x.earlier
		}
	}
	return nil
}

// await returns when everything that was pressed earlier in the channel is in line, at the latest after arriveWithin.
func (a *arrivals) await(ctx context.Context, channel, key string) {
	earlier := a.before(channel, key)
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
