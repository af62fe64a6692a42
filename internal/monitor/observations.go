package monitor

import (
	"context"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	kindObservation = "view"
	observationFor  = 7 * 24 * time.Hour // an observation that is not renewed is forgotten
	renewAfter      = time.Hour          // one that stays as it is says so again
	// lag is how much later than the call that made it a change may show.
	lag = time.Minute
	// longestGap is how much time between two looks counts as watched: a clock that leaps says nothing of a recording.
	longestGap = 2 * guardEvery
	// apart is how much time lies between two changes of a studio that are not told as one.
	apart = 5 * time.Minute
)

// observation is what is remembered of a studio or stream from look to look, because the cloud does not tell it:
// moments are unix milliseconds, 0 for none.
type observation struct {
	OnAir    bool  `json:"onAir,omitempty"`
	Started  int64 `json:"started,omitempty"`
	Modified int64 `json:"modified,omitempty"`
	Gone     int64 `json:"gone,omitempty"`   // when it was first seen off air, not through the bot; a preview: closed
	Before   int64 `json:"before,omitempty"` // when it was last seen on air before
	GoneBy   doer  `json:"goneBy,omitzero"`
	alteration
	// a stream: its material was seen to grow, and nobody has stopped it through the bot
	Running bool `json:"running,omitempty"`
	Quiet   bool `json:"quiet,omitempty"` // its recording ended while it was live
	// for how long its material was seen not to grow while it was live, in milliseconds: by looks, as the clock may leap
	Still int64 `json:"still,omitempty"`

	key     string
	at      time.Time // when it was written
	version int64
}

// alteration is what other hands did to a studio on air.
type alteration struct {
	Changed   int64  `json:"changed,omitempty"` // when it was first seen changed, not through the bot
	Latest    int64  `json:"latest,omitempty"`  // the same of the last change that belongs to that one
	What      change `json:"what,omitempty"`    // and how
	Then      int64  `json:"then,omitempty"`    // when the cloud says that it was
	ChangedBy doer   `json:"changedBy,omitzero"`
	Itself    bool   `json:"itself,omitempty"` // its settings let it change so by itself
}

// change is how a studio was changed by other hands.
type change string

const (
	putOn     change = "on"
	restarted change = "restarted"
	edited    change = "edited"
)

// observations are what is remembered.
func observations(s *store.Store) store.Collection[observation] {
	return store.Collection[observation]{Store: s, Kind: kindObservation, Lenient: true,
		Filled: func(v *observation, d store.Document) {
			v.key, v.at, v.version = d.Key, d.At, d.Version
		}}
}

// observationKey names what is remembered of what an expectation is about. All channels share it.
func (x expectation) observationKey() string {
	key := kindObservation + "/" + x.target.Key()
	if x.kind == preview {
		key += "/" + x.scene
	}
	return key
}

// remember writes an observation that has changed, or is old. Another replica that did so first saw it too.
func (w *Monitor) remember(ctx context.Context, x expectation, old, now observation) error {
	now.key, now.at, now.version = old.key, old.at, old.version
	if now == old && old.version > 0 && w.Now().Sub(old.at) < renewAfter {
		return nil
	}
	_, _, err := w.observations.Put(ctx, x.observationKey(), now, old.version, w.Now().Add(observationFor), op.Event{})
	return err
}

// lastSeen is when a thing was last seen as its observation says. Nobody may have watched it since, though looks were
// made for others.
func (w *Monitor) lastSeen(v observation, x expectation) time.Time {
	if at := w.compared[x.observationKey()]; at.After(v.at) {
		return at
	}
	return v.at
}

// seeStudio brings the observation of a studio up to date.
func (w *Monitor) seeStudio(old observation, c live.Caster, x expectation, j *round) observation {
	t, last := x.target, w.lastSeen(old, x)
	if old.version == 0 || j.at.Sub(last) >= watchFor-lag { // what was done in between is not known
		return observation{OnAir: c.OnAir, Started: ms(c.Started), Modified: ms(c.Modified)}
	}
	now := observation{
		OnAir: c.OnAir, Started: ms(c.Started), Modified: ms(c.Modified),
		Gone: old.Gone, Before: old.Before, GoneBy: old.GoneBy, alteration: old.alteration,
	}
	if c.OnAir {
		now.Gone, now.Before, now.GoneBy = 0, 0, doer{}
	}
	since := last.Add(-lag)
	change := func(how change) {
		if j.history.explain(t, since, changes[how].by) {
			return
		}
		if j.history.explain(t, now.latest(), anything) { // the crew has gone on since: it is a change of its own
			now.alteration = alteration{}
		}
		now.change(how, c, j.at)
	}
	if !c.OnAir && !j.underWay(j.history.restart(t)) { // whatever was changed of the run is over with it
		now.alteration = alteration{}
	}
	switch {
	case old.OnAir && !c.OnAir:
		if !j.history.explain(t, since, darkeningNow(old.Started)) {
			now.Gone, now.Before, now.GoneBy = ms(j.at), ms(last), doer{}
		}
	case c.OnAir && old.Gone > 0: // it is back, which ends that alert
	case c.OnAir && !old.OnAir && j.history.restart(t).ID != "": // likewise, however long that took
	case c.OnAir && !old.OnAir:
		change(putOn)
	case c.OnAir && now.Started != old.Started:
		change(restarted)
	case c.OnAir && now.Modified != old.Modified:
		change(edited)
	}
	return now
}

// change adds what other hands did to a studio. What comes soon after a change belongs to it, unless the studio was put
// on air or restarted: whoever takes care of an edit knows nothing of that.
func (v *alteration) change(how change, c live.Caster, at time.Time) {
	if v.Changed == 0 || at.Sub(v.latest()) >= apart || how != edited && how != v.What {
		v.Changed, v.What, v.ChangedBy = ms(at), how, doer{}
	}
	v.Latest, v.Then = ms(at), ms(c.Modified)
}

// latest is when a studio was last seen changed.
func (v alteration) latest() time.Time { return moment(max(v.Changed, v.Latest)) }

// seePreview brings the observation of a preview up to date: once it was seen closed, whoever opens it next is not who
// opened it through the bot. Just after its call it may be seen as it was before, and within a restart its studio idle.
func seePreview(old observation, x expectation, s snapshot, j *round) (now observation, seen bool) {
	scene, seen := s.preview(x)
	early := j.at.Sub(x.since) < lag || !s.studios[x.target.ID].OnAir && j.underWay(j.history.restart(x.target))
	if now = old; seen && !scene.Open && !early && !old.closed(x) {
		now.Gone = ms(j.at)
	}
	return now, seen
}

// closed reports a preview that was seen closed since it was opened through the bot.
func (v observation) closed(x expectation) bool { return v.Gone > ms(x.since) }

// seeStream brings the observation of a stream up to date. That it is being recorded is learned by its material growing
// from one look to the next; the one command that stops it makes that past.
func (w *Monitor) seeStream(old observation, m live.Content, on *live.Online, x expectation, j *round) observation {
	now, t := old, x.target
	before, seen := w.before.material[streamOf(t.ID)]
	same := seen && m.From.Equal(before.From) && m.To.Equal(before.To)
	switch {
	case m.To.IsZero() || x.since.After(m.To) || seen && !same && on != nil: // it runs, or was started anew
		now.Quiet, now.Still = false, 0
	case on == nil || !on.Since.Before(m.To): // that stays as it was when the stream went away
	case same:
		now.Still += min(max(j.at.Sub(w.before.at), 0), longestGap).Milliseconds()
		now.Still = min(now.Still, quiet.Milliseconds())
		now.Quiet = now.Still == quiet.Milliseconds()
	case old.version == 0:
		now.Quiet = j.at.Sub(m.To) >= quiet
	}
	grows := seen && m.From.Equal(before.From) && m.To.After(before.To)
	if grows || !m.From.IsZero() && (m.To.IsZero() || m.To.After(j.at)) {
		now.Running = true
	}
	since := w.lastSeen(old, x)
	if j.history.explain(t, since.Add(-lag), ending(recording)) {
		now.Running = false
	}
	return now
}

// ms is a moment as an observation keeps it.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
