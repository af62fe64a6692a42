package authz

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// Ground is what a refusal rests on.
type Ground string

// The grounds, in the order in which they are looked at.
const (
	Allowed   Ground = ""
	Unvouched Ground = "unvouched"  // the record does not say that it was confirmed
	Answerer  Ground = "answerer"   // somebody else has to answer this card
	Away      Ground = "away"       // the person is not in the channel
	Unknown   Ground = "unknown"    // Slack does not tell
	Denied    Ground = "denied"     // by the policy
	NotMember Ground = "not member" // the bot is not in the channel
	Changed   Ground = "changed"    // the policy asks for another confirmation than the card
	Second    Ground = "second"     // the second person may not approve it
	Locked    Ground = "locked"     // somebody else holds the target
)

// Verdict is the answer to a question: what the policy said, with its line, and what a refusal rests on.
type Verdict struct {
	op.Decision
	Ground Ground
	// From when the oldest facts are by which an emergency is allowed although Slack tells nothing now; zero: it was
	// asked, within a minute
	AsOf   time.Time
	Second string // the entry of the approvers that means the second person, where there is one
}

// Check decides. No error means yes; an error is a refusal in words for whoever reads it.
func (j *Judge) Check(ctx context.Context, q Question) (v Verdict, err error) {
	defer func() { j.refused(q, v, err) }()
	if q.answer == sends {
		if err := j.Vouches(ctx, *q.card); err != nil {
			return Verdict{Ground: Unvouched}, err
		}
	}
	q.until = time.Now().Add(freshWithin) // for all that is asked
	if err := j.answerable(ctx, q); err != nil {
		return Verdict{Ground: Answerer}, err
	}
	var there time.Time
	if q.answer == noAnswer {
		g, asOf, err := j.presence(ctx, q)
		if there = asOf; err != nil {
			return Verdict{Ground: g}, err
		}
	}
	v, err = j.checkRights(ctx, q)
	if v.Ground == Denied && q.tried {
		j.Record(ctx, q, v)
	}
	if err == nil && q.answer != noAnswer { // last: whoever has no right costs Slack nothing
		v.Ground, there, err = j.presence(ctx, q)
	}
	v.AsOf = earliest(v.AsOf, there)
	if err == nil && q.begins {
		if err = j.checkLock(ctx, q); err != nil {
			v.Ground = Locked
		}
	}
	return v, err
}

// checkRights asks the policy about the asker, and about the second person if there is one. What is asked of Slack is
// asked for side by side; when facts at hand refuse, nobody is asked.
func (j *Judge) checkRights(ctx context.Context, q Question) (Verdict, error) {
	if v, err := j.refuseAtHand(q); err != nil {
		return v, err
	}
	second := func() (op.Person, time.Time, error) { return op.Person{}, time.Time{}, nil }
	if q.hasSecond() {
		second = j.askingSecond(ctx, q)
	}
	v, err := j.checkAsker(ctx, q)
	person, asOf, unknown := second()
	v.AsOf = earliest(v.AsOf, asOf)
	switch {
	case err != nil:
		return v, j.forReader(q, err)
	case q.card != nil && !sameConfirm(v.Confirm, q.wants()):
		v.Ground = Changed
		return v, policyChanged(*q.card)
	case !q.hasSecond():
		return v, nil
	case unknown != nil:
		err = rightsUnknown(unknown)
	default:
		err, v.Second = j.approver(v.Decision, *q.card, person), j.Policy.ApprovesAs(v.Decision, person)
	}
	if err != nil {
		v.Ground = Second
	}
	return v, q.secondForReader(err)
}

// refuseAtHand refuses with facts of the last ten seconds, where fresh ones are wanted: whoever has no right costs
// Slack nothing, however often they press, and a right that was given a moment ago counts although Slack's word of it
// got lost.
func (j *Judge) refuseAtHand(q Question) (Verdict, error) {
	if q.Since.IsZero() {
		return Verdict{}, nil
	}
	recent := q
	recent.Since = j.Now().Add(-DenyWithin)
	v, ok := j.AtHand(recent)
	switch {
	case !ok:
		return Verdict{}, nil
	case !v.Allowed:
		return v, j.forReader(q, Refusal(v.Decision))
	case !q.hasSecond() || v.Confirm != op.ConfirmOther:
		return Verdict{}, nil
	}
	p, _, ok := j.Directory.Peek(q.party.id, q.party.team, q.Channel, recent.Since)
	if !ok {
		return Verdict{}, nil
	}
	err := j.approver(v.Decision, *q.card, p)
	v.Ground = Second
	return v, q.secondForReader(err)
}

// checkAsker looks the facts up and asks the policy. To call something off the asker needs no right.
func (j *Judge) checkAsker(ctx context.Context, q Question) (Verdict, error) {
	if q.answer == declines && !q.hasSecond() {
		return Verdict{Decision: q.card.Decision}, nil
	}
	facts, asOf, err := j.lookFor(ctx, q)
	if err != nil {
		return Verdict{Ground: Unknown}, err
	}
	v := Verdict{AsOf: asOf}
	if q.answer == declines {
		v.Decision = j.declining(facts, q)
		return v, nil
	}
	v.Decision = j.decide(facts, q)
	switch {
	case !v.Allowed:
		v.Ground = Denied
		return v, Refusal(v.Decision)
	case q.begins && !facts.Channel.Member && !q.Command.Urgent: // what comes of an emergency the asker is told alone
		v.Ground = NotMember
		return v, notInChannel()
	}
	return v, nil
}

// decide is Decide for a question; before there is a plan the policy is told what was typed.
func (j *Judge) decide(f Facts, q Question) op.Decision {
	if q.Plan == nil && q.typed.Typed != "" {
		return j.Policy.Decide(f.Person, f.Channel, q.Command.Verb, q.Command.Effect, q.typed)
	}
	return j.Decide(f, q.Command, q.Plan)
}

// Decide asks the policy about a command as such, or about a plan: about each of several, and gives the decision that
// covers all.
func (j *Judge) Decide(f Facts, c op.Command, p *op.Plan) op.Decision {
	if p == nil {
		return j.Policy.Decide(f.Person, f.Channel, c.Verb, c.Effect, op.Target{})
	}
	parts := p.Parts
	if len(parts) == 0 {
		parts = []op.Part{{Plan: *p}}
	}
	all := make([]op.Decision, 0, len(parts))
	for _, part := range parts {
		all = append(all, j.Policy.Decide(f.Person, f.Channel, c.Verb, c.Effect, part.Plan.Target).For(part.Plan))
	}
	return op.Strictest(all)
}

// approver refuses somebody who may not be the second person for a decision about an operation.
func (j *Judge) approver(d op.Decision, o op.Operation, p op.Person) error {
	if ok, why := j.Policy.Approves(d, o.Requester, p); !ok {
		return denial(why)
	}
	return nil
}

// Awaits reports whether the person's click on a pending card would count, as far as it can be told without looking
// anything up.
func (j *Judge) Awaits(o op.Operation, p op.Person) bool {
	if o.Decision.Confirm != op.ConfirmOther {
		return o.Requester == p.ID
	}
	return j.approver(o.Decision, o, p) == nil
}

// MaySettle reports whether somebody may close an operation whose outcome is not known, as of the last minute.
func (j *Judge) MaySettle(ctx context.Context, o op.Operation, p op.Person) bool {
	q := Plays(o)
	q.Person, q.Team = p.ID, p.Team
	_, err := j.Check(ctx, q)
	return err == nil
}

// Offered leaves only those ways on that the person may take here: no button leads to a refusal by the policy.
func (j *Judge) Offered(ctx context.Context, r op.Request, a op.Answer) op.Answer {
	a.Next = j.offered(ctx, r, a.Next)
	a.Items = slices.Clone(a.Items)
	for i := range a.Items {
		a.Items[i].Next = j.offered(ctx, r, a.Items[i].Next)
	}
	return a
}

func (j *Judge) offered(ctx context.Context, r op.Request, ways []op.Next) []op.Next {
	return slices.DeleteFunc(slices.Clone(ways), func(n op.Next) bool {
		parsed, err := grammar.Parse(*j.Table, n.Text)
		if err != nil || parsed.Help {
			return false
		}
		_, err = j.Check(ctx, Uses(r, parsed.Command))
		return err != nil
	})
}

// sameConfirm: what was asked for is what the policy wants, or more.
func sameConfirm(now, asked op.Confirm) bool {
	return now == asked || now == op.ConfirmNone && asked == op.ConfirmSelf
}

// wants is the confirmation that the card asks for.
func (q Question) wants() op.Confirm {
	switch q.answer {
	case confirms:
		return op.ConfirmSelf
	case approves:
		return op.ConfirmOther
	}
	return q.card.Decision.Confirm
}

// hasSecond reports that somebody else than the asker approves, or has approved.
func (q Question) hasSecond() bool {
	switch q.answer {
	case approves:
		return true
	case declines:
		return q.party.id != q.card.Requester
	case sends:
		return q.card.Decision.Confirm == op.ConfirmOther
	}
	return false
}

// reader is who reads a refusal; empty: it goes onto the card.
func (q Question) reader() string {
	switch q.answer {
	case noAnswer:
		return q.Person
	case sends:
		return ""
	}
	return q.party.id
}

// AtHand decides with facts at hand alone, without asking anybody; false when there are none as fresh as the question
// wants them.
func (j *Judge) AtHand(q Question) (Verdict, bool) {
	if q.answer == declines && !q.hasSecond() {
		return Verdict{Decision: q.card.Decision}, true
	}
	facts, ok := j.Glance(q)
	if !ok {
		return Verdict{}, false
	}
	if q.answer == declines {
		return Verdict{Decision: j.declining(facts, q)}, true
	}
	v := Verdict{Decision: j.decide(facts, q)}
	if !v.Allowed {
		v.Ground = Denied
	}
	return v, true
}
