package bot

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"casterbot/internal/engine"
	"casterbot/internal/op"
)

// Engine is what the bot needs of the engine.
type Engine interface {
	Accept(context.Context, op.Request) (engine.Accepted, error)
	Press(context.Context, op.Click) (engine.Accepted, error)
	Fill(context.Context, op.Request, op.Form) (op.Form, error)
	Submitted(op.Form) string
	Home(context.Context, op.Request) (op.Answer, error)
}

// Sizes of the pools: the front takes and acknowledges, the quick one opens forms and answers, the back does the work.
const (
	frontWorkers = 32
	frontQueue   = 8192
	quickWorkers = 16
	quickQueue   = 4096
	workWorkers  = 32
	workQueue    = 4096
	maxAck       = 19 << 10 // Slack drops acknowledgements of 20 KiB and more without a word
	acceptWithin = 2500 * time.Millisecond
)

// dispatcher turns envelopes into calls of the engine: decode, dedupe, take, acknowledge, then work.
type dispatcher struct {
	engine Engine
	chat   *Chat
	dir    *Directory
	log    *slog.Logger
	now    func() time.Time
	who    atomic.Pointer[identity]
	seen   *dedupe
	drawn  *drawn
	front  *pool
	quick  *pool
	work   *pool
	busy   atomic.Int64 // work in all pools
}

// take is called by the readers of the sockets and only queues.
func (d *dispatcher) take(e envelope) {
	if !d.front.offer(func(ctx context.Context) { d.handle(ctx, e) }) {
		d.log.Warn("too many envelopes at once, one is refused")
		defer e.link.pending.Add(-1)
		d.ack(e, d.payload(e.slash != nil, queueFull()))
	}
}

// handle sees one envelope through to its acknowledgement.
func (d *dispatcher) handle(ctx context.Context, e envelope) {
	defer e.link.pending.Add(-1)
	var to op.Address
	defer d.rescue(&to, func() { d.ack(e, nil) })
	a, err := d.decode(e)
	if err != nil || a.ignored != "" {
		d.ack(e, nil)
		d.note(a, err)
		return
	}
	if a.key != "" && !d.seen.first(a.key) {
		d.ack(e, nil)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, acceptWithin)
	defer cancel()
	switch {
	case a.request != nil:
		to = a.request.Address()
		d.request(ctx, e, a)
	case a.click != nil:
		to = a.click.Address()
		d.click(ctx, e, a)
	case a.fill != nil:
		to = a.fill.request.Address()
		d.filled(ctx, e, a)
	default:
		d.ack(e, nil)
		d.aside(a)
	}
}

func (d *dispatcher) decode(e envelope) (arrival, error) {
	if e.slash != nil {
		return d.who.Load().slash(*e.slash, e.id, d.now())
	}
	return d.who.Load().decode(e.kind, e.id, e.payload, d.now())
}

// note logs an envelope that is acknowledged and left alone.
func (d *dispatcher) note(a arrival, err error) {
	if err != nil {
		d.log.Warn("an envelope is left alone", "error", err)
		return
	}
	d.log.Info("an envelope is left alone", "reason", a.ignored)
}

func (d *dispatcher) request(ctx context.Context, e envelope, a arrival) {
	accepted, err := d.engine.Accept(ctx, *a.request)
	if err != nil {
		d.seen.forget(a.key)
		d.log.Error("take a request", "error", err)
		accepted = engine.Accepted{Reply: notWritten()}
	}
	d.follow(e, a.slash, *a.request, accepted)
}

func (d *dispatcher) click(ctx context.Context, e envelope, a arrival) {
	c := a.click
	accepted, err := d.engine.Press(ctx, *c)
	if err != nil {
		d.seen.forget(a.key)
		d.log.Error("take a click", "op", op.Ref(c.Operation), "error", err)
		accepted = engine.Accepted{Reply: notWritten()}
	}
	d.follow(e, false, op.Request{
		Key: c.Key, Team: c.Team, Channel: c.Channel, Person: c.Person, PersonTeam: c.PersonTeam, At: c.At, ReplyTo: c.ReplyTo, Trigger: c.Trigger,
	}, accepted)
}

// follow acknowledges and does what the engine asked for: answer, open a form, work.
func (d *dispatcher) follow(e envelope, inAck bool, r op.Request, a engine.Accepted) {
	var payload any
	if a.Reply != nil {
		if payload = d.payload(inAck, *a.Reply); payload == nil {
			m := answer(*a.Reply)
			defer d.soon(r.Address(), func(ctx context.Context) { d.tell(ctx, r.Address(), m) })
		}
	}
	d.ack(e, payload)
	if a.Form != nil {
		form := *a.Form
		d.soon(r.Address(), func(ctx context.Context) { d.openForm(ctx, r, form) })
	}
	d.later(r.Address(), a.Work)
}

// payload is the answer as part of the acknowledgement, or nil when it cannot travel there.
func (d *dispatcher) payload(inAck bool, a op.Answer) any {
	if !inAck {
		return nil
	}
	if data := d.drawn.payload(a); data != nil {
		return data
	}
	return nil
}

func (d *dispatcher) ack(e envelope, payload any) {
	if err := e.ack(payload); err != nil {
		d.log.Warn("an acknowledgement did not leave", "error", err)
	}
}

// soon runs something short that somebody waits for.
func (d *dispatcher) soon(to op.Address, do func(context.Context)) {
	guarded := func(ctx context.Context) {
		defer d.rescue(&to, func() {})
		do(ctx)
	}
	if !d.quick.offer(guarded) {
		d.log.Warn("too many answers at once, one is dropped", "person", to.Person)
	}
}

// later runs the work that the acknowledgement must not wait for.
func (d *dispatcher) later(to op.Address, do func(context.Context)) {
	if do == nil {
		return
	}
	guarded := func(ctx context.Context) {
		defer d.rescue(&to, func() {})
		do(ctx)
	}
	if !d.work.offer(guarded) {
		d.log.Warn("the queue is full", "person", to.Person)
		d.soon(to, func(ctx context.Context) { d.tell(ctx, to, answer(queueFull())) })
	}
}

// rescue catches a panic: the person is told, the log has the rest, the program goes on.
func (d *dispatcher) rescue(to *op.Address, also func()) {
	p := recover()
	if p == nil {
		return
	}
	ref := "op-" + op.Ref(op.NewID())
	d.log.Error("panic", "reference", ref, "panic", p, "stack", string(debug.Stack()))
	also()
	if address := *to; address.Person != "" {
		d.soon(address, func(ctx context.Context) {
			d.tell(ctx, address, answer(broken(ref)))
		})
	}
}

func (d *dispatcher) tell(ctx context.Context, to op.Address, m message) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := d.chat.tell(ctx, to, m); err != nil {
		d.log.Warn("could not answer in private", "person", to.Person, "channel", to.Channel, "error", bare(err))
	}
}

func notWritten() *op.Answer {
	return &op.Answer{Mark: op.MarkFailed, Title: op.L("I cannot write my log, so nothing was done."), Lines: []op.Line{op.L("Try again in a moment; the engineer on call sees why in the log.")}}
}

func queueFull() op.Answer {
	return op.Answer{Mark: op.MarkFailed, Title: op.L("The queue is full, nothing was done."), Lines: []op.Line{op.L("Try again in a moment.")}}
}

func broken(ref string) op.Answer {
	return op.Answer{Mark: op.MarkFailed, Title: op.L("Internal error, reference ", op.Code(ref))}
}
