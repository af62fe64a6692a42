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
	// lag is how much later than the call that made it a change may show.
	lag = time.Minute
	// longestGap is how much time between two looks counts as watched: a clock that leaps says nothing of a recording.
	longestGap = 2 * guardEvery
)

// observation is what is remembered of a studio or stream from look to look, because the cloud does not tell it:
// moments are unix milliseconds, 0 for none.
type observation struct {
	OnAir    bool   `json:"onAir,omitempty"`
	Started  int64  `json:"started,omitempty"`
	Modified int64  `json:"modified,omitempty"`
	Gone     int64  `json:"gone,omitempty"`    // when it was first seen off air, not through the bot
	Before   int64  `json:"before,omitempty"`  // when it was last seen on air before
	Changed  int64  `json:"changed,omitempty"` // when it was first seen changed, not through the bot
	What     change `json:"what,omitempty"`    // and how
	Then     int64  `json:"then,omitempty"`    // when the cloud says that it was
	// its settings let it change so by itself
	Itself bool `json:"itself,omitempty"`
	// a stream: its material was seen to grow, and nobody has stopped it through the bot
	Running bool `json:"running,omitempty"`
	Quiet   bool `json:"quiet,omitempty"` // its recording ended while it was live
	// for how long its material was seen not to grow while it was live, in milliseconds: by looks, as the clock may leap
	Still int64 `json:"still,omitempty"`
	doers

	key     string
	at      time.Time // when it was written
	version int64
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

func observationKey(t op.Target) string { return kindObservation + "/" + t.Key() }

// remember writes an observation that has changed. Another replica that did so first saw it too.
func (w *Monitor) remember(ctx context.Context, t op.Target, old, now observation) error {
	now.key, now.at, now.version = old.key, old.at, old.version
	if now == old && old.version > 0 {
		return nil
	}
	_, _, err := w.observations.Put(ctx, observationKey(t), now, old.version, w.Now().Add(observationFor), op.Event{})
	return err
}

// lastSeen is when a thing was last seen as its observation says.
func (w *Monitor) lastSeen(v observation, seen bool) time.Time {
	if seen && w.before.at.After(v.at) {
		return w.before.at
	}
	return v.at
}

// seeStudio brings the observation of a studio up to date.
func (w *Monitor) seeStudio(old observation, c live.Caster, t op.Target, j *round) observation {
	now := observation{
		OnAir: c.OnAir, Started: ms(c.Started), Modified: ms(c.Modified),
		Gone: old.Gone, Before: old.Before, Changed: old.Changed, What: old.What, Then: old.Then,
		Itself: old.Itself, doers: old.doers,
	}
	if c.OnAir {
		now.Gone, now.Before, now.GoneBy = 0, 0, doer{}
	}
	if old.version == 0 {
		return now
	}
	_, seen := w.before.studios[t.ID]
	last := w.lastSeen(old, seen)
	since := last.Add(-lag)
	change := func(how change) {
		if !j.history.explain(t, since, changes[how].by) {
			now.Changed, now.What, now.Then, now.ChangedBy = ms(j.at), how, ms(c.Modified), doer{}
		}
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
	since := w.lastSeen(old, seen)
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
