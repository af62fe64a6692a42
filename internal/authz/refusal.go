package authz

import (
	"context"
	"errors"

	"casterbot/internal/op"
)

// Refusal words a refusal by the policy.
func Refusal(d op.Decision) error {
	if len(d.Why) == 0 {
		return denial(op.L("The policy does not allow this here."))
	}
	return denial(d.Why[0], d.Why[1:]...)
}

func denial(title op.Line, lines ...op.Line) *op.Refusal {
	return &op.Refusal{Answer: op.Answer{Mark: op.MarkDenied, Title: title, Lines: lines}}
}

func rightsUnknown(err error) error {
	return errors.Join(denial(op.L("Your rights cannot be checked now, so nothing was done."),
		op.L("Slack did not tell who you are and which groups you are in. Try again in a minute.")).SaysSo(), err)
}

func notInChannel() error {
	return op.Refuse(op.L("casterbot is not in this channel, so nobody would see what happens. Nothing was done."),
		op.L("Type ", op.Code("/invite @casterbot"), " here and ask again.")).SaysSo()
}

func notThere() error {
	return denial(op.L("You are not in that channel, so nothing was done."),
		op.L("Open casterbot's page again: it shows what there is now.")).SaysSo()
}

// answerable refuses an answer that is not the one that the card asks for, and one in the asker's name by another.
func (j *Judge) answerable(ctx context.Context, q Question) error {
	switch {
	case q.answer == confirms && (q.card.Decision.Confirm != op.ConfirmSelf || !j.isAsker(ctx, q)),
		q.answer == declines && !q.hasSecond() && !j.isAsker(ctx, q),
		q.answer == declines && q.hasSecond() && q.card.Decision.Confirm != op.ConfirmOther:
		return onlyAsker(*q.card)
	case q.answer == approves && q.card.Decision.Confirm != op.ConfirmOther:
		return policyChanged(*q.card)
	}
	return nil
}

func onlyAsker(o op.Operation) error {
	if o.Decision.Confirm == op.ConfirmOther {
		return op.Refuse(op.L("This one needs an approval, not a confirmation. Nothing was done.")).SaysSo()
	}
	return denial(op.L("Only ", op.Who(o.Requester), " can answer this card. Nothing was done.")).SaysSo()
}

// policyChanged says that the card asks for another confirmation than the policy does now.
func policyChanged(o op.Operation) error {
	return op.Refuse(op.L("The policy has changed since this was asked. Nothing was done.")).SaysSo().
		WithNext(op.Next{Label: "Ask again", Text: o.Text})
}

// forReader tells others than the asker only that the asker's right could not be confirmed. It names no reason: that
// is between the asker and the policy.
func (j *Judge) forReader(q Question, err error) error {
	if q.reader() == q.Person {
		return err
	}
	j.Log.Info("the asker's right is gone", "op", q.card.Ref(), "error", err)
	return denial(op.L("It cannot be confirmed that ", op.Who(q.Person),
		" may still do this here, so nothing was done.")).SaysSo()
}

// secondForReader tells others than the second person only that their right could not be confirmed.
func (q Question) secondForReader(err error) error {
	if err == nil || q.answer != sends {
		return err
	}
	return op.Refuse(op.L("It cannot be confirmed that ", op.Who(q.party.id), " may still approve this."))
}
