package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	kindReminder = "reminder"

	tellEvery = 20 * time.Second // between two looks for that, and for claims that have ended

	remindAfter = 15 * time.Minute // from the send of an operation of which nobody knows what became
	remindFor   = 24 * time.Hour   // then nobody is reminded any more
)

// remind tells whoever asked for an operation, and whoever decided it, that nobody knows yet what became of it: once,
// by one replica, in a direct message, because the card may be far up.
func (e *Engine) remind(ctx context.Context) error {
	open, err := e.store.List(ctx, store.Query{States: []op.State{op.Unknown}, Alone: true, Limit: 200})
	said := store.Collection[time.Time]{Store: e.store, Kind: kindReminder}
	for _, o := range open {
		age := e.now().Sub(o.Sent)
		if o.Card == "" || age < remindAfter || age >= remindFor {
			continue
		}
		_, first, failed := said.Put(ctx, kindReminder+"/"+o.ID, e.now(), 0, o.Sent.Add(remindFor), op.Event{})
		if err = errors.Join(err, failed); !first {
			continue
		}
		for _, person := range slices.Compact([]string{o.Requester, o.DecidedBy}) {
			if person != "" {
				e.notify.Reply(ctx, op.Address{Person: person, At: e.now()}, reminder(o))
			}
		}
	}
	return err
}

func reminder(o op.Operation) op.Answer {
	return op.Answer{
		Mark: op.MarkUnknown, Title: op.L(o.Plan.Title, ": it is still not known whether it happened."),
		Lines: []op.Line{op.L("Look at the studio or the stream, then settle it: ",
			op.Message(o.Channel, o.Card, "its card"), " in ", op.In(o.Channel), ".")},
	}
}
