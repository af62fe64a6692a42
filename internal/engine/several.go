package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Several targets with one press. One operation has the card and the confirmation; it calls nothing itself. When it is confirmed
// each target gets an operation of its own, a member, in the same transaction in which the one becomes running: with its own mark,
// trail, evidence and its own promise to be sent at most once. A member has no card: whatever becomes of it is drawn on the card of
// the whole, which ends when the last of its members has.

// plannedAtOnce is how many targets of one request are looked at at the same time; the account's limits are kept elsewhere.
const plannedAtOnce = 16

// target is one of several that were asked for, and what came of looking at it.
type target struct {
	op.Option
	part op.Part
	why  op.Line // why it is left out; empty: it is not
}

// expand gives the targets that the words of a request mean. When that is one, the request becomes one for it alone.
func (e *Engine) expand(ctx context.Context, r op.Request, parsed *op.Parsed, scope op.Scope) ([]op.Option, error) {
	kind, _ := e.table.Kind(parsed.Command.Many.Of)
	found, err := kind.Expand(ctx, e.call(ctx, r.Person, r.PersonTeam, parsed.Args, scope), parsed.Several)
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
func (e *Engine) proposeSeveral(ctx context.Context, r op.Request, parsed op.Parsed, scope op.Scope, found []op.Option) error {
	targets, err := e.lookAtEach(ctx, r, parsed, scope, found)
	if err != nil {
		return err
	}
	plan, d, err := e.join(ctx, r, parsed, targets)
	if err != nil {
		return err
	}
	return e.create(ctx, r, parsed.Command, plan, d)
}

func tooMany(parsed op.Parsed, n int) *op.Refusal {
	return op.Refuse(op.L("That would be ", op.V(strconv.Itoa(n)), " at once; one press starts ", op.V(strconv.Itoa(op.MostAtOnce)), " at most. Nothing was asked for."),
		op.L("Narrow it down: part of a name with a star, as in ", op.Code("/"+strings.Join(op.Words(parsed.Command.Usage), " ")+" cam*"), ", or fewer names."))
}

// lookAtEach plans every target, several at the same time, and asks the policy and the lock about each.
func (e *Engine) lookAtEach(ctx context.Context, r op.Request, parsed op.Parsed, scope op.Scope, found []op.Option) ([]target, error) {
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

func (e *Engine) lookAtOne(ctx context.Context, r op.Request, c op.Command, scope op.Scope, option op.Option) (target, error) {
	call := e.call(ctx, r.Person, r.PersonTeam, op.Args{c.Many.Of: option.Value}, scope)
	call.Several = true
	t := target{Option: option}
	plan, err := c.Plan(ctx, call)
	if err != nil {
		return t.without(err)
	}
	d, channel, err := e.judge(ctx, r, c, plan.Target, anytime)
	switch {
	case err != nil:
		return t, err
	case !d.Allowed:
		e.recordDenied(ctx, r, c.Verb, d)
		t.why = op.L("not allowed here")
		return t, nil
	case !channel.Member:
		return t, notInChannel()
	}
	if err := e.unlocked(ctx, c, plan, r.Person, r.Person); err != nil {
		return t.without(err)
	}
	d = d.For(plan)
	if e.warnOfOpen(ctx, &plan) && d.Confirm == op.ConfirmNone {
		d.Confirm = op.ConfirmSelf
	}
	t.part = op.Part{Plan: plan, Decision: d}
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

// join makes one plan and one decision of all that can be done.
func (e *Engine) join(ctx context.Context, r op.Request, parsed op.Parsed, targets []target) (op.Plan, op.Decision, error) {
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
		return op.Plan{}, d, op.Refuse(op.L("These need the approval of different people, so they cannot be asked for together. Nothing was asked for."))
	}
	return severalPlan(parsed, parts, targets), d, nil
}

func severalPlan(parsed op.Parsed, parts []op.Part, targets []target) op.Plan {
	words, n := parsed.Command.Many, op.V(strconv.Itoa(len(parts)))
	p := op.Plan{
		Args: op.Args{words.Of: op.Join(parsed.Several)}, Title: op.L(words.Title[0], n, words.Title[1]),
		Button: string(words.Button), Done: op.L(words.Done), Parts: parts,
	}
	if len(parts) == 1 { // the others are left out
		p.Title, p.Button = parts[0].Plan.Title, parts[0].Plan.Button
	}
	common := shared(parts)
	quiet := func(part op.Part) bool { return !part.Plan.OnAir }
	p.OnAir = slices.ContainsFunc(parts, func(part op.Part) bool { return part.Plan.OnAir })
	p.Facts = append(p.Facts, named(parts, quiet))
	p.Facts = append(p.Facts, onAir(parts, common)...)
	p.Facts = append(append(append(p.Facts, common...), leftOut(targets)...), unsettled(parts)...)
	p.Facts = slices.DeleteFunc(p.Facts, func(l op.Line) bool { return len(l) == 0 })
	return p
}

// shared are the facts that are true of every one of several.
func shared(parts []op.Part) []op.Line {
	if len(parts) < 2 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(parts[0].Plan.Facts), func(fact op.Line) bool {
		return slices.ContainsFunc(parts[1:], func(part op.Part) bool { return !has(part.Plan.Facts, fact) })
	})
}

func has(facts []op.Line, fact op.Line) bool {
	return slices.ContainsFunc(facts, func(known op.Line) bool { return known.Plain() == fact.Plain() })
}

// maxOnAir is how many of those that viewers see are spoken of one by one.
const maxOnAir = 6

// onAir says of each target that viewers see what the card for it alone would say, but for what is true of all.
func onAir(parts []op.Part, common []op.Line) []op.Line {
	var lines []op.Line
	var rest []op.Part
	for _, part := range parts {
		switch {
		case !part.Plan.OnAir:
		case len(lines) == maxOnAir:
			rest = append(rest, part)
		default:
			line := op.L(op.B(part.Plan.Target.Name), twin(part, parts), ":")
			for _, fact := range part.Plan.Facts {
				if !has(common, fact) {
					line = op.L(line, " ", fact)
				}
			}
			lines = append(lines, line)
		}
	}
	if more := named(rest, func(op.Part) bool { return true }); len(more) > 0 {
		lines = append(lines, op.L("🔴 ", op.Strong("ON AIR"), ": ", more))
	}
	return lines
}

// named lists the names of some parts.
func named(parts []op.Part, which func(op.Part) bool) op.Line {
	line, first := op.Line{}, true
	for _, part := range parts {
		if !which(part) {
			continue
		}
		if !first {
			line = op.L(line, ", ")
		}
		line, first = op.L(line, op.B(part.Plan.Target.Name), twin(part, parts)), false
	}
	if first {
		return nil
	}
	return line
}

// twin tells a part from another one of the same name.
func twin(part op.Part, parts []op.Part) op.Line {
	t := part.Plan.Target
	for _, other := range parts {
		if other.Plan.Target.Name == t.Name && other.Plan.Target.ID != t.ID {
			return op.L(" ", op.Code(t.ID))
		}
	}
	return nil
}

// leftOut says what is not asked for, those of one reason together.
func leftOut(targets []target) []op.Line {
	var lines []op.Line
	at := map[string]int{}
	for _, t := range targets {
		if len(t.why) == 0 {
			continue
		}
		reason := t.why.Plain()
		if i, known := at[reason]; known {
			lines[i] = op.L(lines[i], ", ", op.B(op.Visible(t.Label)))
			continue
		}
		at[reason] = len(lines)
		lines = append(lines, op.L("Left out (", t.why, "): ", op.B(op.Visible(t.Label))))
	}
	return lines
}

// unsettled names the targets of which an earlier outcome is not known.
func unsettled(parts []op.Part) []op.Line {
	var lines []op.Line
	for _, part := range parts {
		for _, ref := range part.Plan.Unknowns {
			lines = append(lines, op.L("It is not known what became of an earlier operation on ", op.B(part.Plan.Target.Name), ": ", op.Code("op "+ref), "."))
		}
	}
	return lines
}

// beginSeveral takes a confirmed operation of several to running, and its members to their own ends.
func (e *Engine) beginSeveral(ctx context.Context, o op.Operation) error {
	if o.State != op.Queued || e.now().After(o.Expires) { // the sweep writes that it expired
		return nil
	}
	if err := e.stillAllowed(ctx, o); err != nil {
		return e.drop(ctx, o, err)
	}
	event := e.event(op.EventBegun, o.By, o.Team, o)
	event.Detail["members"] = strconv.Itoa(len(o.Plan.Parts))
	o, err := e.store.Begin(ctx, store.Move{ID: o.ID, Event: event, Fresh: true}, e.membersOf(o))
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	if err != nil {
		return err
	}
	e.owe(o.ID)
	members, err := e.store.Members(ctx, o.ID)
	for _, member := range members {
		e.spawn(func(ctx context.Context) { e.run(ctx, member.ID) })
	}
	return err
}

// membersOf makes an operation of each part. Their keys follow each other in the order of the parts.
func (e *Engine) membersOf(o op.Operation) []op.Operation {
	members := make([]op.Operation, 0, len(o.Plan.Parts))
	for i, part := range o.Plan.Parts {
		members = append(members, op.Operation{
			ID: op.NewID(), Key: fmt.Sprintf("%s/%02d", o.Key, i), State: op.Queued, Command: o.Command, Verb: o.Verb, Effect: o.Effect,
			Text: op.Format(o.Command, part.Plan.Args), Team: o.Team, Channel: o.Channel, Thread: o.Thread, Asker: o.Asker, By: o.By,
			Plan: part.Plan, Decision: part.Decision, Token: op.NewID(), Created: e.now(), Expires: e.now().Add(startWithin),
		})
	}
	return members
}

// members gives the members of an operation in the order of its parts.
func (e *Engine) members(ctx context.Context, o op.Operation) ([]op.Operation, error) {
	all, err := e.store.Members(ctx, o.ID)
	slices.SortFunc(all, func(a, b op.Operation) int { return strings.Compare(a.Key, b.Key) })
	return all, err
}

// gather ends an operation of several when the last of its members has come to its end, or to an outcome that is not known; and
// when those are settled too. Until then it only lets its card be drawn.
func (e *Engine) gather(ctx context.Context, id string) error {
	o, err := e.store.Get(ctx, id)
	if err != nil || o.State != op.Running && o.State != op.Unknown {
		return err
	}
	members, err := e.members(ctx, o)
	if err != nil {
		return err
	}
	outcome := e.together(o, members)
	if outcome.State == op.Running || outcome.State == o.State {
		return nil
	}
	event := e.event(op.EventGathered, "", "", o)
	event.Detail["outcome"] = string(outcome.State)
	_, err = e.store.Move(ctx, store.Move{ID: o.ID, From: o.State, To: outcome.State, Outcome: &outcome, Event: event})
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	e.owe(id)
	return err
}

// together is what has become of the members as a whole: succeeded when one of them has, unknown as long as one of them is.
func (e *Engine) together(o op.Operation, members []op.Operation) op.Outcome {
	count := map[op.State]int{}
	var again, done []string
	for _, m := range members {
		switch {
		case m.State == op.Succeeded || m.Outcome != nil && m.Outcome.Already:
			count[op.Succeeded]++
			done = append(done, m.Plan.Args[e.many(o).Of])
		case m.State.Final():
			count[op.Failed]++
			again = append(again, m.Plan.Args[e.many(o).Of])
		case m.State == op.Unknown:
			count[op.Unknown]++
		default:
			count[op.Running]++
		}
	}
	outcome := op.Outcome{State: op.Succeeded, Text: op.L(o.Plan.Done, op.V(strconv.Itoa(count[op.Succeeded])), " of ", op.V(strconv.Itoa(len(members))))}
	switch {
	case count[op.Running] > 0 || len(members) == 0:
		outcome.State = op.Running
	case count[op.Unknown] > 0:
		outcome.State = op.Unknown
	case count[op.Succeeded] == 0:
		outcome.State = op.Failed
	}
	outcome.Next = e.onward(o, again, done)
	return outcome
}

func (e *Engine) many(o op.Operation) op.Several {
	command, _ := e.table.Find(o.Command)
	if command.Many == nil {
		return op.Several{}
	}
	return *command.Many
}

// onward offers to ask again for those of which nothing was done, and what usually follows for the others.
func (e *Engine) onward(o op.Operation, again, done []string) []op.Next {
	var next []op.Next
	if n := len(again); n > 0 {
		way := op.Next{Label: "Try it again", Text: op.FormatSeveral(o.Command, again)}
		if n > 1 {
			way = op.Next{Label: "Try the {} again", Count: n, Text: way.Text}
		}
		next = append(next, way)
	}
	if many, n := e.many(o), len(done); many.Next != "" && n > 0 {
		way := op.Next{Label: string(many.One), Text: op.FormatSeveral(many.Next, done)}
		if n > 1 {
			way.Label, way.Count = string(many.Label), n
		}
		next = append(next, way)
	}
	return next
}

// gatherAgain is the look at an operation of several of which not all is known: its members are looked at on their own.
func (e *Engine) gatherAgain(ctx context.Context, o op.Operation) error {
	err := e.note(ctx, o, store.Note{Look: true, Version: o.Version}, op.EventReconciled)
	if err != nil && !errors.Is(err, store.ErrLost) {
		return err
	}
	return e.gather(ctx, o.ID)
}

// drawGroup lets the card of several show what has become of a member.
func (e *Engine) drawGroup(ctx context.Context, id string) error {
	err := e.gather(ctx, id)
	e.owe(id)
	return err
}

// cardOf gives the operation that has the card on which an operation is shown.
func (e *Engine) cardOf(ctx context.Context, o op.Operation) (op.Operation, error) {
	if o.Group == "" {
		return o, nil
	}
	return e.store.Get(ctx, o.Group)
}

// judgePlan asks the policy about a plan: about each of several, and gives the decision that covers all of them.
func (e *Engine) judgePlan(ctx context.Context, r op.Request, c op.Command, p op.Plan, since time.Time) (op.Decision, op.Channel, error) {
	parts := p.Parts
	if len(parts) == 0 {
		parts = []op.Part{{Plan: p}}
	}
	var all []op.Decision
	var channel op.Channel
	for _, part := range parts {
		d, in, err := e.judge(ctx, r, c, part.Plan.Target, since)
		if err != nil {
			return d, in, err
		}
		all, channel = append(all, d.For(part.Plan)), in
	}
	return op.Strictest(all), channel, nil
}
