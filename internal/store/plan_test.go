package store

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// past copies an operation many times, as ones that are over: the history of its channel and its person, and
// every second one of its target.
const past = `WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
	INSERT INTO operations (` + storedColumns + `, target)
	SELECT 'x' || i, 'k' || i, 'failed', command, verb, effect, typed, team, channel, thread, asker, person, closer,
		plan, decision, outcome, 't' || i, claim, 1,
		created + i, expires, created + i, created + i, created + i, looked, looks, card, 1, 1, '', CASE WHEN i % 2 = 0 THEN target ELSE '' END
	FROM n, operations WHERE id = $3`

// pastDocuments are documents of a kind that have ended.
const pastDocuments = `WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
	INSERT INTO memos (` + documentColumns + `, mark) SELECT 'x' || i, 'follow', '{}', 2, $3 + i, $3 + i, 't' FROM n`

// aged gives an unknown operation with n others beside it that ended a thousandth of a second after one another, and a
// document with n that have ended.
func aged(t testing.TB, s *Store, n int) op.Operation {
	t.Helper()
	o := bring(t, s, sample(1), op.Unknown)
	if _, err := s.PutDocument(t.Context(), Document{Key: "follow/1", Kind: "follow"}, op.Event{}); err != nil {
		t.Fatal(err)
	}
	const part = 10000 // a server ends what takes too long
	for from := 0; from < n; from += part {
		err := s.write(t.Context(), func(t *transaction) error {
			if _, err := t.exec(past, from, min(from+part, n), o.ID); err != nil {
				return err
			}
			_, err := t.exec(pastDocuments, from, min(from+part, n), o.Created.UnixMilli())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if s.dialect.remote { // as the server does by itself after a while
		if _, err := s.writer.ExecContext(t.Context(), "ANALYZE operations, memos"); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// page is what history asks for besides.
var page = Rare{Paged: true, Skip: 30}

// over are the states of operations that have ended.
var over = []op.State{op.Succeeded, op.Failed, op.Expired, op.Cancelled}

// question is something that is asked for every command, or each second.
type question struct {
	name  string
	index string // that must be used; another one that begins so will do
	text  string
	args  []any
}

// questions about an aged operation, when the last of n others has just ended.
func questions(s *Store, o op.Operation, n int) []question {
	late, key := o.Created.Add(time.Duration(n)*time.Millisecond), o.Plan.Target.Key()
	waiting := []op.State{op.Pending, op.Queued, op.Running}
	all := []question{
		{"operations in care", "operations_open", selectOrphans, []any{500, "one", s.alive(late.UnixMilli())}},
		{"ahead on a target", "operations_open_target", countAhead, []any{o.ID, late.UnixMilli()}},
		{"memos", "memos_live", selectDocuments, []any{"follow", late.UnixMilli()}},
		{"how many are open", "operations_open", Number{}.open(), nil},
		{"how many cards are behind", "operations_unshown", Number{}.behind(), []any{many}},
		{"how many documents", "memos_live", Number{}.kept(), []any{"follow", late.UnixMilli()}},
	}
	for _, ask := range []struct {
		name, index string
		q           Query
	}{
		{"room in a channel", "operations_open_channel", Query{States: waiting, Channel: o.Channel, Limit: 100}},
		{"room for a person", "operations_open_channel",
			Query{States: waiting, Channel: o.Channel, Asker: o.Requester, Limit: 20}},
		{"unknown on a target", "operations_open_target",
			Query{States: []op.State{op.Unknown}, Target: key, Newest: true, Limit: 5}},
		{"acted on a target", "operations_acted", Query{ActedSince: late, Target: key, Newest: true}},
		{"acted without a target", "operations_acted",
			Query{ActedSince: late, Rare: Rare{Untargeted: true}, Channel: o.Channel, Newest: true}},
		{"acted of all", "operations_ended", Query{ActedSince: late, Since: o.Created, Limit: 100}},
		{"standing of all", "operations_ended", Query{States: []op.State{op.Succeeded}, Commands: []string{o.Command},
			Standing: true, ActedSince: late, Newest: true}},
		{"history of a channel", "operations_over",
			Query{States: over, Channel: "C0MORN", Alone: true, Newest: true, Limit: 16, Rare: page}},
		{"history of recordings", "operations_recordings", Query{States: over, Channel: o.Channel,
			Commands: []string{"record start {stream}", "record stop {stream}"}, Alone: true, Newest: true, Limit: 16,
			Rare: page}},
		{"history of a person", "operations_ask",
			Query{States: over, Channel: o.Channel, Asker: "U0SELDOM", Alone: true, Newest: true, Limit: 16, Rare: page}},
		{"history of a person and a target", "operations_ask",
			Query{States: over, Target: key, Asker: "U0SELDOM", Newest: true, Limit: 16, Rare: page}},
		{"due to expire", "operations_open", Query{States: waiting[:2], ExpiredBy: late, Limit: 500}},
		{"due to be looked at", "operations_looks", Query{LooksBelow: 4, Newest: true}},
		{"card behind", "operations_unshown", Query{Unshown: true, Newest: true}},
	} {
		text, args := ask.q.text()
		all = append(all, question{ask.name, ask.index, text, args})
	}
	return all
}

// What is asked all the time does not read all that ever was.
func TestQuestionsDoNotReadThePast(t *testing.T) { everywhere(t, testQuestionsDoNotReadThePast) }

func testQuestionsDoNotReadThePast(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	const n = 2000
	for _, ask := range questions(s, aged(t, s, n), n) {
		used(t, s, ask)
	}
}

func TestListsUseAnIndex(t *testing.T) {
	s, _ := fresh(t)
	for index, q := range map[string]Query{
		"operations_open":    {States: []op.State{op.Pending, op.Queued, op.Unknown}},
		"operations_target":  {Target: "caster/c1", Newest: true},
		"operations_channel": {Channel: "C0SHOW", Newest: true, Limit: 5},
		"operations_asker":   {Asker: "U0ANA"},
		"operations_created": {Since: time.Unix(1, 0)},
		"operations_over":    {Channel: "C0SHOW", States: over, Alone: true, Newest: true, Limit: 16, Rare: page},
		"operations_recordings": {Channel: "C0SHOW", States: over, Commands: []string{"record stop {stream}"},
			Alone: true, Newest: true, Limit: 16, Rare: page},
		"operations_asked ": {Channel: "C0SHOW", States: over, Asker: "U0ANA", Alone: true, Newest: true,
			Limit: 16, Rare: page},
		"operations_asked_target": {Target: "caster/c1", States: over, Asker: "U0ANA", Newest: true, Limit: 16, Rare: page},
		"operations_undone ":      {Channel: "C0SHOW", States: over[1:2], Newest: true, Limit: 16, Rare: page},
		"operations_undone_target": {Target: "caster/c1", States: []op.State{op.Cancelled}, Newest: true, Limit: 16,
			Rare: page},
	} {
		text, args := q.text()
		used(t, s, question{index, strings.TrimSpace(index), text, args})
	}
}

// used sees that the database finds the answer to a question by its index.
func used(t *testing.T, s *Store, ask question) {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if s.dialect.remote {
		explain = "EXPLAIN "
	}
	read := func(row scanner) (step string, err error) {
		if s.dialect.remote {
			return step, row.Scan(&step)
		}
		var unused int
		return step, row.Scan(&unused, &unused, &unused, &step)
	}
	steps, err := all(t.Context(), s.reader, read, explain+ask.text, ask.args...)
	if plan := strings.Join(steps, "\n"); err != nil || !strings.Contains(plan, ask.index) {
		t.Errorf("%s does not use %s, %v:\n%s", ask.name, ask.index, err, plan)
	}
}
