package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// Some calls are over long before what they set going is: a pause of a recording leads to a file minutes later. For
// every operation whose command has Follow there is a memo from before the call left until all of it is told, so that
// neither a restart nor the end of a replica forgets it. Whoever moves the memo's next look ahead makes the look.
const (
	kindFollow = "follow"

	followFirst = 20 * time.Second           // from the claim: what the answer itself shows is checked by then
	followClaim = lookWithin + 5*time.Second // nobody else looks while somebody does
	followRetry = 30 * time.Second           // after a look that failed, or while the outcome is open
	// between two looks, whatever is asked for: the clocks of databases and machines differ
	followLeast  = 10 * time.Second
	followWithin = 48 * time.Hour // from the last look that wanted another: then nothing more is told
)

// following is the body of such a memo.
type following struct {
	At time.Time `json:"at"` // of the next look
}

// schedule writes down, before the call leaves, that what it sets going will be followed. Without that the operation
// goes on all the same.
func (e *Engine) schedule(ctx context.Context, o op.Operation, command op.Command) {
	if command.Follow == nil {
		return
	}
	m := store.Document{Key: kindFollow + "/" + o.ID, Kind: kindFollow, Ends: e.now().Add(followWithin)}
	if err := e.reschedule(ctx, &m, e.now().Add(followFirst)); err != nil {
		e.log.Warn("what comes of it later will not be told", "op", o.Ref(), "error", err)
	}
}

// reschedule sets the next look of a memo. Somebody who did so first is no error for a new memo, and store.ErrLost for
// an old one.
func (e *Engine) reschedule(ctx context.Context, m *store.Document, until time.Time) error {
	body, err := json.Marshal(following{At: until})
	if err != nil {
		return err
	}
	m.Body = string(body)
	now, err := e.store.PutDocument(ctx, *m, op.Event{})
	if m.Version == 0 && errors.Is(err, store.ErrLost) {
		return nil
	}
	if err == nil {
		*m = now
	}
	return err
}

// followUps makes the looks that are due: at what came of calls, and at calls whose effect could not be seen at once.
func (e *Engine) followUps(ctx context.Context) error {
	return errors.Join(e.dueLooks(ctx, kindFollow, e.followed), e.dueLooks(ctx, kindCheck, e.confirmLater))
}

// dueLooks makes the looks of one kind. A look gives the time of the next one, zero when it was the last.
func (e *Engine) dueLooks(ctx context.Context, kind string,
	look func(context.Context, string) (time.Time, error)) error {
	memos, err := e.store.Documents(ctx, kind)
	if err != nil {
		return err
	}
	for _, m := range memos {
		f, id := following{}, strings.TrimPrefix(m.Key, kind+"/")
		_, running := e.inflight.runs.Load(id)
		if json.Unmarshal([]byte(m.Body), &f) == nil && (running || e.now().Before(f.At)) {
			continue
		}
		err := e.reschedule(ctx, &m, e.now().Add(followClaim))
		if errors.Is(err, store.ErrLost) { // another replica looks
			continue
		}
		if err != nil {
			return err
		}
		e.spawn(func(ctx context.Context) { e.lookLater(ctx, id, m, look) })
	}
	return nil
}

// lookLater makes one look and writes down when the next one is due.
func (e *Engine) lookLater(ctx context.Context, id string, m store.Document,
	look func(context.Context, string) (time.Time, error)) {
	again, err := look(ctx, id)
	if err != nil {
		e.log.Warn("look what came of it", "op", op.Ref(id), "error", err)
		again = e.now().Add(followRetry)
	}
	if ends := e.now().Add(followWithin); err == nil && ends.After(m.Ends) {
		m.Ends = ends
	}
	if least := e.now().Add(followLeast); !again.IsZero() && again.Before(least) {
		again = least
	}
	if again.IsZero() {
		err = e.store.DropDocument(ctx, m.Key, m.Version, op.Event{})
	} else {
		err = e.reschedule(ctx, &m, again)
	}
	if err != nil && !errors.Is(err, store.ErrLost) && ctx.Err() == nil {
		e.log.Warn("postpone the next look", "op", op.Ref(id), "error", err)
	}
}

// followed puts on the card what has come of an operation. It stays succeeded whatever is seen: this is about later.
// The time is that of the next look, zero when this was the last.
func (e *Engine) followed(ctx context.Context, id string) (time.Time, error) {
	o, err := e.store.Get(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	command, known := e.table.Find(o.Command)
	if !known || command.Follow == nil || o.State.Final() && o.State != op.Succeeded {
		return time.Time{}, nil
	}
	if o.State != op.Succeeded {
		return e.now().Add(followRetry), nil
	}
	if outcomeOf(o).Ended() {
		return time.Time{}, nil
	}
	if busy, err := e.underWay(ctx, o.Plan.Target); err != nil || busy {
		return e.now().Add(followLeast), err
	}
	if _, err := e.authz.TellsOf(ctx, o); err != nil { // nothing is looked at that nobody may be told yet
		return time.Time{}, err
	}
	f, err := whatCame(ctx, command, o)
	may := true
	if err == nil { // the look may have shown another name
		may, err = e.authz.TellsOf(ctx, o)
	}
	switch {
	case err == nil && len(f.Over) > 0:
		return f.Again, e.overBy(ctx, o, f.Over)
	case err != nil || len(f.Text) == 0 && f.Next == nil:
		return f.Again, err
	case !may && len(f.Text) > 0:
		f = op.Followup{Text: op.L("What came of it is not told in this channel any more."), Next: []op.Next{}}
	}
	outcome := outcomeOf(o)
	if len(f.Text) > 0 {
		outcome.After = f.Text
	}
	if f.Next != nil {
		outcome.Next = f.Next
	}
	err = e.note(ctx, o, store.Note{Outcome: &outcome, Version: o.Version}, op.EventFollowed)
	e.notify.EnqueueCard(o.ID)
	return f.Again, err
}

// underWay reports a call of the bot's own on a target: what a look shows may be its doing, and it says so itself.
func (e *Engine) underWay(ctx context.Context, t op.Target) (bool, error) {
	if t.Key() == "" {
		return false, nil
	}
	running, err := e.store.List(ctx, store.Query{Target: t.Key(), States: []op.State{op.Running}, Limit: 1})
	return len(running) > 0, err
}

// whatCame asks the command; a panic is a look that could not see.
func whatCame(ctx context.Context, command op.Command, o op.Operation) (f op.Followup, err error) {
	ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Background, Person: o.Requester}),
		lookWithin)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("follow %s: a panic: %v", o.Ref(), p)
		}
	}()
	return command.Follow(ctx, attempt(o))
}

// withNext gives a success the ways on that its command has, however it came to be known. An emergency of which nobody
// knows whether it happened can be asked for once more at once.
func (e *Engine) withNext(o op.Operation, outcome op.Outcome) op.Outcome {
	command, known := e.table.Find(o.Command)
	switch {
	case !known || len(outcome.Next) > 0:
	case outcome.State == op.Succeeded && command.Then != nil:
		outcome.Next = command.Then(o.Plan)
	case outcome.State == op.Unknown && command.Urgent:
		outcome.Next = []op.Next{{Label: o.Plan.Button, Text: o.Text}}
	}
	return outcome
}
