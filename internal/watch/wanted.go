package watch

import (
	"context"
	"time"

	"casterbot/internal/op"
)

// What a wish expects.
const (
	studio    = op.IsOnAir     // to be on air, and changed by nobody but the bot
	preview   = op.PreviewOpen // to be closed some time
	recording = op.IsRecorded  // to go on
)

// wish is one thing that one channel wants watched: it was started there through the bot, or the policy says so.
type wish struct {
	kind    op.Condition
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

// wanted fills in what the guardian watches, and what it has said.
func (w *Watcher) wanted(ctx context.Context, j *job) (err error) {
	if _, err = w.ledger.read(ctx, w.Store, j.at.Add(-watchFor)); err != nil {
		return err
	}
	j.deeds = w.ledger.deeds
	j.wishes = append(j.deeds.wishes(), w.named()...)
	j.standing, err = w.standing(ctx)
	return err
}

// caughtUp reads what was done through the bot while the look went on: what it shows may be the doing of that. The wishes stay those
// that were looked at.
func (w *Watcher) caughtUp(ctx context.Context, j *job) error {
	if len(j.wishes)+len(j.standing) == 0 {
		return nil
	}
	_, err := w.ledger.read(ctx, w.Store, j.at.Add(-watchFor))
	j.deeds = w.ledger.deeds
	return err
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
