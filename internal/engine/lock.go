package engine

import (
	"context"
	"fmt"

	"casterbot/internal/op"
)

// call gives a command what it may know of whoever asks.
func (e *Engine) call(ctx context.Context, person, team string, args op.Args, scope op.Scope) op.Call {
	p, err := e.dir.Person(ctx, person, team, anytime)
	if err != nil {
		p = op.Person{ID: person, Team: team} // their rights are judged by who asks for them
	}
	return op.Call{Args: args, Scope: scope, Person: p}
}

// unlocked refuses a change of a target that is locked by somebody who neither asks for it nor approves it. It is asked when a
// change is asked for, when it is confirmed, and twice before the call: once with everything else that is looked at again, and
// once when the operation is marked. From then on no lock can come in between, because taking one is an operation on the same
// target, and at most one of those runs.
func (e *Engine) unlocked(ctx context.Context, c op.Command, p op.Plan, asker, second string) error {
	if c.PastLock {
		return nil
	}
	lock, err := e.locks.Lock(ctx, p.Target)
	if err != nil {
		return fmt.Errorf("read the lock of %s: %w", p.Target.Key(), err)
	}
	if !lock.Binds(asker, p.Target) || lock.Holder == second {
		return nil
	}
	refusal := op.Refuse(op.L(op.B(p.Target.Name), " is ", lock.Line(), ". Nothing was done."))
	refusal.Answer.Mark = op.MarkLocked
	if e.table.PastLock != nil {
		refusal.Answer.Next = e.table.PastLock(lock, p)
	}
	return refusal
}

// free is unlocked for somebody who asks or clicks now: of the ways past the lock they are shown those that they may take.
func (e *Engine) free(ctx context.Context, r op.Request, c op.Command, p op.Plan, asker string) error {
	err := e.unlocked(ctx, c, p, asker, r.Person)
	refusal, ok := err.(*op.Refusal)
	if !ok {
		return err
	}
	refusal.Answer = e.offered(ctx, r, refusal.Answer)
	return refusal
}

// pressable refuses a click on a card whose target has been locked since it was asked for. The card stays as it is.
func (e *Engine) pressable(ctx context.Context, o op.Operation, c op.Click) error {
	command, _ := e.table.Find(o.Command)
	err := e.free(ctx, op.Request{Origin: c.Origin}, command, o.Plan, o.Requester)
	if refusal, ok := err.(*op.Refusal); ok {
		refusal.Answer.Lines = append(refusal.Answer.Lines, op.L("The card stays until ", op.At(o.Expires), ": press again when the lock is gone."))
	}
	return err
}
