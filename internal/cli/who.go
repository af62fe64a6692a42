package cli

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/store"
)

// dayQuestion is one about a day that is over.
type dayQuestion struct {
	verb    string
	target  op.Target
	at      time.Time
	archive string // where the record of long ago is
}

func whoCommand(verbs []string, effects map[string]op.Effect) Command {
	at, archive := "", ""
	return Command{
		Name: "who", Args: "VERB TARGET", Short: "Say who could do something at a time, by the policy that was in force then.",
		Examples: []string{`casterbot audit who caster.restart "Evening News" --at 2026-11-28T20:00:00Z`,
			"casterbot audit who record.stop live.example.com/show/main"},
		Help: which + "TARGET is the id or name of a studio, or a stream as DOMAIN/APP/STREAM. User groups are named by their ids: who was in them\n" +
			"on that day only Slack knows. Verbs: " + strings.Join(policy.Verbs(verbs), ", ") + "\n",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&at, "at", "", "the `TIME`, such as 2026-11-28T20:00:00Z; now when it is not given")
			f.StringVar(&archive, "archive", config.Archive(), archiveUsage)
		},
		Run: func(ctx context.Context, c Call) error {
			q, err := readAsked(c.Args, at, policy.Verbs(verbs))
			if err != nil {
				return Usage(err)
			}
			q.archive = archive
			address, err := config.Database()
			if err != nil {
				return Usage(err)
			}
			return store.Look(ctx, address, func(tx *sql.Tx) error { return q.answer(ctx, c, tx, verbs, effects) })
		},
	}
}

func readAsked(args []string, at string, verbs []string) (q dayQuestion, err error) {
	if len(args) != 2 {
		return q, errors.New("audit who takes a VERB and a TARGET; --help explains it")
	}
	if q.at = time.Now(); at != "" {
		if q.at, err = time.Parse(time.RFC3339, at); err != nil {
			return q, fmt.Errorf("--at is %q: it should look like 2026-11-28T20:00:00Z", at)
		}
	}
	if q.verb = args[0]; !slices.Contains(verbs, q.verb) {
		return q, fmt.Errorf("there is no verb %q; there are %s", q.verb, strings.Join(verbs, ", "))
	}
	q.target = op.Target{Kind: "caster", ID: args[1], Name: args[1]}
	if strings.HasPrefix(q.verb, "record.") {
		q.target.Kind = "stream"
	}
	return q, nil
}

func (q dayQuestion) answer(ctx context.Context, c Call, tx *sql.Tx, verbs []string,
	effects map[string]op.Effect) error {
	text, hash, since, err := audit.PolicyAt(ctx, tx, q.archive, q.at)
	if err != nil {
		return err
	}
	p, err := policy.Parse("policy", []byte(text), verbs)
	if err != nil {
		return fmt.Errorf("the policy %.12s of then cannot be read by this version: %w", hash, err)
	}
	fmt.Fprintf(c.Out, "policy %.12s, in force since %s\n", hash, since.UTC().Format(time.RFC3339))
	for _, channel := range p.Channels()[:min(1, len(p.Channels()))] {
		for _, line := range p.Who(op.Person{ID: "U0"}, channel, q.verb, policy.EffectOf(q.verb, effects), q.target) {
			fmt.Fprintln(c.Out, op.Printed(line.Plain()))
		}
	}
	return nil
}
