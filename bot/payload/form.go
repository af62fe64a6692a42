package payload

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"casterbot/bot/render"
	"casterbot/internal/grammar"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// submission decodes what a form holds: which form it is travels in the view's metadata, the values in its state.
func submission(in interaction, r op.Request, sent bool) (Event, error) {
	at := firstBlock(in.View)
	form, own := render.Recall(in.View.Metadata, r.Person)
	if !own || form.Command == "" {
		a := Event{Ignored: "a form that is not ours"}
		if sent {
			a.Wrong = &FieldError{r.Address, at,
				op.L("This form cannot be used, so nothing was done. Close it and type the command.")}
		}
		return a, nil
	}
	notice := hold(form, in.View)
	r.Channel, r.Thread, r.FromHome, r.Form = form.Channel, form.Thread, form.FromHome, true
	if sent {
		r.Key = "form-" + in.View.ID + "-" + in.View.Hash
	}
	return Event{Key: r.Key,
		Fill: &formInput{Request: r, Form: form, View: in.View.ID, Hash: in.View.Hash, Block: at, Notice: notice,
			Blocks: blocks(in.View), Sent: sent}}, nil
}

func blocks(v seenView) map[string]string {
	ids := map[string]string{}
	for block := range v.State.Values {
		name, _, _ := strings.Cut(block, render.FieldSeparator)
		ids[name] = block
	}
	return ids
}

// hold puts into a form what its fields hold in the view. It gives the id of a field in which a notice was picked, or
// nothing.
func hold(form op.Form, v seenView) (notice string) {
	for block, state := range v.State.Values {
		name, _, _ := strings.Cut(block, render.FieldSeparator)
		for i := range form.Fields {
			if form.Fields[i].Name != name {
				continue
			}
			value, ok := holds(state[render.PickAction], form.Fields[i])
			if form.Fields[i].Value = value; !ok {
				notice = block
			}
		}
	}
	return notice
}

// holds gives what is picked or typed in a field; not ok when it is a notice.
func holds(s slack.BlockAction, f op.Field) (value string, ok bool) {
	picked := make([]string, 0, len(s.SelectedOptions))
	for _, one := range append(s.SelectedOptions, s.SelectedOption) {
		if one.Value == op.Ask {
			return "", false
		}
		if one.Value != "" {
			picked = append(picked, one.Value)
		}
	}
	if f.Most > 0 {
		return grammar.Join(picked), true
	}
	return cmp.Or(strings.Join(picked, ""), s.Value), true
}

// suggestion decodes what is typed into a picker: of a form, which says what its other fields hold, or of a message
// (docs.slack.dev/reference/interaction-payloads/block_suggestion-payload).
func suggestion(in interaction, r op.Request) (Event, error) {
	q := op.Query{Request: r, Text: in.Value}
	if typed, ok := strings.CutPrefix(in.ActionID, render.TypedAction); ok &&
		(in.View.ID == "" || window(in.View, &q.Request)) {
		q.Request.Text = in.BlockID
		q.Typed, _ = url.QueryUnescape(typed)
		return Event{Query: &q}, nil
	}
	form, own := render.Recall(in.View.Metadata, r.Person)
	if !own || form.Command == "" {
		return Event{Ignored: "a picker that is not ours", Refusal: render.NoOptions}, nil
	}
	hold(form, in.View)
	q.Request.Channel, q.Request.Thread, q.Request.FromHome = form.Channel, form.Thread, form.FromHome
	q.Request.Form = true
	q.Command, q.Args = form.Command, form.Values()
	q.Field, _, _ = strings.Cut(in.BlockID, render.FieldSeparator)
	delete(q.Args, q.Field)
	return Event{Query: &q}, nil
}

// firstBlock gives the id of a field of the form that somebody filled in.
func firstBlock(v seenView) string {
	if len(v.State.Values) == 0 {
		return ""
	}
	return slices.Min(slices.Collect(maps.Keys(v.State.Values)))
}

// FieldError is what somebody is told beside a field of a form.
type FieldError struct {
	To    op.Address
	Block string // of the field
	Words op.Line
}
