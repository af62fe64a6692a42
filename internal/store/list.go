package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/op"
)

// many is how many operations a list holds at most when nothing else is asked for.
const many = 1000

// Query says which operations are wanted; an empty field asks for nothing.
type Query struct {
	States     []op.State
	ExpiredBy  time.Time // their time of expiry is not after this
	ActedSince time.Time // they were given to the network, and had not ended before this; in the order of their ends
	Since      time.Time // they were created at this time or later
	Unshown    bool      // their card shows an older version
	LooksBelow int       // their outcome is unknown, and they were looked at less often than this
	Commands   []string  // their command is one of these
	Standing   bool      // what their outcome says has not been ended by anything later
	Target     string    // key of the target
	Asker      string
	Channel    string
	Group      string // they are members of this one
	Alone      bool   // they are no members
	Newest     bool   // the newest first; else the oldest
	Limit      int    // 0 means 1000
	Rare
}

// Rare is what few ask for.
type Rare struct {
	Until      time.Time // they were created before this
	SentFrom   time.Time // they were given to the network at this time or later
	SentBy     time.Time // likewise, at this time or earlier
	Untargeted bool      // they have no target
	Paged      bool      // a page of many: which of one moment are on it goes by their ids
	Skip       int       // so many are left out at first
}

// List gives the operations that a query asks for.
func (s *Store) List(ctx context.Context, q Query) ([]op.Operation, error) {
	query, args := q.text()
	return list(ctx, s, "list", scan, query, args...)
}

// Operations is List for a reader of another kind: a database as of one moment.
func Operations(ctx context.Context, db interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, q Query) ([]op.Operation, error) {
	query, args := q.text()
	found, err := all(ctx, db, scan, query, args...)
	return found, wrap(err, "list")
}

// text writes the query down; what comes from outside goes into arguments only.
func (q Query) text() (string, []any) {
	var (
		where []string
		args  []any
	)
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	if len(q.States) > 0 {
		var states []string
		for _, state := range q.States {
			states = append(states, string(state))
		}
		if !q.allOver() {
			where = append(where, q.among("state", states, arg))
		}
		where = append(where, q.forIndexes()...)
	}
	if len(q.Commands) > 0 {
		where = append(where, q.among("command", q.Commands, arg))
	}
	for _, c := range q.conditions() {
		switch {
		case !c.asked:
		case c.arg == nil:
			where = append(where, c.text)
		default:
			where = append(where, c.text+arg(c.arg))
		}
	}
	text := q.assemble(where, arg)
	return text, args
}

// forIndexes says what the states and commands say already in the words of indexes that hold a part of the operations:
// of those that are open, that are over, that came to nothing, that are about recordings.
func (q Query) forIndexes() []string {
	if !slices.ContainsFunc(q.States, op.State.Final) {
		return []string{"ended = 0"}
	}
	if slices.ContainsFunc(q.States, func(s op.State) bool { return !s.Final() }) {
		return nil
	}
	where := []string{"ended > 0"}
	if !slices.Contains(q.States, op.Succeeded) {
		where = append(where, "state <> 'succeeded'")
	}
	others := func(usage string) bool { return !strings.HasPrefix(usage, "record ") }
	if q.Channel != "" && len(q.Commands) > 0 && !slices.ContainsFunc(q.Commands, others) {
		where = append(where, "substr(command, 1, 7) = 'record '")
	}
	return where
}

// allOver reports that it is asked for all that is over, whatever came of it.
func (q Query) allOver() bool {
	return !slices.ContainsFunc(op.States(), func(s op.State) bool { return s.Final() != slices.Contains(q.States, s) })
}

// alone demands that they are no members. Of all that is over in a channel it does so in the words of an index that
// has all that a page needs, and that nothing else shall take.
func (q Query) alone() string {
	if q.allOver() && q.Asker == "" && len(q.Commands) == 0 {
		return "length(member_of) = 0"
	}
	return "member_of = ''"
}

// among demands that a column has one of some values.
func (Query) among(column string, values []string, arg func(any) string) string {
	var in []string
	for _, v := range values {
		in = append(in, arg(v))
	}
	return column + " IN (" + strings.Join(in, ", ") + ")"
}

// condition is what has to be so of a row, when it is asked for; with an argument that is put behind it.
type condition struct {
	asked bool
	text  string
	arg   any
}

func (q Query) conditions() []condition {
	return []condition{
		{!q.ExpiredBy.IsZero(), "expires > 0 AND expires <= ", timeOf{&q.ExpiredBy}},
		{!q.ActedSince.IsZero(), "sends > 0 AND " + operationEnd + " >= ", timeOf{&q.ActedSince}},
		{!q.Since.IsZero(), "created >= ", timeOf{&q.Since}},
		{!q.Until.IsZero(), "created < ", timeOf{&q.Until}},
		{!q.SentFrom.IsZero(), "sends > 0 AND sent >= ", timeOf{&q.SentFrom}},
		{!q.SentBy.IsZero(), "sends > 0 AND sent <= ", timeOf{&q.SentBy}},
		{q.Unshown, "shown < version", nil},
		{q.LooksBelow > 0, "state = 'unknown' AND looks < ", q.LooksBelow},
		{q.Standing, `COALESCE(outcome, '') NOT LIKE '%"over":%'`, nil}, // a text would have the quotes escaped
		{q.Alone, q.alone(), nil},
		{q.Untargeted, "target = ''", nil},
		{q.Target != "", "target = ", q.Target},
		{q.Asker != "", "asker = ", q.Asker},
		{q.Channel != "", "channel = ", q.Channel},
		{q.Group != "", "member_of = ", q.Group},
	}
}

// assemble puts the conditions, the order and the limit behind the columns. To skip many in the order of creation asks
// for the first event of each, so those of a page are found without.
func (q Query) assemble(where []string, arg func(any) string) string {
	some := ""
	if len(where) > 0 {
		some = " WHERE " + strings.Join(where, " AND ")
	}
	most := " LIMIT " + arg(cmp.Or(q.Limit, many))
	if q.Skip > 0 {
		most += " OFFSET " + arg(q.Skip)
	}
	if q.Paged {
		return selectOperations + " WHERE id IN (SELECT id FROM operations" + some + q.order("id") + most + ")" +
			q.order(creation)
	}
	return selectOperations + some + q.order(creation) + most
}

// order is that in which they come; of one moment, by something.
func (q Query) order(by string) string {
	order := []string{"created", by}
	if !q.ActedSince.IsZero() {
		order = append([]string{operationEnd}, order...)
	}
	for i := range order {
		if q.Newest {
			order[i] += " DESC"
		}
	}
	return " ORDER BY " + strings.Join(order, ", ")
}
