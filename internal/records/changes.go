package records

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	// ChangesFor is how far back all of the bot's own changes are known.
	ChangesFor = 24 * time.Hour
	// StandsFor is the same of those that stand, because nothing has ended them, and of those of which nobody knows what
	// became.
	StandsFor = 30 * 24 * time.Hour

	pageSize = 100         // operations that are read at once
	overlap  = time.Minute // what is read again: a write takes its time, and a look may come in between
)

// Change is an operation that may have changed the cloud, and what its command does. Of the operation there is only
// what is asked for here.
type Change struct {
	op.Operation
	Command *op.Command
	Seen    map[op.Condition]op.Seen // what looks have shown of it since
}

// Ends reports whether the change has ended a condition of its target; one that names no scene means all of them.
func (c Change) Ends(x op.Condition, scene string) bool {
	holds, known := c.Command.After(x)
	named := c.Plan.Args["scene"]
	return known && !holds && (named == "" || named == scene)
}

// Interrupts reports whether the change may have ended a condition that held until then. Who removes a studio ends all
// about it, but takes none off air: it was idle before.
func (c Change) Interrupts(x op.Condition) bool {
	held, _ := c.Command.Before(x)
	return held && c.Ends(x, "")
}

// Removes reports whether its target does not exist any more after the change.
func (c Change) Removes() bool { return c.Ends(op.Exists, "") }

// Starts reports whether the change has started a condition.
func (c Change) Starts(x op.Condition) bool {
	holds, _ := c.Command.After(x)
	return holds
}

// History are the changes of the last day, and earlier ones that stand, the oldest first. Nobody may change one that
// was given out.
type History []Change

// Since leaves those out that were asked for before a moment.
func (h History) Since(t time.Time) History {
	return slices.DeleteFunc(slices.Clone(h), func(c Change) bool { return c.Created.Before(t) })
}

// Changes keeps the history from one reading to the next, so that a busy day is read once. What is read anew is all
// that can have changed: an operation that has been given to the network changes as long as it has not ended, and what
// has ended stays as it is. The store's own moments are compared, never those of two clocks. Every process keeps its
// own and fills it from the store, so it holds the same after a restart and in every replica.
type Changes struct {
	store    *store.Store
	seen     store.Collection[kept]
	commands func() map[string]*op.Command // those that change their target in the cloud, by verb

	mu      sync.Mutex
	history History
	since   time.Time // what was asked for before this is left out
	upTo    time.Time // the last end that was read
	whole   bool      // what stands from before was read
}

// NewChanges gives the changes by the commands of a table, which is read at the first use.
func NewChanges(s *store.Store, table *op.Table) *Changes {
	return &Changes{store: s, seen: keptSeen(s), commands: sync.OnceValue(func() map[string]*op.Command {
		all := map[string]*op.Command{}
		for _, c := range table.Commands {
			if c.Changes() {
				all[c.Verb] = &c
			}
		}
		return all
	})}
}

// Read brings the history up to date and gives it.
func (l *Changes) Read(ctx context.Context) (History, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.read(ctx, l.store.Now().Add(-ChangesFor))
	return l.history, errors.Join(err, l.attach(ctx))
}

// Standings gives how conditions stand by what the bot did.
func (l *Changes) Standings(ctx context.Context) (op.Standings, error) {
	h, err := l.Read(ctx)
	return h.Standing, err
}

// Unsettled gives the operations on a target of which nobody knows whether they happened.
func (l *Changes) Unsettled(ctx context.Context) (func(op.Target) []op.Operation, error) {
	h, err := l.Read(ctx)
	return h.Unsettled, err
}

// read brings the history up to date, without those that were asked for before since and do not stand, and gives how
// many operations were read.
func (l *Changes) read(ctx context.Context, since time.Time) (n int, err error) {
	if since.Before(l.since) { // a clock was set back: what was left out counts again
		l.history, l.upTo, l.whole = nil, time.Time{}, false
	}
	l.since = since
	now := l.store.Now()
	if l.upTo.After(now) { // likewise
		l.upTo = now
	}
	if !l.whole {
		if err := l.readStanding(ctx, now.Add(-StandsFor), since); err != nil {
			return 0, err
		}
		l.whole = true
	}
	from, least := since, now.Add(-StandsFor)
	if !l.upTo.IsZero() {
		from = l.upTo.Add(-overlap)
	}
	for limit := pageSize; ; {
		all, err := l.store.List(ctx, store.Query{ActedSince: from, Since: least, Limit: limit})
		if err != nil {
			return n, err
		}
		n += len(all)
		l.add(all)
		for _, o := range all {
			if o.Ended.After(l.upTo) {
				l.upTo = o.Ended
			}
		}
		if len(all) < limit {
			break
		}
		if next := all[len(all)-1].Ended; next.After(from) {
			from = next
		} else { // so many at one moment, or not over
			limit *= 2
		}
	}
	l.forget(since, least)
	return n, nil
}

// add writes down operations as they are now. Others may hold the history from before.
func (l *Changes) add(all []op.Operation) {
	shared := true
	for _, o := range all {
		if by := l.commands()[o.Verb]; by != nil && !l.history.has(o) {
			if shared {
				l.history, shared = slices.Clone(l.history), false
			}
			l.history.put(o, by)
		}
	}
}

// has reports a history that an operation, as it is now, would leave as it is.
func (h History) has(o op.Operation) bool {
	i, known := slices.BinarySearchFunc(h, o, older)
	return known == counts(o) && (!known || h[i].State == o.State)
}

// put writes down what an operation by a command is now.
func (h *History) put(o op.Operation, by *op.Command) {
	i, known := slices.BinarySearchFunc(*h, o, older)
	switch {
	case known && counts(o):
		(*h)[i].Operation = trim(o)
	case known:
		*h = slices.Delete(*h, i, i+1)
	case counts(o):
		*h = slices.Insert(*h, i, Change{Operation: trim(o), Command: by})
	}
}

// trim leaves out of an operation what nobody asks a history for: thousands of them are kept.
func trim(o op.Operation) op.Operation {
	kept := op.Operation{
		ID: o.ID, Verb: o.Verb, State: o.State, Channel: o.Channel, Requester: o.Requester, Created: o.Created, Sent: o.Sent,
		Turn: o.Turn, SettledBy: o.SettledBy,
		Plan: op.Plan{Target: o.Plan.Target, Seen: o.Plan.Seen},
	}
	if o.Outcome != nil && o.Outcome.RequestID != "" { // by which the cloud's own record knows it
		kept.Outcome = &op.Outcome{RequestID: o.Outcome.RequestID}
	}
	if scene, ok := o.Plan.Args["scene"]; ok {
		kept.Plan.Args = op.Args{"scene": scene}
	}
	return kept
}

// counts reports an operation that is a change of ours.
func counts(o op.Operation) bool {
	return o.Sends > 0 && (o.State != op.Failed || o.SettledBy != "")
}

// older is the order of history: that in which they were sent. Of one moment on one target their turns tell it.
func older(a Change, b op.Operation) int {
	return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.Turn, b.Turn), strings.Compare(a.ID, b.ID))
}
