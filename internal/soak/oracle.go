package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

// promise is one invariant of promises.md §4, as a question to the records.
type promise struct {
	name  string
	holds func(record) []string // what speaks against it
}

var promises = []promise{
	{"I1 (an effect has an earlier sent mark)", record.marked},
	{"I2 (a call without a token happens once at most)", record.once},
	{"I3 (one studio, one token, the same words)", record.sameCopy},
	{"I4 (no false statement)", record.truthful},
	{"I5 (who may, did)", record.authorised},
	{"I6 (all that was taken comes to an end that people see)", record.shown},
	{"I7 (the trail tells the state)", record.told},
	{"I8 (no secret leaves)", record.secret},
	{"no panic, no race", record.sound},
}

// broken lists what speaks against the promises, in their order.
func (r record) broken() []string {
	var all []string
	for _, p := range promises {
		for _, what := range p.holds(r) {
			all = append(all, p.name+": "+what)
		}
	}
	return all
}

// orderOf finds the command that a call stands for; nil for one that changes nothing or is unknown here.
func orderOf(c fakelive.Call) *order {
	for i, o := range orders {
		if o.action == c.Action && o.command == c.Params["Command"] {
			return &orders[i]
		}
	}
	return nil
}

// meant is what an operation's call says, by the parameters of the API.
func meant(o op.Operation) map[string]string {
	args := o.Plan.Args
	said := map[string]string{}
	for _, known := range orders {
		if known.verb == o.Verb && known.command != "" {
			said["Command"] = known.command
		}
	}
	stream := append(strings.SplitN(args["stream"], "/", 3), "", "", "")
	for name, value := range map[string]string{
		"CasterId": args["caster"], "SceneId": args["scene"], "DomainName": stream[0], "AppName": stream[1], "StreamName": stream[2],
	} {
		if value != "" {
			said[name] = value
		}
	}
	if o.Verb == "caster.copy" {
		said = map[string]string{"SrcCasterId": args["caster"], "CasterName": args["name"], "ClientToken": o.Token}
	}
	return said
}

// owner finds the operation that a call belongs to: the one of this verb with exactly these parameters that was last marked
// as sent when the call arrived. Operations of one target never run at the same time, so there is one.
func (r record) owner(c fakelive.Call) (op.Operation, bool) {
	found, ok := op.Operation{}, false
	for _, o := range r.operations {
		known := orderOf(c)
		if o.Sends == 0 || known == nil || o.Verb != known.verb || !maps.Equal(meant(o), c.Params) || o.Sent.After(c.Time) {
			continue
		}
		if !ok || o.Sent.After(found.Sent) {
			found, ok = o, true
		}
	}
	return found, ok
}

// callsOf are the calls of an operation.
func (r record) callsOf(id string) (calls []fakelive.Call, applied int) {
	for _, c := range r.calls {
		o, ok := r.owner(c)
		if !ok || o.ID != id {
			continue
		}
		calls = append(calls, c)
		if c.Applied {
			applied++
		}
	}
	return calls, applied
}

// eventsOf are the events of an operation, the oldest first.
func (r record) eventsOf(id string) []op.Event {
	return slices.DeleteFunc(slices.Clone(r.events), func(e op.Event) bool { return e.Operation != id })
}

// marked: I1.
func (r record) marked() (against []string) {
	for _, c := range r.calls {
		o, ok := r.owner(c)
		if !ok {
			against = append(against, fmt.Sprintf("the cloud got %s %v, and no operation was marked as sent for it", c.Action, c.Params))
			continue
		}
		switch mark := r.mark(o, c); {
		case mark.IsZero():
			against = append(against, fmt.Sprintf("op %s: the cloud got its call at %s, and the trail has no earlier sent mark", o.Ref(), c.Time))
		case c.Time.Sub(mark) > soonest:
			against = append(against, fmt.Sprintf("op %s: its call arrived %s after the sent mark", o.Ref(), c.Time.Sub(mark)))
		}
	}
	for _, o := range r.operations {
		if calls, _ := r.callsOf(o.ID); len(calls) > o.Sends {
			against = append(against, fmt.Sprintf("op %s: %d calls, but %d sends are recorded", o.Ref(), len(calls), o.Sends))
		}
	}
	return against
}

// soonest is how long after its mark a call may leave, and a little for the way: who stood still in between must not send.
const soonest = 5500 * time.Millisecond

// mark is the time of the last sent mark of an operation before a call.
func (r record) mark(o op.Operation, c fakelive.Call) (at time.Time) {
	for _, e := range r.eventsOf(o.ID) {
		if e.Name == op.EventSent && !e.At.After(c.Time) {
			at = e.At
		}
	}
	return at
}

// once: I2.
func (r record) once() (against []string) {
	for _, o := range r.operations {
		if calls, applied := r.callsOf(o.ID); o.Verb != "caster.copy" && len(calls) > 1 {
			against = append(against, fmt.Sprintf("op %s (%s): the cloud got it %d times and did it %d times", o.Ref(), o.Verb, len(calls), applied))
		}
	}
	return against
}

// sameCopy: I3. That the words are the same is what owner asks for; a call with others belongs to no operation.
func (r record) sameCopy() (against []string) {
	tokens, made := map[string]int{}, map[string]int{}
	for _, o := range r.operations {
		tokens[o.Token]++
	}
	for _, s := range r.studios {
		made[s.Token]++
	}
	for _, o := range r.operations {
		_, applied := r.callsOf(o.ID)
		if o.Verb == "caster.copy" && (applied > 1 || made[o.Token] > 1) {
			against = append(against, fmt.Sprintf("op %s: %d studios were made", o.Ref(), max(applied, made[o.Token])))
		}
		if tokens[o.Token] > 1 || len(o.Token) < 26 {
			against = append(against, fmt.Sprintf("op %s: its token is not its own", o.Ref()))
		}
	}
	return against
}

// effects says how many effects each state allows; a person's word about an unknown outcome is not the bot's statement.
var effects = map[op.State][2]int{
	op.Succeeded: {1, 1}, op.Unknown: {0, 1}, op.Running: {0, 1},
	op.Failed: {0, 0}, op.Pending: {0, 0}, op.Queued: {0, 0}, op.Expired: {0, 0}, op.Cancelled: {0, 0},
}

// truthful: I4.
func (r record) truthful() (against []string) {
	for _, o := range r.operations {
		_, applied := r.callsOf(o.ID)
		if span := effects[o.State]; o.Closer == "" && (applied < span[0] || applied > span[1]) {
			against = append(against, fmt.Sprintf("op %s is %s, and the cloud did it %d times", o.Ref(), o.State, applied))
		}
		if o.State == op.Unknown && o.Sends == 0 {
			against = append(against, fmt.Sprintf("op %s is unknown, and was never sent", o.Ref()))
		}
	}
	return against
}
