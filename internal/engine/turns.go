package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// turns wakes those who wait for their turn on a target when an operation of it ends in this process. It decides
// nothing: who is woken asks the store, and who is not, because the operation was another replica's, asks every
// targetRetry.
type turns struct {
	mu   sync.Mutex
	ends map[string]chan struct{} // by target
	told func()                   // called when an operation has ended
}

func (t *turns) init(told func()) {
	t.ends, t.told = map[string]chan struct{}{}, told
	if told == nil {
		t.told = func() {}
	}
}

// end is closed when the next operation of the target ends.
func (t *turns) end(target string) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ends[target] == nil {
		t.ends[target] = make(chan struct{})
	}
	return t.ends[target]
}

// over says that an operation does not stand before others any more.
func (t *turns) over(o op.Operation) {
	t.told()
	t.mu.Lock()
	defer t.mu.Unlock()
	target := o.Plan.Target.Key()
	if end := t.ends[target]; end != nil {
		close(end)
		delete(t.ends, target)
	}
}

// awaitTurn waits until all that was confirmed earlier on the target has ended, or the time to start is over. Nothing
// is looked at before: what those change would make it old.
func (e *Engine) awaitTurn(ctx context.Context, o op.Operation, command op.Command) error {
	target := o.Plan.Target.Key()
	for target != "" && !e.now().After(o.Expires) {
		end := e.turns.end(target) // first: what ends after the question is not missed
		ahead, err := e.store.Ahead(ctx, o.ID)
		if err != nil || ahead == 0 {
			return err
		}
		e.goFirst(ctx, o, command)
		e.giveUpAnswers(ctx, o, command)
		e.pauseUntil(ctx, end)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// goFirst ends what was confirmed before an emergency and is not sent yet: it may hang, in a look or in the line for
// the account's limit, and after the emergency it could take that back. What has become running meanwhile stays, and so
// does another emergency, unless it does not get on, as one of a replica that has died.
func (e *Engine) goFirst(ctx context.Context, o op.Operation, command op.Command) {
	if !command.Urgent {
		return
	}
	queued, err := e.store.List(ctx, store.Query{States: []op.State{op.Queued}, Target: o.Plan.Target.Key()})
	if err != nil {
		e.log.Warn("look what waits before an emergency", "op", o.Ref(), "error", err)
	}
	for _, waits := range queued {
		_, here := e.inflight.runs.Load(waits.ID) // it gets on, or ends, by itself
		hangs := !here && e.store.Now().Sub(waits.Confirmed) >= giveUpAfter
		if waits.Turn >= o.Turn || e.use(waits).Command.Urgent && !hangs {
			continue
		}
		if err := e.abort(ctx, waits, e.wentFirst(o, waits.Channel)); err != nil {
			e.log.Warn("let an emergency go first", "op", waits.Ref(), "error", err)
		}
	}
}

// pauseUntil waits for targetRetry, or until something ends.
func (e *Engine) pauseUntil(ctx context.Context, end <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-end:
		case <-ctx.Done():
		}
	}()
	e.pause(ctx, targetRetry)
}

// arriveWithin is how long a change may wait for one that was pressed earlier and is not in line yet.
const arriveWithin = 1500 * time.Millisecond

// arrivals let changes get in line on their targets in the order in which they were pressed, however long each of them
// is looked at before: what is typed and needs no confirmation, and the clicks that confirm. An emergency waits for
// none of them: what was pressed before it, and would get in line after it, does not. Over replicas the store's order
// is that in which they got in line (Engine.overtaken).
type arrivals struct {
	mu   sync.Mutex
	here []*arrival // the earliest first
}

// arrival is a change on its way into the line.
type arrival struct {
	channel, key string
	target       string    // empty: not known yet
	resumed      time.Time // when this process took it over from one that died; zero: it was pressed here
	gone         chan struct{}
	enters       bool           // it gets in line now: nothing stops it any more
	passed       []op.Operation // the emergencies that went first
}

// enter notes that something was pressed. What is of no interest to others need not.
func (a *arrivals) enter(channel, key, target string) *arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	x := &arrival{channel: channel, key: key, target: target, gone: make(chan struct{})}
	a.here = append(a.here, x)
	return x
}

// resume notes that something was taken over from a process that died: it was pressed before whatever was pressed here.
func (a *arrivals) resume(x *arrival, at time.Time) {
	if x == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.here = slices.DeleteFunc(a.here, func(other *arrival) bool { return other == x })
	first := slices.IndexFunc(a.here, func(other *arrival) bool { return other.resumed.IsZero() })
	if first < 0 {
		first = len(a.here)
	}
	x.resumed, a.here = at, slices.Insert(a.here, first, x)
}

// resumed is when something was taken over; zero: it was pressed here.
func (a *arrivals) resumed(channel, key string) (at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.here {
		if x.is(channel, key) {
			return x.resumed
		}
	}
	return at
}

// leave notes that it is in line, or will not be.
func (a *arrivals) leave(channel, key string) {
	a.takeOff(func(x *arrival) bool { return x.is(channel, key) })
}

// drop takes off what was not taken: another one may have its key.
func (a *arrivals) drop(place *arrival) { a.takeOff(func(x *arrival) bool { return x == place }) }

func (a *arrivals) takeOff(which func(*arrival) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.here = slices.DeleteFunc(a.here, func(x *arrival) bool {
		if !which(x) {
			return false
		}
		close(x.gone)
		return true
	})
}

func (x *arrival) is(channel, key string) bool { return x.channel == channel && x.key == key }

// before gives those that were pressed earlier and stand before a change of a target: in its channel also those of
// which the target is not known yet, in others only where theirs may be the same.
func (a *arrivals) before(channel, key, target string, mayTouch func(channel string) bool) (earlier []*arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.here {
		switch {
		case x.is(channel, key):
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

// pass lets an emergency go before some, and gives those that get in line at this moment.
func (a *arrivals) pass(earlier []*arrival, emergency op.Operation) (enter []*arrival) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range earlier {
		if x.enters {
			enter = append(enter, x)
		}
		x.passed = append(x.passed, emergency)
	}
	return enter
}

// passedBy gives the first emergency that went before a change which would take it back. Without one the change gets in
// line now.
func (a *arrivals) passedBy(channel, key string, takesBack func(op.Operation) bool) (first op.Operation, passed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.here, func(x *arrival) bool { return x.is(channel, key) })
	if i < 0 {
		return first, false
	}
	if n := slices.IndexFunc(a.here[i].passed, takesBack); n >= 0 {
		return a.here[i].passed[n], true
	}
	a.here[i].enters = true
	return first, false
}

// awaitEarlier returns when everything that was pressed earlier and may stand before a change of a target is in line,
// at the latest after arriveWithin. It refuses what an emergency has passed meanwhile and would take back, and an
// emergency that comes too late to be what is wanted.
func (e *Engine) awaitEarlier(ctx context.Context, from op.Address, key string, o op.Operation) error {
	urgent := e.use(o).Command.Urgent
	earlier := e.arrivals.before(from.Channel, key, o.Plan.Target.Key(), func(channel string) bool {
		scope, ok := e.authz.Scope(channel)
		return ok && scope.Touches(o.Plan.Target)
	})
	if urgent {
		earlier = e.arrivals.pass(earlier, o)
	}
	e.awaitAll(ctx, earlier)
	if urgent {
		return e.supplanted(ctx, o, from, e.arrivals.resumed(from.Channel, key))
	}
	first, passed := e.arrivals.passedBy(from.Channel, key, e.takenBackBy(o))
	if !passed {
		var err error
		if first, passed, err = e.overtaken(ctx, o, from.At, e.arrivals.resumed(from.Channel, key)); !passed || err != nil {
			return err
		}
	}
	return op.Refuse(op.L("An emergency went first: ", op.Code("op "+first.Ref()), e.titleIn(first, from.Channel),
		". Nothing was done.")).SaysSo()
}

// awaitAll returns when all are in line, or will not be, at the latest after arriveWithin.
func (e *Engine) awaitAll(ctx context.Context, earlier []*arrival) {
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
func (e *Engine) arrives(r op.Request, c op.Command) *arrival {
	v, known := e.authz.AtHand(authz.Uses(r, c))
	if known && v.Confirm != op.ConfirmNone && v.OnAir != op.ConfirmNone {
		return nil
	}
	return e.arrivals.enter(r.Channel, r.Key, "")
}
