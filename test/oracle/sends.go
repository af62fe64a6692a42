package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

// throttled calls were answered, and certainly did nothing: the same operation may ask once more.
func throttled(c fakelive.Call) bool {
	return c.Answered && !c.Applied && strings.HasPrefix(c.Code, "Throttling")
}

// effects counts how often the cloud did an operation.
func (x index) effects(id string) (n int) {
	for _, c := range x.calls[id] {
		if c.Applied {
			n++
		}
	}
	return n
}

// marked: I1.
func (x index) marked() (against []string) {
	for _, c := range x.nobody {
		against = append(against,
			fmt.Sprintf("the cloud got %s %v, and no operation was marked as sent for it", c.Action, c.Params))
	}
	for _, o := range x.Operations {
		for _, c := range x.calls[o.ID] {
			switch mark := x.mark(o, c); {
			case mark.IsZero():
				against = append(against,
					fmt.Sprintf("op %s: the cloud got its call at %s, and the trail has no earlier sent mark", o.Ref(), c.Time))
			case c.Time.Sub(x.due(o, c, mark)) > soonest:
				against = append(against, fmt.Sprintf("op %s: its call arrived %s after the sent mark", o.Ref(), c.Time.Sub(mark)))
			}
		}
		if list := x.calls[o.ID]; len(list) > o.Sends {
			against = append(against,
				fmt.Sprintf("op %s: %d calls, but %d sends are recorded: %s", o.Ref(), len(list), o.Sends, listed(list)))
		}
	}
	return against
}

// soonest is how long after its mark a call may leave, and a little for the way: who stood still in between must not
// send.
const soonest = 5500 * time.Millisecond

// longestPause is how long a call that was put off may wait for its next try.
const longestPause = 8 * time.Second

// due is the moment from which a call may not take longer than soonest: its mark, or the end of the pause after it was
// put off.
func (x index) due(o op.Operation, c fakelive.Call, mark time.Time) time.Time {
	for _, before := range x.putOff[o.ID] {
		if end := before.Time.Add(longestPause); before.Seq < c.Seq && end.After(mark) {
			mark = end
		}
	}
	return mark
}

// listed says what became of calls, for whoever has to find out why.
func listed(list []fakelive.Call) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, fmt.Sprintf("call %d at %s, fault %q, status %d, code %q, answered %t, done %t",
			c.Seq, c.Time.UTC().Format("15:04:05.000"), c.Fault, c.Status, c.Code, c.Answered, c.Applied))
	}
	return strings.Join(parts, "; ")
}

// mark is the time of the last sent mark of an operation before a call.
func (x index) mark(o op.Operation, c fakelive.Call) (at time.Time) {
	for _, e := range x.trail[o.ID] {
		if e.Name == op.EventSent && !e.At.After(c.Time) {
			at = e.At
		}
	}
	return at
}

// mostPutOff is how often one operation may be put off: docs/architecture.md has five tries. What is repeatable is
// repeated as a whole.
const mostPutOff = 5

// repeatable reports a command whose token keeps a second call from acting twice.
func repeatable(o op.Operation) bool {
	return slices.ContainsFunc(calls, func(c op.Command) bool { return c.Verb == o.Verb && c.Repeatable })
}

// once: I2.
func (x index) once() (against []string) {
	for _, o := range x.Operations {
		if n := len(x.putOff[o.ID]); !repeatable(o) && n > mostPutOff {
			against = append(against, fmt.Sprintf("op %s (%s): it was put off %d times and went on", o.Ref(), o.Verb, n))
		}
		if n := len(x.calls[o.ID]); !repeatable(o) && n > 1 {
			against = append(against,
				fmt.Sprintf("op %s (%s): the cloud got it %d times and did it %d times", o.Ref(), o.Verb, n, x.effects(o.ID)))
		}
	}
	return against
}

// inTurn holds the order of the first sends on each target against that of the confirmations. Both are places in the
// trail.
func (x index) inTurn() (against []string) {
	latest := map[string]op.Operation{} // by target: the one confirmed last of those sent so far
	confirmed := map[string]int64{}
	sent := map[string]bool{}
	operations := map[string]op.Operation{}
	for _, o := range x.Operations {
		operations[o.ID] = o
	}
	for _, e := range x.Events {
		switch e.Name {
		case op.EventReceived, op.EventConfirmed, op.EventApproved, op.EventBegun:
			confirmed[e.Operation] = e.Seq
		case op.EventSent:
			o, target := operations[e.Operation], operations[e.Operation].Plan.Target.Key()
			if sent[o.ID] || target == "" {
				continue
			}
			sent[o.ID] = true
			if before := latest[target]; confirmed[before.ID] > confirmed[o.ID] {
				against = append(against,
					fmt.Sprintf("op %s was sent before op %s, which was confirmed earlier", before.Ref(), o.Ref()))
				continue
			}
			latest[target] = o
		}
	}
	return against
}
