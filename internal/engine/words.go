package engine

import (
	"context"
	"errors"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// replyError tells a person why something was not done.
func (e *Engine) replyError(ctx context.Context, to op.Address, err error, about ...any) {
	e.notify.Reply(ctx, to, *e.answerFor(err, about...))
}

// answerFor turns an error into words: a refusal as it stands, anything else as an internal error with a reference that
// the log has too.
func (e *Engine) answerFor(err error, about ...any) *op.Answer {
	refusal := &op.Refusal{}
	if errors.As(err, &refusal) {
		answer := refusal.Answer
		return &answer
	}
	if errors.Is(err, store.ErrUnwritten) {
		e.log.Error("nothing can be written down", append([]any{"error", err}, about...)...)
		return NotWritten(err)
	}
	ref := "op-" + op.Ref(op.NewID())
	e.log.Error("internal error", append([]any{"reference", ref, "error", err}, about...)...)
	return reply(op.MarkFailed,
		op.L("Internal error, reference ", op.Code(ref), ". Nothing was done that is not on a card."))
}

// NotWritten tells people that a change was not taken because it could not be written down, and why as far as that is
// known. Where nobody can know whether it was, it says so: another replica, or this one later, may find it and go on
// with it.
func NotWritten(err error) *op.Answer {
	if errors.Is(err, store.ErrUnsure) {
		return reply(op.MarkUnknown,
			op.L("It is not known whether this was written down: casterbot's database stopped answering in the middle of it."),
			op.L("If it was, it goes on by itself within two minutes, and its card shows what comes of it. Look there before you ask or click again."))
	}
	why := op.L("The engineer on call sees why in the log.")
	if reason := store.Reason(err); reason != "" {
		why = op.L("casterbot's database: ", reason, ".")
	}
	return reply(op.MarkFailed, op.L("This cannot be written down, so nothing was done."), why,
		op.L("Looking still works. Changes work again as soon as casterbot can write; then ask or click again."))
}

func reply(mark op.Mark, title op.Line, lines ...op.Line) *op.Answer {
	return &op.Answer{Mark: mark, Title: title, Lines: lines}
}

func late(r op.Request) *op.Refusal {
	return op.Refuse(op.L("This arrived too late, so it was not done: ", op.Code("/"+op.Visible(r.Text))),
		op.L("Ask again if it is still wanted.")).WithNext(op.Next{Label: "Ask again", Text: r.Text})
}

// staleClick answers a click on a card that has moved on. The winner's own repeated click gets no second answer when it
// is replayed after a restart, because it is the same click.
func (e *Engine) staleClick(o op.Operation, c op.Click) error {
	if o.State.Final() && e.now().Sub(o.Ended) > doubleClick { // who presses a button that is long gone sees an old card
		e.notify.Redraw(o)
	}
	e.notify.EnqueueCard(o.ID)
	return &op.Refusal{Already: true, Answer: op.Answer{Mark: op.MarkNeutral, Title: e.lateWords(o, c.Person)}}
}

func (e *Engine) lateWords(o op.Operation, clicker string) op.Line {
	who := op.L(op.Who(o.DecidedBy))
	if o.DecidedBy == clicker {
		who = op.L("you")
	}
	switch o.State {
	case op.Pending:
		if !e.now().Before(o.Expires) {
			return op.L("This expired at ", op.At(o.Expires), ". Nothing was done.")
		}
		return op.L("This waits for a confirmation, until ", op.At(o.Expires), ". Your click changed nothing.")
	case op.Expired:
		if o.Outcome != nil {
			return o.Outcome.Text
		}
		return op.L("This expired. Nothing was done.")
	case op.Cancelled:
		return op.L("Already cancelled by ", who, ". Nothing was done.")
	case op.Queued, op.Running:
		return op.L("Already confirmed by ", who, ". It is under way.")
	case op.Unknown:
		return op.L("Already confirmed by ", who, ". Its outcome is not known yet.")
	}
	if o.SettledBy != "" {
		return op.L("Already settled by ", op.Who(o.SettledBy), ".")
	}
	return op.L("Already confirmed by ", who, ". Your click changed nothing.")
}

// titleIn is what an operation is called in a channel, after a comma; nothing where it names what may not be named.
func (e *Engine) titleIn(o op.Operation, channel string) op.Line {
	if scope, _ := e.authz.Scope(channel); o.Channel != channel && !scope.NamesAsOwn(o.Plan.Target) {
		return nil
	}
	return op.L(", ", o.Plan.Title)
}
