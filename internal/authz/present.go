package authz

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/op"
)

// The policy is keyed on channels, and may let everybody in one do something. Whoever types in a channel, or presses a
// button of a message there, is in it: Slack sees to that, and it counts for as long as other facts do. A form and the
// bot's own page stay open when their person is removed from the channel, a card waits for longer than that, and what
// was typed may be judged, or answered, long after: then Slack is asked.

// vouchedFor is how long somebody counts as in the channel in which they acted.
const vouchedFor = time.Minute

// InChannel refuses somebody who is not in the channel that a question names, where Slack has not seen to it lately.
func (j *Judge) InChannel(ctx context.Context, q Question) error {
	_, _, err := j.presence(ctx, q)
	return err
}

// presence is InChannel with its ground, and from when it is known where that is not fresh.
func (j *Judge) presence(ctx context.Context, q Question) (g Ground, asOf time.Time, err error) {
	for _, a := range j.absent(q) {
		g, known, err := j.present(ctx, q, a)
		if err != nil {
			return g, asOf, a.words(err)
		}
		asOf = earliest(asOf, known)
	}
	return Allowed, asOf, nil
}

// absentee is somebody of whom Slack has to be asked whether they are in the channel.
type absentee struct {
	id    string
	at    time.Time         // by facts from after this
	words func(error) error // for whoever reads it
}

// absent are those people of a question who may be in the channel no more.
func (j *Judge) absent(q Question) (all []absentee) {
	if q.answer == noAnswer {
		if q.Outside && q.begins { // by facts from after they acted
			q.Since = q.at.Add(-ClickWithin)
		}
		if q.Outside || q.tried && j.long(q.at) { // what was typed may be judged late, and an answer be owed
			all = append(all, absentee{q.Person, q.Since, itself})
		}
		return all
	}
	if q.party.outside {
		all = append(all, absentee{q.party.id, q.Since, itself})
	}
	if q.answer != declines && j.long(q.asked()) {
		all = append(all, absentee{q.Person, q.Since, func(err error) error { return j.forReader(q, err) }})
	}
	if q.answer == sends && q.hasSecond() && j.long(q.party.at) {
		all = append(all, absentee{q.party.id, q.Since, q.secondForReader})
	}
	return all
}

func itself(err error) error { return err }

// long reports that somebody acted too long ago to count as in the channel by that.
func (j *Judge) long(at time.Time) bool { return j.Now().Sub(at) > vouchedFor }

// asked is when the asker acted last: they asked, or answered their own card.
func (q Question) asked() time.Time {
	if q.party.id == q.Person && q.party.at.After(q.at) {
		return q.party.at
	}
	return q.at
}

// present refuses a person who is not in a channel. Direct messages are in none of Slack's lists; whoever is in one
// stays in it.
func (j *Judge) present(ctx context.Context, q Question, a absentee) (g Ground, asOf time.Time, err error) {
	fresh, cancel := q.fresh(ctx)
	defer cancel()
	rooms, err := j.Directory.Rooms(fresh, a.id, a.at)
	if q.makesDo(err != nil) {
		if rooms, err = j.Directory.Rooms(fresh, a.id, time.Time{}); err != nil {
			if then, there := j.wasInChannel(q, a.id); there {
				return Allowed, then, nil
			}
			rooms, err = j.Directory.Rooms(ctx, a.id, time.Time{})
		}
	}
	if err != nil {
		return Unknown, asOf, rightsUnknown(err)
	}
	if slices.Contains(rooms, q.Channel) {
		return Allowed, asOf, nil
	}
	if c, err := j.Directory.Channel(ctx, q.Channel, time.Time{}); err == nil && c.Direct {
		return Allowed, asOf, nil
	}
	return Away, asOf, notThere()
}

// Hears reports whether whoever asked for an operation may be told alone what became of it, where its card cannot be:
// just after they acted; later if they are in its channel, as far as Slack shows that, and may use its verb there. An
// error says that Slack does not tell.
func (j *Judge) Hears(ctx context.Context, o op.Operation) (bool, error) {
	if !j.long(o.Created) || o.DecidedBy == o.Requester && !j.long(o.Confirmed) {
		return true, nil
	}
	q := Reminds(o, o.Requester)
	facts, err := j.Look(ctx, q)
	switch {
	case err != nil:
		return false, err
	case facts.Person.Stale || facts.Channel.Stale:
		return false, errStale
	case facts.Channel.Hidden:
		return true, nil
	}
	if facts.Channel.Archived = false; !j.Decide(facts, q.Command, q.Plan).Allowed {
		return false, nil
	}
	return j.Present(ctx, o.Channel, o.Requester)
}

var errStale = errors.New("only older facts are known")

// isAsker reports whether whoever answers a card is the one who asked for it: by id and by team. People of one
// organisation may come from several workspaces of it; what counts is that Slack tells the same of both.
func (j *Judge) isAsker(ctx context.Context, q Question) bool {
	if q.party.id != q.card.Requester {
		return false
	}
	if q.party.team == "" || q.party.team == q.card.Team {
		return true
	}
	asked := j.askingSecond(ctx, q)
	asker, _, err := j.lookFor(ctx, Question{Person: q.card.Requester, Team: q.card.Team, Channel: q.Channel,
		Command: q.Command, Since: q.Since, until: q.until})
	clicker, _, unknown := asked()
	return err == nil && unknown == nil && clicker.External == asker.Person.External
}

// declining is the decision by which a pending card is called off: that of the policy now, so that whoever may approve
// may decline. When the asker has lost the right there is none, and that of the card stays.
func (j *Judge) declining(f Facts, q Question) op.Decision {
	if d := j.Decide(f, q.Command, q.Plan); d.Allowed {
		return d
	}
	return q.card.Decision
}

// Present reports whether somebody has an account still and is in a channel. An error says that Slack does not tell.
func (j *Judge) Present(ctx context.Context, channel, person string) (bool, error) {
	p, err := j.Directory.Person(ctx, person, "", time.Time{})
	if err != nil || p.Deleted {
		return false, err
	}
	g, _, err := j.presence(ctx, Question{Person: person, Channel: channel, Outside: true})
	if g == Away {
		return false, nil
	}
	return err == nil, err
}

// Reaches reports whether somebody has an account still and is in any channel that may touch what an operation is
// about, by its name of now. An error says that Slack does not tell.
func (j *Judge) Reaches(ctx context.Context, o op.Operation, person string) (bool, error) {
	p, rooms, err := j.Visitor(ctx, person, "")
	if err != nil || p.Deleted {
		return false, err
	}
	return slices.ContainsFunc(rooms, func(channel string) bool {
		scope, named := j.Scope(channel)
		return named && (!p.External || scope.External) && j.named(scope, o)
	}), nil
}
