package store

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

func TestList(t *testing.T) { everywhere(t, testList) }

func testList(t *testing.T, e engine) {
	s, c := e.fresh(t)
	start := c.Now()
	names := map[string]string{}
	for i, state := range op.States() {
		o := sample(i)
		o.Expires = start.Add(time.Duration(i+1) * time.Minute)
		if i%2 == 1 {
			o.Channel, o.Asker = "C0MORN", "U0BO"
		}
		o = bring(t, s, o, state)
		names[o.ID] = string(state)
		if state == op.Running || state == op.Failed {
			if err := s.Shown(t.Context(), o.ID, o.Version, "17.1"); err != nil {
				t.Fatal(err)
			}
		}
		c.pass(time.Second)
	}
	for _, test := range []struct {
		name string
		q    Query
		want string
	}{
		{"all", Query{}, "pending queued running unknown succeeded failed expired cancelled"},
		{"newest", Query{Newest: true, Limit: 3}, "cancelled expired failed"},
		{"oldest", Query{Limit: 2}, "pending queued"},
		{"states", Query{States: []op.State{op.Unknown, op.Pending}}, "pending unknown"},
		{"expired by", Query{States: []op.State{op.Pending, op.Queued, op.Running}, ExpiredBy: start.Add(2 * time.Minute)}, "pending queued"},
		{"sent before", Query{SentBefore: start.Add(3 * time.Second)}, "running"},
		{"since", Query{Since: start.Add(6 * time.Second)}, "expired cancelled"},
		{"unshown", Query{Unshown: true}, "pending queued unknown succeeded expired cancelled"},
		{"target", Query{Target: "caster/c3"}, "unknown"},
		{"asker", Query{Asker: "U0BO"}, "queued unknown failed cancelled"},
		{"channel", Query{Channel: "C0SHOW", Newest: true}, "expired succeeded running pending"},
		{"nobody", Query{Asker: "' OR 1=1 --"}, ""},
	} {
		found, err := s.List(t.Context(), test.q)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		var got []string
		for _, o := range found {
			got = append(got, names[o.ID])
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
}

func TestEvents(t *testing.T) { everywhere(t, testEvents) }

func testEvents(t *testing.T, e engine) {
	s, c := e.fresh(t)
	first, second := create(t, s, sample(1)), create(t, s, sample(2))
	c.pass(time.Second)
	detail := map[string]string{"rule": "policy.yml:14"}
	move(t, s, Move{ID: first.ID, From: op.Pending, To: op.Queued,
		Event: op.Event{Name: op.EventConfirmed, Actor: "U0KEN", Team: "T1", Detail: detail, Operation: "forged", Seq: 99}})
	denied := op.Event{Name: op.EventDenied, Actor: "U0DEE", Team: "T0", Channel: "C0EXT", Detail: detail}
	if err := s.Record(t.Context(), denied); err != nil {
		t.Fatal(err)
	}
	denied.Seq, denied.At = 4, c.Now()
	trail, err := s.Events(t.Context(), first.ID)
	want := []op.Event{
		{Seq: 1, Operation: first.ID, At: newClock().Now(), Name: op.EventReceived, Actor: "U0ANA", Team: "T0", Channel: "C0SHOW"},
		{Seq: 3, Operation: first.ID, At: c.Now(), Name: op.EventConfirmed, Actor: "U0KEN", Team: "T1", Channel: "C0SHOW", Detail: detail},
	}
	if err != nil || !reflect.DeepEqual(trail, want) {
		t.Errorf("%+v, %v", trail, err)
	}
	recent, err := s.Recent(t.Context(), 3)
	if err != nil || len(recent) != 3 || !reflect.DeepEqual(recent[0], denied) || recent[2].Operation != second.ID {
		t.Errorf("%+v, %v", recent, err)
	}
	if err := s.Record(t.Context(), op.Event{}); !errors.Is(err, ErrIncomplete) {
		t.Errorf("got %v", err)
	}
	if err := s.Record(t.Context(), op.Event{Name: op.EventDenied, Operation: "no such operation"}); err == nil {
		t.Error("an event about nothing")
	}
}

func TestListsUseAnIndex(t *testing.T) {
	s, _ := fresh(t)
	for index, q := range map[string]Query{
		"operations_open":    {States: []op.State{op.Pending, op.Queued, op.Unknown}},
		"operations_target":  {Target: "caster/c1", Newest: true},
		"operations_channel": {Channel: "C0SHOW", Newest: true, Limit: 5},
		"operations_asker":   {Asker: "U0ANA"},
		"operations_unshown": {Unshown: true},
	} {
		text, args := q.text()
		rows, err := s.reader.Query("EXPLAIN QUERY PLAN "+text, args...)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := collect(rows, func(row scanner) (step string, err error) {
			var id, parent, unused int
			return step, row.Scan(&id, &parent, &unused, &step)
		})
		if err != nil || !slices.ContainsFunc(steps, func(step string) bool { return strings.Contains(step, index) }) {
			t.Errorf("%s: %v, %v", index, steps, err)
		}
	}
}
