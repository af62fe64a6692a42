package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/failpoint"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Press takes a click on a card. Like Accept it does only what fits before an acknowledgement.
func (e *Engine) Press(ctx context.Context, c op.Click) (Accepted, error) {
	o, err := e.store.Get(ctx, c.Operation)
	if errors.Is(err, store.ErrNotFound) {
		return Accepted{Reply: reply(op.MarkFailed, op.L("This card is not known. Nothing was done.")),
			Work: func(ctx context.Context) { e.recordMismatch(ctx, op.Operation{Channel: c.Channel}, c.Origin) }}, nil
	}
	if err != nil {
		return Accepted{}, fmt.Errorf("read %s: %w", op.Ref(c.Operation), err)
	}
	card, err := e.cardOf(ctx, o)
	if err != nil {
		return Accepted{}, fmt.Errorf("read the card of %s: %w", o.Ref(), err)
	}
	if !belongs(card, c) {
		return Accepted{Reply: reply(op.MarkFailed,
			op.L("This is not the card that counts for op ", op.V(o.Ref()),
				", but a copy of it. Use the newest one. Nothing was done.")),
			Work: func(ctx context.Context) { e.recordMismatch(ctx, o, c.Origin) }}, nil
	}
	if text, ok := followUp(o, c); ok {
		r := op.Request{Key: c.Key, Origin: c.Origin, Text: text, Button: buttonOf(o, c)}
		r.Thread = o.Thread
		return e.Accept(ctx, r)
	}
	if c.Action == op.ActionNext {
		return Accepted{Reply: reply(op.MarkNeutral,
			op.L("This button belongs to an older state of the card. Use those that it has now. Nothing was done."))}, nil
	}
	if c.Action == op.ActionDetails {
		return e.persistLook(ctx, c.Key, kindClick, c, func(ctx context.Context) {
			if err := e.act(ctx, c); err != nil {
				e.replyError(ctx, c.Address, err, "op", o.Ref())
			}
		}), nil
	}
	return e.takeClick(ctx, o, c)
}

func (e *Engine) takeClick(ctx context.Context, o op.Operation, c op.Click) (Accepted, error) {
	var place *arrival
	if c.Action == op.ActionConfirm || c.Action == op.ActionApprove {
		place = e.arrivals.enter(c.Channel, c.Key, o.Plan.Target.Key())
	}
	fresh, err := e.persist(ctx, c.Key, kindClick, c)
	if err != nil || !fresh {
		e.arrivals.drop(place)
		return Accepted{}, err
	}
	return e.arrived(c.Channel, c.Key, func(ctx context.Context) {
		e.adopt(ctx, o, c)
		e.press(ctx, c)
	}), nil
}

// belongs holds a click against the stored card: a value copied into another message or channel is worth nothing.
func belongs(o op.Operation, c op.Click) bool {
	return o.Team == c.Team && o.Channel == c.Channel && (o.Card == "" || o.Card == c.Message)
}

// adopt makes the message that somebody has pressed the card, when the answer to its posting was lost: it is the one
// that people look at, so no second one shall be posted beside it.
func (e *Engine) adopt(ctx context.Context, o op.Operation, c op.Click) {
	if o.Card != "" || c.Message == "" || o.Group != "" {
		return
	}
	if err := e.store.Shown(ctx, o.ID, 0, c.Message); err != nil {
		e.log.Warn("keep which card was pressed", "op", o.Ref(), "error", err)
	}
}

func (e *Engine) recordMismatch(ctx context.Context, o op.Operation, from op.Origin) {
	event := e.event(op.EventDenied, from.Person, from.PersonTeam, o)
	event.Detail["mismatch"] = "button in another message"
	if err := e.store.Record(ctx, event); err != nil {
		e.log.Error("record a mismatch", "op", o.Ref(), "error", err)
	}
}

// followUp gives the command that a button stands for, if it stands for one. It is judged anew, as the clicker's.
func followUp(o op.Operation, c op.Click) (string, bool) {
	switch {
	case c.Action == op.ActionAgain:
		return o.Text, true
	case c.Action == op.ActionNext && o.Outcome != nil:
		i := slices.IndexFunc(o.Outcome.Next, func(n op.Next) bool { return n.ID() == c.Next })
		if i >= 0 {
			return o.Outcome.Next[i].Text, true
		}
	}
	return "", false
}

// buttonOf names a button for as long as the card shows the same state: what is added to it there, as the look after a
// call, makes no other button of it, so a double click around that is still one.
func buttonOf(o op.Operation, c op.Click) op.Button {
	return op.Button{ID: strings.Join([]string{"card", o.ID, string(o.State), string(c.Action), c.Next}, "-"), Card: true}
}

// acts says what each button does.
var acts = map[op.Action]func(*Engine, context.Context, op.Operation, op.Click) error{
	op.ActionConfirm:  (*Engine).confirm,
	op.ActionApprove:  (*Engine).approve,
	op.ActionCancel:   (*Engine).cancel,
	op.ActionDecline:  (*Engine).cancel,
	op.ActionLook:     (*Engine).lookAgain,
	op.ActionDetails:  (*Engine).details,
	op.ActionHappened: (*Engine).itHappened,
	op.ActionNot:      (*Engine).itDidNot,
}

// press does what a click asks for. The click is settled before anybody is told that nothing was done: told first, a
// crash in between would let it act after the restart. The card shows where things stand in any case.
func (e *Engine) press(ctx context.Context, c op.Click) {
	failpoint.At("k2")
	err := e.act(ctx, c)
	e.settler(c.Key)(ctx)
	if err != nil {
		e.replyError(ctx, c.Address, err, "op", op.Ref(c.Operation))
	}
}

// settler takes a row off the inbox.
func (e *Engine) settler(key string) func(context.Context) {
	return func(ctx context.Context) {
		if err := e.store.Done(ctx, key); err != nil {
			e.log.Error("settle what was received", "error", err)
			e.inflight.unsettled.Store(key, time.Time{})
		}
	}
}

func (e *Engine) act(ctx context.Context, c op.Click) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a panic at a click: %v", p)
		}
	}()
	do, ok := acts[c.Action]
	if !ok {
		return op.Refuse(op.L("This button is not known. Nothing was done.")).SaysSo()
	}
	if age := e.now().Sub(c.At); age > startWithin && (c.Action == op.ActionConfirm || c.Action == op.ActionApprove) {
		return op.Refuse(op.L(
			"This click arrived too late, so nothing was done. Press again if it is still wanted.")).SaysSo()
	}
	o, err := e.store.Get(ctx, c.Operation)
	if err != nil {
		return fmt.Errorf("read %s: %w", op.Ref(c.Operation), err)
	}
	looks := c.Action == op.ActionLook || c.Action == op.ActionDetails
	if c.Version > 0 && c.Version != o.Version && !looks {
		return e.staleClick(o, c) // decided by what a page showed that has not been drawn anew since
	}
	return do(e, ctx, o, c)
}

// confirm is the asker's own click.
func (e *Engine) confirm(ctx context.Context, o op.Operation, c op.Click) error {
	if o.State != op.Pending {
		return e.staleClick(o, c)
	}
	return e.answer(ctx, o, c, authz.Confirms, op.EventConfirmed)
}

// approve is the click of a second person.
func (e *Engine) approve(ctx context.Context, o op.Operation, c op.Click) error {
	if o.State != op.Pending {
		return e.staleClick(o, c)
	}
	return e.answer(ctx, o, c, authz.Approves, op.EventApproved)
}

// answer lets an operation go when a click that confirms or approves counts.
func (e *Engine) answer(ctx context.Context, o op.Operation, c op.Click,
	ask func(op.Operation, op.Command, op.Click) authz.Question, event string) error {
	command, err := e.commandOf(o)
	if err != nil {
		return err
	}
	v, err := e.authz.Check(ctx, ask(o, command, c))
	if err != nil {
		return err
	}
	return e.queue(ctx, o, c, e.acted(event, o, c, v))
}

// acted is the event of a click that counts, with the entry of the policy's line that means whoever has made it.
func (e *Engine) acted(name string, o op.Operation, c op.Click, v authz.Verdict) op.Event {
	event := e.event(name, c.Person, c.PersonTeam, o)
	event.Detail[op.DetailRole] = cmp.Or(v.Second, v.Role)
	return event
}

func (e *Engine) commandOf(o op.Operation) (op.Command, error) {
	command, ok := e.table.Find(o.Command)
	if !ok {
		return command, op.Refuse(op.L("This command is no longer known. Nothing was done.")).SaysSo()
	}
	return command, nil
}

// queue is the guarded move that only one click can win.
func (e *Engine) queue(ctx context.Context, o op.Operation, c op.Click, event op.Event) error {
	if err := e.awaitEarlier(ctx, c.Address, c.Key, o); err != nil {
		return err
	}
	now, err := e.store.Move(ctx, store.Move{
		ID: o.ID, From: op.Pending, To: op.Queued, By: c.Person, Fresh: true, Expires: e.now().Add(startWithin),
		Event: event,
	})
	if errors.Is(err, store.ErrLost) {
		return e.staleClick(now, c)
	}
	if err != nil {
		return fmt.Errorf("confirm %s: %w", o.Ref(), err)
	}
	e.inflight.watch.Confirmed(o.ID, c.Came)
	e.log.Info(event.Name, "op", o.Ref(), "verb", o.Verb, "person", c.Person)
	e.notify.EnqueueCardWithin(o.ID, notify.ButtonsWithin)
	e.start(o, c.Address, c.Key)
	return nil
}

// cancel calls a pending operation off: the asker may, and whoever could approve it.
func (e *Engine) cancel(ctx context.Context, o op.Operation, c op.Click) error {
	if o.State != op.Pending {
		return e.staleClick(o, c)
	}
	v, err := e.authz.Check(ctx, authz.Declines(o, c))
	if err != nil {
		return err
	}
	now, err := e.store.Move(ctx, store.Move{
		ID: o.ID, From: op.Pending, To: op.Cancelled, By: c.Person, Event: e.acted(op.EventVetoed, o, c, v),
	})
	if errors.Is(err, store.ErrLost) {
		return e.staleClick(now, c)
	}
	if err != nil {
		return fmt.Errorf("cancel %s: %w", o.Ref(), err)
	}
	e.log.Info("cancelled", "op", o.Ref(), "verb", o.Verb, "person", c.Person)
	e.notify.EnqueueCard(o.ID)
	return nil
}

// details tells in private what was seen when an operation was asked for and has no room on its card. It is what the
// operation keeps, so it is told whatever became of that since, and nothing is looked at.
func (e *Engine) details(ctx context.Context, o op.Operation, c op.Click) error {
	if err := e.authz.Reads(ctx, o, c, e.browse.Shows(o.Plan)); err != nil {
		return err
	}
	answer := op.Answer{Mark: op.StateMarks[o.State], Title: o.Plan.Title,
		Note: op.L("As it was seen when this was asked, ", op.At(o.Created), ".")}
	if _, answer.Lines = o.Plan.OnCard(); len(answer.Lines) == 0 {
		answer.Lines = []op.Line{op.L("The card says all that was seen.")}
	}
	e.notify.Reply(ctx, c.Address, answer)
	return nil
}
