package engine

import (
	"cmp"
	"context"
	"errors"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// A press counts once. The key of the operation that a button asks for is made of the button, not of the click, so the
// database lets one press of many make it, over replicas and restarts too. Clicks are received each for itself: one
// that is refused, denied or lost makes no operation and leaves the button as it was.

// onceKey gives the key under which a request may become an operation, or refuses because an earlier press counts. When
// what that one asked for led to nothing, the button stands for the next one, whose key is made of both.
func (e *Engine) onceKey(ctx context.Context, r op.Request) (string, error) {
	if r.Button.ID == "" {
		return r.Key, nil
	}
	key := r.Button.ID
	for {
		held, err := e.store.ByKey(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return key, nil
		case err != nil:
			return "", err
		case !e.anew(r, held):
			return "", alreadyAsked(held, r.Person)
		}
		key = r.Button.ID + "-" + held.ID
	}
}

// anew reports whether a button may ask again after it has asked for an operation. On a card it may not once that was
// done: the card shows the same as before the press. What counts is when it was pressed, not when that is worked off.
// An emergency is refused as a double click only, and never for a card that nobody but another person can answer.
func (e *Engine) anew(r op.Request, asked op.Operation) bool {
	command, _ := e.table.Find(asked.Command)
	pressed := cmp.Or(r.At, e.now())
	over := !e.byStore(pressed).Before(asked.Ended)
	later := over && pressed.Sub(asked.Created) >= doubleClick
	switch asked.State {
	case op.Pending:
		return command.Urgent && asked.Decision.Confirm == op.ConfirmSelf && asked.Requester != r.Person
	case op.Cancelled, op.Expired:
		return over
	case op.Unknown:
		return command.Urgent && later
	case op.Failed:
		return later
	case op.Succeeded:
		return (!r.Button.Card || command.Urgent) && later
	}
	return false
}

// byStore is a moment of this process by the store's clock.
func (e *Engine) byStore(t time.Time) time.Time { return t.Add(e.store.Now().Sub(e.now())) }

func alreadyAsked(o op.Operation, person string) error {
	who := op.L(op.Who(o.Requester))
	if o.Requester == person {
		who = op.L("you")
	}
	return &op.Refusal{Already: true, Answer: op.Answer{Mark: op.MarkNeutral,
		Title: op.L("Already asked by ", who, ": ", op.Code("op "+o.Ref()), ". Your click changed nothing.")}}
}

// oneByOne makes presses on one button wait for each other in this process, so that the second one finds what the first
// one made in place of looking at the cloud in vain.
func (e *Engine) oneByOne(ctx context.Context, b op.Button) (done func()) {
	if b.ID == "" {
		return func() {}
	}
	for {
		mine := make(chan struct{})
		other, busy := e.inflight.pressed.LoadOrStore(b.ID, mine)
		if !busy {
			return func() {
				e.inflight.pressed.Delete(b.ID)
				close(mine)
			}
		}
		select {
		case <-other.(chan struct{}):
		case <-ctx.Done():
			return func() {}
		}
	}
}
