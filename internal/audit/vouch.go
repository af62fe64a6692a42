package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/op"
)

// vouchedFor is how old the last event of an operation may be that waits to be sent. It waits for a part of that.
const vouchedFor = 10 * time.Minute

// Vouches is asked before a call leaves: no error says that the record tells how the operation came to where it stands,
// who asked for it and who decided it, for what it asks now. With a key that is in words that only casterbot can have
// written, so a row that somebody else writes into the database makes no call leave. Without one it only has to fit.
func (l *Log) Vouches(ctx context.Context, o op.Operation) error {
	trail, err := l.Store.Events(ctx, o.ID)
	if err != nil {
		return fmt.Errorf("read what the record says: %w", err)
	}
	why := l.doubt(o, trail)
	if why == "" {
		return nil
	}
	if now, err := l.Store.Get(ctx, o.ID); err == nil && now.State != o.State {
		return op.Refuse(op.L("somebody has taken it up or closed it meanwhile."))
	}
	l.Log.Error("the record does not vouch for an operation: somebody may have changed the database",
		"op", o.Ref(), "why", why)
	err = l.Store.Record(ctx, op.Event{Name: op.EventForged, Operation: o.ID, Channel: o.Channel,
		Detail: map[string]string{op.DetailVerb: o.Verb, op.DetailTarget: o.Plan.Target.Key(), "reason": why}})
	if err != nil {
		l.Log.Error("record that an operation is not vouched for", "op", o.Ref(), "error", err)
	}
	return op.Refuse(op.L("the record does not say that this was asked for and confirmed. Somebody may have changed casterbot's database: call whoever keeps it."))
}

// doubt says why the record does not vouch for an operation; empty when it does.
func (l *Log) doubt(o op.Operation, trail []op.Event) string {
	var newest, decided, asked op.Event
	for _, e := range slices.Backward(trail) {
		if e.Detail["replica"] == "" && l.Key == nil { // by a version that told less
			return ""
		}
		if newest.Name == "" && e.Detail[op.DetailState] != "" {
			newest = e
		}
		if decided.Name == "" && decides(e) {
			decided = e
		}
		if e.Name == op.EventReceived || e.Name == op.EventBegun && o.Group != "" {
			asked = e
		}
	}
	for _, e := range []op.Event{newest, decided, asked} {
		switch {
		case e.Name == "":
			return "no event says that it was asked for and confirmed"
		case l.Key != nil && !IsSealed(l.Key.Verifier(), e):
			return "casterbot did not write the event " + e.Name
		case e.Detail[op.DetailParams] != o.Params():
			return "by the event " + e.Name + " it asks for something else"
		case e.Channel != o.Channel:
			return "by the event " + e.Name + " it is of another channel"
		}
	}
	if why := beyond(o, trail); why != "" {
		return why
	}
	switch {
	case newest.Detail[op.DetailState] != string(o.State):
		return fmt.Sprintf("by the event %s it is %s", newest.Name, newest.Detail[op.DetailState])
	case decided.Actor != o.DecidedBy:
		return "by the event " + decided.Name + " somebody else decided it"
	case asked.Name == op.EventReceived && asked.Actor != o.Requester:
		return "by the event " + asked.Name + " somebody else asked for it"
	case o.State == op.Queued && l.Store.Now().Sub(newest.At) > vouchedFor:
		return "the event " + newest.Name + " is too old"
	}
	return ""
}

// beyond names an event after which the operation cannot stand where it is: it was sent by then, or had ended. It does
// not matter where in the trail that stands.
func beyond(o op.Operation, trail []op.Event) string {
	for _, e := range trail {
		state := op.State(e.Detail[op.DetailState])
		if state.Final() || o.State == op.Queued && state != "" && state != op.Pending && state != op.Queued {
			return fmt.Sprintf("by the event %s it was %s before", e.Name, state)
		}
	}
	return ""
}

// decides reports the event by which an operation was let go: its confirmation, for one of several that they began, and
// its request where nobody had to confirm it.
func decides(e op.Event) bool {
	switch e.Name {
	case op.EventConfirmed, op.EventApproved, op.EventBegun:
		return true
	}
	return e.Name == op.EventReceived && e.Detail[op.DetailState] == string(op.Queued)
}
