package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/engine"
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
		d.engine.Say(ctx, r.Address(), offer(f))
		return
	}
	opened, err := d.api.OpenViewContext(ctx, r.Trigger, d.to(r.Address()).loading(f, r.Person))
	if err != nil {
		d.log.Warn("open a form", "error", webapi.Bare(err))
		d.engine.Say(ctx, r.Address(), unopened(f))
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

// unopened says that Slack did not open a form: its trigger lives three seconds and works once.
func unopened(f op.Form) op.Answer {
	a := offer(f)
	a.Mark, a.Title, a.Lines = op.MarkFailed, op.L("Slack did not open the form for ", op.Code(f.Title), "."), []op.Line{inFull(f)}
	return a
}

// fill gets the options of a form and draws them. hash keeps a slow answer from replacing a newer picture.
func (d *dispatcher) fill(ctx context.Context, r op.Request, f op.Form, view, hash string) {
	filled, err := d.engine.Fill(ctx, r, f)
	if err != nil {
		ref := "op-" + op.Ref(op.NewID())
		d.log.Error("fill a form", "reference", ref, "error", err)
		filled.Problem = broken(ref).Title
		if refusal, ok := errors.AsType[*op.Refusal](err); ok {
			filled.Problem = refusal.Answer.Title
		}
	}
	d.redraw(ctx, r, filled, view, hash)
}

// redraw shows a form. One that Slack does not take is replaced by a sentence that says so; when that fails too, the person
// is told in private, as the form would say "Loading…" for ever.
func (d *dispatcher) redraw(ctx context.Context, r op.Request, f op.Form, view, hash string) {
	err := d.update(ctx, d.to(r.Address()).drawForm(f, r.Person), view, hash)
	if err == nil {
		return
	}
	d.log.Warn("draw a form", "error", webapi.Bare(err))
	f.Fields, f.Note, f.Problem = nil, inFull(f), op.L("I could not draw this form, so nothing was done.")
	if d.update(ctx, d.to(r.Address()).drawForm(f, r.Person), view, "") != nil {
		d.engine.Say(ctx, r.Address(), op.Answer{Mark: op.MarkFailed, Title: f.Problem, Lines: []op.Line{f.Note}})
	}
}

// update is docs.slack.dev/reference/methods/views.update. That the form was closed, or drawn anew in between, is no error.
func (d *dispatcher) update(ctx context.Context, v slack.ModalViewRequest, view, hash string) error {
	_, err := d.api.UpdateViewContext(ctx, v, "", hash, view)
	if c := webapi.Code(err); c == "hash_conflict" || c == "not_found" {
		return nil
	}
	return err
}

// filled takes a form that was sent, or one whose leading field has changed.
func (d *dispatcher) filled(ctx context.Context, e delivery, a arrival) {
	f := a.fill
	if !f.sent {
		d.ack(e, nil)
		d.soon(d.forms, f.request.Address(), func(ctx context.Context) { d.fill(ctx, f.request, f.form, f.view, f.hash) })
		return
	}
	if f.notice != "" {
		d.seen.forget(a.key)
		d.ack(e, d.mistake(wrong{f.request.Address(), f.notice, op.L("This line only says why there is nothing to pick. Look again in a moment.")}))
		return
	}
	r := f.request
	r.Text = d.engine.Submitted(f.form)
	accepted, err := d.engine.Accept(ctx, r)
	if err != nil {
		d.seen.forget(a.key)
		d.log.Error("take a form", "error", err)
		if stays := d.mistake(wrong{f.request.Address(), f.block, engine.NotWritten(err).Title}); stays != nil {
			d.ack(e, stays)
			return
		}
		accepted = engine.Accepted{Reply: engine.NotWritten(err)}
	}
	if accepted.Form == nil {
		d.follow(e, false, r, accepted, d.work)
		return
	}
	again := *accepted.Form
	d.ack(e, map[string]any{"response_action": "update", "view": d.to(r.Address()).loading(again, r.Person)})
	d.soon(d.forms, r.Address(), func(ctx context.Context) { d.fill(ctx, r, again, f.view, "") })
}

// aside handles what needs no decision: the home tab, and news about channels, groups and people.
func (d *dispatcher) aside(a arrival) {
	d.dir.Forget(a.forget...)
	if a.back != "" {
		d.soon(d.forms, op.Address{}, func(ctx context.Context) { d.engine.Returned(ctx, a.back) })
	}
	if a.home == nil {
		return
	}
	r := *a.home
	d.soon(d.forms, op.Address{}, func(ctx context.Context) { d.publish(ctx, r) })
}

// suggest answers what somebody types into a picker. Whoever waits for a list holds up no other envelope.
func (d *dispatcher) suggest(e delivery, q op.Query) {
	e.expect()
	asked := func(ctx context.Context) {
		defer e.done()
		defer d.rescue(&op.Address{}, func() { d.ack(e, noOptions) })
		ctx, cancel := context.WithDeadline(ctx, e.at.Add(acceptWithin))
		defer cancel()
		d.ack(e, d.to(q.Request.Address()).offered(d.engine.Suggest(ctx, q)))
	}
	if !d.forms.offer(asked) {
		e.done()
		d.ack(e, noOptions)
	}
}
