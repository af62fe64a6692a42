package oracle

import (
	"fmt"

	"casterbot/internal/op"
)

// whole holds an operation of several against its members: one for each part once it has begun, none before, and a
// state that says what has become of them.
func (x index) whole(o op.Operation) (against []string) {
	count, members := map[op.State]int{}, 0
	for _, m := range x.Operations {
		if m.Group != o.ID {
			continue
		}
		members++
		switch {
		case m.State == op.Succeeded || m.Outcome != nil && m.Outcome.Already:
			count[op.Succeeded]++
		case m.State.Final():
			count[op.Failed]++
		default:
			count[m.State]++
		}
	}
	if o.Sends > 0 {
		against = append(against, fmt.Sprintf("op %s stands for several, and was sent itself", o.Ref()))
	}
	begun := o.State == op.Running || o.State == op.Unknown || o.State == op.Succeeded ||
		o.State == op.Failed && members > 0
	switch {
	case !begun && members > 0 || begun && members != len(o.Plan.Parts):
		against = append(against,
			fmt.Sprintf("op %s is %s, and has %d members for %d parts", o.Ref(), o.State, members, len(o.Plan.Parts)))
	case begun && o.State != together(count):
		against = append(against, fmt.Sprintf("op %s is %s, and its members are %v", o.Ref(), o.State, count))
	}
	return against
}

func together(count map[op.State]int) op.State {
	switch {
	case count[op.Queued]+count[op.Running] > 0:
		return op.Running
	case count[op.Unknown] > 0:
		return op.Unknown
	case count[op.Succeeded] > 0:
		return op.Succeeded
	}
	return op.Failed
}
