package render

import (
	"slices"
	"time"

	"casterbot/internal/op"
)

// ending is the small print of an operation that was sent: who, how long, and the references.
func ending(o op.Operation) []op.Line {
	parts := []op.Line{asked(o)}
	if o.DecidedBy != "" && o.Decision.Confirm != op.ConfirmNone && o.DecidedBy != o.Requester {
		parts = append(parts, who(o))
	}
	if o.State == op.Failed && !o.Ended.IsZero() { // the reason says how things stood then
		parts = append(parts, op.L("as of ", op.At(o.Ended)))
	}
	if took := o.Ended.Sub(o.Sent); !o.Sent.IsZero() && took > 0 {
		parts = append(parts, op.L(duration(took)))
	}
	parts = append(parts, reference(o))
	out := outcome(o)
	if out.RequestID != "" && o.State != op.Succeeded && !out.Already {
		parts = append(parts, op.L("RequestId ", op.Code(out.RequestID)))
	}
	known := slices.ContainsFunc(out.Text, func(s op.Span) bool { return s.Text == out.Code })
	if out.Code != "" && !known {
		parts = append(parts, op.L("code ", op.Code(out.Code)))
	}
	return parts
}

// duration is how long a call took: to the second, and from two minutes on to the minute.
func duration(d time.Duration) op.Span {
	if d >= 2*time.Minute {
		return op.For(d.Round(time.Minute))
	}
	return op.For(d)
}

func at(t time.Time) op.Line {
	if t.IsZero() {
		return op.L("just now")
	}
	return op.L(op.At(t))
}

func asked(o op.Operation) op.Line     { return op.L("asked by ", op.Who(o.Requester)) }
func reference(o op.Operation) op.Line { return op.L("op ", op.V(o.Ref())) }

func rule(o op.Operation) op.Line {
	if o.Decision.Rule == "" {
		return nil
	}
	return op.L("rule\u00a0", op.V(o.Decision.Rule))
}

// maxApprovers is how many approvers a card names.
const maxApprovers = 5

// people lists users and user groups.
func people(ids []string) op.Line {
	switch {
	case len(ids) == 0:
		return op.L("the approvers")
	case len(ids) > maxApprovers:
		return op.Some(op.People(ids), maxApprovers)
	}
	return op.List(op.People(ids), " or ")
}
