package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/op"
	"casterbot/internal/policy"
)

// PolicyCommand is `policy check` and `policy explain`.
func PolicyCommand(verbs []string, effects map[string]op.Effect) Command {
	return Command{Name: "policy", Short: "Check a policy file, or explain what it decides.", Commands: []Command{
		checkCommand(verbs), explainCommand(verbs, effects),
	}}
}

func checkCommand(verbs []string) Command {
	return Command{
		Name: "check", Args: "FILE", Short: "Read a policy file as the bot does and list every mistake with its line.",
		Examples: []string{"casterbot policy check policy.yml"},
		Run: func(_ context.Context, c Call) error {
			if len(c.Args) != 1 {
				return Usage(errors.New("policy check takes one FILE"))
			}
			p, err := policy.Load(c.Args[0], verbs)
			if err != nil {
				return err
			}
			for _, warning := range p.Warnings() {
				fmt.Fprintln(c.Err, "warning:", warning)
			}
			contact := "no contact"
			if ids := p.Contact(""); len(ids) > 0 {
				contact = "contact " + strings.Join(ids, " or ")
			}
			fmt.Fprintf(c.Out, "%s is good: %s, %s, policy %.12s\n", c.Args[0], op.Count(len(p.Channels()), "channel"), contact,
				p.Hash())
			return nil
		},
	}
}

type question struct {
	file, person, groups, channel, verb, studio, name, stream string
	guest, outsider, shared                                   bool
}

func explainCommand(verbs []string, effects map[string]op.Effect) Command {
	q := question{}
	return Command{
		Name: "explain", Short: "Say what the policy decides for a person, a channel, a verb and a target: the decision, its rule, who confirms.",
		Examples: []string{
			`casterbot policy explain --file policy.yml --person U0ANA --groups S0CREW --channel C0SHOW --verb caster.restart --studio "Evening News"`,
			`casterbot policy explain --person U0PIA --channel C0SHOW --verb record.stop --stream main`,
		},
		Help:  "Verbs: " + strings.Join(policy.Verbs(verbs), ", ") + "\nThe exit code is 3 when the policy denies.\n",
		Flags: q.flags,
		Run:   func(_ context.Context, c Call) error { return q.answer(c, verbs, effects) },
	}
}

func (q *question) flags(f *flag.FlagSet) {
	f.StringVar(&q.file, "file", "policy.yml", "the policy `FILE`")
	f.StringVar(&q.person, "person", "", "user `ID` (U…)")
	f.StringVar(&q.groups, "groups", "", "user group `IDS` that the person is in, with commas")
	f.StringVar(&q.channel, "channel", "", "channel, by its `ID` (C…) or the name that the file gives it")
	f.StringVar(&q.verb, "verb", "", "permission `NAME`, such as caster.restart")
	f.StringVar(&q.studio, "studio", "", "studio `NAME or ID`")
	f.StringVar(&q.name, "new-name", "", "new `NAME` of a copy")
	f.StringVar(&q.stream, "stream", "", "stream as `DOMAIN/APP/STREAM`, or by its alias in the channel")
	f.BoolVar(&q.guest, "guest", false, "the person is a guest")
	f.BoolVar(&q.outsider, "outsider", false, "the person is of another organisation")
	f.BoolVar(&q.shared, "shared", false, "the channel is shared with another organisation")
}

func (q *question) answer(c Call, verbs []string, effects map[string]op.Effect) error {
	for _, need := range []struct{ name, value string }{{"person", q.person}, {"channel", q.channel}, {"verb", q.verb}} {
		if need.value == "" {
			return Usage(fmt.Errorf("policy explain needs --%s", need.name))
		}
	}
	p, err := policy.Load(q.file, verbs)
	if err != nil {
		return err
	}
	if err := q.resolve(p, policy.Verbs(verbs)); err != nil {
		return Usage(err)
	}
	person := op.Person{ID: q.person, Guest: q.guest, External: q.outsider, Groups: list(q.groups)}
	channel := op.Channel{ID: q.channel, External: q.shared, Member: true}
	e := p.Explain(person, channel, q.verb, policy.EffectOf(q.verb, effects), q.target())
	fmt.Fprint(c.Out, e.String())
	if !e.Decision.Allowed {
		return Refused()
	}
	return nil
}

// resolve takes what was typed for what the policy means by it, or says what is wrong with it: a question about
// something else than was meant would be answered without a doubt.
func (q *question) resolve(p *policy.Policy, verbs []string) (err error) {
	if !slices.Contains(verbs, q.verb) {
		near, _ := op.Nearest(verbs, func(v string) int { return op.Distance(q.verb, v) })
		return fmt.Errorf("--verb: there is no verb %q (did you mean %q?); there are %s", q.verb, near, strings.Join(verbs, ", "))
	}
	if err := policy.CheckPerson(q.person); err != nil {
		return fmt.Errorf("--person: %w", err)
	}
	for _, group := range list(q.groups) {
		if err := p.CheckGroup(group); err != nil {
			return fmt.Errorf("--groups: %w", err)
		}
	}
	if q.channel, err = p.FindChannel(q.channel); err != nil {
		return fmt.Errorf("--channel: %w", err)
	}
	if q.stream != "" {
		if q.stream, err = p.FindStream(q.channel, q.stream); err != nil {
			return fmt.Errorf("--stream: %w", err)
		}
	}
	return q.fits()
}

// fits refuses a target of another kind than the verb's.
func (q *question) fits() error {
	switch noun, _, _ := strings.Cut(q.verb, "."); {
	case q.studio != "" && q.stream != "":
		return errors.New("--studio and --stream are both given: a question is about one of them")
	case q.studio != "" && noun == "record":
		return fmt.Errorf("--studio: %s is about a stream", q.verb)
	case q.stream != "" && noun != "record" && q.verb != policy.URLs:
		return fmt.Errorf("--stream: %s is about a studio", q.verb)
	case q.name != "" && q.studio == "":
		return errors.New("--new-name needs the --studio that is copied")
	}
	return nil
}

func (q *question) target() op.Target {
	switch {
	case q.studio != "":
		return op.Target{Kind: "caster", ID: q.studio, Name: q.studio, NewName: q.name}
	case q.stream != "":
		return op.Target{Kind: "stream", ID: q.stream, Name: q.stream}
	}
	return op.Target{}
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(text, " ", ""), ",")
}
