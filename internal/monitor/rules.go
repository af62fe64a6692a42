package monitor

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/records"
)

// alertKind is what can be wrong with something that is watched.
type alertKind string

const (
	broke   alertKind = "broke"   // a recording ended because its stream broke off
	stopped alertKind = "stopped" // a studio went off air by other hands
	changed alertKind = "changed" // a studio was changed by other hands
	open    alertKind = "open"    // a preview has been open for long
	still   alertKind = "still"   // a studio is still on air after its recording ended
)

// A stream that has just come back, or a recording that was just started, may not be listed yet.
const (
	settles = 10 * time.Second
	listed  = time.Minute
	// material of a live stream that has not grown for so long is that of a recording that has ended
	quiet = 3 * time.Minute
)

// finding is what a look says about one cause of one expectation.
type finding struct {
	key    string // of the alert
	about  expectation
	seen   bool
	wrong  bool
	alert  op.Answer // what is said when it is wrong
	over   op.Answer // what is said when it is no longer; without a title, nothing
	calls  bool      // it is about what is on air or recorded: people are called
	follow bool      // the alert is edited while it stands, when its words change
	cause  int64     // tells what it is about from what the alert that stands may be about
	former op.Answer // what that alert becomes then
}

// guard concludes from a look what is wrong, says what is new, and what is mended.
func (w *Monitor) guard(ctx context.Context, s snapshot, j *round) error {
	if len(j.expectations)+len(j.standing) == 0 {
		return nil
	}
	views, err := byKey(ctx, w.observations, func(v observation) string { return v.key })
	if err != nil {
		return err
	}
	var all []finding
	for _, x := range w.resolved(j.expectations, s) {
		old := views[x.observationKey()]
		now, seen := w.see(x, s, j, old)
		if now.Changed != old.Changed {
			now.Itself = now.What == edited && w.switchesItself(ctx, x.target.ID)
		}
		if seen && x.kind == studio {
			now = w.whoDid(ctx, x.target.ID, j, now)
		}
		if seen {
			err = errors.Join(err, w.remember(ctx, x, old, now))
		}
		all = append(all, rulesFor[x.kind](x, s, j, now)...)
	}
	return errors.Join(err, w.tell(ctx, j, s, all))
}

// switchesItself reports a studio whose settings let it go to its standby picture by itself. That they cannot be read
// says nothing.
func (w *Monitor) switchesItself(ctx context.Context, id string) bool {
	config, err := paced(quota.With(ctx, quota.Caller{Class: quota.Background}), w.limiter, "DescribeCasterConfig",
		func() (live.CasterConfig, error) { return w.Cloud.CasterConfig(ctx, id) })
	return w.saw(err) && config.Standby && config.AutoStandby
}

// see gives the observation of what an expectation is about; not seen means that the look could not.
func (w *Monitor) see(x expectation, s snapshot, j *round, old observation) (now observation, seen bool) {
	switch x.kind {
	case studio:
		return w.seeStudio(old, s.studios[x.target.ID], x.target, j),
			s.studios != nil && !s.studios[x.target.ID].Untold
	case recording:
		m, seen := s.material[streamOf(x.target.ID)]
		on, live := s.live(streamOf(x.target.ID))
		return w.seeStream(old, m, on, x, j), seen && live
	}
	return seePreview(old, x, s, j)
}

var rulesFor = map[op.Condition]func(x expectation, s snapshot, j *round, v observation) []finding{
	studio: studioRule, preview: previewRule, recording: recordingRule,
}

func (x expectation) finding(c alertKind) finding {
	return finding{key: alertKey(c, x), about: x, calls: c == broke || c == stopped || c == changed}
}

// studioRule: a studio that was started through the bot, or seen on air, is off air without the bot; or was changed; or
// is on although its recording ended.
func studioRule(x expectation, s snapshot, j *round, v observation) []finding {
	off, other, on := x.finding(stopped), x.finding(changed), x.finding(still)
	if s.studios == nil || s.studios[x.target.ID].Untold {
		return []finding{off, other, on}
	}
	off.seen, other.seen, on.seen = true, true, true
	c, there := s.studios[x.target.ID]
	ours, perhaps, says, over := ending(studio), effect(darkening), stoppedAlert, studioNow(c)
	if !there {
		c = live.Caster{ID: x.target.ID, Name: x.target.Name}
		ours, perhaps, says, over = leaving, leaving, goneAlert, goneNow(c)
	}
	explained, doubt := j.history.explain(x.target, x.since, ours), j.history.unresolved(x.target, perhaps)
	byBot := !x.since.IsZero() && j.at.Sub(x.since) >= listed && !explained
	restart := j.history.restart(x.target)
	off.seen = c.OnAir || !j.underWay(restart)
	off.wrong = !c.OnAir && (byBot || restart.ID != "" || v.Gone > 0 && j.at.Sub(moment(v.Gone)) < watchFor)
	off.alert, off.over = says(c, j.history.run(x, v), v, doubt, j.at), mended(over, j.at)
	if !c.OnAir { // it is not over because that is mended
		off.over = j.forgotten(j.standing[off.key])
	}
	if there && restart.State == op.Succeeded && v.Gone == 0 {
		off.alert = notBackAlert(c, restart, j.at)
	}
	off.follow = !there && (!explained || doubt.ID != "") || v.GoneBy != (doer{}) // nobody can start it any more
	other.wrong = v.Changed > 0 && j.at.Sub(v.latest()) < previewOpen
	other.cause, other.former = v.Changed, againAlert(c, j.at)
	other.alert, other.follow = changedAlert(c, v, j.history, x.target), true
	if other.over = settledAlert(c, j.at); !c.OnAir {
		other.over = j.darkened(j.standing[other.key], over)
	}
	on.over = mended(over, j.at)
	stillRule(&on, c, s, j)
	return []finding{off, other, on}
}

// stillRule: no recording goes on any more in the channel of a studio, neither by what the bot did nor as far as the
// look shows, and it is still on air.
func stillRule(f *finding, c live.Caster, s snapshot, j *round) {
	e, quiet, ok := j.history.ended(f.about.channel, j.touches(f.about.channel))
	if !ok || !c.OnAir || j.at.Sub(quiet) < stillOn {
		return
	}
	ended := named{streamOf(e.Plan.Target.ID), e.Plan.Target.Name}
	if _, f.seen = s.material[ended.of]; !f.seen {
		return
	}
	scope, _ := j.scope(f.about.channel)
	streams := append(s.shown(scope), ended)
	if goesOn := s.recordedIn(streams, records.History(j.history)); goesOn.alias != "" {
		f.over = mended(op.L(op.B(goesOn.alias), " is being recorded, as far as the cloud shows."), j.at)
		return
	}
	f.wrong = c.Started.Before(e.Sent) && f.about.since.Before(e.Sent)
	f.alert = stillAlert(c, e, s.unlooked(streams, scope), j.at)
}

// underWay reports a restart so fresh that its studio may not be back yet.
func (j *round) underWay(restart records.Change) bool {
	return restart.ID != "" && (restart.State == op.Running || j.at.Sub(restart.Sent) < listed)
}

// previewRule: a preview that was opened through the bot has been open for long.
func previewRule(x expectation, s snapshot, j *round, v observation) []finding {
	f := x.finding(open)
	scene, seen := s.preview(x)
	if !seen {
		return []finding{f}
	}
	f.seen = true
	f.wrong = scene.Open && !v.closed(x) && j.at.Sub(x.since) >= previewOpen
	f.alert = openAlert(s.studios[x.target.ID], scene, x, j.at)
	f.over = mended(closedNow(x, scene), j.at)
	return []finding{f}
}

// recordingRule: a recording that was started through the bot, or whose material was seen to grow, has ended with its
// stream. There is one alert for it until it is recorded again, however often the stream comes and goes. A recording
// that had ended while its stream went on did not end with it. Moments of the cloud are held against each other.
func recordingRule(x expectation, s snapshot, j *round, v observation) []finding {
	f := x.finding(broke)
	f.follow = true
	stream := streamOf(x.target.ID)
	on, seen := s.live(stream)
	m, listing := s.material[stream]
	if !seen || !listing {
		return []finding{f}
	}
	f.seen = true
	expected := !v.Quiet && (!x.since.IsZero() || v.Running && j.at.Sub(m.To) < watchFor)
	_, stands := j.standing[f.key]
	f.wrong = expected && (on == nil || returned(x, *on, m, j.at) || stands && unrecorded(x, *on, m, j.at))
	f.alert, f.over = brokeAlert(x, on, m), mended(streamNow(x, on, m), j.at)
	if on == nil { // it is not over because that is mended
		f.over = j.forgotten(j.standing[f.key])
	}
	return []finding{f}
}

// returned reports a stream that began anew after the recording, of which nothing is listed since.
func returned(x expectation, on live.Online, m live.Content, now time.Time) bool {
	return unrecorded(x, on, m, now) && now.Sub(on.Since) >= settles
}

// unrecorded reports that nothing is listed of a stream since it began.
func unrecorded(x expectation, on live.Online, m live.Content, now time.Time) bool {
	endless := !m.From.IsZero() && m.To.IsZero()
	fresh := !x.since.IsZero() && (!on.Since.After(x.since) || now.Sub(x.since) < listed)
	return !endless && !fresh && m.To.Before(on.Since)
}

func moment(ms int64) time.Time { return time.UnixMilli(ms) }
