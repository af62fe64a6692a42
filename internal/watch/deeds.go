package watch

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
)

// deed is what an operation does to wishes: what it begins, or what it ends on its target in every channel.
type deed struct {
	begins kind
	ends   []kind
}

// verbs are the commands that begin or end what is watched. Those without either still explain that a studio was changed.
var verbs = map[string]deed{
	"caster.start":       {begins: studio},
	"caster.restart":     {begins: studio},
	"caster.stop":        {ends: []kind{studio, preview}},
	"caster.take":        {},
	"caster.standby":     {},
	"caster.scene.start": {begins: preview},
	"caster.scene.stop":  {ends: []kind{preview}},
	"record.start":       {begins: recording},
	"record.restart":     {begins: recording},
	"record.stop":        {ends: []kind{recording}},
	"record.finish":      {ends: []kind{recording}},
}

// deeds are the operations of the last day that may have changed the cloud, the oldest first; of each only what is asked for here.
type deeds []op.Operation

// trim leaves out of an operation what nobody asks deeds for: thousands of them are kept.
func trim(o op.Operation) op.Operation {
	kept := op.Operation{
		ID: o.ID, Verb: o.Verb, State: o.State, Channel: o.Channel, Requester: o.Requester, Created: o.Created, Sent: o.Sent,
		Plan: op.Plan{Target: o.Plan.Target},
	}
	if scene, ok := o.Plan.Args["scene"]; ok {
		kept.Plan.Args = op.Args{"scene": scene}
	}
	return kept
}

// counts reports an operation that is a deed.
func counts(o op.Operation) bool {
	_, known := verbs[o.Verb]
	return known && o.Sends > 0 && (o.State != op.Failed || o.SettledBy != "")
}

// older is the order of deeds.
func older(a, b op.Operation) int {
	return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
}

// put writes down what an operation is now.
func (d *deeds) put(o op.Operation) {
	i, known := slices.BinarySearchFunc(*d, o, older)
	switch {
	case known && counts(o):
		(*d)[i] = trim(o)
	case known:
		*d = slices.Delete(*d, i, i+1)
	case counts(o):
		*d = slices.Insert(*d, i, trim(o))
	}
}

// wishes are what was begun and not ended since. Only what is known to have happened counts.
func (d deeds) wishes() []wish {
	var all []wish
	for _, o := range d {
		if o.State != op.Succeeded {
			continue
		}
		deed, scene := verbs[o.Verb], o.Plan.Args["scene"]
		all = slices.DeleteFunc(all, func(x wish) bool {
			other := deed.begins != x.kind || x.channel != o.Channel
			if deed.begins != "" && other || deed.begins == "" && !slices.Contains(deed.ends, x.kind) {
				return x.output() && o.Verb == "caster.stop" && x.channel == o.Channel
			}
			return x.target.Key() == o.Plan.Target.Key() && (o.Verb == "caster.stop" || x.scene == scene)
		})
		if deed.begins == "" {
			continue
		}
		x := wish{kind: deed.begins, channel: o.Channel, target: o.Plan.Target, asker: o.Requester, since: cmp.Or(o.Sent, o.Created)}
		if x.kind == preview {
			x.scene = scene
		}
		all = append(all, x)
	}
	return all
}

// explain reports whether one of the verbs, or any at all, was used on a target since a moment: then a change is the bot's own.
func (d deeds) explain(target op.Target, since time.Time, verbs ...string) bool {
	return slices.ContainsFunc(d, func(o op.Operation) bool {
		fits := len(verbs) == 0 || slices.Contains(verbs, o.Verb)
		return fits && o.Plan.Target.Key() == target.Key() && (!o.Sent.Before(since) || o.State == op.Running)
	})
}

// doubt is the last operation on a target by one of the verbs, or by any at all, of which nobody knows whether it happened: what is
// seen now may be its doing, however late. It is zero when there is none.
func (d deeds) doubt(target op.Target, verbs ...string) op.Operation {
	for _, o := range slices.Backward(d) {
		fits := len(verbs) == 0 || slices.Contains(verbs, o.Verb)
		if fits && o.State == op.Unknown && o.Plan.Target.Key() == target.Key() {
			return o
		}
	}
	return op.Operation{}
}

// ending is the operation that last ended what was watched; zero when none did.
func (d deeds) ending(k kind, target, scene string) op.Operation {
	for _, o := range slices.Backward(d) {
		fits := o.Verb == "caster.stop" || o.Plan.Args["scene"] == scene
		if o.State == op.Succeeded && slices.Contains(verbs[o.Verb].ends, k) && o.Plan.Target.Key() == target && fits {
			return o
		}
	}
	return op.Operation{}
}

// ended is the end of the last recording in a channel through the bot, unless one was begun since.
func (d deeds) ended(channel string) (last op.Operation, ok bool) {
	for _, o := range d {
		if o.Channel != channel || o.State != op.Succeeded {
			continue
		}
		switch o.Verb {
		case "record.stop", "record.finish":
			if !ok || o.Verb == "record.stop" {
				last, ok = o, true
			}
		case "record.start", "record.restart":
			ok = false
		}
	}
	return last, ok
}
