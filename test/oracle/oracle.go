// Package oracle holds what is left of a world (package testbed) against the promises: what the cloud received, applied
// and answered; operations, events and inbox in the database; and what Slack shows. Three witnesses that know nothing
// of each other.
//
// What it keeps true. It judges finished records only, and knows the promises, not the engine: it is itself tested with
// records that are wrong on purpose, each in one way.
//
// It must not know the engine, the policy package, or who drove the bot. Of ours it reads the nouns, the database, and
// in the command table which call each command makes; what the parameters of a call mean it knows from the API.
package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"casterbot/commands"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

// promise is one invariant of docs/reliability.md, as a question to the records.
type promise struct {
	name  string
	holds func(index) []string // what speaks against it
}

var promises = []promise{
	{"I1 (an effect has an earlier sent mark)", index.marked},
	{"I2 (a call without a token happens once at most)", index.once},
	{"order (on one target, what was confirmed first is sent first)", index.inTurn},
	{"I3 (one studio, one token, the same words)", index.sameCopy},
	{"I4 (no false statement)", index.truthful},
	{"I5 (who may, did)", index.authorised},
	{"I6 (all that was taken comes to an end that people see)", index.shown},
	{"I7 (the trail tells the state)", index.told},
	{"I8 (no secret leaves)", index.secret},
	{"no panic, no race", index.sound},
}

// Broken lists what speaks against the promises, in their order.
func (r Record) Broken() []string {
	var all []string
	x := r.index()
	for _, p := range promises {
		for _, what := range p.holds(x) {
			all = append(all, p.name+": "+what)
		}
	}
	return all
}

// calls are the commands that call the cloud.
var calls = slices.DeleteFunc(commands.Table(nil, nil, nil).Commands, func(c op.Command) bool { return c.Sends == "" })

// Changes reports whether a call that the cloud got is one that changes something.
func Changes(c fakelive.Call) bool { return verbOf(c.Action, c.Params) != "" }

// verbOf finds the command that a call stands for; empty for one that changes nothing or is unknown here.
func verbOf(action string, params map[string]string) string {
	for _, c := range calls {
		fits := c.Sends == action
		for name, value := range c.Fixed {
			fits = fits && params[name] == value
		}
		if fits {
			return c.Verb
		}
	}
	return ""
}

// Parameters are what the call of an operation says.
func Parameters(o op.Operation) []string { return slices.Sorted(maps.Keys(meant(o))) }

// Wording tells calls from others: it is the same for an operation and for each call or effect of it that the cloud has
// seen.
func Wording(o op.Operation) string { return words(o.Verb, meant(o)) }

// WordingOf is the wording of what the cloud has seen.
func WordingOf(action string, params map[string]string) string {
	return words(verbOf(action, params), params)
}

// meant is what an operation's call says, by the parameters of the API.
func meant(o op.Operation) map[string]string {
	if special, ok := wordings[o.Verb]; ok {
		return special(o)
	}
	args := o.Plan.Args
	said := map[string]string{}
	for _, c := range calls {
		if c.Verb == o.Verb {
			maps.Copy(said, c.Fixed)
		}
	}
	stream := append(strings.SplitN(args["stream"], "/", 3), "", "", "")
	for name, value := range map[string]string{
		"CasterId": args["caster"], "SceneId": args["scene"], "DomainName": stream[0], "AppName": stream[1],
		"StreamName": stream[2],
	} {
		if value != "" {
			said[name] = value
		}
	}
	return said
}

// wordings are those commands whose calls say more than their arguments: a token, or the studio's program scene as it
// was seen.
var wordings = map[string]func(op.Operation) map[string]string{
	"caster.copy": func(o op.Operation) map[string]string {
		return map[string]string{"SrcCasterId": o.Plan.Args["caster"], "CasterName": o.Plan.Args["name"],
			"ClientToken": o.Token}
	},
	"caster.take": func(o op.Operation) map[string]string {
		return map[string]string{"CasterId": o.Plan.Args["caster"], "FromSceneId": o.Plan.Args["scene"],
			"ToSceneId": o.Plan.Seen["program"]}
	},
	"caster.standby": func(o op.Operation) map[string]string {
		return map[string]string{"CasterId": o.Plan.Args["caster"], "SceneId": o.Plan.Seen["program"]}
	},
}

// index is a record with its calls and events sorted to their operations.
type index struct {
	Record
	calls  map[string][]fakelive.Call // by operation, without those that were put off
	putOff map[string][]fakelive.Call // by operation: the cloud answered that it is asked too often, and did nothing
	nobody []fakelive.Call            // calls that belong to no operation
	trail  map[string][]op.Event      // by operation
}

func (r Record) index() index {
	x := index{Record: r, calls: map[string][]fakelive.Call{}, putOff: map[string][]fakelive.Call{},
		trail: map[string][]op.Event{}}
	sent := map[string][]op.Operation{} // by what their call says
	for _, o := range r.Operations {
		if o.Sends > 0 {
			key := Wording(o)
			sent[key] = append(sent[key], o)
		}
	}
	for _, c := range r.Calls {
		o, ok := owner(sent[WordingOf(c.Action, c.Params)], c)
		switch {
		case !ok:
			x.nobody = append(x.nobody, c)
		case throttled(c):
			x.putOff[o.ID] = append(x.putOff[o.ID], c)
		default:
			x.calls[o.ID] = append(x.calls[o.ID], c)
		}
	}
	for _, e := range r.Events {
		x.trail[e.Operation] = append(x.trail[e.Operation], e)
	}
	return x
}

// words tells calls with the same parameters from others.
func words(verb string, params map[string]string) string {
	text := verb
	for _, name := range slices.Sorted(maps.Keys(params)) {
		text += fmt.Sprintf(" %s=%q", name, params[name])
	}
	return text
}

// owner finds the operation that a call belongs to: of those with exactly these parameters, the one that got the call's
// answer, or else the one that was last marked as sent when the call arrived. Operations of one target never run at the
// same time, so there is one; but a mark is stamped when its transaction begins, so two stamps may stand in another
// order than the calls.
func owner(candidates []op.Operation, c fakelive.Call) (found op.Operation, ok bool) {
	for _, o := range candidates {
		if o.Outcome != nil && o.Outcome.RequestID != "" && o.Outcome.RequestID == c.RequestID {
			return o, true
		}
		if !o.Sent.After(c.Time) && (!ok || o.Sent.After(found.Sent)) {
			found, ok = o, true
		}
	}
	return found, ok
}

// sameCopy: I3. That the words are the same is what owner asks for; a call with others belongs to no operation.
func (x index) sameCopy() (against []string) {
	tokens, made := map[string]int{}, map[string]int{}
	for _, o := range x.Operations {
		tokens[o.Token]++
	}
	for _, s := range x.Studios {
		made[s.Token]++
	}
	for _, o := range x.Operations {
		applied := x.effects(o.ID)
		if repeatable(o) && (applied > 1 || made[o.Token] > 1) {
			against = append(against, fmt.Sprintf("op %s: %d studios were made", o.Ref(), max(applied, made[o.Token])))
		}
		if tokens[o.Token] > 1 || len(o.Token) < 26 {
			against = append(against, fmt.Sprintf("op %s: its token is not its own", o.Ref()))
		}
	}
	return against
}

// allowed says how many effects each state allows; a person's word about an unknown outcome is not the bot's statement.
var allowed = map[op.State][2]int{
	op.Succeeded: {1, 1}, op.Unknown: {0, 1}, op.Running: {0, 1},
	op.Failed: {0, 0}, op.Pending: {0, 0}, op.Queued: {0, 0}, op.Expired: {0, 0}, op.Cancelled: {0, 0},
}

// truthful: I4.
func (x index) truthful() (against []string) {
	for _, o := range x.Operations {
		if o.IsSeveral() {
			against = append(against, x.whole(o)...)
			continue
		}
		applied := x.effects(o.ID)
		if span := allowed[o.State]; o.SettledBy == "" && (applied < span[0] || applied > span[1]) {
			against = append(against, fmt.Sprintf("op %s is %s, and the cloud did it %d times", o.Ref(), o.State, applied))
		}
		if o.State == op.Unknown && o.Sends == 0 {
			against = append(against, fmt.Sprintf("op %s is unknown, and was never sent", o.Ref()))
		}
	}
	return against
}
