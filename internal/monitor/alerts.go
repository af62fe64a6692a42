package monitor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	kindAlert = "alert"
	// postWithin is how long whoever has claimed an alert has to post it. Then another may: after a crash in between it is
	// said twice rather than never.
	postWithin = time.Minute
	// muteFor is how long a channel that cannot be written to is left alone, unless the bot is seen to be back.
	muteFor = 5 * time.Minute
)

// alert is one thing that was said in a channel and stands.
type alert struct {
	Channel string       `json:"channel"`
	Message string       `json:"message,omitempty"` // empty: claimed, and not posted yet
	Says    string       `json:"says"`              // digest of its words
	Title   op.Line      `json:"title"`
	Claimed time.Time    `json:"claimed"`
	Kind    op.Condition `json:"kind"`   // of the expectation that it is about
	Target  string       `json:"target"` // and its target's key
	Scene   string       `json:"scene,omitempty"`
	Since   time.Time    `json:"since,omitzero"`   // when it was first said
	CareBy  string       `json:"careBy,omitempty"` // who takes care of it, as it says
	Called  bool         `json:"called,omitempty"` // people were called once more, or are about to be
	Second  string       `json:"second,omitempty"` // the message that called them
	Cause   int64        `json:"cause,omitempty"`  // of the finding

	key     string
	version int64
}

// muted reports an alert in a channel that cannot be written to for now: whatever is to stand on it waits.
func (a alert) muted(now time.Time) bool { return a.Message != "" && !isDue(a.Claimed, now, muteFor) }

func alertKey(c alertKind, x expectation) string { return kindAlert + "/" + string(c) + "/" + x.key() }

// alerts are what was said and stands.
func alerts(s *store.Store) store.Collection[alert] {
	return store.Collection[alert]{Store: s, Kind: kindAlert, Lenient: true, Filled: func(a *alert, d store.Document) {
		a.key, a.version = d.Key, d.Version
	}}
}

// byKey gives all values of a collection by their keys.
func byKey[T any](ctx context.Context, c store.Collection[T], key func(T) string) (map[string]T, error) {
	list, err := c.List(ctx)
	all := map[string]T{}
	for _, v := range list {
		all[key(v)] = v
	}
	return all, err
}

// put writes an alert at its version; false when another replica was there first.
func (w *Monitor) put(ctx context.Context, a alert) (alert, bool, error) {
	return w.alerts.Put(ctx, a.key, a, a.version, time.Time{}, op.Event{})
}

// tell says what is newly wrong, and edits what was said and is over. What could not be seen stays as it is.
func (w *Monitor) tell(ctx context.Context, j *round, s snapshot, all []finding) error {
	var errs []error
	judged := map[string]bool{}
	for _, v := range all {
		judged[v.key] = true
		a, stands := j.standing[v.key]
		if _, open := j.care[alertRef(v.key)]; v.calls && stands && !open { // a process died before it had opened it
			errs = append(errs, w.openCare(ctx, j, v))
		}
		if v.replaces(a) { // who takes care of that takes none of this
			delete(j.care, alertRef(v.key))
		}
		v.alert = w.withCare(j, v)
		may := w.mayTell(ctx, j, v.about.channel)
		switch {
		case !v.seen || may == unclear || a.muted(j.at):
		case may == forbidden && stands:
			errs = append(errs, w.end(ctx, a, unfollowed()))
		case may == forbidden:
		case v.wrong && (!stands || a.Message == ""):
			errs = append(errs, w.say(ctx, j, a, v))
		case v.replaces(a):
			errs = append(errs, w.replace(ctx, j, a, v))
		case v.wrong && (v.follow || j.care[alertRef(v.key)].By != a.CareBy) && digest(v.alert) != a.Says:
			errs = append(errs, w.edit(ctx, j, a, v))
		case v.wrong && stands && w.callsAgain(j, v, a):
			errs = append(errs, w.callAgain(ctx, j, v, a))
		case !v.wrong && stands:
			errs = append(errs, w.end(ctx, a, v.over))
		}
	}
	for key, a := range j.standing {
		switch may := w.mayTell(ctx, j, a.Channel); {
		case judged[key] || a.muted(j.at) || may == unclear && j.at.Sub(a.Since) < 2*watchFor:
		case may == unclear: // nobody will be told any more
			_, err := w.alerts.Drop(ctx, a.key, a.version, op.Event{})
			errs = append(errs, err)
		case may == forbidden:
			errs = append(errs, w.end(ctx, a, unfollowed()))
		case s.studios != nil || a.Kind == recording || !j.needStudios():
			errs = append(errs, w.end(ctx, a, j.forgotten(a)))
		}
	}
	return errors.Join(errs...)
}

// forgotten is what an alert becomes about something that is not watched any more.
func (j *round) forgotten(a alert) op.Answer {
	by := j.history.endingOf(a)
	scope, _ := j.scope(a.Channel)
	return forgotten(by, nameIn(scope, by.Plan.Target), j.at)
}

// darkened is what an alert about a change of a studio becomes once that is off air, by whomever.
func (j *round) darkened(a alert, now op.Line) op.Answer {
	if j.history.endingOf(a).ID != "" {
		return j.forgotten(a)
	}
	over := mended(now, j.at)
	over.Mark = op.MarkNeutral
	return over
}

// permission says whether a channel may be told something unasked.
type permission int

const (
	unclear   permission = iota // Slack does not tell now
	allowed                     // whatever is to be said
	forbidden                   // neither anything new nor how it goes on
)

// mayTell asks once in a round.
func (w *Monitor) mayTell(ctx context.Context, j *round, channel string) permission {
	if known, ok := j.may[channel]; ok {
		return known
	}
	may, err := w.Judge.Tells(ctx, channel)
	switch {
	case err != nil:
		w.Log.Info("whether a channel may be told something is not known", "channel", channel, "error", err)
		j.may[channel] = unclear
	case may:
		j.may[channel] = allowed
	default:
		j.may[channel] = forbidden
	}
	return j.may[channel]
}

// resumeAlerts forgets the claims of alerts that could not be posted in a channel, and calls that wait.
func (w *Monitor) resumeAlerts(ctx context.Context, channel string) error {
	all, err := w.alerts.List(ctx)
	for _, a := range all {
		var lost error
		switch now := w.Now(); {
		case a.Channel != channel:
		case a.Message == "":
			_, lost = w.alerts.Drop(ctx, a.key, a.version, op.Event{})
		case a.Claimed.After(now):
			a.Claimed = now
			_, _, lost = w.put(ctx, a)
		}
		err = errors.Join(err, lost)
	}
	return err
}

// say claims an alert and posts it.
func (w *Monitor) say(ctx context.Context, j *round, a alert, v finding) error {
	if a.version > 0 && !isDue(a.Claimed.Add(postWithin), j.at, muteFor+postWithin) {
		return nil
	}
	claim := alert{
		Channel: v.about.channel, Says: digest(v.alert), Title: v.alert.Title, Claimed: j.at, Kind: v.about.kind,
		Target: v.about.target.Key(), Scene: v.about.scene, Since: j.at, Cause: v.cause, key: v.key,
		version: a.version,
	}
	claim, mine, err := w.put(ctx, claim)
	if err != nil || !mine {
		return err
	}
	claim.Message, err = w.Chat.Put(ctx, v.about.channel, "", v.alert)
	switch {
	case errors.Is(err, notify.ErrNotInChannel):
		w.Log.Warn("an alert cannot be posted", "channel", v.about.channel, "alert", v.key, "error", err)
		claim.Claimed = j.at.Add(muteFor)
		_, _, err = w.put(ctx, claim)
		return err
	case err != nil:
		_, lost := w.alerts.Drop(ctx, claim.key, claim.version, op.Event{})
		return errors.Join(err, lost)
	}
	w.Log.Info("alert", "channel", v.about.channel, "alert", v.key)
	_, _, err = w.put(ctx, claim)
	return errors.Join(err, w.openCare(ctx, j, v))
}

// replaces reports that another cause is wrong than that of the alert that stands.
func (v finding) replaces(a alert) bool {
	return v.wrong && a.Message != "" && a.Cause != 0 && a.Cause != v.cause
}

// replace ends an alert and says another one in its place, in a message of its own.
func (w *Monitor) replace(ctx context.Context, j *round, a alert, v finding) error {
	if err := w.end(ctx, a, v.former); err != nil {
		return err
	}
	return w.say(ctx, j, alert{}, v)
}

// edit changes the words of an alert that stands. Whoever writes down first that it is about to be edited does it; an
// edit that fails is made with the next look.
func (w *Monitor) edit(ctx context.Context, j *round, before alert, v finding) error {
	care := j.care[alertRef(v.key)]
	a := before
	a.Says, a.Title, a.Claimed, a.CareBy, a.Cause = digest(v.alert), v.alert.Title, j.at, care.By, v.cause
	a, mine, err := w.put(ctx, a)
	if err != nil || !mine {
		return err
	}
	if err = w.write(ctx, a, a.Message, v.alert); err == nil && care.By != before.CareBy {
		err = w.write(ctx, a, a.Second, op.Answer{Title: takesCare(care), Lines: []op.Line{a.Title}})
	}
	if err == nil && care.By == "" && before.CareBy != "" { // people are called anew
		a.Second, a.Called = "", false
		_, _, err = w.put(ctx, a)
		return err
	}
	if err == nil {
		return nil
	}
	if before.version = a.version; errors.Is(err, notify.ErrNotInChannel) {
		return w.mute(ctx, before)
	}
	_, _, undone := w.put(ctx, before)
	return errors.Join(err, undone)
}

// mute leaves an alert alone whose channel cannot be written to. What it says now is to be mended when that can be.
func (w *Monitor) mute(ctx context.Context, a alert) error {
	w.Log.Warn("an alert cannot be edited", "channel", a.Channel, "alert", a.key)
	a.Claimed = w.Now().Add(muteFor)
	_, _, err := w.put(ctx, a)
	return err
}

// end edits an alert, and what called people once more, to say that it is over, and forgets it. Where that cannot be
// written it is tried for as long as what is watched.
func (w *Monitor) end(ctx context.Context, a alert, over op.Answer) error {
	if len(over.Title) > 0 {
		over.Note = op.L("Before: ", a.Title)
		for _, message := range []string{a.Message, a.Second} {
			switch err := w.write(ctx, a, message, over); {
			case !errors.Is(err, notify.ErrNotInChannel):
				if err != nil {
					return err
				}
			case w.Now().Before(a.Since.Add(watchFor)):
				return w.mute(ctx, a)
			}
		}
	}
	_, err := w.alerts.Drop(ctx, a.key, a.version, op.Event{})
	return errors.Join(err, w.closeCare(ctx, a.key))
}

// write edits a message; one that was never posted, or is gone, is nobody's loss.
func (w *Monitor) write(ctx context.Context, a alert, message string, words op.Answer) error {
	if message == "" {
		return nil
	}
	_, err := w.Chat.Put(ctx, a.Channel, message, words)
	if errors.Is(err, notify.ErrGone) {
		return nil
	}
	return err
}

// digest is equal for equal words.
func digest(a op.Answer) string {
	text, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
