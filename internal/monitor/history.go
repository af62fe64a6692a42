package monitor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
)

// ownChange is an operation that may have changed the cloud, and what its command does.
type ownChange struct {
	op.Operation
	command *op.Command
}

// history are those of the last day, the oldest first; of each operation only what is asked for here.
type history []ownChange

// watched are the conditions that the guardian watches over once they were started through the bot.
var watched = []op.Condition{studio, preview, recording}

// ends reports whether the deed has ended a condition of its target; one that names no scene means all of them.
func (d ownChange) ends(x op.Condition, scene string) bool {
	holds, known := d.command.After(x)
	named := d.Plan.Args["scene"]
	return known && !holds && (named == "" || named == scene)
}

// starts reports whether the deed has started a condition.
func (d ownChange) starts(x op.Condition) bool {
	holds, _ := d.command.After(x)
	return holds
}

// trim leaves out of an operation what nobody asks history for: thousands of them are kept.
func trim(o op.Operation) op.Operation {
	kept := op.Operation{
		ID: o.ID, Verb: o.Verb, State: o.State, Channel: o.Channel, Requester: o.Requester, Created: o.Created, Sent: o.Sent,
		Turn: o.Turn,
		Plan: op.Plan{Target: o.Plan.Target},
	}
	if scene, ok := o.Plan.Args["scene"]; ok {
		kept.Plan.Args = op.Args{"scene": scene}
	}
	return kept
}

// counts reports an operation that is a change of ours.
func counts(o op.Operation) bool {
	return o.Sends > 0 && (o.State != op.Failed || o.SettledBy != "")
}

// older is the order of history: that in which they were sent. Of one moment on one target their turns tell it.
func older(a ownChange, b op.Operation) int {
	return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.Turn, b.Turn), strings.Compare(a.ID, b.ID))
}

// put writes down what an operation by a command is now.
func (d *history) put(o op.Operation, by *op.Command) {
	i, known := slices.BinarySearchFunc(*d, o, older)
	switch {
	case known && counts(o):
		(*d)[i].Operation = trim(o)
	case known:
		*d = slices.Delete(*d, i, i+1)
	case counts(o):
		*d = slices.Insert(*d, i, ownChange{trim(o), by})
	}
}

// expectations are what was started and not ended since. Only what is known to have happened counts.
func (d history) expectations() []expectation {
	var all []expectation
	for _, o := range d {
		if o.State != op.Succeeded {
			continue
		}
		all = slices.DeleteFunc(all, o.settles)
		for _, x := range watched {
			if !o.starts(x) {
				continue
			}
			w := expectation{kind: x, channel: o.Channel, target: o.Plan.Target, asker: o.Requester,
				since: cmp.Or(o.Sent, o.Created)}
			if x == preview {
				w.scene = o.Plan.Args["scene"]
			}
			all = append(all, w)
		}
	}
	return all
}

// settles reports whether a change of ours ends what an earlier one in any channel has started, or starts it anew in
// its own channel. Who takes a studio off air ends the recording of its programme too.
func (d ownChange) settles(x expectation) bool {
	switch own := x.channel == d.Channel; {
	case x.output() && own && d.ends(studio, ""):
		return true
	case x.target.Key() != d.Plan.Target.Key():
		return false
	case d.starts(x.kind):
		return own && x.scene == d.Plan.Args["scene"]
	}
	return d.ends(x.kind, x.scene)
}

// effect tells history that can have made a change from others.
type effect func(ownChange) bool

func anything(ownChange) bool { return true }

func starting(x op.Condition) effect { return func(d ownChange) bool { return d.starts(x) } }

func ending(x op.Condition) effect { return func(d ownChange) bool { return d.ends(x, "") } }

// explain reports whether something of an effect was done to a target since a moment: then a change is the bot's own.
func (d history) explain(target op.Target, since time.Time, fits effect) bool {
	return slices.ContainsFunc(d, func(o ownChange) bool {
		return fits(o) && o.Plan.Target.Key() == target.Key() && (!o.Sent.Before(since) || o.State == op.Running)
	})
}

// unresolved is the last operation of an effect on a target of which nobody knows whether it happened: what is seen now
// may be its doing, however late. It is zero when there is none.
func (d history) unresolved(target op.Target, fits effect) op.Operation {
	for _, o := range slices.Backward(d) {
		if fits(o) && o.State == op.Unknown && o.Plan.Target.Key() == target.Key() {
			return o.Operation
		}
	}
	return op.Operation{}
}

// ending is the operation that last ended what was watched; zero when none did.
func (d history) ending(k op.Condition, target, scene string) op.Operation {
	for _, o := range slices.Backward(d) {
		if o.State == op.Succeeded && o.Plan.Target.Key() == target && o.ends(k, scene) {
			return o.Operation
		}
	}
	return op.Operation{}
}

// ended is the end of the last recording in a channel through the bot, unless one was started since. Of a recording
// that was paused and then ended it is the pause.
func (d history) ended(channel string) (last op.Operation, ok bool) {
	for _, o := range d {
		if o.Channel != channel || o.State != op.Succeeded {
			continue
		}
		switch {
		case o.starts(recording):
			ok = false
		case o.Plan.Target.Kind == "stream" && o.ends(recording, "") && (!ok || o.starts(op.IsPaused)):
			last, ok = o.Operation, true
		}
	}
	return last, ok
}
