package watch

import (
	"cmp"
	"context"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// kind is what a wish expects.
type kind string

const (
	studio    kind = "studio"    // to be on air, and changed by nobody but the bot
	preview   kind = "preview"   // to be closed some time
	recording kind = "recording" // to go on
)

// wish is one thing that one channel wants watched: it was started there through the bot, or the policy says so.
type wish struct {
	kind    kind
	channel string
	target  op.Target
	scene   string    // id of a preview's scene
	asker   string    // who started it
	since   time.Time // when it was started; zero: the policy names it
}

// key names the wish among those of all channels.
func (x wish) key() string {
	return string(x.kind) + "/" + x.channel + "/" + x.target.Key() + "/" + x.scene
}

// output reports a recording of some studio's own programme. Of which studio is not known here: whoever stops one through the bot in
// the channel is taken to have ended it.
func (x wish) output() bool { return x.kind == recording && streamOf(x.target.ID).App == "caster" }

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

// deeds are the operations of the last day that may have changed the cloud, the oldest first.
type deeds []op.Operation

// wanted fills in what the guardian watches, and what it has said.
func (w *Watcher) wanted(ctx context.Context, j *job) error {
	all, err := w.Store.List(ctx, store.Query{Since: j.at.Add(-watchFor), Newest: true})
	if err != nil {
		return err
	}
	slices.Reverse(all)
	for _, o := range all {
		if _, known := verbs[o.Verb]; known && o.Sends > 0 && (o.State != op.Failed || o.Closer != "") {
			j.deeds = append(j.deeds, o)
		}
	}
	j.wishes = append(j.deeds.wishes(), w.named()...)
	j.standing, err = w.alerts(ctx)
	return err
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
		x := wish{kind: deed.begins, channel: o.Channel, target: o.Plan.Target, asker: o.Asker, since: cmp.Or(o.Sent, o.Created)}
		if x.kind == preview {
			x.scene = scene
		}
		all = append(all, x)
	}
	return all
}

// named are the wishes of the policy. Its studios are known once the cloud has listed them: until then there is one wish for all of
// them, without an id.
func (w *Watcher) named() []wish {
	var all []wish
	for _, channel := range w.Policy.Channels() {
		scope, _ := w.Policy.Scope(channel)
		studios := false
		for _, t := range scope.Watch {
			if t.Kind == "stream" {
				all = append(all, wish{kind: recording, channel: channel, target: t})
			} else {
				studios = true
			}
		}
		if studios {
			all = append(all, wish{kind: studio, channel: channel})
		}
	}
	return all
}

// resolved gives the wishes with one for every studio that the policy names, and at most one wish for each thing in a channel:
// that which was started there.
func (w *Watcher) resolved(wishes []wish, s sight) []wish {
	var all []wish
	known := map[string]bool{}
	add := func(x wish) {
		if !known[x.key()] {
			known[x.key()] = true
			all = append(all, x)
		}
	}
	for _, x := range wishes {
		if x.kind != studio || x.target.ID != "" {
			add(x)
			continue
		}
		scope, _ := w.Policy.Scope(x.channel)
		for _, c := range s.sorted() {
			if scope.Watched != nil && scope.Watched(c.ID, c.Name) {
				add(wish{kind: studio, channel: x.channel, target: op.Target{Kind: "caster", ID: c.ID, Name: c.Name}})
			}
		}
	}
	return all
}

// explain reports whether one of the verbs, or any at all, was used on a target since a moment: then a change is the bot's own.
func (d deeds) explain(target op.Target, since time.Time, verbs ...string) bool {
	return slices.ContainsFunc(d, func(o op.Operation) bool {
		fits := len(verbs) == 0 || slices.Contains(verbs, o.Verb)
		return fits && o.Plan.Target.Key() == target.Key() && !o.Sent.Before(since)
	})
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
