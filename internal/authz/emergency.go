package authz

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/op"
)

// An emergency does not wait for Slack, nor for Slack to be well. What is asked fresh and does not come within
// freshWithin is taken from what is at hand of the last minute; and when there is nothing of that, from what Slack told
// last, within a shift. It still refuses: whoever had no right then, was deactivated then, or of whom Slack has said
// since that something changed, without saying what. Whoever is not known at all is waited for, like anybody.
const (
	freshWithin   = 1500 * time.Millisecond
	rememberedFor = 12 * time.Hour
)

// Remembered is what Slack told last of a person and a channel, however long ago.
type Remembered struct {
	Facts
	Asked      time.Time
	Rooms      []string  // the channels that the person was in
	RoomsAsked time.Time // zero: that is not known
}

// remembered gives what was told last, if that is of this shift: for an emergency, and nothing else.
func (j *Judge) remembered(q Question, person, team string) (Remembered, bool) {
	if !q.Command.Urgent {
		return Remembered{}, false
	}
	r, ok := j.Directory.Last(person, team, q.Channel)
	return r, ok && j.ofThisShift(r.Asked)
}

// ofThisShift also refuses what is from the future: the clock was moved.
func (j *Judge) ofThisShift(at time.Time) bool {
	age := j.Now().Sub(at)
	return age >= 0 && age < rememberedFor
}

// askingSecond looks the second person up while the caller does something else.
func (j *Judge) askingSecond(ctx context.Context, q Question) func() (op.Person, time.Time, error) {
	fresh, cancel := q.fresh(ctx)
	asked := j.asking(fresh, q.party.id, q.party.team, q.Since)
	return func() (op.Person, time.Time, error) {
		defer cancel()
		person, err := asked()
		if q.makesDo(err != nil || person.Stale) {
			facts, asOf, err := j.enough(ctx, q, q.party.id, q.party.team)
			return facts.Person, asOf, err
		}
		return person, time.Time{}, err
	}
}

// lookFor gives the facts that a question wants, and from when they are where they are not fresh.
func (j *Judge) lookFor(ctx context.Context, q Question) (Facts, time.Time, error) {
	fresh, cancel := q.fresh(ctx)
	defer cancel()
	facts, err := j.Look(fresh, q)
	if q.makesDo(err != nil || facts.Person.Stale || facts.Channel.Stale || facts.Channel.Hidden) {
		return j.enough(ctx, q, q.Person, q.Team)
	}
	return facts, time.Time{}, err
}

// enough gives facts for an emergency in place of those that Slack did not tell now, and from when they are where
// nobody calls them fresh: those of the last minute are.
func (j *Judge) enough(ctx context.Context, q Question, person, team string) (f Facts, asOf time.Time, err error) {
	q.Since, q.Person, q.Team = time.Time{}, person, team
	if f, ok := j.Glance(q); ok {
		return f, asOf, nil
	}
	if r, ok := j.remembered(q, person, team); ok {
		j.Log.Warn("Slack does not tell who somebody is, so an emergency goes by what it told before",
			"person", person, "then", r.Asked)
		return r.Facts, r.Asked, nil
	}
	f, err = j.Look(ctx, q)
	return f, asOf, err
}

// wasInChannel reports that somebody was in the channel of a question when Slack was asked last, and when that was.
func (j *Judge) wasInChannel(q Question, person string) (asOf time.Time, there bool) {
	r, ok := j.remembered(q, person, q.Team)
	return r.RoomsAsked, ok && j.ofThisShift(r.RoomsAsked) && slices.Contains(r.Rooms, q.Channel)
}

// earliest is the earlier of two moments; one that is not set is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
