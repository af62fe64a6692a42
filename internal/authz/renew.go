package authz

import (
	"context"

	"casterbot/internal/op"
)

// InForce names the policy by which an operation would be decided now.
func (j *Judge) InForce(o op.Operation) string {
	return j.Decide(Facts{op.Person{ID: o.Requester}, op.Channel{ID: o.Channel}}, ofVerb(o), &o.Plan).Policy
}

// Renewed is the decision of a card that waits for a second person, with those who may approve it by the policy in
// force; false where the card cannot be approved by that as it stands: then its click is refused.
func (j *Judge) Renewed(ctx context.Context, o op.Operation) (op.Decision, bool, error) {
	facts, err := j.Look(ctx, Plays(o))
	if err != nil {
		return op.Decision{}, false, err
	}
	now, d := j.Decide(facts, ofVerb(o), &o.Plan), o.Decision
	if !now.Allowed || !sameConfirm(now.Confirm, d.Confirm) {
		return op.Decision{}, false, nil
	}
	d.Approvers, d.External, d.Guests, d.Rule, d.Policy = now.Approvers, now.External, now.Guests, now.Rule, now.Policy
	return d, true, nil
}
