package browse

import (
	"context"
	"strings"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// Meant gives the one reading of words without quotes that holds, by the names that there are: a longer name, a shorter
// one, or none, where the channel's default stands. Of several none is taken, and words that could be a name are never
// replaced by a default.
func (b *Browser) Meant(ctx context.Context, r op.Request, p grammar.Parsed, d op.Decision) (grammar.Parsed, error) {
	if len(p.Others) == 0 || r.Button.ID != "" {
		return p, nil
	}
	first := grammar.Placeholders(p.Command.Usage)[0].Name
	kind, _ := b.table.Kind(first)
	l, err := b.names(ctx, r.Channel, d, kind)
	if err != nil {
		return p, op.Refuse(unlisted(err))
	}
	a := argument{kind: kind}
	fits := b.fitting(p, first, a, l.Value)
	scope, _ := b.authz.Scope(r.Channel)
	last := p.Others[len(p.Others)-1]
	switch {
	case len(fits) > 1:
		return p, b.unclear(p, first, fits)
	case len(fits) == 1:
		return b.with(p, fits[0])
	case p.Bare && p.Filled != "":
		return p, b.nameless(p, kind)
	case last[first] == "" && scope.Default[first] != "" && !a.near(l.Value, p.Others[0][first]):
		last[first] = scope.Default[first]
		return b.with(p, last)
	}
	return p, p.Unfit
}

// fitting gives the readings whose name there is. A name that was understood at once gives way only to a longer one.
func (b *Browser) fitting(p grammar.Parsed, first string, a argument, options []op.Option) []op.Args {
	var fits []op.Args
	for _, args := range p.Others {
		if args[first] == "" || a.pick(options, args[first]) < 0 {
			continue
		}
		fits = append(fits, args)
		if p.Filled == "" && p.Unfit == nil && args[first] == p.Args[first] {
			break
		}
	}
	return fits
}

// with is a command with other arguments, which have to be all that it needs.
func (b *Browser) with(p grammar.Parsed, args op.Args) (grammar.Parsed, error) {
	p.Args, p.Missing = args, grammar.Without(p.Command.Usage, args)
	if len(p.Missing) == 0 {
		return p, nil
	}
	kind, _ := b.table.Kind(p.Missing[0])
	return p, op.Refuse(op.L(op.Text(kind.Label), " is missing. Nothing was done.")).
		WithNext(choose(p.Command.Usage, args, p.Missing...))
}

func choose(usage string, args op.Args, wanted ...string) op.Next {
	return op.Next{Label: "Choose…", Text: grammar.Format(usage, args, wanted...)}
}

func (b *Browser) unclear(p grammar.Parsed, first string, fits []op.Args) error {
	refusal := op.Refuse(op.L("These words can mean more than one thing. Nothing was done."),
		op.L("Put the name in quotes, or give its id."))
	for _, args := range fits {
		refusal.Answer.Lines = append(refusal.Answer.Lines, op.L(op.Code("/"+grammar.Format(p.Command.Usage, args))))
	}
	return refusal.WithNext(choose(p.Command.Usage, nil, first))
}

// nameless refuses words behind a time where no name was understood.
func (b *Browser) nameless(p grammar.Parsed, kind op.Kind) error {
	args := op.Args{}
	for name, value := range p.Args {
		if name != kind.Name {
			args[name] = value
		}
	}
	typed := strings.Join(strings.Fields(p.Args["until"]+" "+p.Args["why"]), " ")
	return op.Refuse(op.L(op.Code(op.Visible(typed)), " could be a name. Nothing was done."),
		op.L("Say which one is meant, or put the reason in quotes.")).
		WithNext(choose(p.Command.Usage, args, kind.Name))
}
