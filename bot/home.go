package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"casterbot/internal/engine"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// The bot's own page (Slack's home tab) is drawn when somebody opens it and when they press its button. Its other buttons name the
// channel that they are for; what comes of one is shown in a window over the page, whose buttons are for the same channel. No button
// of a card works here: a click on one counts in the card's own message only.

// Slack's limits for the home tab.
const (
	homeItems  = 95
	homeBlocks = 99
)

// pageOrWindow decodes a press on the bot's own page, or in a window over it. Whether the person is in the channel is for the engine
// to say.
func (id identity) pageOrWindow(v seenView, p pressed, r op.Request) (arrival, error) {
	rest, own := strings.CutPrefix(p.ActionID, homeAction)
	switch {
	case own && rest == refresh:
		return arrival{key: r.Key, home: &r}, nil
	case own && v.Type == string(slack.VTHomeTab):
		_, r.Channel, _ = strings.Cut(rest, ":")
		r.Text, r.FromHome = p.Value, true
	case !window(v, &r) || !p.says(&r):
		return arrival{ignored: "unknown action of a view"}, nil
	}
	if r.Channel == "" || r.Text == "" {
		return arrival{ignored: "a button for no channel"}, nil
	}
	r.Button = saidBy(v.ID, r)
	return arrival{key: r.Key, request: &r}, nil
}

// window reads whose window it is and for which channel; false when it is not this person's.
func window(v seenView, r *op.Request) bool {
	var m memory
	if v.Type != string(slack.VTModal) || json.Unmarshal([]byte(v.Metadata), &m) != nil || m.Person != r.Person {
		return false
	}
	r.Channel, r.FromHome, r.View = m.Form.Channel, true, v.ID
	return true
}

// publish draws the home tab (docs.slack.dev/reference/methods/views.publish).
func (d *dispatcher) publish(ctx context.Context, r op.Request) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	a, err := d.engine.Home(ctx, r)
	if err != nil {
		ref := "op-" + op.Ref(op.NewID())
		d.log.Error("draw the home tab", "reference", ref, "error", err)
		a = broken(ref)
	}
	if _, err := d.chat.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: r.Person, View: d.to(r.Address).home(a)}); err != nil {
		d.log.Warn("publish the home tab", "person", r.Person, "error", bare(err))
	}
}

// home draws an answer as a home tab.
func (t tongue) home(a op.Answer) slack.HomeTabViewRequest {
	again := row([]press{{text: op.Text(t.text("Refresh")), action: homeAction + refresh, value: refresh}})
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{
		BlockSet: append(t.sketch(a, homeItems, homeBlocks).blocks, again),
	}}
}

// view is an answer as a window, for one person and one channel.
func (t tongue) view(m message, person, channel string) slack.ModalViewRequest {
	about, _ := json.Marshal(memory{Person: person, Form: op.Form{Channel: channel}}) // strings only
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: label("casterbot", maxTitle), Close: label(t.text("Close"), maxTitle), CallbackID: "answer",
		PrivateMetadata: string(about), Blocks: slack.Blocks{BlockSet: m.blocks},
	}
}

// inWindow says something in a window that waits for it.
func (c *Chat) inWindow(ctx context.Context, to op.Address, m message) error {
	say, _ := c.tongues.private(to)
	_, err := c.api.UpdateViewContext(ctx, say.view(m, to.Person, to.Channel), "", "", to.View)
	if code(err) == "invalid_arguments" {
		_, err = c.api.UpdateViewContext(ctx, say.view(m.simple(), to.Person, to.Channel), "", "", to.View)
	}
	return err
}

// away sees to a button of the page or of a window over it. Nobody else's envelope waits for Slack to open the window.
func (d *dispatcher) away(e envelope, a arrival) {
	e.link.pending.Add(1)
	r := *a.request
	took := d.forms.offer(func(ctx context.Context) {
		defer e.link.pending.Add(-1)
		to := r.Address
		defer d.rescue(&to, func() { d.ack(e, nil) })
		ctx, cancel := context.WithDeadline(ctx, e.at.Add(acceptWithin))
		defer cancel()
		d.awaited(ctx, e, a.key, r)
	})
	if !took {
		e.link.pending.Add(-1)
		d.abandon(e)
		d.log.Warn("too many windows at once, one is not opened", "person", r.Person)
	}
}

// awaited opens the window, takes the command, acknowledges, and does what the engine asks for.
func (d *dispatcher) awaited(ctx context.Context, e envelope, key string, r op.Request) {
	view, hash := d.wait(ctx, r)
	r.View = view
	accepted, err := d.engine.Accept(ctx, r)
	if err != nil {
		d.seen.forget(key)
		d.log.Error("take a request", "error", err)
		accepted = engine.Accepted{Reply: engine.NotWritten(err)}
	}
	if work := accepted.Work; work != nil && accepted.Reply == nil {
		accepted.Work = func(ctx context.Context) {
			work(ctx)
			d.elsewhere(ctx, r, hash)
		}
	}
	d.follow(e, false, r, accepted, d.work)
}

// wait shows a window in which something is about to be said, and gives its id and the hash of this picture.
func (d *dispatcher) wait(ctx context.Context, r op.Request) (id, hash string) {
	say := d.to(r.Address)
	shown := say.view(say.answer(op.Answer{Mark: op.MarkWait, Title: op.L("Looking…")}), r.Person, r.Channel)
	var got *slack.ViewResponse
	var err error
	if r.View != "" {
		got, err = d.chat.api.UpdateViewContext(ctx, shown, "", "", r.View)
	} else {
		got, err = d.chat.api.OpenViewContext(ctx, r.Trigger, shown)
	}
	if err != nil {
		d.log.Warn("open a window", "error", bare(err))
		return "", ""
	}
	return got.ID, got.Hash
}

// elsewhere says in a window in which nothing was said that what came of the command stands in its channel.
func (d *dispatcher) elsewhere(ctx context.Context, r op.Request, hash string) {
	if r.View == "" {
		return
	}
	ctx, cancel := timely(ctx, directWithin)
	defer cancel()
	say := d.to(r.Address)
	said := say.answer(op.Answer{Mark: op.MarkOK, Title: op.L("Asked. The card is in ", op.In(r.Channel), ".")})
	if err := d.update(ctx, say.view(said, r.Person, r.Channel), r.View, hash); err != nil {
		d.log.Warn("draw a window", "error", bare(err))
	}
}
