package engine

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// What the account's limits allow is given out before the last looks: between the durable mark and the first byte there
// is no time to stand in a line. A change that waits there does not expire as long as the line moves, up to a point:
// the 30 seconds to start are for what nobody works on, and whoever confirmed sees on the card how many come first.
// After two minutes nobody reckons with it any more.
const (
	admitAhead  = 500 * time.Millisecond // a turn is taken so long before it comes: the last looks are made meanwhile
	admitWithin = 2 * time.Minute        // from the confirmation
	admitRenews = startWithin / 2        // what is left of the time to start when it is renewed
)

// turn is the right to make one call. Only who has written `running` has it: who finds it written has not.
type turn struct {
	mine   bool
	marked time.Time // since when it is decided
	permit *quota.Permit
}

// confirmed says for whom the looks and the call of a confirmed change are made.
func confirmed(o op.Operation) quota.Caller {
	return quota.Caller{Class: quota.Confirmed, OnAir: o.Plan.OnAir || o.Effect == op.OnAir,
		Person: cmp.Or(o.DecidedBy, o.Requester)}
}

// admit waits for a turn of the call that a queued operation will make, and gives the operation as it is then. What has
// expired does not stand in line, where its time would be renewed: it was confirmed too long ago.
func (e *Engine) admit(ctx context.Context, o op.Operation, command op.Command) (*quota.Permit, op.Operation, error) {
	if command.Sends == "" || e.now().After(o.Expires) {
		return nil, o, nil
	}
	waiting, cancel := context.WithTimeout(ctx, admitWithin)
	defer cancel()
	line := &inLine{e: e, ctx: ctx, o: o}
	caller := confirmed(o)
	caller.Waiting = line.tell
	p, err := e.quota.Reserve(quota.With(waiting, caller), command.Sends, admitAhead)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return nil, o, op.Refuse(op.L("its turn did not come in time."))
	case err != nil || !line.told:
		return p, o, err
	}
	now, err := e.store.Get(ctx, o.ID)
	if err != nil {
		p.Return()
		return nil, o, err
	}
	return p, now, nil
}

// admitNow waits for a turn of a call that is made once more.
func (e *Engine) admitNow(ctx context.Context, command op.Command) (*quota.Permit, error) {
	if command.Sends == "" {
		return nil, nil
	}
	return e.quota.Reserve(ctx, command.Sends, 0)
}

// onceMore makes a call again with its token, after that is written down.
func (e *Engine) onceMore(ctx context.Context, o op.Operation, command op.Command, g *sendGuard,
	told func(op.Line, time.Duration)) (op.Outcome, error) {
	permit, err := e.admitNow(ctx, command)
	if err != nil {
		return op.Outcome{}, err
	}
	defer permit.Return()
	g.since = time.Now()
	if err := e.note(ctx, o, store.Note{Send: true}, op.EventSent); err != nil {
		return op.Outcome{}, err
	}
	return e.apply(quota.Carry(ctx, permit), o, command, g, told), nil
}

// unadmitted ends a queued operation that had no turn in time; one for which none could be asked for stays as it is.
func (e *Engine) unadmitted(ctx context.Context, o op.Operation, why error) error {
	if _, ok := errors.AsType[*op.Refusal](why); ok {
		return e.abort(ctx, o, why)
	}
	return why
}

// inLine puts on the card of a queued operation how many come first. It is written down when that has changed
// noticeably, or when the time to start would end.
type inLine struct {
	e      *Engine
	ctx    context.Context
	o      op.Operation
	told   bool
	before int // as it was told last
}

func (l *inLine) tell(before int, about time.Duration) {
	now := l.e.now()
	ending := l.o.Expires.Sub(now) < admitRenews
	if l.told && !ending && before > l.before/2 {
		return
	}
	until := now.Add(startWithin)
	if last := l.o.Confirmed.Add(admitWithin); until.After(last) {
		until = last
	}
	state := op.Outcome{State: op.Queued, Evidence: notify.BeforeYou(before, about)}
	err := l.e.note(l.ctx, l.o, store.Note{Outcome: &state, Expires: until}, op.EventWaiting)
	if err != nil {
		if !errors.Is(err, store.ErrLost) {
			l.e.log.Warn("say on the card how many come first", "op", l.o.Ref(), "error", err)
		}
		return
	}
	l.told, l.before = true, before
	if until.After(l.o.Expires) {
		l.o.Expires = until
	}
	l.e.notify.EnqueueCard(l.o.ID)
}

// questionsPerPerson is how many questions that only look one person may have open.
const questionsPerPerson = 20

// questions counts the open questions of each person.
type questions struct {
	mu   sync.Mutex
	open map[string]int
}

// begin counts one more, unless there are too many. The function that it gives takes it off again, once.
func (q *questions) begin(person string) (end func(), ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open[person] >= questionsPerPerson {
		return nil, false
	}
	if q.open == nil {
		q.open = map[string]int{}
	}
	q.open[person]++
	return sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.open[person]--; q.open[person] == 0 {
			delete(q.open, person)
		}
	}), true
}

// ask takes a question that only looks. It is open until it is answered or dropped.
func (e *Engine) ask(ctx context.Context, r op.Request, parsed grammar.Parsed) Accepted {
	end, ok := e.questions.begin(r.Person)
	if !ok {
		return Accepted{Reply: reply(op.MarkFailed,
			op.L("You have ", op.N(questionsPerPerson), " questions open; this one was not asked."))}
	}
	a := e.persistLook(ctx, r.Key, kindCommand, r, func(ctx context.Context) {
		defer end()
		e.read(ctx, r, parsed)
	})
	if a.Work == nil {
		end()
		return a
	}
	drop := a.Drop
	a.Drop = func(ctx context.Context) {
		end()
		if drop != nil {
			drop(ctx)
		}
	}
	return a
}

// prepareSession has the keys fetched with which a change will be signed, so that it need not wait for them.
func (e *Engine) prepareSession(o op.Operation, command op.Command) {
	if e.sessions != nil && command.Sends != "" && !o.IsSeveral() {
		e.sessions(o.Session())
	}
}
