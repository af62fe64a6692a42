package bot

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// submission decodes what a form holds: which form it is travels in the view's metadata, the values in its state.
func submission(in interaction, r op.Request, sent bool) (arrival, error) {
	at := firstBlock(in.View)
	form, person, err := recall(in.View.Metadata)
	if err != nil || person != r.Person {
		a := arrival{ignored: "a form that is not ours"}
		if sent {
			a.wrong = &wrong{r.Address(), at, op.L("This form cannot be used, so nothing was done. Close it and type the command.")}
		}
		return a, nil
	}
	notice := hold(form, in.View)
	r.Channel, r.Thread, r.Away = form.Channel, form.Thread, form.Away
	if sent {
		r.Key = "form-" + in.View.ID + "-" + in.View.Hash
	}
	return arrival{key: r.Key, fill: &fillIn{request: r, form: form, view: in.View.ID, hash: in.View.Hash, block: at, notice: notice, sent: sent}}, nil
}

// hold puts into a form what its fields hold in the view. It gives the id of a field in which a notice was picked, or nothing.
func hold(form op.Form, v seenView) (notice string) {
	for block, state := range v.State.Values {
		name, _, _ := strings.Cut(block, fieldSeparator)
		for i := range form.Fields {
			if form.Fields[i].Name != name {
				continue
			}
			value, ok := state[pickAction].holds(form.Fields[i])
			if form.Fields[i].Value = value; !ok {
				notice = block
			}
		}
	}
	return notice
}

// holds gives what is picked or typed in a field; not ok when it is a notice.
func (s fieldState) holds(f op.Field) (value string, ok bool) {
	picked := make([]string, 0, len(s.Several))
	for _, one := range append(s.Several, s.Selected) {
		if one.Value == op.Ask {
			return "", false
		}
		if one.Value != "" {
			picked = append(picked, one.Value)
		}
	}
	if f.Most > 0 {
		return op.Join(picked), true
	}
	return cmp.Or(strings.Join(picked, ""), s.Value), true
}

// suggestion decodes what is typed into a picker: of a form, which says what its other fields hold, or of a message
// (docs.slack.dev/reference/interaction-payloads/block_suggestion-payload).
func suggestion(in interaction, r op.Request) (arrival, error) {
	q := op.Query{Request: r, Text: in.Value}
	if typed, ok := strings.CutPrefix(in.ActionID, typedAction); ok && (in.View.ID == "" || window(in.View, &q.Request)) {
		q.Request.Text = in.BlockID
		q.Typed, _ = url.QueryUnescape(typed)
		return arrival{query: &q}, nil
	}
	form, person, err := recall(in.View.Metadata)
	if err != nil || person != r.Person {
		return arrival{ignored: "a picker that is not ours", refusal: noOptions}, nil
	}
	hold(form, in.View)
	q.Request.Channel, q.Request.Thread, q.Request.Away = form.Channel, form.Thread, form.Away
	q.Command, q.Args = form.Command, form.Values()
	q.Field, _, _ = strings.Cut(in.BlockID, fieldSeparator)
	delete(q.Args, q.Field)
	return arrival{query: &q}, nil
}

// firstBlock gives the id of a field of the form that somebody filled in.
func firstBlock(v seenView) string {
	if len(v.State.Values) == 0 {
		return ""
	}
	return slices.Min(slices.Collect(maps.Keys(v.State.Values)))
}

// wrong is what somebody is told beside a field of a form.
type wrong struct {
	to    op.Address
	block string // of the field
	words op.Line
}
