// Package records is what the bot itself knows and can be asked for, without any look at the cloud: who holds a studio
// (LockBook), which channels have an on-air board (BoardBook), what it has changed itself, with what looks have shown
// of it since (Changes), and what was asked and what became of it (History).
//
// It keeps true that a lock has one holder at a time, that it ends by the store's clock, and that every change of one
// is in the audit trail, written together with it. It never decides anything itself: whether a lock forbids a call is
// for authz to say.
//
// It must not know Slack, the cloud or how people type: it takes and gives the nouns of op.
package records

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/asrun"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Records answers from the store.
type Records struct {
	LockBook
	BoardBook
	CareBook
	*Changes
	store *store.Store
	table *op.Table
}

// New makes the records; the table says what the commands start and end, and may be filled in later.
func New(s *store.Store, table *op.Table) *Records {
	return &Records{LockBook: NewLockBook(s), BoardBook: NewBoardBook(s), CareBook: NewCareBook(s),
		Changes: NewChanges(s, table), store: s, table: table}
}

// AsRun gives what was really done from a channel: the calls that were sent in a time.
func (d *Records) AsRun(ctx context.Context, channel string, from, to time.Time) ([]asrun.Row, error) {
	q := asrun.Question{Channel: channel, From: from, To: to, Calls: asrun.Calls(*d.table)}
	return q.All(ctx, d.store.Reader(), d.store.Now())
}

// Exported writes down that somebody got a part of the record.
func (d *Records) Exported(ctx context.Context, by op.Person, channel string, detail map[string]string) error {
	return d.store.Record(ctx, op.Event{Name: op.EventExported, Actor: by.ID, Team: by.Team, Channel: channel,
		Detail: detail})
}

// open are the states of operations that wait for somebody or something.
var open = []op.State{op.Pending, op.Queued, op.Running, op.Unknown}

// ended are the states of those that are over.
var ended = []op.State{op.Succeeded, op.Failed, op.Expired, op.Cancelled}

// History gives operations: those that are open first, then the newest. It says whether there are older ones. Of
// several with one press a channel sees the one request, a target its own part.
func (d *Records) History(ctx context.Context, p op.Past) (list []op.Operation, more bool, err error) {
	query := store.Query{Target: p.Target.Key(), Commands: p.Commands, Asker: p.Person, Since: p.From,
		Rare: store.Rare{Until: p.To}, Newest: true}
	if query.Target == "" {
		query.Channel, query.Alone = p.Channel, true // several with one card are one request
	}
	if wanted := of(open, p.States); len(wanted) > 0 { // they are few
		query.States = wanted
		if list, err = d.store.List(ctx, query); err != nil {
			return nil, false, err
		}
	}
	before := min(p.Skip, len(list))
	list = list[before:]
	if wanted := of(ended, p.States); len(wanted) > 0 && len(list) <= p.Most {
		query.States, query.Limit = wanted, p.Most+1-len(list)
		query.Paged, query.Skip = true, p.Skip-before
		over, err := d.store.List(ctx, query)
		if err != nil {
			return nil, false, err
		}
		list = append(list, over...)
	}
	return list[:min(p.Most, len(list))], len(list) > p.Most, nil
}

// of gives those states that are wanted; all when none are named.
func of(states, wanted []op.State) []op.State {
	if len(wanted) == 0 {
		return states
	}
	return slices.DeleteFunc(slices.Clone(states), func(s op.State) bool { return !slices.Contains(wanted, s) })
}
