package engine

import (
	"context"
	"errors"
	"sort"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// looksAfterSilence are the times after the send at which an operation without an answer is looked at; after the last
// one it waits for a person. A state of the cloud that anybody could have brought about counts as proof until
// creditWithin only: people who read "unknown" do by hand what they wanted, and then it would be taken for the call's
// doing. After a time-out the look at 70 s is the last one before that. The later ones are for what is proof at any
// time: a token, or a moment that the cloud tells.
var looksAfterSilence = []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 70 * time.Second,
	3 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}

// Only a look that saw something is one of these. As long as nothing can be seen it is tried again, ever more seldom
// the longer ago the call is, for a day.
const (
	lookRestLeast = 5 * time.Second
	lookRestMost  = 5 * time.Minute
	lookFor       = 24 * time.Hour
)

// lookDue reports whether an unknown operation should be looked at now. One of several is never sent: it begins when it
// is confirmed.
func lookDue(o op.Operation, now time.Time) bool {
	since := o.Sent
	if o.IsSeveral() {
		since = o.Confirmed
	}
	age := now.Sub(since)
	if o.Looks >= len(looksAfterSilence) || age < looksAfterSilence[o.Looks] || age > lookFor {
		return false
	}
	rest := min(max(age/8, lookRestLeast), lookRestMost)
	return o.Looked.IsZero() || now.Sub(o.Looked) >= rest
}

// recordLook writes down what a look saw. It counts when it was due and saw something. As long as it is not known
// whether its channel may be told, what was seen before stands.
func (e *Engine) recordLook(ctx context.Context, o op.Operation, counts bool, seen op.Line) error {
	outcome := outcomeOf(o)
	may, err := e.authz.TellsOf(ctx, o)
	switch {
	case err != nil:
		counts, seen = false, outcome.Evidence
	case !may:
		seen = op.L("What is seen now is not told in this channel any more.")
	}
	outcome.State, outcome.Evidence = op.Unknown, seen
	note := store.Note{Look: counts, Tried: true, Outcome: &outcome, Version: o.Version}
	err = e.note(ctx, o, note, op.EventReconciled)
	e.notify.EnqueueCard(o.ID)
	if errors.Is(err, store.ErrLost) { // another replica has looked, or somebody has settled it
		return nil
	}
	return err
}

// trailLooks are the times after the send at which an operation of which no look has shown what became of it is looked
// up in the cloud's own record. That shows a call within about ten minutes.
var trailLooks = []time.Duration{2 * time.Minute, 3 * time.Minute, 4 * time.Minute, 6 * time.Minute, 8 * time.Minute,
	10 * time.Minute, 12 * time.Minute}

// trailDue reports whether an unknown operation should be looked up in the cloud's own record now.
func (e *Engine) trailDue(o op.Operation, now time.Time) bool {
	age := now.Sub(o.Sent)
	if e.trail == nil || o.State != op.Unknown || age > lookFor {
		return false
	}
	_, known := e.trace(o)
	return known && cloudRecord(o).Looks < trailLooksBy(age)
}

// trailLooksBy is how many of these looks are to be made by then.
func trailLooksBy(age time.Duration) int {
	return sort.Search(len(trailLooks), func(i int) bool { return trailLooks[i] > age })
}

func cloudRecord(o op.Operation) op.CloudRecord {
	if r := outcomeOf(o).Record; r != nil {
		return *r
	}
	return op.CloudRecord{}
}

// trace is by what the calls of an operation can be found; false where nothing tells them from others.
func (e *Engine) trace(o op.Operation) (op.Trace, bool) {
	command, known := e.table.Find(o.Command)
	t := op.Trace{Action: command.Sends, RequestID: outcomeOf(o).RequestID, Since: o.Sent}
	if e.sessions != nil {
		t.Session = o.Session()
	}
	return t, known && t.Action != "" && t.RequestID+t.Session != ""
}

// askTrail looks an unknown operation up in the cloud's own record. What is found there with success has succeeded;
// what is found with a refusal has failed, unless it was sent more than once on purpose: a refusal speaks of one of
// its calls. That nothing is found proves nothing.
func (e *Engine) askTrail(ctx context.Context, o op.Operation) error {
	command, _ := e.table.Find(o.Command)
	t, _ := e.trace(o)
	asking, cancel := context.WithTimeout(ctx, lookWithin)
	found, err := e.trail.Called(asking, t)
	cancel()
	record := cloudRecord(o)
	record.Looks = trailLooksBy(e.now().Sub(o.Sent))
	outcome := outcomeOf(o)
	outcome.Record = &record
	switch last := record.Looks == len(trailLooks); {
	case found.Done:
		return e.settleByTrail(ctx, o, found, op.Outcome{State: op.Succeeded, Checked: true,
			Text: op.L(o.Plan.Title, ": done, although ApsaraVideo Live did not say so.")})
	case found.Refused && !command.Repeatable:
		return e.settleByTrail(ctx, o, found, op.Outcome{State: op.Failed, Code: found.Code, NothingChanged: true,
			Text: op.L(o.Plan.Title, ": ApsaraVideo Live refused it (", op.Code(found.Code), ").")})
	case found.Found:
		record.Says = op.L("ActionTrail shows the call with ", op.Code(found.Code),
			", which does not tell what became of it.")
	case err != nil && last:
		record.Says = op.L("ActionTrail could not be asked what became of it.")
	case last && record.Shared:
		record.Says = op.L("ActionTrail cannot tell: the call was made in the session that all calls share.")
	case last:
		record.Says = op.L("ActionTrail shows nothing of this call. That proves nothing.")
	}
	err = e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventReconciled)
	e.notify.EnqueueCard(o.ID)
	if errors.Is(err, store.ErrLost) { // another replica has looked, or somebody has settled it
		return nil
	}
	return err
}

// settleByTrail ends an unknown operation by what the cloud's own record shows.
func (e *Engine) settleByTrail(ctx context.Context, o op.Operation, found op.Recorded, outcome op.Outcome) error {
	record := cloudRecord(o)
	record.Found = true
	outcome.Record, outcome.RequestID = &record, found.RequestID
	if may, err := e.authz.Tells(ctx, o.Channel); err == nil && may {
		outcome.Evidence = op.L("ActionTrail shows the call at ", op.At(found.At), ".")
	}
	return e.settle(ctx, o, outcome, e.event(op.EventReconciled, "", "", o), op.Click{})
}

// looksAfterAnswer are the waits before each look that should confirm an answer.
var looksAfterAnswer = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}

// When not even the last of these could see anything, a memo keeps that the effect is still to be looked at, as a call
// without an answer is: a look that cannot see is made again.
const (
	kindCheck   = "check"
	checkWithin = time.Hour
)

// confirmEffect looks whether what the API accepted really took effect, and says on the card what was seen. The first
// look is drawn together with the result, if it confirms it in time.
func (e *Engine) confirmEffect(ctx context.Context, o op.Operation, command op.Command) {
	if command.Verify == nil {
		e.notify.EnqueueCard(o.ID)
		return
	}
	outcome, blind := *o.Outcome, false
	for n, wait := range looksAfterAnswer {
		if n == 1 {
			e.notify.EnqueueCard(o.ID)
		}
		if !e.pause(ctx, wait) {
			return
		}
		seen, err := verify(ctx, command, o)
		if blind = err != nil; blind {
			outcome.Evidence = op.L("Whether it took effect could not be checked.")
			continue
		}
		outcome.Evidence, outcome.Checked = besideSuccess(seen), seen.Happened
		if seen.Happened {
			break
		}
	}
	err := e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventReconciled)
	if blind {
		m := store.Document{Key: kindCheck + "/" + o.ID, Kind: kindCheck, Ends: e.now().Add(checkWithin)}
		err = errors.Join(err, e.reschedule(ctx, &m, e.now().Add(followRetry)))
	}
	if err != nil && !errors.Is(err, store.ErrLost) {
		e.log.Error("record what was seen", "op", o.Ref(), "error", err)
	}
	e.notify.EnqueueCard(o.ID)
}

// besideSuccess is what a look has shown beyond the success that the card tells.
func besideSuccess(seen op.Evidence) op.Line {
	if seen.Happened && seen.Same {
		return nil
	}
	return seen.Seen
}

// confirmLater looks once more whether an operation took effect that could not be looked at. What is not there so late
// says nothing about the call: much may have happened since.
func (e *Engine) confirmLater(ctx context.Context, id string) (again time.Time, err error) {
	o, err := e.store.Get(ctx, id)
	command, known := e.table.Find(o.Command)
	if err != nil || !known || o.State != op.Succeeded || outcomeOf(o).Checked {
		return time.Time{}, err
	}
	seen, err := verify(ctx, command, o)
	if err != nil || !seen.Happened {
		return time.Time{}, err
	}
	may, err := e.authz.TellsOf(ctx, o)
	if err != nil {
		return time.Time{}, err
	}
	outcome := outcomeOf(o)
	if outcome.Evidence, outcome.Checked = nil, true; may {
		outcome.Evidence = besideSuccess(seen)
	}
	err = e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventReconciled)
	e.notify.EnqueueCard(o.ID)
	return time.Time{}, err
}
