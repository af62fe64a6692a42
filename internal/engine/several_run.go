package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"casterbot/internal/grammar"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// start takes a confirmed operation to its end behind the caller's back. Several have begun when it returns: each of
// them stands in the line of its target before what was pressed later.
func (e *Engine) start(o op.Operation, from op.Address, key string) {
	begun := make(chan struct{})
	e.spawn(func(ctx context.Context) {
		defer close(begun)
		e.execute(ctx, o.ID)
	})
	if o.IsSeveral() {
		e.arrivals.entered(from.Channel, key)
		<-begun
	}
}

// entered notes of several that they are confirmed: what is pressed later waits until each has its place, but for an
// emergency (Engine.noEmergencyBefore).
func (a *arrivals) entered(channel, key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.here {
		if x.is(channel, key) {
			x.enters = false
		}
	}
}

// beginSeveral takes a confirmed operation of several to running, and its members to their own ends.
func (e *Engine) beginSeveral(ctx context.Context, o op.Operation) error {
	if o.State != op.Queued || e.now().After(o.Expires) { // the sweep writes that it expired
		return nil
	}
	if _, err := e.stillAllowed(ctx, o); err != nil {
		return e.abort(ctx, o, err)
	}
	event := e.event(op.EventBegun, o.DecidedBy, o.Team, o)
	event.Detail["members"] = strconv.Itoa(len(o.Plan.Parts))
	o, err := e.store.Begin(ctx, store.Move{ID: o.ID, Event: event, Fresh: true}, e.membersOf(o))
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	if err != nil {
		return err
	}
	e.notify.EnqueueCardWithin(o.ID, notify.ButtonsWithin)
	members, err := e.store.Members(ctx, o.ID)
	for _, member := range members {
		e.spawn(func(ctx context.Context) { e.execute(ctx, member.ID) })
	}
	return err
}

// membersOf makes an operation of each part. Their keys follow each other in the order of the parts.
func (e *Engine) membersOf(o op.Operation) []op.Operation {
	members := make([]op.Operation, 0, len(o.Plan.Parts))
	for i, part := range o.Plan.Parts {
		members = append(members, op.Operation{
			ID: op.NewID(), Key: fmt.Sprintf("%s/%02d", o.Key, i), State: op.Queued, Command: o.Command, Verb: o.Verb,
			Effect: o.Effect,
			Text:   grammar.Format(o.Command, part.Plan.Args), Team: o.Team, Channel: o.Channel, Thread: o.Thread,
			Requester: o.Requester, DecidedBy: o.DecidedBy,
			Plan: part.Plan, Decision: part.Decision, Token: op.NewID(), Created: e.now(), Expires: e.now().Add(startWithin),
		})
	}
	return members
}

// gather ends an operation of several when the last of its members has come to its end, or to an outcome that is not
// known; and when those are settled too. Until then it only lets its card be drawn.
func (e *Engine) gather(ctx context.Context, id string) error {
	o, err := e.store.Get(ctx, id)
	if err != nil || o.State != op.Running && o.State != op.Unknown {
		return err
	}
	members, err := e.notify.Members(ctx, o)
	if err != nil {
		return err
	}
	outcome := e.together(o, members)
	if outcome.State == op.Running || outcome.State == o.State {
		return nil
	}
	event := e.event(op.EventGathered, "", "", o)
	event.Detail["outcome"] = string(outcome.State)
	_, err = e.store.Move(ctx, store.Move{ID: o.ID, From: o.State, To: outcome.State, Outcome: &outcome, Event: event})
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	e.notify.EnqueueCard(id)
	return err
}

// together is what has become of the members as a whole: succeeded when one of them has, unknown as long as one of them
// is.
func (e *Engine) together(o op.Operation, members []op.Operation) op.Outcome {
	t := op.Tallied(members)
	var again, done []string
	for _, m := range members {
		switch value := m.Plan.Args[e.many(o).Of]; {
		case m.State == op.Succeeded && outcomeOf(m).Ended(): // nothing leads on from there
		case m.State == op.Succeeded:
			done = append(done, value)
		case m.State.Final() && op.Tallied([]op.Operation{m}).Not > 0: // else it may have been done after the backup
			again = append(again, value)
		}
	}
	return op.Outcome{
		State: t.State(), Text: op.L(op.N(t.Done-t.Already), " of ", op.N(len(members)), " done"),
		Next: e.onward(o, again, done),
	}
}

func (e *Engine) many(o op.Operation) op.Several {
	command, _ := e.table.Find(o.Command)
	if command.Many == nil {
		return op.Several{}
	}
	return *command.Many
}

// onward offers to ask again for those of which nothing was done, and what usually follows for the others.
func (e *Engine) onward(o op.Operation, again, done []string) []op.Next {
	var next []op.Next
	if n := len(again); n > 0 {
		way := op.Next{Label: "Try it again", Text: grammar.FormatSeveral(o.Command, again)}
		if n > 1 {
			way = op.Next{Label: "Try the {} again", Count: n, Text: way.Text}
		}
		next = append(next, way)
	}
	if many, n := e.many(o), len(done); many.Next != "" && n > 0 {
		way := op.Next{Label: string(many.One), Text: grammar.FormatSeveral(many.Next, done)}
		if n > 1 {
			way.Label, way.Count = string(many.Label), n
		}
		next = append(next, way)
	}
	return next
}

// gatherAgain is the look at an operation of several of which not all is known: its members are looked at on their own.
func (e *Engine) gatherAgain(ctx context.Context, o op.Operation) error {
	err := e.note(ctx, o, store.Note{Look: true, Version: o.Version}, op.EventReconciled)
	if err != nil && !errors.Is(err, store.ErrLost) {
		return err
	}
	return e.gather(ctx, o.ID)
}

// cardOf gives the operation that has the card on which an operation is shown.
func (e *Engine) cardOf(ctx context.Context, o op.Operation) (op.Operation, error) {
	if o.Group == "" {
		return o, nil
	}
	return e.store.Get(ctx, o.Group)
}
