package watch

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// cause is what can be wrong with something that is watched.
type cause string

const (
	broke   cause = "broke"   // a recording ended because its stream broke off
	back    cause = "back"    // a stream came back and is not recording
	stopped cause = "stopped" // a studio went off air by other hands
	changed cause = "changed" // a studio was changed by other hands
	open    cause = "open"    // a preview has been open for long
	still   cause = "still"   // a studio is still on air after its recording ended
)

// A stream that has just come back, or a recording that was just started, may not be listed yet.
const (
	settles = 10 * time.Second
	listed  = time.Minute
)

// verdict is what a look says about one cause of one wish.
type verdict struct {
	key    string // of the alert
	about  wish
	seen   bool
	wrong  bool
	alert  op.Answer // what is said when it is wrong
	over   op.Answer // what is said when it is no longer; without a title, nothing
	follow bool      // the alert is edited while it stands, when its words change
}

// guard concludes from a look what is wrong, says what is new, and what is mended.
func (w *Watcher) guard(ctx context.Context, s sight, j *job) error {
	if len(j.wishes)+len(j.standing) == 0 {
		return nil
	}
	views, err := w.remembered(ctx)
	if err != nil {
		return err
	}
	var all []verdict
	for _, x := range w.resolved(j.wishes, s) {
		old := views[viewKey(x.target)]
		now, seen := w.see(x, s, j, old)
		if seen && x.kind != preview {
			err = errors.Join(err, w.remember(ctx, x.target, old, now))
		}
		all = append(all, judges[x.kind](x, s, j, now)...)
	}
	return errors.Join(err, w.tell(ctx, j, s, all))
}

// see gives the view of what a wish is about; not seen means that the look could not.
func (w *Watcher) see(x wish, s sight, j *job, old view) (now view, seen bool) {
	switch x.kind {
	case studio:
		return w.seeStudio(old, s.studios[x.target.ID], x.target, j), s.studios != nil
	case recording:
		m, seen := s.material[streamOf(x.target.ID)]
		return w.seeStream(old, m, x.target, j), seen
	}
	return old, true
}

var judges = map[op.Condition]func(x wish, s sight, j *job, v view) []verdict{
	studio: judgeStudio, preview: judgePreview, recording: judgeRecording,
}

func (x wish) verdict(c cause) verdict {
	return verdict{key: alertKey(c, x), about: x}
}

// judgeStudio: a studio that was started through the bot, or seen on air, is off air without the bot; or was changed; or is on
// although its recording ended.
func judgeStudio(x wish, s sight, j *job, v view) []verdict {
	off, other, on := x.verdict(stopped), x.verdict(changed), x.verdict(still)
	if s.studios == nil {
		return []verdict{off, other, on}
	}
	c, there := s.studios[x.target.ID]
	if !there {
		c = live.Caster{ID: x.target.ID, Name: x.target.Name}
	}
	off.seen, other.seen, on.seen = true, true, true
	byBot := !x.since.IsZero() && j.at.Sub(x.since) >= listed && !j.deeds.explain(x.target, x.since, ending(studio))
	off.wrong = !c.OnAir && (byBot || v.Gone > 0 && j.at.Sub(moment(v.Gone)) < watchFor)
	off.alert, off.over = stoppedAlert(c, x, v, j.deeds.doubt(x.target, ending(studio)), j.at), mended(studioNow(c), j.at)
	other.wrong = v.Changed > 0 && j.at.Sub(moment(v.Changed)) < previewOpen
	other.alert, other.follow = changedAlert(c, v, j.deeds, x.target), true
	if e, ok := j.deeds.ended(x.channel); ok {
		before := c.Started.Before(e.Sent) && x.since.Before(e.Sent)
		on.wrong = c.OnAir && before && j.at.Sub(e.Sent) >= stillOn
		on.alert = stillAlert(c, e, j.at)
	}
	on.over = mended(studioNow(c), j.at)
	return []verdict{off, other, on}
}

// judgePreview: a preview that was opened through the bot has been open for long.
func judgePreview(x wish, s sight, j *job, _ view) []verdict {
	v := x.verdict(open)
	c, there := s.studios[x.target.ID]
	scenes, inside := s.scenes[x.target.ID]
	if s.studios == nil || c.OnAir && !inside {
		return []verdict{v}
	}
	v.seen = true
	scene := live.Scene{ID: x.scene, Name: x.scene}
	for _, known := range scenes {
		if known.ID == x.scene {
			scene = known
		}
	}
	v.wrong = there && scene.Open && j.at.Sub(x.since) >= previewOpen
	v.alert, v.over = openAlert(c, scene, x, j.at), mended(closedNow(x, scene), j.at)
	return []verdict{v}
}

// judgeRecording: a recording that was started through the bot, or whose material was seen to grow, has ended with its stream; and
// the stream is there again without it. Moments of the cloud are held against each other.
func judgeRecording(x wish, s sight, j *job, v view) []verdict {
	gone, again := x.verdict(broke), x.verdict(back)
	stream := streamOf(x.target.ID)
	on, seen := s.live(stream)
	m, listing := s.material[stream]
	if !seen || !listing {
		return []verdict{gone, again}
	}
	gone.seen, again.seen = true, true
	expected := !x.since.IsZero() || v.Running && j.at.Sub(m.To) < watchFor
	gone.wrong = expected && on == nil
	again.wrong = expected && on != nil && came(x, *on, m, j.at)
	gone.alert, again.alert = brokeAlert(x, m, j.at), backAlert(x, on, m, j.at)
	gone.over, again.over = mended(streamNow(x, on, m), j.at), mended(streamNow(x, on, m), j.at)
	if again.wrong {
		gone.over = cameBack(x, *on)
	}
	return []verdict{gone, again}
}

// came reports a stream that began anew after the recording, of which nothing is listed since.
func came(x wish, on live.Online, m live.Content, now time.Time) bool {
	endless := !m.From.IsZero() && m.To.IsZero()
	fresh := !x.since.IsZero() && (!on.Since.After(x.since) || now.Sub(x.since) < listed)
	return !endless && !fresh && m.To.Before(on.Since) && now.Sub(on.Since) >= settles
}

func moment(ms int64) time.Time { return time.UnixMilli(ms) }
