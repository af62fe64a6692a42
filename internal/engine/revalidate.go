package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// revalidate plans again and asks the policy again. No error means that all is as it was when the person confirmed; the
// plan is the one on the card, with what was seen now. A panic is a look that could not see: were it left to the one
// who rescues the work, the turn that is held for the call would be lost, and the next sweep would try the same again.
func (e *Engine) revalidate(ctx context.Context, o op.Operation, command op.Command) (plan op.Plan, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("a panic at the last look", "op", o.Ref(), "panic", p, "stack", string(debug.Stack()))
			plan, err = o.Plan, fmt.Errorf("a panic at the last look: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if e.now().After(o.Expires) {
		return o.Plan, op.Refuse(op.L("its turn did not come in time."))
	}
	scope, _ := e.authz.Scope(o.Channel)
	scope.URLs = o.Decision.URLs // as it was asked, or a line that only lost an address would count as new
	call := e.authz.Call(ctx, command, o.Requester, o.Team, o.Plan.Args, scope)
	call.Confirmed = &o.Plan
	if plan, err = command.Plan(ctx, call); err != nil {
		return plan, err
	}
	if plan.Fingerprint != o.Plan.Fingerprint {
		return plan, op.Refuse(op.L("something changed since you asked: ", changes(o.Plan, plan)))
	}
	if err := cmp.Or(e.noNewUnknowns(ctx, o, command), e.noEmergencyBefore(ctx, o)); err != nil {
		return plan, err
	}
	sent := o.Plan
	sent.Seen, sent.Passed = plan.Seen, e.authz.Passed(ctx, command, o.Plan, o.Requester, o.DecidedBy)
	sent.RightsAsOf, err = e.stillAllowed(ctx, o)
	return sent, err
}

// stillAllowed asks whether the asker, and the second person if there was one, may do this now, and gives from when
// that is known where Slack does not tell it.
func (e *Engine) stillAllowed(ctx context.Context, o op.Operation) (asOf time.Time, err error) {
	command, err := e.commandOf(o)
	if err != nil {
		return asOf, err
	}
	v, err := e.authz.Check(ctx, authz.Sends(o, command, e.now()))
	return v.AsOf, err
}

// changes lists what the card would say now and did not say before.
func changes(before, now op.Plan) op.Line {
	var news []op.Line
	if now.Title.Plain() != before.Title.Plain() {
		news = append(news, op.L("it would be “", now.Title, "” now."))
	}
	for _, fact := range slices.Concat([]op.Line{now.Viewers}, now.Facts, now.Details) {
		said := func(l op.Line) bool { return strings.HasPrefix(l.Plain(), fact.Plain()) } // the last look shows no addresses
		if !said(before.Viewers) && !slices.ContainsFunc(slices.Concat(before.Facts, before.Details), said) {
			news = append(news, fact)
		}
	}
	if len(news) == 0 {
		return op.L("its state is another one.")
	}
	return joined(news, " ")
}

// abort ends a queued operation of which nothing was sent, and says why on its card.
func (e *Engine) abort(ctx context.Context, o op.Operation, why error) error {
	outcome := op.Outcome{State: op.Failed, Text: e.unsent(o, why), Next: []op.Next{{Label: "Ask again", Text: o.Text}}}
	refusal := &op.Refusal{}
	switch {
	case !errors.As(why, &refusal):
	case refusal.Already:
		outcome.Already, outcome.Next = true, refusal.Answer.Next
	default:
		outcome.Next = slices.Compact(append(slices.Clone(refusal.Answer.Next), outcome.Next...))
	}
	_, err := e.store.Move(ctx,
		store.Move{ID: o.ID, From: op.Queued, To: op.Failed, Outcome: &outcome, Event: e.event(op.EventClosed, "", "", o)})
	e.turns.over(o)
	e.notify.EnqueueCard(o.ID)
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	return err
}

// unsent words why nothing was sent, and says that nothing was, once.
func (e *Engine) unsent(o op.Operation, why error) op.Line {
	reason := e.answerFor(why, "op", o.Ref()).Title
	refusal := &op.Refusal{}
	switch {
	case errors.As(why, &refusal) && saysUndone(why) && len(refusal.Advice) > 0:
		return op.L(o.Plan.Title, ": ", reason, " ", refusal.Advice)
	case saysUndone(why):
		return op.L(o.Plan.Title, ": ", reason)
	}
	return op.L(o.Plan.Title, ": ", stopped(reason), " Nothing was sent, nothing changed.")
}

// stopped is a line that ends as a sentence does.
func stopped(line op.Line) op.Line {
	if text := strings.TrimRight(line.Plain(), " "); text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return line
	}
	return op.L(line, ".")
}

// saysUndone reports that the answer for an error says that nothing was done.
func saysUndone(err error) bool {
	if refusal, ok := errors.AsType[*op.Refusal](err); ok {
		return refusal.Says
	}
	return !errors.Is(err, store.ErrUnwritten) || !errors.Is(err, store.ErrUnsure)
}
