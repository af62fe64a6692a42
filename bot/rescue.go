package bot

import (
	"context"
	"runtime/debug"

	"casterbot/bot/payload"
	"casterbot/bot/render"
	"casterbot/internal/op"
)

// rescue catches a panic: the person is told, the log has the rest, the program goes on.
func (d *dispatcher) rescue(to *op.Address, also func()) {
	p := recover()
	if p == nil {
		return
	}
	said := d.broken("panic", "panic", p, "stack", string(debug.Stack()))
	also()
	if address := *to; address.Person != "" {
		d.goReply(d.replies, address, func(ctx context.Context) { d.engine.Reply(ctx, address, said) })
	}
}

func queueFull() op.Answer {
	return op.Answer{Mark: op.MarkFailed, Title: op.L("The queue is full, nothing was done."),
		Lines: []op.Line{op.L("Try again in a moment.")}}
}

// broken logs what went wrong, and gives what a person reads of it.
func (d *dispatcher) broken(doing string, about ...any) op.Answer {
	ref := "op-" + op.Ref(op.NewID())
	d.log.Error(doing, append([]any{"reference", ref}, about...)...)
	return op.Answer{Mark: op.MarkFailed, Title: op.L("Internal error, reference ", op.Code(ref))}
}

// to is what draws a private answer, out of what is at hand.
func (d *dispatcher) to(to op.Address) render.Printer {
	say, _ := d.chat.Localizer.Private(to)
	return say
}

// mistake is in the language of whoever sent the form.
func (d *dispatcher) mistake(w payload.FieldError) any { return d.to(w.To).Mistake(w.Block, w.Words) }
