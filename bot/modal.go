package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"casterbot/bot/payload"
	"casterbot/bot/render"
	"casterbot/bot/webapi"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// openForm opens a form at once, still loading, because a trigger lives three seconds; then fills it
// (docs.slack.dev/reference/methods/views.open).
func (d *dispatcher) openForm(ctx context.Context, r op.Request, f op.Form) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r.Channel, r.Thread = cmp.Or(f.Channel, r.Channel), cmp.Or(f.Thread, r.Thread)
	if r.View != "" {
		d.fill(ctx, r, f, r.View, "")
		return
	}
	if r.Trigger == "" {
		d.engine.Reply(ctx, r.Address, offer(f))
		return
	}
	opened, err := d.api.OpenViewContext(ctx, r.Trigger, d.to(r.Address).Loading(f, r.Person))
	if err != nil {
		d.log.Warn("open a form", "error", webapi.Bare(err))
		d.engine.Reply(ctx, r.Address, openFailed(f))
		return
	}
	d.fill(ctx, r, f, opened.ID, opened.Hash)
}

// offer is a button that opens the form, for where none can be opened by itself.
func offer(f op.Form) op.Answer {
	return op.Answer{
		Mark: op.MarkNeutral, Title: op.L("Something is missing: ", op.Code("/"+f.Command)),
		Next: []op.Next{{Label: "Open the form", Text: f.Text}},
	}
}

// openFailed says that Slack did not open a form: its trigger lives three seconds and works once.
func openFailed(f op.Form) op.Answer {
	a := offer(f)
	a.Mark, a.Title, a.Lines = op.MarkFailed, op.L("Slack did not open the form for ", op.Code(f.Title), "."),
		[]op.Line{render.InFull(f)}
	return a
}

// fill gets the options of a form and draws them. hash keeps a slow answer from replacing a newer picture.
func (d *dispatcher) fill(ctx context.Context, r op.Request, f op.Form, view, hash string) {
	filled, err := d.engine.Fill(ctx, r, f)
	if err != nil {
		filled.Problem = d.broken("fill a form", "error", err).Title
		if refusal, ok := errors.AsType[*op.Refusal](err); ok {
			filled.Problem = refusal.Answer.Title
		}
	}
	d.redraw(ctx, r, filled, view, hash)
}

// redraw shows a form. One that Slack does not take is replaced by a sentence that says so; when that fails too, the
// person is told in private, as the form would say "Loading…" for ever.
func (d *dispatcher) redraw(ctx context.Context, r op.Request, f op.Form, view, hash string) {
	err := d.update(ctx, d.to(r.Address).DrawForm(f, r.Person), view, hash)
	if err == nil {
		return
	}
	d.log.Warn("draw a form", "error", webapi.Bare(err))
	f.Fields, f.Note, f.Problem = nil, render.InFull(f), op.L("This form could not be drawn, so nothing was done.")
	if d.update(ctx, d.to(r.Address).DrawForm(f, r.Person), view, "") != nil {
		d.engine.Reply(ctx, r.Address, op.Answer{Mark: op.MarkFailed, Title: f.Problem, Lines: []op.Line{f.Note}})
	}
}

// update is docs.slack.dev/reference/methods/views.update. That the form was closed, or drawn anew in between, is no
// error.
func (d *dispatcher) update(ctx context.Context, v slack.ModalViewRequest, view, hash string) error {
	_, err := d.api.UpdateViewContext(ctx, v, "", hash, view)
	if c := webapi.Code(err); c == "hash_conflict" || c == "not_found" {
		return nil
	}
	return err
}

// formSubmitted takes a form that was sent, or one whose leading field has changed.
func (d *dispatcher) formSubmitted(ctx context.Context, e delivery, a payload.Event) {
	f := a.Fill
	if !f.Sent {
		d.ack(e, nil)
		d.goReply(d.forms, f.Request.Address, func(ctx context.Context) { d.fill(ctx, f.Request, f.Form, f.View, f.Hash) })
		return
	}
	if f.Notice != "" {
		d.seen.forget(a.Key)
		d.ack(e, d.mistake(payload.FieldError{To: f.Request.Address, Block: f.Notice,
			Words: op.L("This line only says why there is nothing to pick. Look again in a moment.")}))
		return
	}
	r := f.Request
	if field, why := d.engine.Wrong(ctx, r, f.Form); field != "" {
		d.seen.forget(a.Key)
		d.ack(e, d.mistake(payload.FieldError{To: r.Address, Block: cmp.Or(f.Blocks[field], f.Block), Words: why}))
		return
	}
	r.Text = d.engine.Submitted(f.Form)
	accepted, err := d.engine.Accept(ctx, r)
	if accepted = d.kept(a.Key, accepted, err, "take a form"); err != nil {
		if stays := d.mistake(payload.FieldError{To: r.Address, Block: f.Block, Words: accepted.Reply.Title}); stays != nil {
			d.ack(e, stays)
			return
		}
	}
	if accepted.Form == nil {
		d.follow(e, false, r, accepted, d.work)
		return
	}
	again := *accepted.Form
	d.ack(e, map[string]any{"response_action": "update", "view": d.to(r.Address).Loading(again, r.Person)})
	d.goReply(d.forms, r.Address, func(ctx context.Context) { d.fill(ctx, r, again, f.View, "") })
}

// housekeeping handles what needs no decision: the home tab, what is only answered, and news about channels, groups and
// people.
func (d *dispatcher) housekeeping(a payload.Event) {
	d.dir.Forget(a.Forget...)
	if a.Left != "" {
		d.dir.Left(a.Left)
	}
	if a.Moved != "" {
		d.dir.Moved(a.Moved)
	}
	if a.Changed != nil {
		d.dir.Learn(*a.Changed)
	}
	if a.Back != "" {
		d.goReply(d.forms, op.Address{}, func(ctx context.Context) { d.engine.ChannelRestored(ctx, a.Back) })
	}
	if a.Said != nil {
		to, answer := a.Said.To, a.Said.Answer
		d.goReply(d.replies, to, func(ctx context.Context) { d.engine.Reply(ctx, to, answer) })
	}
	if a.Home == nil {
		return
	}
	r := *a.Home
	d.goReply(d.forms, op.Address{}, func(ctx context.Context) { d.publish(ctx, r) })
}

// suggest answers what somebody types into a picker. Whoever waits for a list holds up no other envelope.
func (d *dispatcher) suggest(e delivery, q op.Query) {
	asked := func(ctx context.Context) { d.ack(e, d.to(q.Request.Address).Offered(d.engine.Suggest(ctx, q))) }
	if !d.aside(e, op.Address{}, render.NoOptions, asked) {
		d.ack(e, render.NoOptions)
	}
}
