package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// Several targets with one press. One operation has the card and the confirmation; it calls nothing itself. When it is
// confirmed each target gets an operation of its own, a member, in the same transaction in which the one becomes
// running: with its own mark, trail, evidence and its own promise to be sent at most once. A member has no card:
// whatever becomes of it is drawn on the card of the whole, which ends when the last of its members has.

// plannedAtOnce is how many targets of one request are looked at at the same time; the account's limits are kept
// elsewhere.
const plannedAtOnce = 16

// target is one of several that were asked for, and what came of looking at it.
type target struct {
	op.Option
	part op.Part
	why  op.Line // why it is left out; empty: it is not
	// it needs a confirmation for an earlier outcome that is not known, and for nothing else
	doubtful bool
}

// expand gives the targets that the words of a request mean. When that is one, the request becomes one for it alone.
func (e *Engine) expand(ctx context.Context, r op.Request, parsed *grammar.Parsed,
	scope op.Scope) ([]op.Option, error) {
	kind, _ := e.table.Kind(parsed.Command.Many.Of)
	call := e.authz.Call(ctx, parsed.Command, r.Person, r.PersonTeam, parsed.Args, scope)
	found, err := kind.Expand(ctx, call, parsed.Several)
	switch {
	case err != nil:
		return nil, err
	case len(found) > op.MostAtOnce:
		return nil, tooMany(*parsed, len(found))
	case len(found) == 1:
		parsed.Args, parsed.Several = op.Args{kind.Name: found[0].Value}, nil
	}
	return found, nil
}

// proposeSeveral is propose for a request with more than one target.
func (e *Engine) proposeSeveral(ctx context.Context, r op.Request, key string, parsed grammar.Parsed, scope op.Scope,
	found []op.Option) error {
	if err := e.checkQuota(ctx, r, len(found)); err != nil {
		return err
	}
	targets, err := e.lookAtEach(ctx, r, parsed, scope, found)
	if err != nil {
		return err
	}
	plan, d, err := e.join(ctx, r, parsed, targets)
	if err != nil {
		return err
	}
	e.warnOfSame(ctx, r, parsed.Command, &plan)
	return e.create(ctx, r, key, parsed.Command, plan, d)
}

func tooMany(parsed grammar.Parsed, n int) *op.Refusal {
	return op.Refuse(op.L("That would be ", op.N(n), " at once; one press starts ",
		op.N(op.MostAtOnce), " at most. Nothing was asked for."),
		op.L("Narrow it down: part of a name with a star, as in ",
			op.Code("/"+strings.Join(grammar.Words(parsed.Command.Usage), " ")+" cam*"), ", or fewer names."))
}

// lookAtEach plans every target, several at the same time, and asks the policy and the lock about each.
func (e *Engine) lookAtEach(ctx context.Context, r op.Request, parsed grammar.Parsed, scope op.Scope,
	found []op.Option) ([]target, error) {
	targets, failed := make([]target, len(found)), make([]error, len(found))
	free := make(chan struct{}, plannedAtOnce)
	all := sync.WaitGroup{}
	for i, option := range found {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			defer func() {
				if p := recover(); p != nil {
					failed[i] = fmt.Errorf("a panic at %s: %v", option.Value, p)
				}
			}()
			targets[i], failed[i] = e.lookAtOne(ctx, r, parsed.Command, scope, option)
		})
	}
	all.Wait()
	return targets, errors.Join(failed...)
}

func (e *Engine) lookAtOne(ctx context.Context, r op.Request, c op.Command, scope op.Scope,
	option op.Option) (target, error) {
	call := e.authz.Call(ctx, c, r.Person, r.PersonTeam, op.Args{c.Many.Of: option.Value}, scope)
	call.Several = true
	t := target{Option: option}
	plan, err := c.Plan(ctx, call)
	if err != nil {
		return t.without(err)
	}
	v, err := e.authz.Check(ctx, authz.Asks(r, c, plan))
	switch {
	case v.Ground == authz.Denied:
		t.why = op.L("not allowed here")
		return t, nil
	case v.Ground == authz.Locked:
		return t.without(err)
	case err != nil:
		return t, err
	}
	d := e.warn(ctx, r, c, &plan, v.Decision)
	t.part, t.doubtful = op.Part{Plan: plan, Decision: d}, d.Confirm != v.Confirm
	return t, nil
}

// without leaves a target out, for a reason that is made for people; anything else ends the request.
func (t target) without(err error) (target, error) {
	refusal := &op.Refusal{}
	if !errors.As(err, &refusal) {
		return t, err
	}
	t.why = refusal.Answer.Title
	if len(refusal.Brief) > 0 {
		t.why = refusal.Brief
	}
	return t, nil
}

// leaveDoubtful leaves out those that would put a question before all the others, which need none: an outcome that is
// not known holds up nothing else. Asked for alone, or among such as themselves, they are confirmed like any.
func leaveDoubtful(targets []target) {
	free := slices.ContainsFunc(targets, func(t target) bool {
		return len(t.why) == 0 && !t.doubtful && t.part.Decision.Confirm == op.ConfirmNone
	})
	for i, t := range targets {
		if free && t.doubtful && len(t.why) == 0 {
			targets[i].why = op.L("it is not known what became of ", op.Code("op "+t.part.Plan.Unknowns[0]),
				"; ask for it alone")
		}
	}
}

// join makes one plan and one decision of all that can be done.
func (e *Engine) join(ctx context.Context, r op.Request, parsed grammar.Parsed, targets []target) (op.Plan,
	op.Decision, error) {
	leaveDoubtful(targets)
	var parts []op.Part
	var decisions []op.Decision
	for _, t := range targets {
		if len(t.why) == 0 {
			parts, decisions = append(parts, t.part), append(decisions, t.part.Decision)
		}
	}
	if len(parts) == 0 {
		refusal := op.Refuse(op.L("None of these can be done, so nothing was asked for."))
		refusal.Answer.Lines = leftOut(targets)
		return op.Plan{}, op.Decision{}, refusal
	}
	d := op.Strictest(decisions)
	if d.Confirm == op.ConfirmOther && len(d.Approvers) == 0 {
		return op.Plan{}, d,
			op.Refuse(op.L("These need the approval of different people, so they cannot be asked for together. Nothing was asked for."))
	}
	return severalPlan(parsed, parts, targets), d, nil
}
