package monitor

import (
	"cmp"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/records"
)

// history are the bot's own changes of the last day, as the guardian asks them.
type history records.History

// watched are the conditions that the guardian watches over once they were started through the bot.
var watched = []op.Condition{studio, preview, recording}

// expectations are what was started and not ended since. Only what is known to have happened counts.
func (d history) expectations() []expectation {
	var all []expectation
	for _, o := range d {
		if o.State != op.Succeeded {
			continue
		}
		all = slices.DeleteFunc(all, func(x expectation) bool { return concludes(o, x) })
		for _, x := range watched {
			if !o.Starts(x) {
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

// concludes reports whether a change of ours ends what an earlier one in any channel has started, or starts it anew in
// its own channel. Who takes a studio off air ends the recording of its programme too.
func concludes(d records.Change, x expectation) bool {
	switch own := x.channel == d.Channel; {
	case x.output() && own && d.Interrupts(studio):
		return true
	case x.target.Key() != d.Plan.Target.Key():
		return false
	case d.Starts(x.kind):
		return own && x.scene == d.Plan.Args["scene"]
	}
	return d.Ends(x.kind, x.scene)
}

// effect tells history that can have made a change from others.
type effect func(records.Change) bool

func anything(records.Change) bool { return true }

func starting(x op.Condition) effect { return func(d records.Change) bool { return d.Starts(x) } }

func ending(x op.Condition) effect { return func(d records.Change) bool { return d.Interrupts(x) } }

// restarts reports a change that takes a studio off air and puts it on again: in between it may be seen idle.
func restarts(d records.Change) bool {
	held, _ := d.Command.Before(studio)
	return held && d.Starts(studio)
}

// darkening is what can have made a studio be seen off air, if only for a moment.
func darkening(d records.Change) bool { return d.Interrupts(studio) || restarts(d) }

// darkeningNow is the same of a studio that is known to have come on air at a moment: a restart before that is over.
func darkeningNow(started int64) effect {
	return func(d records.Change) bool { return d.Interrupts(studio) || restarts(d) && started <= ms(d.Sent) }
}

// leaving is what can have made a studio go off air or off the list.
func leaving(d records.Change) bool { return d.Interrupts(studio) || d.Removes() }

// explain reports whether something of an effect was done to a target since a moment: then a change is the bot's own.
func (d history) explain(target op.Target, since time.Time, fits effect) bool {
	return slices.ContainsFunc(d, func(o records.Change) bool {
		return fits(o) && o.Plan.Target.Key() == target.Key() && (!o.Sent.Before(since) || o.State == op.Running)
	})
}

// unresolved is the last operation of an effect on a target of which nobody knows whether it happened: what is seen now
// may be its doing, however late. It is zero when there is none.
func (d history) unresolved(target op.Target, fits effect) op.Operation {
	return records.History(d).Unresolved(target, fits)
}

// restart is the restart of a studio after which the bot neither started nor stopped it; zero when there is none.
func (d history) restart(target op.Target) records.Change {
	for _, o := range slices.Backward(d) {
		if o.State != op.Failed && o.Plan.Target.Key() == target.Key() && (o.Starts(studio) || o.Interrupts(studio)) {
			if restarts(o) {
				return o
			}
			break
		}
	}
	return records.Change{}
}

// run is the expectation of a studio that has gone off air, without who started it when it was on air anew since: then
// somebody else did.
func (d history) run(x expectation, v observation) expectation {
	last := records.History(d).Standing(x.target, studio)
	if !last.Since.Equal(x.since) || last.Later.Ends() && ms(last.Later.At) <= v.Before {
		x.since, x.asker = time.Time{}, ""
	}
	return x
}

// endingOf is the change that has ended what an alert is about; zero when none did since it was said, or just before:
// the outcome of a call may be known later than a look shows it.
func (d history) endingOf(a alert) records.Change {
	for _, o := range slices.Backward(d) {
		if o.State == op.Succeeded && o.Plan.Target.Key() == a.Target && o.Ends(a.Kind, a.Scene) &&
			o.Sent.After(a.Since.Add(-lag)) {
			return o
		}
	}
	return records.Change{}
}

// ended is the end of the last recording through the bot in a channel, and since when none goes on, by whatever was
// done in any channel; false while one does. What the channel may not touch, or not any more, does not count. Of a
// recording that was paused and then ended it is the pause.
func (d history) ended(channel string, touches func(op.Target) bool) (last op.Operation, since time.Time, ok bool) {
	going, over := map[string]bool{}, map[string]bool{}
	for _, o := range d {
		if o.State != op.Succeeded || o.Plan.Target.Kind != "stream" || !touches(o.Plan.Target) {
			continue
		}
		key := o.Plan.Target.Key()
		switch {
		case o.Starts(recording):
			going[key], over[key] = true, false
		case o.Ends(recording, "") && (!over[key] || o.Starts(op.IsPaused)):
			delete(going, key)
			over[key], since = true, o.Sent
			if o.Channel == channel {
				last = o.Operation
			}
		}
	}
	return last, since, last.ID != "" && len(going) == 0
}
