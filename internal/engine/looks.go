package engine

import (
	"context"
	"errors"
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
