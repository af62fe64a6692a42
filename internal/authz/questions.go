package authz

import (
	"context"
	"slices"
	"strings"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// How old facts may be that a decision rests on.
const (
	ClickWithin = 2 * time.Second  // at a click: one answer of Slack serves all clicks of two seconds
	SendWithin  = 5 * time.Second  // when the call leaves
	DenyWithin  = 10 * time.Second // for a refusal where fresh facts are wanted
)

// Question is what is asked. The zero Since asks for facts of the last minute; with another, those at hand may refuse
// but not allow.
type Question struct {
	Person, Team string // who would do it, and from which organisation they come
	Channel      string // where
	Outside      bool   // asked on the bot's own page or in a form: the person may not be in the channel any more
	Command      op.Command
	Plan         *op.Plan // what it would do; nil: the command as such
	Since        time.Time

	typed  op.Target     // what was typed where a studio or a stream is meant, as long as there is no plan
	tried  bool          // a refusal by the policy goes into the trail
	begins bool          // a call follows: the bot has to be in the channel, and nobody else may hold the target
	at     time.Time     // when the person acted; zero: long ago
	card   *op.Operation // the operation that it is about, when there is one
	answer answer        // what somebody who answers the card wants
	party  party         // who answers, or has answered it
	until  time.Time     // so long fresh facts are waited for, for an emergency; zero: freshWithin
}

// answer is what an answer to a card needs to be.
type answer int

const (
	noAnswer answer = iota
	confirms
	approves
	declines
	sends // nobody answers now: what was answered shall still hold
)

// party is somebody who answers a card.
type party struct {
	id, team string
	outside  bool      // answered on the bot's own page
	at       time.Time // when they answered
}

func clicker(c op.Click) party { return party{c.Person, c.PersonTeam, c.FromHome, c.At} }

// Uses asks whether somebody may use a command here at all: before it is understood as something to do, for help, for
// a form, for what can be picked, and for a button that would be shown.
func Uses(r op.Request, c op.Command) Question {
	return Question{Person: r.Person, Team: r.PersonTeam, Channel: r.Channel, Command: c, Outside: r.FromHome || r.Form,
		at: r.At}
}

// Tries is Uses for somebody who does it now.
func Tries(r op.Request, c op.Command) Question {
	q := Uses(r, c)
	q.tried = true
	return q
}

// TriesTyped is Tries with what was typed: a refusal then names no channel that does not cover it.
func TriesTyped(r op.Request, p grammar.Parsed) Question {
	q := Tries(r, p.Command)
	places := grammar.Placeholders(p.Command.Usage)
	if len(places) == 0 || places[0].Name != "caster" && places[0].Name != "stream" {
		return q
	}
	kind := places[0].Name
	names := append(slices.Clone(p.Several), op.Each(p.Others, func(a op.Args) string { return a[kind] })...)
	if len(names) == 0 {
		names = []string{p.Args[kind]}
	}
	q.typed = op.Target{Kind: kind, Typed: strings.Join(names, "\n")}
	return q
}

// Asks is about a change that was planned.
func Asks(r op.Request, c op.Command, p op.Plan) Question {
	q := Tries(r, c)
	q.Plan, q.begins = &p, true
	return q
}

// Confirms is about the asker's own click on their card.
func Confirms(o op.Operation, command op.Command, c op.Click) Question {
	return ofCard(o, command, confirms, clicker(c), c.At.Add(-ClickWithin))
}

// Approves is about the click of a second person.
func Approves(o op.Operation, command op.Command, c op.Click) Question {
	return ofCard(o, command, approves, clicker(c), c.At.Add(-ClickWithin))
}

// Declines is about calling a pending operation off: the asker may, and whoever could approve it now.
func Declines(o op.Operation, c op.Click) Question {
	q := ofCard(o, ofVerb(o), declines, clicker(c), c.At.Add(-ClickWithin))
	q.begins, q.tried = false, false
	return q
}

// Sends is about a call that is to leave: whether asker and second person may still do this.
func Sends(o op.Operation, command op.Command, now time.Time) Question {
	return ofCard(o, command, sends, party{id: o.DecidedBy, team: o.Team, at: o.Confirmed}, now.Add(-SendWithin))
}

// ofCard is about an operation, in the name of whoever asked for it.
func ofCard(o op.Operation, command op.Command, a answer, who party, since time.Time) Question {
	return Question{
		Person: o.Requester, Team: o.Team, Channel: o.Channel, Command: command, Plan: &o.Plan, Since: since,
		tried: true, begins: true, at: o.Created, card: &o, answer: a, party: who,
	}
}

// Settles is about looking again at an operation whose outcome is not known, or closing it: whoever may use its verb
// here may.
func Settles(o op.Operation, c op.Click) Question {
	q := Plays(o)
	q.Person, q.Team, q.Since, q.tried = c.Person, c.PersonTeam, c.At.Add(-ClickWithin), true
	q.Outside, q.at = c.FromHome, c.At
	return q
}

// Reminds is about telling somebody, unasked, of an operation that they could settle: they have to be in its channel.
func Reminds(o op.Operation, person string) Question {
	q := Plays(o)
	q.Person, q.Outside = person, true
	return q
}

// reads is about looking at what an operation is about, by the command that shows such things.
func reads(o op.Operation, c op.Click, shows op.Command) Question {
	q := Plays(o)
	q.Person, q.Team, q.Outside, q.at, q.Command = c.Person, c.PersonTeam, c.FromHome, c.At, shows
	return q
}

// Plays is about the addresses for playback that come of an operation.
func Plays(o op.Operation) Question {
	return Question{Person: o.Requester, Team: o.Team, Channel: o.Channel, Command: ofVerb(o), Plan: &o.Plan}
}

// ofVerb is as much of an operation's command as the policy judges, also when the table has it no more.
func ofVerb(o op.Operation) op.Command { return op.Command{Verb: o.Verb, Effect: o.Effect} }

// makesDo reports that what Slack told before has to do, because what it tells now is unsure: for an emergency.
func (q Question) makesDo(unsure bool) bool { return unsure && q.Command.Urgent }

// fresh is the context in which facts are asked for.
func (q Question) fresh(ctx context.Context) (context.Context, context.CancelFunc) {
	switch {
	case !q.Command.Urgent:
		return ctx, func() {}
	case q.until.IsZero():
		return context.WithTimeout(ctx, freshWithin)
	}
	return context.WithDeadline(ctx, q.until)
}
