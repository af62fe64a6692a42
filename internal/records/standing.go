package records

import (
	"cmp"
	"context"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Standing says how a condition of a target stands by what the bot is known to have done last, and whether something of
// which that is not known came after it. What is known not to have happened did nothing.
func (h History) Standing(target op.Target, x op.Condition) op.Standing {
	var unknown [2]string // the last that may have started it, and the last that may have ended it
	var last op.Standing
	for _, c := range slices.Backward(h) {
		holds, about := c.Command.After(x)
		switch {
		case !about || c.State == op.Failed || c.Plan.Target.Key() != target.Key():
		case last.Op != "":
			if last.Before = append(last.Before, c.Plan.Seen); c.happened() {
				return last
			}
		case c.happened():
			last = op.Standing{Op: c.ID, Holds: holds, Since: c.Sent, By: c.Requester, Seen: c.Plan.Seen,
				Doubt: unknown[side(!holds)], Later: c.Seen[x], Word: c.SettledBy != ""}
			if x == op.PictureTaken { // the next picture ends the one before
				last.Doubt = cmp.Or(unknown[side(true)], unknown[side(false)])
			}
		default:
			unknown[side(holds)] = cmp.Or(unknown[side(holds)], c.Ref())
		}
	}
	if last.Op == "" {
		last.Doubt = unknown[side(true)]
	}
	return last
}

// happened reports a change that is known to have happened. The word of a person is no longer enough once a look has
// shown otherwise: another picture than the one taken, or a studio on air as it was before it was stopped.
func (c Change) happened() bool {
	if c.State != op.Succeeded || c.SettledBy == "" {
		return c.State == op.Succeeded
	}
	lit := c.Seen[op.IsOnAir]
	return c.Seen[op.PictureTaken].Cause != op.SeenChanged && (lit.Cause != op.SeenOnAir || !lit.When.IsZero())
}

func side(starts bool) int {
	if starts {
		return 0
	}
	return 1
}

// lasting are the conditions that may stand for longer than all changes are known.
var lasting = []op.Condition{op.IsOnAir, op.IsRecorded, op.IsPaused, op.StandbyShown, op.PictureTaken}

// readStanding reads what was asked for before a moment and may stand still: no later operation is known to have ended
// it.
func (l *Changes) readStanding(ctx context.Context, from, until time.Time) error {
	var starting []string
	for _, c := range l.commands() {
		if slices.ContainsFunc(lasting, Change{Command: c}.Starts) {
			starting = append(starting, c.Usage)
		}
	}
	found, err := l.store.List(ctx, store.Query{States: []op.State{op.Succeeded}, Commands: starting, Standing: true,
		ActedSince: from, Newest: true})
	l.add(slices.DeleteFunc(found, func(o op.Operation) bool { return !o.Created.Before(until) }))
	return err
}

// forget leaves out what was asked for before since, but for what stands, and all before least.
func (l *Changes) forget(since, least time.Time) {
	old := func(c Change) bool { return c.Created.Before(since) }
	if !slices.ContainsFunc(l.history, old) {
		return
	}
	stands := l.history.standing(since)
	gone := func(c Change) bool { return old(c) && !stands[c.ID] || c.Created.Before(least) }
	if slices.ContainsFunc(l.history, gone) {
		l.history = slices.DeleteFunc(slices.Clone(l.history), gone)
	}
}

// standing names the changes after which a condition still is as they left it, or was until lately, and those of which
// nobody knows what became.
func (h History) standing(lately time.Time) map[string]bool {
	stands, decided := map[string]bool{}, map[string]bool{}
	for _, c := range slices.Backward(h) {
		if c.State == op.Unknown || c.State == op.Succeeded && !c.happened() {
			stands[c.ID] = true
		}
		for _, x := range lasting {
			holds, about := c.Command.After(x)
			if key := c.Plan.Target.Key() + " " + string(x); about && c.happened() && !decided[key] {
				decided[key] = true
				if seen := c.Seen[x]; holds && (!seen.Ends() || seen.At.After(lately)) {
					stands[c.ID] = true
				}
			}
		}
	}
	return stands
}

// Unresolved is the last of those changes of a target of which nobody knows whether it happened; zero when there is
// none.
func (h History) Unresolved(target op.Target, fits func(Change) bool) op.Operation {
	for _, c := range slices.Backward(h) {
		if c.State == op.Unknown && c.Plan.Target.Key() == target.Key() && fits(c) {
			return c.Operation
		}
	}
	return op.Operation{}
}
