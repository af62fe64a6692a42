package commands

import (
	"context"

	"casterbot/commands/history"
	"casterbot/commands/report"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/past"
	"casterbot/internal/tally"
)

const (
	historyUsage       = "caster history {caster?} {which?}"
	recordHistoryUsage = "record history {stream?} {which?}"
)

// lately is how many of the newest operations are looked through for something.
const lately = 15

func (s table) casterHistory() op.Command {
	return op.Command{
		Usage:    historyUsage,
		Short:    "What was asked, by whom, and what became of it: of a studio, or of this channel.",
		Examples: []string{"caster history", `caster history "Evening News"`, "caster history by @ana failed yesterday"},
		Verb:     "caster.history", Effect: op.Read, Read: s.readHistory,
	}
}

func (s table) recordHistory() op.Command {
	return op.Command{
		Usage:    recordHistoryUsage,
		Short:    "What was asked for recordings, by whom, and what became of it: of a stream, or of this channel.",
		Examples: []string{"record history", "record history main failed", "record history by @ana yesterday"},
		Verb:     "record.history", Effect: op.Read, Read: s.readRecordHistory,
	}
}

func (s table) readHistory(ctx context.Context, call op.Call) (op.Answer, error) {
	q := history.Question{Usage: historyUsage}.Of(op.In(call.Scope.Channel))
	if call.Args["caster"] != "" {
		c, err := s.caster(ctx, call)
		if err != nil {
			return op.Answer{}, err
		}
		q = q.Of(op.B(c.Name))
		q.Target, q.Args = onStudio(c), op.Args{"caster": c.ID}
	}
	return s.past(ctx, call, q)
}

func (s table) readRecordHistory(ctx context.Context, call op.Call) (op.Answer, error) {
	q := history.Question{Usage: recordHistoryUsage,
		Title: op.L("What was asked for recordings in ", op.In(call.Scope.Channel)),
		None:  op.L("Nothing was asked for recordings in ", op.In(call.Scope.Channel), " yet.")}
	for _, r := range recordCommands {
		q.Commands = append(q.Commands, s.record(r).Usage)
	}
	if call.Args["stream"] != "" {
		t, err := s.stream(ctx, call)
		if err != nil {
			return op.Answer{}, err
		}
		q = q.Of(op.B(t.label))
		q.Target, q.Args = t.target(), op.Args{"stream": t.String()}
	}
	return s.past(ctx, call, q)
}

func (s table) casterReport() op.Command {
	return op.Command{
		Usage: "caster report {when?}",
		Short: "What was really done on air from this channel, with by what it is known.",
		Examples: []string{"caster report", "caster report yesterday", "caster report since 18:00",
			"caster report 2026-11-28"},
		Verb: "audit.read", Effect: op.Read,
		Read: func(ctx context.Context, call op.Call) (op.Answer, error) {
			return report.Answer(ctx, call, s.records, s.now())
		},
	}
}

// past answers a question with what of the past was asked for besides.
func (s table) past(ctx context.Context, call op.Call, q history.Question) (op.Answer, error) {
	which, err := past.Read(call.Args["which"], call.Person.Zone, s.now())
	if err != nil {
		return op.Answer{}, err
	}
	q.Scope, q.Channel, q.Which = call.Scope, call.Scope.Channel, which
	return q.Answer(ctx, s.records)
}

// maxLast is how many of the last operations are shown beside other things.
const maxLast = 3

// lastOn are the last operations on a studio that this channel has asked for. It is a courtesy: what cannot be read is
// left out.
func (s table) lastOn(ctx context.Context, scope op.Scope, c live.Caster) []op.Item {
	list, _, err := s.records.History(ctx, op.Past{Target: onStudio(c), Most: lately})
	if err != nil {
		return nil
	}
	var items []op.Item
	for _, o := range list {
		if o.Channel == scope.Channel && len(items) < maxLast {
			items = append(items, history.Item(o))
		}
	}
	return items
}

// unsettled reads once, for all of an answer, of what nobody knows whether it happened, and says so of a target. It is
// a courtesy: what cannot be read is left out.
func (s table) unsettled(ctx context.Context) func(op.Target) []op.Line {
	last, err := s.records.Unsettled(ctx)
	return func(t op.Target) []op.Line {
		if err != nil {
			return nil
		}
		return op.Each(last(t), tally.Unsettled)
	}
}

// andUnsettled adds that to what is known of the options of a kind.
func (s table) andUnsettled(k op.Kind) op.Kind {
	known := k.Known
	k.Known = func(ctx context.Context) func(op.Option) []op.Line {
		of, unsettled := known(ctx), s.unsettled(ctx)
		return func(o op.Option) []op.Line {
			return append(of(o), unsettled(op.Target{Kind: k.Name, ID: o.Value})...)
		}
	}
	return k
}
