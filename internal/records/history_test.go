package records

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// past makes operations one second after the other, as ana and bo in turn, of two commands: every third is open, the
// others are called off.
func (w *world) past(n int) time.Time {
	w.t.Helper()
	first := w.clock()
	for i := range n {
		w.pass(time.Second)
		o, err := w.store.Create(w.t.Context(), op.Operation{
			Key: fmt.Sprint("k", i), State: op.Pending, Command: []string{"caster stop {caster}", "record stop {stream}"}[i/2%2],
			Verb: "v", Effect: op.Change, Team: "T0", Channel: "C0SHOW", Requester: []string{"U0ANA", "U0BO"}[i%2],
			Text: fmt.Sprint(i), Plan: op.Plan{Target: news}, Created: w.clock(), Expires: w.clock().Add(time.Hour),
		}, op.Event{Name: op.EventReceived})
		if err == nil && i%3 != 0 {
			_, err = w.store.Move(w.t.Context(), store.Move{ID: o.ID, From: op.Pending, To: op.Cancelled,
				Event: op.Event{Name: op.EventVetoed}})
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return first
}

// By person, outcome, time and command, and page by page: each is there once, those that are open first.
func TestHistoryIsAskedForInParts(t *testing.T) {
	w := newWorld(t)
	first := w.past(10)
	for name, c := range map[string]struct {
		p    op.Past
		want string
		more bool
	}{
		"all":       {op.Past{Channel: "C0SHOW", Most: 10}, "9 6 3 0 8 7 5 4 2 1", false},
		"page 1":    {op.Past{Channel: "C0SHOW", Most: 3}, "9 6 3", true},
		"page 2":    {op.Past{Channel: "C0SHOW", Skip: 3, Most: 3}, "0 8 7", true},
		"page 4":    {op.Past{Channel: "C0SHOW", Skip: 9, Most: 3}, "1", false},
		"page 5":    {op.Past{Channel: "C0SHOW", Skip: 12, Most: 3}, "", false},
		"ana":       {op.Past{Channel: "C0SHOW", Person: "U0ANA", Most: 9}, "6 0 8 4 2", false},
		"open":      {op.Past{Channel: "C0SHOW", States: []op.State{op.Pending, op.Unknown}, Most: 9}, "9 6 3 0", false},
		"cancelled": {op.Past{Target: news, States: []op.State{op.Cancelled}, Skip: 2, Most: 9}, "5 4 2 1", false},
		"a time": {op.Past{Channel: "C0SHOW", From: first.Add(3 * time.Second), To: first.Add(6 * time.Second), Most: 9},
			"3 4 2", false},
		"recordings": {op.Past{Channel: "C0SHOW", Commands: []string{"record stop {stream}"}, Most: 9}, "6 3 7 2", false},
		"elsewhere":  {op.Past{Channel: "C0MORN", Most: 9}, "", false},
	} {
		list, more, err := w.History(t.Context(), c.p)
		var got []string
		for _, o := range list {
			got = append(got, o.Text)
		}
		if err != nil || more != c.more || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, more %v, %v; want %s, %v", name, got, more, err, c.want, c.more)
		}
	}
}

// A report is of calls to the cloud, and whoever gets it is in the record.
func TestAsRunAndWhoGotIt(t *testing.T) {
	w := newWorld(t)
	w.past(2)
	if rows, err := w.AsRun(t.Context(), "C0SHOW", time.Time{}, time.Time{}); err != nil || len(rows) > 0 {
		t.Errorf("nothing was sent: %v, %v", rows, err)
	}
	err := w.Exported(t.Context(), op.Person{ID: "U0KEN", Team: "T0"}, "C0SHOW", map[string]string{"format": "asrun"})
	events, unread := w.store.Recent(t.Context(), 1)
	if err != nil || unread != nil || events[0].Name != op.EventExported || events[0].Actor != "U0KEN" ||
		events[0].Channel != "C0SHOW" || events[0].Detail["format"] != "asrun" {
		t.Errorf("%v %v %+v", err, unread, events)
	}
}
