package engine

import (
	"context"
	"errors"
	"strings"

	"casterbot/internal/op"
)

// form asks for every argument of a command; what was typed and the channel's defaults are filled in.
func (e *Engine) form(p op.Parsed, r op.Request) op.Form {
	words := strings.Join(op.Words(p.Command.Usage), " ")
	form := op.Form{Command: p.Command.Usage, Title: "/" + words, Button: "Go on", Channel: r.Channel, Thread: r.Thread, Note: op.L(p.Command.Short)}
	scope, _ := e.policy.Scope(r.Channel)
	places := op.Placeholders(p.Command.Usage)
	for _, place := range places {
		kind, _ := e.table.Kind(place.Name)
		field := op.Field{Name: place.Name, Label: kind.Label, Hint: kind.Hint, Max: kind.Max, Value: p.Args[place.Name]}
		if field.Value == "" {
			field.Value = scope.Default[place.Name]
		}
		field.Redraw = e.needed(place.Name, places)
		form.Fields = append(form.Fields, field)
	}
	return form
}

func (e *Engine) needed(name string, places []op.Placeholder) bool {
	for _, place := range places {
		if kind, _ := e.table.Kind(place.Name); kind.Needs == name {
			return true
		}
	}
	return false
}

// Fill gives the options of a form that was opened empty, or whose leading field has changed. What the person may not do is
// said in the form.
func (e *Engine) Fill(ctx context.Context, r op.Request, form op.Form) (op.Form, error) {
	command, ok := e.table.Find(form.Command)
	if !ok {
		return form, errors.New("form of an unknown command")
	}
	if err := e.allowed(ctx, r, command, op.Target{}); err != nil {
		form.Problem = e.answerFor(err).Title
		return form, nil
	}
	form.Note = op.L(command.Short)
	scope, _ := e.policy.Scope(r.Channel)
	for i, field := range form.Fields {
		if field.Max > 0 {
			continue
		}
		filled, err := e.fillField(ctx, field, op.Call{Args: form.Values(), Scope: scope})
		if err != nil {
			form.Problem = e.answerFor(err).Title
			return form, nil
		}
		form.Fields[i] = filled
	}
	return form, nil
}

func (e *Engine) fillField(ctx context.Context, field op.Field, call op.Call) (op.Field, error) {
	kind, _ := e.table.Kind(field.Name)
	field.Options = nil
	if kind.Needs != "" && call.Args[kind.Needs] == "" {
		field.Value = ""
		return field, nil
	}
	options, err := kind.Options(ctx, call)
	if err != nil {
		return field, err
	}
	field.Options, field.Value = options, pick(options, field.Value)
	return field, nil
}

// pick finds the option that a typed value means: by value, or by the only label that is the same or begins with it.
func pick(options []op.Option, typed string) string {
	var fits []string
	for _, o := range options {
		if o.Value == typed {
			return o.Value
		}
		name, _, _ := strings.Cut(o.Label, " · ")
		if typed != "" && op.Fold(name) == op.Fold(typed) {
			fits = append(fits, o.Value)
		}
	}
	if len(fits) == 1 {
		return fits[0]
	}
	return ""
}

// Submitted writes a form as the command that a person could have typed.
func (e *Engine) Submitted(form op.Form) string { return op.Format(form.Command, form.Values()) }
