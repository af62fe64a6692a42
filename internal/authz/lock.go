package authz

import (
	"context"
	"fmt"

	"casterbot/internal/op"
)

// CheckLock refuses a change of a target that is locked by somebody who neither asks for it nor approves it. It is
// asked with everything else when a change is asked for, when it is confirmed and before the call, and once more when
// the operation is marked. From then on no lock can come in between, because taking one is an operation on the same
// target, and at most one of those runs.
func (j *Judge) CheckLock(ctx context.Context, c op.Command, p op.Plan, asker, second string) error {
	lock, err := j.bound(ctx, c, p.Target, asker)
	if err != nil {
		return fmt.Errorf("read the lock of %s: %w", p.Target.Key(), err)
	}
	if !lock.Held() || lock.Holder == second {
		return nil
	}
	refusal := op.Refuse(op.L(op.B(p.Target.Name), " is ", lock.Line(), ". Nothing was done.")).SaysSo()
	refusal.Answer.Mark = op.MarkLocked
	if j.Table.PastLock != nil {
		refusal.Answer.Next = j.Table.PastLock(lock, p)
	}
	return refusal
}

// bound gives the lock that stops somebody from changing a target by a command; one that is not held when none does.
func (j *Judge) bound(ctx context.Context, c op.Command, target op.Target, person string) (op.Lock, error) {
	if c.PastLock || c.Urgent || c.Effect == op.Read {
		return op.Lock{}, nil
	}
	return j.others(ctx, target, person)
}

// others gives the lock of a target that binds somebody; one that is not held when none does.
func (j *Judge) others(ctx context.Context, target op.Target, person string) (op.Lock, error) {
	lock, err := j.Locks.Lock(ctx, target)
	if err != nil || !lock.Binds(person, target) {
		return op.Lock{}, err
	}
	return lock, nil
}

// Passed gives the lock that a change in an emergency passes: held by somebody who neither asks for it nor approves it,
// and has to be told. That it cannot be read stops nothing.
func (j *Judge) Passed(ctx context.Context, c op.Command, p op.Plan, asker, second string) *op.Lock {
	if !c.Urgent {
		return nil
	}
	lock, err := j.others(ctx, p.Target, asker)
	if err != nil {
		j.Log.Error("read the lock that an emergency passes", "target", p.Target.Key(), "error", err)
	}
	if err != nil || !lock.Held() || lock.Holder == second {
		return nil
	}
	return &lock
}

// checkLock shows whoever asks or clicks now those ways past the lock that they may take. The card stays as it is.
func (j *Judge) checkLock(ctx context.Context, q Question) error {
	err := j.CheckLock(ctx, q.Command, *q.Plan, q.Person, q.party.id)
	refusal, ok := err.(*op.Refusal)
	if !ok || q.reader() == "" {
		return err
	}
	r := op.Request{Origin: op.Origin{PersonTeam: q.Team, Address: op.Address{Person: q.Person, Channel: q.Channel}}}
	if q.card != nil {
		r.Person, r.PersonTeam = q.party.id, q.party.team
		stays := op.L("The card stays until ", op.At(q.card.Expires), ": press again when the lock is gone.")
		refusal.Answer.Lines = append(refusal.Answer.Lines, stays)
	}
	refusal.Answer = j.Offered(ctx, r, refusal.Answer)
	return refusal
}
