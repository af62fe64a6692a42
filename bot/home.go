package bot

import (
	"context"
	"time"

	"casterbot/bot/messages"
	"casterbot/bot/payload"
	"casterbot/bot/socket"
	"casterbot/bot/webapi"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// The bot's own page (Slack's home tab) is drawn when somebody opens it and when they press its button. Its other
// buttons name the channel that they are for; what comes of one is shown in a window over the page, whose buttons are
// for the same channel. Cards that wait for the reader stand there with their buttons, which name their message and the
// version that was shown; after a click the page is drawn anew.

// publish draws the home tab (docs.slack.dev/reference/methods/views.publish).
func (d *dispatcher) publish(ctx context.Context, r op.Request) {
	ctx, cancel := context.WithTimeout(ctx, d.times.most(20*time.Second))
	defer cancel()
	a, err := d.engine.Home(ctx, r)
	if err != nil {
		a = d.broken("draw the home tab", "error", err)
	}
	if _, err := d.api.PublishViewContext(ctx,
		slack.PublishViewContextRequest{UserID: r.Person, View: d.chat.Home(r.Address, a)}); err != nil {
		d.log.Warn("publish the home tab", "person", r.Person, "error", webapi.Bare(err))
	}
}

// away sees to a button of the page or of a window over it. Nobody else's envelope waits for Slack to open the window.
func (d *dispatcher) away(e delivery, a payload.Event) {
	r := *a.Request
	if !d.aside(e, r.Address, nil, func(ctx context.Context) { d.awaited(ctx, e, a.Key, r) }) {
		d.abandon(e)
		d.log.Warn("too many windows at once, one is not opened", "person", r.Person)
	}
}

// awayClick sees to a button of a card on the page. What comes of it is said in a window over the page, and the page is
// drawn anew: the card may wait no more.
func (d *dispatcher) awayClick(e delivery, a payload.Event) {
	c := *a.Click
	if !d.aside(e, c.Address, nil, func(ctx context.Context) { d.awaitedClick(ctx, e, a.Key, c) }) {
		d.abandon(e)
		d.log.Warn("too many windows at once, a click is not taken", "person", c.Person)
	}
}

func (d *dispatcher) awaitedClick(ctx context.Context, e delivery, key string, c op.Click) {
	c.Came = e.At
	r := op.Request{Key: c.Key, Origin: c.Origin}
	view, hash := d.wait(ctx, r)
	r.View, c.View = view, view
	accepted, err := d.engine.Press(ctx, c)
	accepted = d.kept(key, accepted, err, "take a click", "op", op.Ref(c.Operation))
	if work := accepted.Work; work != nil || accepted.Reply != nil {
		silent := accepted.Reply == nil
		accepted.Work = func(ctx context.Context) {
			if work != nil {
				work(ctx)
			}
			if silent {
				d.elsewhere(ctx, r, hash, op.L("Taken. The card in ", op.In(c.Channel), " shows what comes of it."))
			}
			d.publish(ctx, r)
		}
	}
	d.follow(e, false, r, accepted, d.behind(c.Action))
}

// aside does on the pool of forms what an envelope waits for, within the time of the envelope. A panic acknowledges it
// with otherwise. False when there is no place for it.
func (d *dispatcher) aside(e delivery, to op.Address, otherwise any, do func(context.Context)) bool {
	e.Expect()
	took := d.forms.offer(func(ctx context.Context) {
		defer e.Done()
		defer d.rescue(&to, func() { d.ack(e, otherwise) })
		ctx, cancel := context.WithDeadline(ctx, e.At.Add(d.times.most(socket.AcceptWithin)))
		defer cancel()
		do(ctx)
	})
	if !took {
		e.Done()
	}
	return took
}

// awaited opens the window, takes the command, acknowledges, and does what the engine asks for.
func (d *dispatcher) awaited(ctx context.Context, e delivery, key string, r op.Request) {
	view, hash := d.wait(ctx, r)
	r.View = view
	accepted, err := d.engine.Accept(ctx, r)
	accepted = d.kept(key, accepted, err, "take a request")
	if work := accepted.Work; work != nil && accepted.Reply == nil {
		accepted.Work = func(ctx context.Context) {
			work(ctx)
			d.elsewhere(ctx, r, hash, op.L("Asked. The card is in ", op.In(r.Channel), "."))
		}
	}
	d.follow(e, false, r, accepted, d.work)
}

// windowWithin is how long a window may take: what was pressed counts also where Slack opens none.
const windowWithin = time.Second

// wait shows a window in which something is about to be said, and gives its id and the hash of this picture.
func (d *dispatcher) wait(ctx context.Context, r op.Request) (id, hash string) {
	ctx, cancel := context.WithTimeout(ctx, d.times.most(windowWithin))
	defer cancel()
	say := d.to(r.Address)
	shown := say.View(say.Answer(op.Answer{Mark: op.MarkWait, Title: op.L("Looking…")}), r.Person, r.Channel)
	var got *slack.ViewResponse
	var err error
	if r.View != "" {
		got, err = d.api.UpdateViewContext(ctx, shown, "", "", r.View)
	} else {
		got, err = d.api.OpenViewContext(ctx, r.Trigger, shown)
	}
	if err != nil {
		d.log.Warn("open a window", "error", webapi.Bare(err))
		return "", ""
	}
	return got.ID, got.Hash
}

// elsewhere says in a window in which nothing was said that what came of it stands in its channel.
func (d *dispatcher) elsewhere(ctx context.Context, r op.Request, hash string, where op.Line) {
	if r.View == "" {
		return
	}
	ctx, cancel := messages.Timely(ctx, messages.DirectWithin)
	defer cancel()
	say := d.to(r.Address)
	said := say.Answer(op.Answer{Mark: op.MarkOK, Title: where})
	if err := d.update(ctx, say.View(said, r.Person, r.Channel), r.View, hash); err != nil {
		d.log.Warn("draw a window", "error", webapi.Bare(err))
	}
}
