package browse

import (
	"context"
	"errors"
	"slices"
	"strings"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// Form asks for every argument of a command; what was typed and the channel's defaults are filled in.
func (b *Browser) Form(p grammar.Parsed, r op.Request) op.Form {
	form := op.Form{Command: p.Command.Usage, Title: titleOf(p.Command.Verb), Button: "Continue",
		Channel: r.Channel, Thread: r.Thread,
		FromHome: r.FromHome, Text: grammar.Format(p.Command.Usage, p.Args, p.Missing...), Note: op.L(p.Command.Short)}
	scope, _ := b.authz.Scope(r.Channel)
	places := grammar.Placeholders(p.Command.Usage)
	for _, place := range places {
		kind, _ := b.table.Kind(place.Name)
		field := op.Field{Name: place.Name, Label: kind.Label, Hint: kind.Hint, Max: kind.Max, Value: p.Args[place.Name],
			Maybe: place.Optional}
		if field.Value == "" {
			field.Value = scope.Default[place.Name]
		}
		if many := p.Command.Many; many != nil && many.Of == place.Name {
			field.Most, field.Hint = op.MostAtOnce, "One or several of this channel."
			if field.Value != "" {
				field.Value = grammar.Join([]string{field.Value})
			}
		}
		field.Redraw = b.needed(place.Name, places)
		form.Fields = append(form.Fields, field)
	}
	return form
}

func (b *Browser) needed(name string, places []grammar.Placeholder) bool {
	return slices.ContainsFunc(places, func(p grammar.Placeholder) bool {
		kind, _ := b.table.Kind(p.Name)
		return kind.Needs == name
	})
}

// Fill says what a form that was opened empty, or whose leading field has changed, holds already: what was typed and
// the channel's defaults, where they mean one thing that can be picked. What can be picked besides is asked for by
// Suggest; the look for it begins here. What the person may not do is said in the form.
func (b *Browser) Fill(ctx context.Context, r op.Request, form op.Form) (op.Form, error) {
	command, ok := b.table.Find(form.Command)
	if !ok {
		return form, errors.New("form of an unknown command")
	}
	v, err := b.authz.Check(ctx, authz.Tries(r, command))
	if err != nil {
		form.Problem, form.Fields = b.answer(err).Title, nil
		return form, nil
	}
	form.Note = op.L(command.Short)
	ctx, cancel := b.within(ctx, listWithin)
	defer cancel()
	form.Fields = slices.Clone(form.Fields)
	for i, field := range form.Fields {
		kind, _ := b.table.Kind(field.Name)
		if kind.Options == nil {
			continue
		}
		l, err := b.fieldOptions(ctx, r.Channel, v.Decision, kind, form.Values())
		if err != nil && !errors.Is(err, errSlow) {
			form.Problem = b.answer(err).Title
		}
		if err == nil {
			b.shift(&form, i, argument{kind: kind}, l.Value, r.Channel)
		}
		typed := form.Fields[i].Value
		form.Fields[i] = filled(form.Fields[i], kind, form.Values(), l, err)
		if form.Text != "" && typed != "" && form.Fields[i].Value == "" { // it was typed, not picked before
			form.Problem = op.L(op.B(op.Visible(typed)), " is not the name of just one: choose.")
		}
	}
	return form, nil
}

// shift moves what was typed in the place of a thing that it does not name, not even nearly, to the next field, which
// is empty, and puts the channel's default in its place: whoever types only a scene means one of the usual studio.
func (b *Browser) shift(form *op.Form, i int, a argument, options []op.Option, channel string) {
	if i+1 >= len(form.Fields) {
		return
	}
	field, next := form.Fields[i], form.Fields[i+1]
	scope, _ := b.authz.Scope(channel)
	usual := scope.Default[field.Name]
	if usual == "" || field.Value == usual || field.Value == "" || field.Most > 0 || next.Value != "" || next.Maybe ||
		a.near(options, field.Value) {
		return
	}
	form.Fields[i].Value, form.Fields[i+1].Value = usual, field.Value
}

// fieldOptions gives what can be picked for a field; nothing as long as the field that it depends on is empty.
func (b *Browser) fieldOptions(ctx context.Context, channel string, d op.Decision, kind op.Kind,
	args op.Args) (optionList, error) {
	if kind.Needs != "" && args[kind.Needs] == "" {
		return optionList{}, nil
	}
	return b.options(ctx, channel, d, kind, args)
}

// filled is a field with the options that it holds. Without a list the text itself stays: the command that the form
// becomes is read like a typed one.
func filled(field op.Field, kind op.Kind, args op.Args, l optionList, err error) op.Field {
	typed := []string{field.Value}
	if field.Most > 0 {
		typed = grammar.SplitSeveral(field.Value)
	}
	field.Under, field.Chosen, field.Value = args[kind.Needs], nil, ""
	var values []string
	for _, text := range typed {
		if i := (argument{kind: kind}).pick(l.Value, text); i >= 0 {
			field.Chosen = append(field.Chosen, l.Value[i])
		} else if err != nil && text != "" {
			field.Chosen = append(field.Chosen, op.Option{Label: op.Visible(text), Value: text})
		}
	}
	for _, o := range field.Chosen {
		values = append(values, o.Value)
	}
	if field.Value = strings.Join(values, ""); field.Most > 0 {
		field.Value = grammar.Join(values)
	}
	return field
}

// pick finds the option that a typed value means: by value, or by the only label that is the same; -1 when there is
// none.
func (a argument) pick(options []op.Option, typed string) int {
	var fits []int
	for i, o := range options {
		if o.Value == typed {
			return i
		}
		if typed != "" && a.fit(o, typed) == isName {
			fits = append(fits, i)
		}
	}
	if len(fits) == 1 {
		return fits[0]
	}
	return -1
}

// Wrong says which field of a form that was sent holds what cannot be, and why, so that the form stays open. What
// cannot be told within a second is told later, as to somebody who has typed a command.
func (b *Browser) Wrong(ctx context.Context, r op.Request, form op.Form) (field string, why op.Line) {
	ctx = quota.With(ctx, quota.Caller{Class: quota.Suggested, Person: r.Person})
	ctx, cancel := b.within(ctx, wrongWithin)
	defer cancel()
	command, known := b.table.Find(form.Command)
	if _, err := b.authz.Check(ctx, authz.Uses(r, command)); !known || err != nil {
		return "", nil
	}
	scope, _ := b.authz.Scope(r.Channel)
	call := b.authz.Call(ctx, command, r.Person, r.PersonTeam, form.Values(), scope)
	for _, f := range form.Fields {
		kind, _ := b.table.Kind(f.Name)
		if kind.Wrong == nil || f.Value == "" {
			continue
		}
		refusal, ok := errors.AsType[*op.Refusal](kind.Wrong(ctx, call))
		if ok && refusal.Field == f.Name {
			return f.Name, sentences(refusal.Answer)
		}
	}
	return "", nil
}

// sentences are a refusal in one line.
func sentences(a op.Answer) op.Line {
	if len(a.Lines) == 0 {
		return a.Title
	}
	return op.L(a.Title, " ", a.Lines[0])
}

// Submitted writes a form as the command that a person could have typed.
func (b *Browser) Submitted(form op.Form) string {
	for _, field := range form.Fields {
		if field.Most > 0 && field.Value != "" {
			return grammar.FormatSeveral(form.Command, grammar.SplitSeveral(field.Value))
		}
	}
	return grammar.Format(form.Command, form.Values())
}
