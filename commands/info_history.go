package commands

import (
	"context"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// maxHistory is how many operations one answer lists.
const maxHistory = 15

func (s table) casterHistory() op.Command {
	return op.Command{
		Usage:    "caster history {caster?}",
		Short:    "What was asked, by whom, and what became of it: of a studio, or of this channel.",
		Examples: []string{"caster history", `caster history "Evening News"`},
		Verb:     "caster.history", Effect: op.Read, Read: s.readHistory,
	}
}

func (s table) readHistory(ctx context.Context, call op.Call) (op.Answer, error) {
	target, where := op.Target{}, op.L(op.In(call.Scope.Channel))
	if call.Args["caster"] != "" {
		c, err := s.caster(ctx, call)
		if err != nil {
			return op.Answer{}, err
		}
		target, where = onStudio(c), op.L(op.B(c.Name))
	}
	list, more, err := s.records.History(ctx, target, call.Scope.Channel, maxHistory)
	if err != nil {
		return op.Answer{}, err
	}
	a := op.Answer{Mark: op.MarkNeutral, Title: op.L("What was asked for ", where)}
	for _, o := range list {
		if namesAll(call.Scope, o.Plan) {
			a.Items = append(a.Items, pastItem(o))
		}
	}
	if len(a.Items) == 0 {
		a.Title = op.L("Nothing was asked for ", where, " yet.")
	}
	switch {
	case more && target.ID == "":
		a.Note = op.L("Older ones are left out. Name a studio to see more of its own: ",
			op.Code(`/caster history "Evening News"`), ".")
	case more:
		a.Note = op.L("Older ones are left out; the audit trail has them all.")
	}
	return a, nil
}

// namesAll reports whether the channel may be told of whatever a plan changes.
func namesAll(scope op.Scope, p op.Plan) bool {
	for _, part := range p.Parts {
		if !scope.Names(part.Plan.Target) {
			return false
		}
	}
	return len(p.Parts) > 0 || scope.Names(p.Target)
}

// pasts are the states of operations in words.
var pasts = map[op.State]op.Text{
	op.Pending: "waits for a confirmation", op.Queued: "confirmed", op.Running: "under way",
	op.Unknown: "not known whether it happened", op.Succeeded: "done", op.Failed: "not done",
	op.Expired: "expired", op.Cancelled: "cancelled",
}

// pastItem is an operation in a few words: what, what became of it, who and when, and where its card is.
func pastItem(o op.Operation) op.Item {
	mark, became := op.StateMarks[o.State], op.L(pasts[o.State])
	switch out := o.Outcome; {
	case out == nil:
	case out.Already:
		mark, became = op.MarkNeutral, op.L("it was so already")
	case o.IsSeveral() && o.State != op.Running && len(out.Text) > 0:
		became = out.Text // how many of them
	}
	facts := []op.Line{became, op.L(op.At(o.Created), " asked by ", op.Who(o.Requester))}
	if o.DecidedBy != "" && o.DecidedBy != o.Requester {
		word := op.Text("confirmed by ")
		if o.State == op.Cancelled {
			word = "cancelled by "
		}
		facts = append(facts, op.L(word, op.Who(o.DecidedBy)))
	}
	if o.SettledBy != "" {
		facts = append(facts, op.L("settled by ", op.Who(o.SettledBy)))
	}
	if o.Outcome != nil && o.Outcome.Code != "" {
		facts = append(facts, op.L(op.Code(o.Outcome.Code)))
	}
	facts = append(facts, op.L("op ", op.V(o.Ref())))
	if o.Card != "" {
		facts = append(facts, op.L(op.Message(o.Channel, o.Card, "card")))
	}
	return op.Item{Mark: mark, Title: o.Plan.Title, Facts: facts}
}

// maxLast is how many of the last operations are shown beside other things.
const maxLast = 3

// lastOn are the last operations on a studio that this channel has asked for. It is a courtesy: what cannot be read is
// left out.
func (s table) lastOn(ctx context.Context, scope op.Scope, c live.Caster) []op.Item {
	list, _, err := s.records.History(ctx, onStudio(c), scope.Channel, maxHistory)
	if err != nil {
		return nil
	}
	var items []op.Item
	for _, o := range list {
		if o.Channel == scope.Channel && len(items) < maxLast {
			items = append(items, pastItem(o))
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
