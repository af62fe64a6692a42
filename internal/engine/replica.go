package engine

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// beatEvery is how often a replica tells the others that it lives.
const beatEvery = time.Second

// heartbeat tells the other replicas that this one lives, until its last work is done. A store of one process needs
// none.
func (e *Engine) heartbeat() {
	defer close(e.sweeper.beaten)
	if e.store.Exclusive() {
		return
	}
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		if err := e.store.Beat(e.work.base); err != nil && e.work.base.Err() == nil {
			e.log.Warn("the other replicas do not hear of this one", "error", err)
		}
		select {
		case <-e.work.base.Done():
			return
		case <-ticker.C:
		}
	}
}

// adoptOrphans goes on with what nobody works on: what a dead replica left, and what this one could not bring to its
// end because the store was away. What is queued is claimed as ever, so one of several that try wins it; what was
// running is never sent again.
func (e *Engine) adoptOrphans(ctx context.Context) error {
	left, err := e.store.Orphans(ctx, 500)
	if err != nil {
		return err
	}
	for _, o := range left {
		if _, busy := e.inflight.runs.Load(o.ID); busy {
			continue
		}
		if _, known := e.inflight.unwritten.Load(o.ID); known { // writeAnswers brings it to its end
			continue
		}
		if o.IsSeveral() && o.State == op.Running {
			if err := e.gather(ctx, o.ID); err != nil {
				return err
			}
			continue
		}
		if o.State == op.Queued {
			e.spawn(func(ctx context.Context) { e.execute(ctx, o.ID) })
			continue
		}
		if _, err := e.finish(ctx, o, e.leftover(o)); err != nil && !errors.Is(err, store.ErrLost) {
			return err
		}
	}
	return nil
}

// adoptEmergencies goes on with the emergencies of replicas that have been silent for a few seconds: what is queued,
// and what was received. Most of them are dead. Of one that is not, and gets on after all, one of both makes the
// operation and one of both the call.
func (e *Engine) adoptEmergencies(ctx context.Context) error {
	if e.store.Exclusive() {
		return nil
	}
	left, received, err := e.store.OfSilent(ctx, 500)
	for _, o := range left {
		if _, busy := e.inflight.runs.Load(o.ID); !busy && o.State == op.Queued && e.use(o).Command.Urgent {
			e.spawn(func(ctx context.Context) { e.execute(ctx, o.ID) })
		}
	}
	var keys []string
	for _, row := range received {
		if e.forEmergency(ctx, row) {
			keys = append(keys, row.Key)
		}
	}
	if err != nil || len(keys) == 0 {
		return err
	}
	adopted, err := e.store.AdoptOfSilent(ctx, keys...)
	for _, row := range adopted {
		e.spawn(e.resume(row))
	}
	return err
}

// forEmergency reports what was received and asks for an emergency, or confirms one.
func (e *Engine) forEmergency(ctx context.Context, row store.Received) bool {
	r, c := op.Request{}, op.Click{}
	switch {
	case row.Kind == kindCommand && json.Unmarshal(row.Body, &r) == nil:
		parsed, err := e.understand(r)
		return err == nil && parsed.Command.Urgent && !parsed.Help
	case row.Kind == kindClick && json.Unmarshal(row.Body, &c) == nil:
		o, err := e.store.Get(ctx, c.Operation)
		return err == nil && e.use(o).Command.Urgent
	}
	return false
}

// writeAnswers records the answers that came and could not be written down, also those of operations that others have
// given up meanwhile.
func (e *Engine) writeAnswers(ctx context.Context) (err error) {
	e.inflight.unwritten.Range(func(id, outcome any) bool {
		if _, busy := e.inflight.runs.Load(id); busy {
			return true
		}
		var o op.Operation
		if o, err = e.store.Get(ctx, id.(string)); err == nil {
			o.State = op.Running
			_, err = e.finish(ctx, o, outcome.(op.Outcome))
		}
		if err == nil || errors.Is(err, store.ErrLost) || errors.Is(err, store.ErrNotFound) {
			e.inflight.unwritten.Delete(id)
			err = nil
		}
		return err == nil
	})
	return err
}

// leftover is the outcome of a running operation that nobody works on: that none is known.
func (e *Engine) leftover(o op.Operation) op.Outcome {
	if o.Claim == e.replica {
		return op.Outcome{State: op.Unknown,
			Text: op.L("casterbot could not write its log around this call, so it is not known whether it left.")}
	}
	return op.Outcome{State: op.Unknown,
		Text: op.L("the casterbot process that made this call is gone, so no answer came.")}
}
