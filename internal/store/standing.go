package store

import (
	"context"
	"time"

	"casterbot/internal/op"
)

// Watch is told what the store does, for those who measure. Neither may wait; each may be nil.
type Watch struct {
	Made  func(op.Operation)                               // an operation was created
	Moved func(from op.State, o op.Operation)              // an operation has taken an arrow of the chart
	Took  func(kind Kind, took time.Duration, failed bool) // a read or a whole transaction is over
}

// Kind is whether something was read or written.
type Kind string

// The kinds.
const (
	Reads  Kind = "read"
	Writes Kind = "write"
)

func (w Watch) filled() Watch {
	if w.Made == nil {
		w.Made = func(op.Operation) {}
	}
	if w.Moved == nil {
		w.Moved = func(op.State, op.Operation) {}
	}
	if w.Took == nil {
		w.Took = func(Kind, time.Duration, bool) {}
	}
	return w
}

// Number is how many there are of something, and a time of that which is there for longest.
type Number struct {
	State op.State
	Count int
	Since time.Time // zero: there is none
}

// OpenNow counts the operations that have not ended, by state, with the time at which the oldest came into it. One of
// several is counted by its members, once it has any.
func (s *Store) OpenNow(ctx context.Context) ([]Number, error) {
	return list(ctx, s, "count what is open", Number{}.read, Number{}.open())
}

// BehindNow counts the cards that are behind, with the time of the oldest change that is the latest one of its
// operation. Beyond a thousand it does not count.
func (s *Store) BehindNow(ctx context.Context) (Number, error) {
	return s.number(ctx, "count the cards that are behind", Number{}.behind(), many)
}

// KeptNow counts the documents of a kind that have not ended, with the time at which the first will.
func (s *Store) KeptNow(ctx context.Context, kind string) (Number, error) {
	return s.number(ctx, "count documents", Number{}.kept(), kind, s.now().UnixMilli())
}

func (s *Store) number(ctx context.Context, what, query string, args ...any) (Number, error) {
	found, err := list(ctx, s, what, Number{}.read, query, args...)
	if err != nil || len(found) == 0 {
		return Number{}, err
	}
	return found[0], nil
}

func (Number) read(row scanner) (n Number, err error) {
	err = row.Scan(&n.State, &n.Count, timeOf{&n.Since})
	return n, err
}

func (Number) open() string {
	return `SELECT state, COUNT(*), MIN(CASE state WHEN 'pending' THEN created WHEN 'queued' THEN confirmed ELSE sent END)
		FROM operations WHERE ended = 0
			AND NOT EXISTS (SELECT 1 FROM operations m WHERE m.member_of = operations.id)
		GROUP BY state`
}

func (Number) behind() string {
	return `SELECT '', COUNT(*), COALESCE(MIN(changed), 0) FROM (
		SELECT COALESCE((SELECT at FROM events WHERE events.operation = operations.id ORDER BY seq DESC LIMIT 1), 0)
			AS changed FROM operations WHERE shown < version LIMIT $1) behind`
}

func (Number) kept() string {
	return `SELECT '', COUNT(*), COALESCE(MIN(ends), 0) FROM memos WHERE kind = $1 AND ` + documentEnd + ` > $2`
}
