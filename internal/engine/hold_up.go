package engine

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What is not known of an earlier operation holds up only what it could make worse: a call on the same target whose
// effect could double or cross (op.Use.Crosses). Everything else is told of it and goes on; an emergency always does.

const (
	unknownsRead = 200 // unknown outcomes of one target that are looked through
	unknownsTold = 5   // and of which a card tells

	emergencyWithin = time.Hour // from the question to the confirmation of an emergency, as far as it is looked for
)

// unknowns are the operations of a target of which the outcome is not known.
type unknowns struct {
	cross []op.Operation // a call now could make these worse
	other []op.Operation
}

// unknownsFor gives the newest operations on the target of a plan whose outcome is unknown. What has no target is in
// nobody's way.
func (e *Engine) unknownsFor(ctx context.Context, c op.Command, p op.Plan) (u unknowns, err error) {
	if p.Target.Key() == "" {
		return u, nil
	}
	open, err := e.store.List(ctx,
		store.Query{States: []op.State{op.Unknown}, Target: p.Target.Key(), Newest: true, Limit: unknownsRead})
	for _, o := range open {
		if !c.Urgent && (op.Use{Command: c, Plan: p}).Crosses(e.use(o)) {
			u.cross = append(u.cross, o)
		} else {
			u.other = append(u.other, o)
		}
	}
	return u, err
}

// use is what an operation does or may have done; of a command that is not known any more, its plan alone.
func (e *Engine) use(o op.Operation) op.Use {
	command, _ := e.table.Find(o.Command)
	return op.Use{Command: command, Plan: o.Plan}
}

func (e *Engine) crosses(o, other op.Operation) bool { return e.use(o).Crosses(e.use(other)) }

// warn puts on the card what whoever confirms has to know besides the plan: the lock that an emergency passes, and
// earlier operations on the same target with an unknown outcome. With one that could be made worse somebody has to
// confirm, whatever the policy says.
func (e *Engine) warn(ctx context.Context, r op.Request, c op.Command, p *op.Plan, d op.Decision) op.Decision {
	if p.Passed = e.authz.Passed(ctx, c, *p, r.Person, ""); p.Passed != nil {
		p.Warnings = append(p.Warnings, op.L("🔒 This goes through the lock of ", op.Who(p.Passed.Holder), "."))
		p.Details = append(p.Details, op.L("It is ", p.Passed.Line(), "."))
	}
	open, err := e.unknownsFor(ctx, c, *p)
	if err != nil {
		e.log.Error("look for unknown outcomes", "error", err)
	}
	for _, o := range open.cross {
		p.Unknowns = append(p.Unknowns, o.Ref())
	}
	told := slices.Concat(open.cross, open.other)
	if len(open.cross) == 1 {
		p.Warnings, told = append(p.Warnings, e.unknownFact(told[0], r.Channel, true)), told[1:]
	} else if len(open.cross) > 1 {
		p.Warnings = append(p.Warnings, op.L("It is not known what became of ", references(p.Unknowns),
			". Settle these first if you can."))
	}
	for _, o := range told[:min(unknownsTold, len(told))] {
		p.Details = append(p.Details, e.unknownFact(o, r.Channel, false))
	}
	if len(open.cross) > 0 && d.Confirm == op.ConfirmNone {
		d.Confirm = op.ConfirmSelf
	}
	return d
}

// noNewUnknowns demands that the card named every operation of the target whose outcome is unknown and which the call
// could make worse.
func (e *Engine) noNewUnknowns(ctx context.Context, o op.Operation, command op.Command) error {
	open, err := e.unknownsFor(ctx, command, o.Plan)
	for _, other := range open.cross {
		if !slices.Contains(o.Plan.Unknowns, other.Ref()) {
			return op.Refuse(op.L("something changed since you asked: ", e.unknownFact(other, o.Channel, true)))
		}
	}
	if command.Urgent {
		return nil
	}
	return err
}

// references name operations, the first of many.
func references(refs []string) op.Line {
	return op.Some(op.Each(refs, func(ref string) op.Span { return op.Code("op " + ref) }), unknownsTold)
}

func (e *Engine) unknownFact(o op.Operation, channel string, crosses bool) op.Line {
	fact := op.L("It is not known what became of an earlier operation: ", op.Code("op "+o.Ref()), e.titleIn(o, channel),
		".")
	if crosses {
		fact = op.L(fact, " Settle that one first if you can.")
	}
	return fact
}

// giveUpAfter is how long a change waits for the answer to a call that left before it and that it could not make worse,
// and an emergency for another one. No call takes as long to leave, so what is given up has left by then, or never
// will.
const giveUpAfter = sendWithin + time.Second

// giveUpAnswers stops waiting for answers that hold up what they have nothing to do with, or an emergency. What was
// called is unknown from then on, until its answer comes, late: that holds up no more than it would have anyway. Only
// for an emergency it gives up a call that was put off and may yet be sent again.
func (e *Engine) giveUpAnswers(ctx context.Context, o op.Operation, command op.Command) {
	running, err := e.store.List(ctx, store.Query{States: []op.State{op.Running}, Target: o.Plan.Target.Key()})
	if err != nil {
		e.log.Warn("look what holds an operation up", "op", o.Ref(), "error", err)
	}
	for _, hangs := range running {
		mine := command.Urgent || !e.crosses(o, hangs) && !outcomeOf(hangs).PutOff
		if !mine || e.store.Now().Sub(hangs.Sent) < giveUpAfter {
			continue
		}
		outcome := op.Outcome{State: op.Unknown,
			Text: op.L("No answer had come when something else on it was to go, so casterbot stopped waiting for one.")}
		if _, err := e.finish(ctx, hangs, outcome); err != nil {
			e.log.Warn("give up an answer", "op", hangs.Ref(), "error", err)
		}
	}
}

// overtaken gives the emergency of another process, or one from before an operation was resumed here, that got in line
// after the operation was pressed which would take it back. Which of both was pressed first nobody can tell.
func (e *Engine) overtaken(ctx context.Context, o op.Operation, pressed, resumed time.Time) (by op.Operation, is bool,
	err error) {
	asked := e.inLineSince(pressed)
	takenBack, pressed := e.takenBackBy(o), e.byStore(pressed)
	for _, plan := range plansOf(o) {
		if asked.Target = plan.Target.Key(); asked.Target == "" || len(asked.Commands) == 0 {
			continue
		}
		found, err := e.store.List(ctx, asked)
		if err != nil {
			return by, false, err
		}
		for _, by = range found {
			inOrder := by.Claim == e.replica && !by.Confirmed.Before(resumed) // as they were pressed (arrivals)
			if !inOrder && by.Confirmed.After(pressed) && takenBack(by) {
				return by, true, nil
			}
		}
	}
	return by, false, nil
}

// supplanted refuses an emergency that nobody reckons with any more, because the process that took it died or stood
// still: it is older than what is confirmed may be, or something that it crosses got in line since it was pressed. Of
// what is pressed in one process the order is known.
func (e *Engine) supplanted(ctx context.Context, o op.Operation, from op.Address, resumed time.Time) error {
	asked := op.L("it was asked for at ", op.At(from.At))
	if e.now().Sub(from.At) > startWithin {
		return op.Refuse(op.L(asked, ", and casterbot could not see to it within ", op.For(startWithin), "."))
	}
	if resumed.IsZero() || o.Plan.Target.Key() == "" {
		return nil
	}
	found, err := e.store.List(ctx, store.Query{Target: o.Plan.Target.Key(), Newest: true,
		States: []op.State{op.Queued, op.Running, op.Succeeded, op.Unknown}, Since: from.At.Add(-emergencyWithin)})
	pressed := e.byStore(from.At)
	for _, by := range found {
		if by.ID != o.ID && by.Confirmed.After(pressed) && e.crosses(o, by) {
			return op.Refuse(op.L(asked, ", and something else on it went first: ", op.Code("op "+by.Ref()),
				e.titleIn(by, from.Channel), "."))
		}
	}
	if err != nil {
		e.log.Warn("look what went before an emergency", "op", o.Ref(), "error", err)
	}
	return nil
}

// inLineSince asks for the emergencies that may have got in line since a moment.
func (e *Engine) inLineSince(pressed time.Time) store.Query {
	return store.Query{Commands: e.usages(func(c op.Command) bool { return c.Urgent }), Newest: true,
		States: []op.State{op.Queued, op.Running, op.Succeeded, op.Unknown}, Since: pressed.Add(-emergencyWithin)}
}

// noEmergencyBefore demands of one of several that no emergency which it would take back got in line after all of them
// were confirmed and before it had a place there itself: in between nothing of them stands in the line of its target.
func (e *Engine) noEmergencyBefore(ctx context.Context, o op.Operation) error {
	asked := e.inLineSince(o.Confirmed)
	if asked.Target = o.Plan.Target.Key(); o.Group == "" || asked.Target == "" || len(asked.Commands) == 0 {
		return nil
	}
	whole, err := e.store.Get(ctx, o.Group)
	if err != nil {
		return err
	}
	found, err := e.store.List(ctx, asked)
	takenBack := e.takenBackBy(o)
	for _, by := range found {
		if by.Turn >= whole.Turn && by.Turn < o.Turn && takenBack(by) {
			return e.wentFirst(by, o.Channel)
		}
	}
	return err
}

// wentFirst says on a card which emergency ended it.
func (e *Engine) wentFirst(by op.Operation, channel string) error {
	return op.Refuse(op.L("an emergency went first: ", op.Code("op "+by.Ref()), e.titleIn(by, channel), "."))
}

// plansOf are the plans of an operation: that of each one of several.
func plansOf(o op.Operation) []op.Plan {
	plans := []op.Plan{o.Plan}
	for _, part := range o.Plan.Parts {
		plans = append(plans, part.Plan)
	}
	return plans
}

// takenBackBy reports which emergencies an operation would take back, were it sent after them.
func (e *Engine) takenBackBy(o op.Operation) func(emergency op.Operation) bool {
	command := e.use(o).Command
	return func(emergency op.Operation) bool {
		return slices.ContainsFunc(plansOf(o), func(p op.Plan) bool {
			return op.Use{Command: command, Plan: p}.Crosses(e.use(emergency))
		})
	}
}
