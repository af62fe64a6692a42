package commands

import (
	"context"
	"slices"
	"strings"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// Rights is what the commands need to tell what is allowed, by which line, and whom a lock stops.
type Rights interface {
	Why(ctx context.Context, reader op.Person, person, channel string, c op.Command, target op.Target) (op.Decision,
		[]op.Line, error)
	Who(reader op.Person, channel string, c op.Command, target op.Target) []op.Line
	Bound(ctx context.Context, c op.Command, target op.Target, person string) (op.Lock, bool)
}

// policyQuestions are the commands that tell what the policy says. They know the whole table, because they judge its
// commands.
type policyQuestions struct {
	table
	known *op.Table
}

func (r policyQuestions) casterWhy() op.Command {
	return op.Command{
		Usage:    "caster why {verb} {target?} {person?}",
		Short:    "Say whether this would be allowed here, and by which rule.",
		Examples: []string{`caster why restart "Evening News"`, `caster why record stop main for <@U0BO>`},
		Verb:     "caster.why", Effect: op.Read, Read: r.readWhy,
	}
}

func (r policyQuestions) casterWho() op.Command {
	return op.Command{
		Usage:    "caster who {verb} {target?}",
		Short:    "Say who may do this, here and elsewhere.",
		Examples: []string{`caster who restart "Evening News"`, `caster who record stop`},
		Verb:     "caster.who", Effect: op.Read, Read: r.readWho,
	}
}

// subject is what a question is about: a command and, when it was named, a target.
func (r policyQuestions) subject(ctx context.Context, call op.Call) (op.Command, op.Target, error) {
	verb := call.Args["verb"]
	i := slices.IndexFunc(r.known.Commands, func(c op.Command) bool { return c.Verb == verb })
	if i < 0 {
		return op.Command{}, op.Target{}, r.noVerb(verb)
	}
	command := r.known.Commands[i]
	target, err := r.targetOf(ctx, command, call)
	return command, target, err
}

func (r policyQuestions) noVerb(typed string) error {
	near, _ := op.Nearest(r.known.Verbs(), func(verb string) int {
		_, short, _ := strings.Cut(verb, ".")
		return min(op.Distance(op.Fold(typed), verb), op.Distance(op.Fold(typed), short))
	})
	return op.Refuse(op.L("There is no command ", op.B(op.Visible(typed)), "."),
		op.L("The nearest is ", op.Code(near), "."))
}

// targetOf resolves the target as the command itself would.
func (r policyQuestions) targetOf(ctx context.Context, c op.Command, call op.Call) (op.Target, error) {
	typed := call.Args["target"]
	takes := func(name string) bool {
		return slices.ContainsFunc(grammar.Placeholders(c.Usage), func(p grammar.Placeholder) bool { return p.Name == name })
	}
	switch {
	case typed == "":
		return op.Target{}, nil
	case takes("caster"):
		call.Args = op.Args{"caster": typed}
		studio, err := r.caster(ctx, call)
		return onStudio(studio), nameless(err)
	case takes("stream"):
		call.Args = op.Args{"stream": typed}
		t, err := r.stream(ctx, call)
		return op.Target{Kind: "stream", ID: t.String(), Name: t.label}, nameless(err)
	}
	return op.Target{}, nil
}

// nameless takes the placeholder off a refusal: the one of the other command is none of this.
func nameless(err error) error {
	if refusal, ok := err.(*op.Refusal); ok {
		refusal.Field = ""
	}
	return err
}

func (r policyQuestions) readWhy(ctx context.Context, call op.Call) (op.Answer, error) {
	command, target, err := r.subject(ctx, call)
	if err != nil {
		return op.Answer{}, err
	}
	person := call.Args["person"]
	if person == "" {
		person = call.Person.ID
	}
	d, steps, err := r.records.Why(ctx, call.Person, person, call.Scope.Channel, command, target)
	if err != nil {
		return op.Answer{}, err
	}
	a := op.Answer{Mark: op.MarkOK, Title: op.L(op.Who(person), " may use ", what(command, target), " here.")}
	if !d.Allowed {
		a.Mark, a.Title = op.MarkDenied, op.L(op.Who(person), " may not use ", what(command, target), " here.")
	}
	a.Lines = decided(command, d)
	switch {
	case d.Allowed: // the last line that was read decides
		a.Lines = append(a.Lines, steps[max(0, len(steps)-1):]...)
	case person == call.Person.ID:
		a.Lines = append(a.Lines, d.Why[min(1, len(d.Why)):]...)
	default: // the rest of the refusal speaks to whoever it is about
		if d.Rule != "" {
			a.Lines = append(a.Lines, d.Why[min(1, len(d.Why)):min(2, len(d.Why))]...)
		}
		a.Lines = append(a.Lines, r.records.Who(call.Person, call.Scope.Channel, command, target)...)
	}
	a.Lines = append(a.Lines, r.lockLine(ctx, person, command, target)...)
	a.Next = []op.Next{{Label: "Who may?",
		Text: grammar.Format("caster who {verb} {target?}", op.Args{"verb": command.Verb, "target": call.Args["target"]})}}
	return a, nil
}

// what names a command and its target.
func what(c op.Command, target op.Target) op.Line {
	if target.Name == "" {
		return op.L(op.Code(c.Verb))
	}
	return op.L(op.Code(c.Verb), " on ", op.B(target.Name))
}

// decided says by which line, and who must press the button.
func decided(c op.Command, d op.Decision) []op.Line {
	var lines []op.Line
	if d.Rule != "" {
		lines = append(lines, op.L("Decided by ", op.Code(d.Rule), "."))
	}
	if !d.Allowed {
		return lines
	}
	if c.Effect == op.Read {
		return lines
	}
	for _, confirmation := range d.Confirmations() {
		lines = append(lines, confirmation.Line(people(d.Approvers)))
	}
	return lines
}

// maxPeople is how many of a list are named.
const maxPeople = 5

func people(ids []string) op.Line { return op.Some(op.People(ids), maxPeople) }

// lockLine says that, whatever the policy says, somebody else has locked the target.
func (r policyQuestions) lockLine(ctx context.Context, person string, c op.Command, target op.Target) []op.Line {
	lock, bound := r.records.Bound(ctx, c, target, person)
	if !bound {
		return nil
	}
	return []op.Line{op.L("Now it is ", lock.Line(), ", so nobody else can change it.")}
}

func (r policyQuestions) readWho(ctx context.Context, call op.Call) (op.Answer, error) {
	command, target, err := r.subject(ctx, call)
	if err != nil {
		return op.Answer{}, err
	}
	a := op.Answer{Mark: op.MarkNeutral, Title: op.L("Who may use ", what(command, target))}
	a.Lines = r.records.Who(call.Person, call.Scope.Channel, command, target)
	if len(a.Lines) == 0 {
		a.Lines = []op.Line{op.L("Nobody: no rule of the policy allows it.")}
	}
	a.Lines = append(a.Lines, r.lockLine(ctx, call.Person.ID, command, target)...)
	return a, nil
}
