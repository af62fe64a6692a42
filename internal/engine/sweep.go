package engine

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// recover takes over what an earlier process left: what it had sent is unknown, what it had only confirmed goes on
// within its deadline, what had only arrived is worked off, and every card that is behind is drawn again.
func (e *Engine) recover(ctx context.Context) error {
	if e.store.Exclusive() {
		if err := e.orphansToUnknown(ctx); err != nil {
			return err
		}
	}
	return errors.Join(e.adoptOrphans(ctx), e.replayInbox(ctx))
}

// orphansToUnknown moves running operations of a dead process to unknown. They are never sent again but by mayRepeat.
func (e *Engine) orphansToUnknown(ctx context.Context) error {
	running, err := e.store.List(ctx, store.Query{States: []op.State{op.Running}})
	if err != nil {
		return err
	}
	for _, o := range running {
		if o.IsSeveral() {
			continue
		}
		outcome := op.Outcome{State: op.Unknown,
			Text: op.L("casterbot was stopped while this call was under way, so no answer came.")}
		if _, err := e.finish(ctx, o, outcome); err != nil && !errors.Is(err, store.ErrLost) {
			return err
		}
	}
	return nil
}

// replayInbox goes on with requests and clicks that an earlier process, or a replica that is dead, acknowledged and did
// not finish.
func (e *Engine) replayInbox(ctx context.Context) error {
	const many = 1000
	for {
		left, err := e.store.Adopt(ctx, many)
		if err != nil {
			return err
		}
		for _, row := range left {
			e.spawn(e.resume(row))
		}
		if len(left) < many {
			return nil
		}
	}
}

// resume gives the work on one of them. What it asks for is in line behind those that were pressed before it.
func (e *Engine) resume(row store.Received) func(context.Context) {
	settle := func(ctx context.Context) {
		if err := e.store.Done(ctx, row.Key); err != nil {
			e.log.Error("settle a stray row", "kind", row.Kind, "error", err)
		}
	}
	switch row.Kind {
	case kindCommand:
		r := op.Request{}
		if json.Unmarshal(row.Body, &r) != nil {
			return settle
		}
		parsed, err := e.understand(r)
		switch {
		case err == nil && parsed.Help:
			return e.resumeLook(r, settle, func(ctx context.Context) { e.notify.ReplyTo(ctx, r, e.helped(ctx, r, parsed)) })
		case err != nil || len(parsed.Missing) > 0: // what it meant has changed with the restart
			return e.resumeLook(r, settle, func(ctx context.Context) { e.replyError(ctx, r.Address, late(r)) })
		case parsed.Command.Effect == op.Read:
			return e.resumeLook(r, settle, func(ctx context.Context) { e.read(ctx, r, parsed) })
		}
		e.arrivals.resume(e.arrives(r, parsed.Command), e.store.Now())
		return e.arrived(r.Channel, r.Key, func(ctx context.Context) { e.submit(ctx, r, parsed) }).Work
	case kindClick:
		c := op.Click{}
		if json.Unmarshal(row.Body, &c) != nil {
			return settle
		}
		e.arrivals.resume(e.arrivals.enter(c.Channel, c.Key, ""), e.store.Now())
		return e.arrived(c.Channel, c.Key, func(ctx context.Context) { e.pressAgain(ctx, c) }).Work
	}
	return settle
}

// resumeLook answers what only looks; an answer that nobody expects any more is not given.
func (e *Engine) resumeLook(r op.Request, settle, look func(context.Context)) func(context.Context) {
	return func(ctx context.Context) {
		if e.now().Sub(r.At) <= lateAfter {
			look(ctx)
		} else {
			e.replyError(ctx, r.Address, late(r))
		}
		settle(ctx)
	}
}

// pressAgain goes on with a click after a restart. If the click had won before the crash there is nothing left to say.
func (e *Engine) pressAgain(ctx context.Context, c op.Click) {
	o, err := e.store.Get(ctx, c.Operation)
	switch {
	case err == nil && won(o, c):
		err = e.store.Done(ctx, c.Key)
	case err == nil:
		e.press(ctx, c)
	}
	if err != nil {
		e.log.Error("go on with a click", "op", op.Ref(c.Operation), "error", err)
	}
}

// won reports whether this person's click of this kind has taken effect already.
func won(o op.Operation, c op.Click) bool {
	switch c.Action {
	case op.ActionHappened, op.ActionNot:
		return o.SettledBy == c.Person
	case op.ActionConfirm, op.ActionApprove, op.ActionCancel, op.ActionDecline:
		return o.DecidedBy == c.Person
	}
	return false
}

// sweeping looks once a second for what time has made due.
func (e *Engine) sweeping(ctx context.Context) {
	defer close(e.sweeper.swept)
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	pruned := time.Time{}
	for first := true; ; first = false {
		nudges := e.sweeper.nudged.Load()
		if nudges == 0 && e.work.patient && !first { // time stands still: nothing has become due but what Slack did not take
			_ = errors.Join(e.notify.DeliverDue(ctx), e.notify.DrawBehind(ctx))
		} else {
			e.sweep(ctx)
		}
		e.sweeper.nudged.Add(-nudges)
		if time.Since(pruned) > pruneInterval {
			pruned = time.Now()
			if err := e.store.Prune(ctx, e.now().Add(-keepKeys)); err != nil && ctx.Err() == nil {
				e.log.Warn("prune", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-e.sweeper.wake:
		}
	}
}

// sweep may write `expired`, `unknown` and `succeeded`; `failed` only where the cloud's own record shows a refusal.
func (e *Engine) sweep(ctx context.Context) {
	defer e.rescue("the sweep")
	err := errors.Join(e.adoptEmergencies(ctx), e.expire(ctx), e.writeAnswers(ctx), e.adoptOrphans(ctx),
		e.lookAtUnknown(ctx), e.followUps(ctx), e.notify.DeliverDue(ctx), e.notify.DrawBehind(ctx), e.purgeSettled(ctx))
	if !e.store.Exclusive() {
		err = errors.Join(err, e.replayInbox(ctx))
	}
	if age := e.now().Sub(e.sweeper.told); age >= tellEvery || age < 0 {
		e.sweeper.told = e.now()
		err = errors.Join(err, e.endOldClaims(ctx), e.remind(ctx), e.renewApprovers(ctx))
	}
	if err != nil && ctx.Err() == nil {
		e.log.Warn("sweep", "error", err)
	}
}

// purgeSettled takes off the inbox what was worked off and is still there. Its people have been told what became of it,
// so it must not be worked off again after a restart. What was refused because it could not be written down may be
// there later than its refusal; it is taken off for as long as anybody would act on it.
func (e *Engine) purgeSettled(ctx context.Context) error {
	var keys []string
	e.inflight.unsettled.Range(func(key, _ any) bool {
		keys = append(keys, key.(string))
		return true
	})
	for part := range slices.Chunk(keys, settleAtOnce) {
		if err := e.store.Done(ctx, part...); err != nil {
			return err
		}
		for _, key := range part {
			if until, _ := e.inflight.unsettled.Load(key); !e.now().Before(until.(time.Time)) {
				e.inflight.unsettled.Delete(key)
			}
		}
	}
	return nil
}

func (e *Engine) expire(ctx context.Context) error {
	due, err := e.store.List(ctx, store.Query{States: []op.State{op.Pending, op.Queued}, ExpiredBy: e.now(), Limit: 500})
	if err != nil {
		return err
	}
	for _, o := range due {
		_, err := e.store.Move(ctx,
			store.Move{ID: o.ID, From: o.State, To: op.Expired, Event: e.event(op.EventExpired, "", "", o)})
		e.turns.over(o)
		if err != nil && !errors.Is(err, store.ErrLost) {
			return err
		}
		e.notify.EnqueueCard(o.ID)
	}
	return nil
}

func (e *Engine) lookAtUnknown(ctx context.Context) error {
	open, err := e.store.List(ctx, store.Query{LooksBelow: len(looksAfterSilence), Newest: true})
	if err != nil {
		return err
	}
	for _, o := range open {
		if !lookDue(o, e.now()) && !e.trailDue(o, e.now()) {
			continue
		}
		if _, busy := e.inflight.looking.LoadOrStore(o.ID, true); busy {
			continue
		}
		e.spawn(func(ctx context.Context) {
			defer e.inflight.looking.Delete(o.ID)
			if err := e.lookIfDue(ctx, o.ID); err != nil {
				e.log.Warn("look at an unknown outcome", "op", o.Ref(), "error", err)
			}
		})
	}
	return nil
}

// lookIfDue makes the look that is due, at the target or into the cloud's own record. What the sweep has read may be
// from before another look, which is over by now.
func (e *Engine) lookIfDue(ctx context.Context, id string) error {
	o, err := e.store.Get(ctx, id)
	switch {
	case err != nil || o.State != op.Unknown:
		return err
	case !lookDue(o, e.now()):
	case o.IsSeveral():
		return e.gatherAgain(ctx, o)
	default:
		if err = e.reconcile(ctx, o, true); err != nil {
			return err
		}
		if o, err = e.store.Get(ctx, id); err != nil {
			return err
		}
	}
	if !e.trailDue(o, e.now()) {
		return nil
	}
	return e.askTrail(ctx, o)
}
