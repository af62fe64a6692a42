// Package asrun tells what was really done, as broadcasters keep it: a row for each call that left, in the order of
// sending, with by what it is known.
//
// It keeps true that a row says no more than the record does: who asked and who approved, when it was asked, sent and
// over by the clock of the database, and as evidence only what there was. It judges nothing, and knows neither Slack
// nor the cloud. What other hands did is not in it.
package asrun

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// Question is which calls are wanted.
type Question struct {
	Channel  string                 // where they were asked for; empty: anywhere
	From, To time.Time              // sent from, and before; zero To: until now
	Calls    func(verb string) bool // is it a call to the cloud

	// Archived gives the events of an operation, by its id, that say what became of it and are no longer in the database;
	// it may be nil.
	Archived func(operation string) []op.Event
}

// Calls reports which verbs of a table call the cloud.
func Calls(table op.Table) func(verb string) bool {
	return func(verb string) bool {
		return slices.ContainsFunc(table.Commands, func(c op.Command) bool { return c.Verb == verb && c.Sends != "" })
	}
}

// querier is what can be asked.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// What is read at once, and how long before its sending a call was asked for at most: a question stands for a day.
const (
	window = 24 * time.Hour
	ahead  = 25 * time.Hour
)

// Each gives the rows in the order of sending. It keeps no more than those of a day or two in memory.
func (q Question) Each(ctx context.Context, db querier, now time.Time, do func(Row) error) error {
	end := q.To
	if end.IsZero() || end.After(now) {
		end = now.Add(time.Second)
	}
	from, err := q.first(ctx, db, end)
	for ; err == nil && from.Before(end); from = from.Add(window) {
		err = q.between(ctx, db, from, earlier(from.Add(window), end), do)
	}
	return err
}

// All gives all of them.
func (q Question) All(ctx context.Context, db querier, now time.Time) (rows []Row, err error) {
	err = q.Each(ctx, db, now, func(r Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// first is from when on there is something to read; the end when there is nothing.
func (q Question) first(ctx context.Context, db querier, end time.Time) (time.Time, error) {
	oldest, err := store.Operations(ctx, db, store.Query{Channel: q.Channel, Limit: 1})
	switch {
	case err != nil || len(oldest) == 0:
		return end, err
	case oldest[0].Created.Before(q.From):
		return q.From, nil
	}
	return oldest[0].Created, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// between gives those that were sent in a part of the time.
func (q Question) between(ctx context.Context, db querier, from, to time.Time, do func(Row) error) error {
	all, err := store.Operations(ctx, db, store.Query{Channel: q.Channel, Since: from.Add(-ahead), Limit: 1 << 30,
		Rare: store.Rare{Until: to, SentFrom: from, SentBy: to}})
	if err != nil {
		return err
	}
	sent := slices.DeleteFunc(all, func(o op.Operation) bool {
		return o.IsSeveral() || !q.Calls(o.Verb) || o.Sent.Before(from) || !o.Sent.Before(to)
	})
	slices.SortStableFunc(sent, func(a, b op.Operation) int {
		return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.Turn, b.Turn))
	})
	for part := range slices.Chunk(sent, 100) {
		settled, err := settlements(ctx, db, part)
		if err != nil {
			return err
		}
		for _, o := range part {
			known := settled[o.ID]
			if q.Archived != nil {
				known = append(known, q.Archived(o.ID)...)
			}
			if err := do(rowOf(o, known)); err != nil {
				return err
			}
		}
	}
	return nil
}

// settlements gives, of operations, the events by which what became of them may be known.
func settlements(ctx context.Context, db querier, all []op.Operation) (map[string][]op.Event, error) {
	args := []any{op.EventAnswered, op.EventReconciled}
	query := `SELECT operation, name, detail FROM events WHERE name IN ($1, $2) AND operation IN (`
	for i, o := range all {
		if args = append(args, o.ID); i > 0 {
			query += ", "
		}
		query += "$" + strconv.Itoa(len(args))
	}
	rows, err := db.QueryContext(ctx, query+`) ORDER BY seq`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string][]op.Event{}
	for rows.Next() {
		var e op.Event
		var detail string
		if err := rows.Scan(&e.Operation, &e.Name, &detail); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
			return nil, err
		}
		found[e.Operation] = append(found[e.Operation], e)
	}
	return found, rows.Err()
}
