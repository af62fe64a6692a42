package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What is not known of an earlier operation holds up only what it could make worse: a call on the same target whose
// effect could double or cross (op.Use.Crosses). Everything else is told of it and goes on; an emergency always does.

const (
	unknownsRead = 200 // unknown outcomes of one target that are looked through
	unknownsTold = 5   // and of which a card tells
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
		p.Facts = append(p.Facts, op.L("🔒 ", p.Passed.Line()),
			op.L("This goes through the lock, and ", op.Who(p.Passed.Holder), " is told."))
	}
	open, err := e.unknownsFor(ctx, c, *p)
	if err != nil {
		e.log.Error("look for unknown outcomes", "error", err)
	}
	for i, o := range slices.Concat(open.cross, open.other) {
		crosses := i < len(open.cross)
		if crosses {
			p.Unknowns = append(p.Unknowns, o.Ref())
		}
		if i < unknownsTold {
			p.Facts = append(p.Facts, e.unknownFact(o, r.Channel, crosses))
		}
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

func (e *Engine) unknownFact(o op.Operation, channel string, crosses bool) op.Line {
	fact := op.L("It is not known what became of an earlier operation: ", op.Code("op "+o.Ref()), e.titleIn(o, channel),
		".")
	if crosses {
		fact = op.L(fact, " Settle that one first if you can.")
	}
	return fact
}

// titleIn is what an operation is called in a channel, after a comma; nothing where it names what may not be named.
func (e *Engine) titleIn(o op.Operation, channel string) op.Line {
	if scope, _ := e.authz.Scope(channel); o.Channel != channel && !scope.Names(o.Plan.Target) {
		return nil
	}
	return op.L(", ", o.Plan.Title)
}

// tellHolder tells whoever holds the lock that an emergency has passed: once, by one replica. The card says so too, in
// front of everybody. The sweep looks after it, because a process may die before it has told.
func (e *Engine) tellHolder(ctx context.Context, o op.Operation) error {
	if o.Plan.Passed == nil || o.State != op.Succeeded && o.State != op.Unknown {
		return nil
	}
	first, err := e.firstToSay(ctx, kindPassed, o)
	if !first {
		return err
	}
	what := op.L(o.Plan.Title, ", by ", op.Who(o.Requester), " in ", op.In(o.Channel), ", through your lock.")
	if o.State == op.Unknown {
		what = op.L(what, " No answer came yet; the card says what becomes of it.")
	}
	e.notify.Reply(ctx, op.Address{Person: o.Plan.Passed.Holder, At: e.now(), FromHome: true},
		op.Answer{Mark: op.MarkLocked, Title: what,
			Lines: []op.Line{op.L("Your lock stands until ", op.At(o.Plan.Passed.Until), ".")}})
	return nil
}

// firstToSay reports whether nobody has said something of an operation that is said once. Of what was sent a day ago
// nothing is said any more.
func (e *Engine) firstToSay(ctx context.Context, kind string, o op.Operation) (bool, error) {
	ends := o.Sent.Add(remindFor)
	if !e.now().Before(ends) {
		return false, nil
	}
	said := store.Collection[time.Time]{Store: e.store, Kind: kind}
	_, first, err := said.Put(ctx, kind+"/"+o.ID, e.now(), 0, ends, op.Event{})
	return first, err
}

const (
	kindReminder = "reminder"
	kindPassed   = "passed"

	tellEvery = 20 * time.Second // between two looks for that, and for claims that have ended

	remindAfter = 15 * time.Minute // from the send of an operation of which nobody knows what became
	remindFor   = 24 * time.Hour   // then nobody is reminded any more
)

// remind tells whoever asked for an operation, and whoever decided it, that nobody knows yet what became of it: once,
// by one replica, in a direct message, because the card may be far up.
func (e *Engine) remind(ctx context.Context) error {
	said, err := e.store.Documents(ctx, kindReminder)
	if err != nil {
		return err
	}
	open, err := e.store.List(ctx,
		store.Query{States: []op.State{op.Unknown}, Alone: true, Since: e.now().Add(-remindFor), Limit: 200})
	for _, o := range open {
		done := slices.ContainsFunc(said, func(d store.Document) bool { return d.Key == kindReminder+"/"+o.ID })
		if o.Card != "" && !done && e.now().Sub(o.Sent) >= remindAfter {
			err = errors.Join(err, e.remindOf(ctx, o))
		}
	}
	return err
}

// remindOf tells those who may see to it still. As long as Slack does not tell who may, nobody is told.
func (e *Engine) remindOf(ctx context.Context, o op.Operation) error {
	var to []string
	for _, person := range slices.Compact([]string{o.Requester, o.DecidedBy}) {
		if person == "" {
			continue
		}
		switch v, err := e.authz.Check(ctx, authz.Reminds(o, person)); {
		case err == nil:
			to = append(to, person)
		case v.Ground == authz.Unknown:
			return nil
		}
	}
	first, err := e.firstToSay(ctx, kindReminder, o)
	if !first {
		return err
	}
	for _, person := range to {
		e.notify.Reply(ctx, op.Address{Person: person, At: e.now()}, reminder(o))
	}
	return nil
}

func reminder(o op.Operation) op.Answer {
	return op.Answer{
		Mark: op.MarkUnknown, Title: op.L(o.Plan.Title, ": it is still not known whether it happened."),
		Lines: []op.Line{op.L("Look at the studio or the stream, then settle it: ",
			op.Message(o.Channel, o.Card, "its card"), " in ", op.In(o.Channel), ".")},
	}
}
