package browse

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// argument is one argument of a command that somebody is about to pick.
type argument struct {
	command op.Command
	args    op.Args
	kind    op.Kind
	typed   string // what stood there before
}

// Suggest gives what somebody may pick for one argument, in about two seconds at most: what the channel may touch,
// narrowed down by what was typed so far. Whoever may not use the command gets nothing. When there is nothing to pick
// for another reason, an option whose value is op.Ask says so.
func (b *Browser) Suggest(ctx context.Context, q op.Query) []op.Option {
	a, ok := b.argument(q)
	if !ok {
		return nil
	}
	judging, cancel := b.within(ctx, listWithin)
	defer cancel()
	asked := authz.Uses(q.Request, a.command)
	v, err := b.authz.Check(judging, asked)
	switch {
	case v.Ground == authz.Denied:
		return nil
	case v.Ground == authz.Away:
		return notice(unlisted(err))
	case err != nil:
		return notice(op.L("Your rights cannot be checked now. Try again in a minute."))
	case a.kind.Needs != "" && a.args[a.kind.Needs] == "":
		return notice(op.L(a.needs(*b.table), " comes first."))
	}
	l, err := b.options(ctx, q.Request.Channel, v.Decision, a.kind, a.args)
	if err != nil {
		return notice(unlisted(err))
	}
	if len(l.Value) == 0 {
		return notice(op.L("There is nothing to pick from in this channel."))
	}
	return b.offer(l, a, q.Text)
}

func notice(words op.Line) []op.Option { return []op.Option{{Says: words, Value: op.Ask}} }

// unlisted says why there is no list.
func unlisted(err error) op.Line {
	if refusal, ok := errors.AsType[*op.Refusal](err); ok {
		return refusal.Answer.Title
	}
	return op.L("ApsaraVideo Live does not answer. Try again in a moment.")
}

// needs names what has to be picked before.
func (a argument) needs(t op.Table) op.Text {
	kind, _ := t.Kind(a.kind.Needs)
	return op.Text(kind.Label)
}

// argument finds the argument that a query is about; false when it is about none.
func (b *Browser) argument(q op.Query) (argument, bool) {
	a := argument{args: q.Args, typed: q.Typed}
	field, known := q.Field, false
	if q.Command != "" {
		a.command, known = b.table.Find(q.Command)
	} else if parsed, err := grammar.Parse(*b.table, q.Request.Text); err == nil && len(parsed.Missing) > 0 {
		a.command, a.args, field, known = parsed.Command, parsed.Args, parsed.Missing[0], true
	}
	places := grammar.Placeholders(a.command.Usage)
	if !known || !slices.ContainsFunc(places, func(p grammar.Placeholder) bool { return p.Name == field }) {
		return a, false
	}
	a.kind, known = b.table.Kind(field)
	return a, known && a.kind.Options != nil
}

// options gives what can be picked for one kind of argument in a channel, under a decision that allows it.
func (b *Browser) options(ctx context.Context, channel string, d op.Decision, kind op.Kind,
	args op.Args) (optionList, error) {
	what := optionKey{kind: kind.Name, channel: channel, policy: d.Policy}
	call := op.Call{Args: op.Args{}}
	if kind.Needs != "" {
		what.under = args[kind.Needs]
		call.Args[kind.Needs] = what.under
	}
	call.Scope, _ = b.authz.Scope(channel)
	return b.list(ctx, what, func(ctx context.Context) ([]op.Option, error) { return kind.Options(ctx, call) })
}

// offer narrows a list down, what fits best first. What resembles the word that stood in the command comes before
// everything; an old list says how old it is.
func (b *Browser) offer(l optionList, a argument, text string) []op.Option {
	all := slices.Clone(l.Value)
	for i, o := range all {
		if l.Stale {
			all[i].Group = asOf(o.Group, b.now().Sub(l.Asked))
		}
	}
	if text != "" || a.typed == "" {
		return a.fitting(all, text)
	}
	like := a.fitting(all, a.typed)
	rest := slices.DeleteFunc(all, func(o op.Option) bool {
		return slices.ContainsFunc(like, func(l op.Option) bool { return l.Value == o.Value })
	})
	for i := range like {
		like[i].Group = op.L("Like ", op.V(op.Visible(a.typed)))
	}
	return append(like, rest...)
}

// asOf adds its age to the name of a group.
func asOf(group op.Line, age time.Duration) op.Line {
	if len(group) > 0 {
		group = op.L(group, " · ")
	}
	return op.L(group, "as of ", op.For(age.Round(time.Second)), " ago")
}

// ApplyPick puts what somebody chose into the command that they chose it for.
func (b *Browser) ApplyPick(r op.Request) (op.Request, error) {
	if r.Pick == "" {
		return r, nil
	}
	parsed, err := grammar.Parse(*b.table, r.Text)
	switch {
	case err != nil:
		return r, err
	case r.Pick == op.Ask:
		return r, op.Refuse(op.L("This line only says why there is nothing to pick; it cannot be chosen. Nothing was done."),
			op.L("Look again in a moment, or type the command: ", op.Code("/"+r.Text)))
	case parsed.Help || len(parsed.Missing) == 0:
		return r, op.Refuse(op.L("This choice does not fit its command. Nothing was done."))
	}
	parsed.Args[parsed.Missing[0]] = r.Pick
	r.Text = grammar.Format(parsed.Command.Usage, parsed.Args)
	if len(parsed.Missing) > 1 {
		r.Text = grammar.Format(parsed.Command.Usage, parsed.Args, parsed.Missing[1])
	}
	r.Pick = ""
	return r, nil
}

// WithPicker adds a picker to a refusal of one argument: the same command, with a question mark in its place. The
// look that the picker will want begins at once.
func (b *Browser) WithPicker(ctx context.Context, r op.Request, err error, parsed grammar.Parsed) error {
	refusal, ok := errors.AsType[*op.Refusal](err)
	if !ok || refusal.Field == "" {
		return err
	}
	kind, _ := b.table.Kind(refusal.Field)
	text := grammar.Format(parsed.Command.Usage, parsed.Args, refusal.Field)
	open := *refusal
	if kind.Options == nil {
		open.Answer.Next = append([]op.Next{{Label: "Choose…", Text: text}}, refusal.Answer.Next...)
		return &open
	}
	open.Answer.Pick = &op.Pick{Label: kind.Label, Text: text, Typed: parsed.Args[refusal.Field]}
	if v, err := b.authz.Check(ctx, authz.Uses(r, parsed.Command)); err == nil {
		b.prefetch(r.Channel, v.Decision, kind, parsed.Args)
	}
	return &open
}

// prefetch begins a look that somebody will want in a moment.
func (b *Browser) prefetch(channel string, d op.Decision, kind op.Kind, args op.Args) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, _ = b.options(ended, channel, d, kind, args)
}
