package policy

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// maxNamed is how many approvers a refusal names.
const maxNamed = 5

// Approves says whether the person may be the second person for a decision that this policy made, and if not, why.
// The asker never may, whatever groups they are in.
func (p *Policy) Approves(d op.Decision, asker string, person op.Person) (bool, op.Line) {
	for _, b := range []struct {
		holds bool
		why   op.Line
	}{
		{d.Confirm != op.ConfirmOther || !d.Allowed, op.L("This needs no second person.")},
		{person.ID == "" || person.Deleted || person.Bot, op.L("Only a person with an active account can approve this.")},
		{person.ID == asker, op.L("You asked for this yourself: somebody else must approve it.")},
		{person.Stale, op.L("Your rights cannot be checked now, so nothing was done. Try again in a minute.")},
		{person.External && !d.External, op.L("People of other organisations can't approve this. It needs ",
			approvers(d.Approvers), " (", op.V(d.Rule), ").")},
		{person.Guest && !d.Guests, op.L("Guests can't approve this. It needs ",
			approvers(d.Approvers), " (", op.V(d.Rule), ").")},
		{!among(d.Approvers, person),
			op.L("You are not an approver of this. It needs ", approvers(d.Approvers), " (", op.V(d.Rule), ").")},
	} {
		if b.holds {
			return false, b.why
		}
	}
	return true, nil
}

// ApprovesAs gives the entry of the approvers by which the person may be the second one for a decision: as the file has
// it where the line that decided is in it, else the id that means the person.
func (p *Policy) ApprovesAs(d op.Decision, person op.Person) string {
	for _, c := range p.channels {
		for _, g := range c.grants {
			if !slices.Contains(strings.Split(d.Rule, ", "), p.rule(g.line())) {
				continue
			}
			if as := p.through(g.approvers, person); as != "" {
				return as
			}
		}
	}
	i := slices.IndexFunc(d.Approvers, func(id string) bool { return among([]string{id}, person) })
	if i < 0 {
		return ""
	}
	return d.Approvers[i]
}

// among reports whether a list of ids names the person or a user group that holds them.
func among(ids []string, person op.Person) bool {
	return slices.Contains(ids, person.ID) ||
		slices.ContainsFunc(person.Groups, func(g string) bool { return isUserGroup(g) && slices.Contains(ids, g) })
}

func approvers(ids []string) op.Line {
	if len(ids) > maxNamed {
		return op.Some(op.Each(ids, span), maxNamed)
	}
	return op.List(op.Each(ids, span), " or ")
}
