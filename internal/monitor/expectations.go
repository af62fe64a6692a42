package monitor

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// What an expectation expects.
const (
	studio    = op.IsOnAir     // to be on air, and changed by nobody but the bot
	preview   = op.PreviewOpen // to be closed some time
	recording = op.IsRecorded  // to go on
)

// expectation is one thing that one channel wants watched: it was started there through the bot, or the policy says so.
type expectation struct {
	kind    op.Condition
	channel string
	target  op.Target
	scene   string    // id of a preview's scene
	asker   string    // who started it
	since   time.Time // when it was started; zero: the policy names it
}

// key names the expectation among those of all channels.
func (x expectation) key() string {
	return string(x.kind) + "/" + x.channel + "/" + x.target.Key() + "/" + x.scene
}

// output reports a recording of some studio's own programme. Of which studio is not known here: whoever stops one
// through the bot in the channel is taken to have ended it.
func (x expectation) output() bool {
	return x.kind == recording && streamOf(x.target.ID).App == "caster"
}

// prepare fills in what the guardian watches, and what it has said.
func (w *Monitor) prepare(ctx context.Context, j *round) (err error) {
	if err = w.readHistory(ctx, j); err != nil {
		return err
	}
	j.expectations = append(j.history.expectations(), w.named()...)
	j.ended = j.quietStreams()
	if j.care, err = w.care.Cares(ctx); err != nil {
		return err
	}
	if j.standing, err = byKey(ctx, w.alerts, func(a alert) string { return a.key }); err != nil {
		return err
	}
	return errors.Join(w.dropOldCare(ctx, j), w.dropAbsentCare(ctx, j))
}

// touches tells what a channel may touch.
func (j *round) touches(channel string) func(op.Target) bool {
	scope, _ := j.scope(channel)
	return scope.Touches
}

// nameIn is what a channel calls a target, by its own name of a stream; empty when it may not be named there.
func nameIn(scope op.Scope, t op.Target) string {
	switch {
	case !scope.Names(t):
		return ""
	case t.Kind != "stream":
		return cmp.Or(t.Name, t.ID)
	}
	for _, a := range scope.Streams {
		if a.Pattern == t.ID {
			return a.Alias
		}
	}
	return streamOf(t.ID).Name
}

// quietStreams are those of which a studio's being still on air may be told: whether their recording goes on by other
// hands is looked at.
func (j *round) quietStreams() (all []live.Stream) {
	for _, x := range j.expectations {
		if x.kind != studio {
			continue
		}
		e, quiet, ok := j.history.ended(x.channel, j.touches(x.channel))
		stream := streamOf(e.Plan.Target.ID)
		if ok && j.at.Sub(quiet) >= stillOn && !slices.Contains(all, stream) {
			all = append(all, stream)
		}
	}
	return all
}

// caughtUp reads what was done through the bot while the look went on: what it shows may be the doing of that. The
// expectations stay those that were looked at.
func (w *Monitor) caughtUp(ctx context.Context, j *round) error {
	if len(j.expectations)+len(j.standing) == 0 {
		return nil
	}
	return w.readHistory(ctx, j)
}

func (w *Monitor) readHistory(ctx context.Context, j *round) error {
	h, err := w.Changes.Read(ctx)
	j.history = history(h.Since(j.at.Add(-watchFor)))
	return err
}

// named are the expectations of the policy. Its studios are known once the cloud has listed them: until then there is
// one expectation for all of them, without an id.
func (w *Monitor) named() []expectation {
	var all []expectation
	for _, channel := range w.Policy.Channels() {
		scope, _ := w.Policy.Scope(channel)
		studios := false
		for _, t := range scope.Watch {
			if t.Kind == "stream" {
				all = append(all, expectation{kind: recording, channel: channel, target: t})
			} else {
				studios = true
			}
		}
		if studios {
			all = append(all, expectation{kind: studio, channel: channel})
		}
	}
	return all
}

// inScope reports whether a channel may still touch what it wants watched, by its name of now.
func (w *Monitor) inScope(x expectation, s snapshot) bool {
	scope, ok := w.Policy.Scope(x.channel)
	if !ok || x.kind == recording {
		return ok && scope.Stream(x.target.ID)
	}
	name := x.target.Name
	if c, there := s.studios[x.target.ID]; there {
		name = c.Name
	}
	return scope.Studio(x.target.ID, name)
}

// resolved gives the expectations with one for every studio that the policy names, and at most one expectation for each
// thing in a channel: that which was started there.
func (w *Monitor) resolved(wishes []expectation, s snapshot) []expectation {
	var all []expectation
	known := map[string]bool{}
	add := func(x expectation) {
		if !known[x.key()] && w.inScope(x, s) {
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
				add(expectation{kind: studio, channel: x.channel, target: c.Target()})
			}
		}
	}
	return all
}
