package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/payload"
	"casterbot/bot/render"
	"casterbot/bot/socket"
	"casterbot/bot/webapi"
	"casterbot/internal/engine"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Operations takes what people ask for.
type Operations interface {
	Accept(context.Context, op.Request) (engine.Accepted, error)
	Press(context.Context, op.Click) (engine.Accepted, error)
	Urgent(op.Request) bool // it is for an emergency, as far as its words tell
}

// Browser says what can be done: forms, pickers, the home tab.
type Browser interface {
	Fill(context.Context, op.Request, op.Form) (op.Form, error)
	Wrong(context.Context, op.Request, op.Form) (field string, why op.Line)
	Submitted(op.Form) string
	Suggest(context.Context, op.Query) []op.Option
	Home(context.Context, op.Request) (op.Answer, error)
}

// Notifier says what is to be said, and what is owed.
type Notifier interface {
	ChannelRestored(ctx context.Context, channel string) // the bot can write there again
	Reply(context.Context, op.Address, op.Answer)        // now, or later when that does not work
}

// Engine is what the bot needs of the engine; one value may be all three.
type Engine struct {
	Operations
	Browser
	Notifier
}

// Sizes of the pools: the front takes and acknowledges, the quick one answers, the back does the work. Forms have a
// pool of their own, because a trigger lives three seconds and an answer may have to wait for Slack; and so has what
// settles a card, so that no slow look at the cloud stands before a confirmation, nor before an emergency.
const (
	frontWorkers = 32
	frontQueue   = 16384
	quickWorkers = 16
	quickQueue   = 4096
	workWorkers  = 32
	workQueue    = 1024 // minutes of calls at the limits of the cloud; whoever finds no place reads so at once
	formWorkers  = 32
	formQueue    = 1024
	clickWorkers = 64
	clickQueue   = 1024
	hurryAfter   = time.Second // from the arrival: whoever waits behind has no more time than the rest of it
)

// dispatcher turns envelopes into calls of the engine: decode, dedupe, take, acknowledge, then work.
type dispatcher struct {
	engine  Engine
	api     *slack.Client
	chat    *messages.Chat
	dir     *directory.Directory
	log     *slog.Logger
	now     func() time.Time
	who     atomic.Pointer[payload.Identity]
	seen    *dedupe
	intake  *pool
	replies *pool
	forms   *pool
	work    *pool
	clicks  *pool
	busy    atomic.Int64 // work in all pools
	places  channelQuota // of commands
	times   times
}

func (d *dispatcher) openPools(ctx context.Context) {
	d.intake = newPool(ctx, frontWorkers, frontQueue, &d.busy)
	d.replies = newPool(ctx, quickWorkers, quickQueue, &d.busy)
	d.forms = newPool(ctx, formWorkers, formQueue, &d.busy)
	d.work = newPool(ctx, workWorkers, workQueue, &d.busy)
	d.clicks = newPool(ctx, clickWorkers, clickQueue, &d.busy)
	go d.times.halts.Watch(ctx)
}

// take is called by the readers of the sockets and only queues. What finds no place is not acknowledged: Slack brings
// events again, and shows its own error for commands and clicks.
func (d *dispatcher) take(from socket.Envelope) {
	e := delivery{Envelope: from}
	e.At = d.times.halts.Arrived(time.Now)
	d.enqueue(e)
}

func (d *dispatcher) enqueue(e delivery) {
	if !d.intake.offer(func(ctx context.Context) { d.handle(ctx, e) }) {
		e.Done()
		e.Became(webapi.Crowded)
		d.log.Warn("too many envelopes at once, one is not taken")
	}
}

// handle sees one delivery through to its acknowledgement. One that has waited for so long that Slack has given up on
// it is left like one that found no place: its sender has read that it failed.
func (d *dispatcher) handle(ctx context.Context, e delivery) {
	defer e.Done()
	var to op.Address
	defer d.rescue(&to, func() { d.ack(e, nil) })
	ctx, cancel := context.WithDeadline(ctx, e.At.Add(d.times.most(socket.AcceptWithin)))
	defer cancel()
	if ctx.Err() != nil {
		e.Became(webapi.Late)
		d.log.Warn("an envelope waited for too long and is not taken")
		return
	}
	a, err := d.who.Load().Decode(e.Kind, e.Id, e.Payload, d.now())
	if err != nil || a.Ignored != "" {
		if a.Wrong != nil {
			a.Refusal = d.mistake(*a.Wrong)
		}
		d.ack(e, a.Refusal)
		d.note(a, err)
		return
	}
	if a.Key != "" && !d.isFirst(&e, a.Key) {
		return
	}
	switch {
	case a.Request != nil && a.Request.FromHome:
		d.away(e, a)
	case a.Request != nil:
		to = a.Request.Address
		d.request(ctx, e, a)
	case a.Click != nil && a.Click.FromHome:
		d.awayClick(e, a)
	case a.Click != nil:
		to = a.Click.Address
		d.click(ctx, e, a)
	case a.Fill != nil:
		to = a.Fill.Request.Address
		d.formSubmitted(ctx, e, a)
	case a.Query != nil:
		d.suggest(e, *a.Query)
	default:
		d.ack(e, nil)
		d.housekeeping(a)
	}
}

// note logs an envelope that is acknowledged and left alone.
func (d *dispatcher) note(a payload.Event, err error) {
	if err != nil {
		d.log.Warn("an envelope is left alone", "error", err)
		return
	}
	d.log.Info("an envelope is left alone", "reason", a.Ignored)
}

// request takes a command. When a flood has made it wait, it is refused at once, so that those behind it are in time;
// an emergency is not.
func (d *dispatcher) request(ctx context.Context, e delivery, a payload.Event) {
	if time.Since(e.At) > hurryAfter && !d.engine.Urgent(*a.Request) {
		d.follow(e, a.Slash, *a.Request, d.rejectBusy(a.Request.Address, engine.Accepted{}), d.work)
		return
	}
	accepted, err := d.engine.Accept(ctx, *a.Request)
	d.follow(e, a.Slash, *a.Request, d.kept(a.Key, accepted, err, "take a request"), d.work)
}

// kept is what the engine says of something that it was to take. What could not be kept may come again.
func (d *dispatcher) kept(key string, a engine.Accepted, err error, doing string, about ...any) engine.Accepted {
	if err == nil {
		return a
	}
	d.seen.forget(key)
	d.log.Error(doing, append(about, "error", err)...)
	return engine.Accepted{Reply: engine.NotWritten(err)}
}

func (d *dispatcher) click(ctx context.Context, e delivery, a payload.Event) {
	c := a.Click
	c.Came = e.At
	d.chat.KeepClick(*c)
	accepted, err := d.engine.Press(ctx, *c)
	accepted = d.kept(a.Key, accepted, err, "take a click", "op", op.Ref(c.Operation))
	d.follow(e, false, op.Request{Key: c.Key, Origin: c.Origin}, accepted, d.behind(c.Action))
}

// follow acknowledges and does what the engine asked for: answer, open a form, work, which runs on the pool behind. The
// work gets its place before the acknowledgement, which can then say that there is none, and begins after it.
func (d *dispatcher) follow(e delivery, inAck bool, r op.Request, a engine.Accepted, behind *pool) {
	acked := make(chan struct{})
	defer close(acked)
	if a.Urgent {
		behind = d.clicks
	}
	if !d.reserve(behind, r.Address, a.Work, acked) {
		a = d.rejectBusy(r.Address, a)
	}
	var payload any
	if a.Reply != nil {
		if payload = d.payload(inAck, r.Address, *a.Reply); payload == nil {
			said := *a.Reply
			defer d.goReply(d.replies, r.Address, func(ctx context.Context) { d.engine.Reply(ctx, r.Address, said) })
		}
	}
	d.ack(e, payload)
	if a.Form != nil {
		form := *a.Form
		d.goReply(d.forms, r.Address, func(ctx context.Context) { d.openForm(ctx, r, form) })
	}
}

// payload is the answer as part of the acknowledgement, or nil when it cannot travel there.
func (d *dispatcher) payload(inAck bool, to op.Address, a op.Answer) any {
	say, known := d.chat.Localizer.Private(to)
	if !inAck || !known {
		return nil
	}
	data, err := json.Marshal(say.Answer(a).Reply())
	if err != nil || len(data) > render.MaxAck {
		return nil
	}
	return json.RawMessage(data)
}

// goReply runs something short that somebody waits for on one of the pools; when that has no place, on another one:
// whoever was acknowledged is answered.
func (d *dispatcher) goReply(on *pool, to op.Address, do func(context.Context)) {
	guarded := func(ctx context.Context) {
		defer d.rescue(&to, func() {})
		do(ctx)
	}
	if !slices.ContainsFunc([]*pool{on, d.forms, d.clicks, d.work}, func(p *pool) bool { return p.offer(guarded) }) {
		d.log.Warn("too many answers at once, one is dropped", "person", to.Person)
	}
}

// reserve queues the work that the acknowledgement must not wait for; false when there is no place for it.
func (d *dispatcher) reserve(behind *pool, to op.Address, work func(context.Context), acked <-chan struct{}) bool {
	if work == nil {
		return true
	}
	leave := func() {}
	if behind == d.work {
		var ok bool
		if leave, ok = d.places.reserve(to.Channel); !ok {
			return false
		}
	}
	guarded := func(ctx context.Context) {
		defer leave()
		defer d.rescue(&to, func() {})
		<-acked
		work(ctx)
	}
	if behind.offer(guarded) {
		return true
	}
	leave()
	return false
}

// rejectBusy drops what was taken, so that nobody does it after all, and then says so.
func (d *dispatcher) rejectBusy(to op.Address, a engine.Accepted) engine.Accepted {
	d.log.Warn("the queue is full", "person", to.Person, "channel", to.Channel)
	if a.Drop != nil {
		ctx, cancel := context.WithTimeout(context.Background(), socket.AcceptWithin)
		defer cancel()
		a.Drop(ctx)
	}
	if a.Reply != nil { // only what the trail would have of it is lost
		return engine.Accepted{Reply: a.Reply}
	}
	said := queueFull()
	return engine.Accepted{Reply: &said}
}
