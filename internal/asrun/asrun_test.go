package asrun

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
	"casterbot/test/pgtest"
)

var server = &pgtest.Shared{}

func TestMain(m *testing.M) {
	code := m.Run()
	if err := server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// everywhere runs a test on every database.
func everywhere(t *testing.T, test func(*testing.T, *world)) {
	for name, address := range map[string]func() string{
		"SQLite":     func() string { return "sqlite:" + filepath.Join(t.TempDir(), "bot.db") },
		"PostgreSQL": func() string { return server.Address(t) },
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{T: t, now: time.Date(2026, 11, 28, 18, 0, 0, 0, time.UTC)}
			db, err := store.Open(t.Context(), address(), store.Options{Now: func() time.Time { return w.now }})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			w.db = db
			test(t, w)
		})
	}
}

type world struct {
	*testing.T
	db  *store.Store
	now time.Time
	n   int
}

// asked is an operation whose call has left: asked for, approved and sent at moments of their own.
func (w *world) asked(o op.Operation, waits time.Duration) op.Operation {
	w.n++
	o.Key, o.State, o.Requester, o.Team = fmt.Sprint("key", w.n), op.Pending, "U0ANA", "T0SHOW"
	if o.Channel == "" {
		o.Channel = "C0SHOW"
	}
	if o.Verb == "" {
		o.Verb = "caster.restart"
	}
	o.Plan.Target = op.Target{Kind: "caster", ID: fmt.Sprint("c", w.n), Name: "=Evening News"}
	o.Plan.Title, o.Created, o.Expires = op.L("Restart studio ", op.B("Evening News")), w.now, w.now.Add(48*time.Hour)
	o, err := w.db.Create(w.Context(), o, op.Event{Name: op.EventReceived, Actor: "U0ANA"})
	if err != nil {
		w.Fatal(err)
	}
	w.now = w.now.Add(waits)
	w.move(o, store.Move{From: op.Pending, To: op.Queued, By: "U0KEN", Event: op.Event{Name: op.EventApproved}})
	return w.move(o, store.Move{From: op.Queued, To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}})
}

func (w *world) move(o op.Operation, m store.Move) op.Operation {
	w.Helper()
	m.ID = o.ID
	o, err := w.db.Move(w.Context(), m)
	if err != nil {
		w.Fatal(err)
	}
	return o
}

// ends moves a running operation on, 14 s later.
func (w *world) ends(o op.Operation, event string, out op.Outcome, closer string) {
	w.Helper()
	w.now = w.now.Add(14 * time.Second)
	w.move(o, store.Move{From: o.State, To: out.State, Outcome: &out, Closer: closer, Event: op.Event{Name: event}})
}

func (w *world) rows(q Question) []Row {
	w.Helper()
	q.Calls = func(verb string) bool { return verb != "caster.lock" }
	rows, err := q.All(w.Context(), w.db.Reader(), w.now)
	if err != nil {
		w.Fatal(err)
	}
	return rows
}

// Each call has what became of it, and by what that is known: no row claims more than there was.
func TestEvidence(t *testing.T) {
	onAir := op.Operation{Plan: op.Plan{OnAir: true}}
	everywhere(t, func(t *testing.T, w *world) {
		want := []string{}
		add := func(o op.Operation, row, event string, out op.Outcome, closer string) {
			w.ends(w.asked(o, time.Minute), event, out, closer)
			want = append(want, row)
		}
		unknown := func(row, event string, out op.Outcome, closer string) {
			o := w.asked(onAir, time.Minute)
			w.ends(o, op.EventAnswered, op.Outcome{State: op.Unknown, RequestID: "R-500"}, "")
			o.State = op.Unknown
			w.ends(o, event, out, closer)
			want = append(want, row)
		}
		add(onAir, "aired answer, observed", op.EventAnswered,
			op.Outcome{State: op.Succeeded, RequestID: "R-1", Checked: true}, "")
		add(op.Operation{}, "done answer", op.EventAnswered, op.Outcome{State: op.Succeeded, RequestID: "R-2"}, "")
		add(onAir, "no change answer", op.EventAnswered, op.Outcome{State: op.Succeeded, Already: true}, "")
		add(onAir, "failed answer", op.EventAnswered, op.Outcome{State: op.Failed, Code: "Idle", RequestID: "R-3"}, "")
		add(onAir, "failed not sent", op.EventAnswered, op.Outcome{State: op.Failed}, "")
		add(onAir, "unknown ", op.EventAnswered, op.Outcome{State: op.Unknown}, "")
		unknown("aired observed", op.EventReconciled, op.Outcome{State: op.Succeeded, Checked: true, RequestID: "R-500"}, "")
		unknown("aired trail", op.EventReconciled, op.Outcome{State: op.Succeeded, Checked: true, RequestID: "R-4",
			Record: &op.CloudRecord{Found: true}}, "")
		unknown("aired person", op.EventClosed, op.Outcome{State: op.Succeeded}, "U0MIO")
		unknown("failed person", op.EventClosed, op.Outcome{State: op.Failed}, "U0MIO")
		w.asked(onAir, time.Minute)
		want = append(want, "under way ")
		got := []string{}
		for _, r := range w.rows(Question{Channel: "C0SHOW"}) {
			got = append(got, string(r.Status)+" "+r.Known())
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// What was sent in the time is there, in the order of sending, however long it had waited; what changed nothing in the
// cloud, was never sent or was asked for elsewhere is not.
func TestWhichCalls(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		late := w.asked(op.Operation{}, 23*time.Hour) // asked on the 28th, sent on the 29th
		first := w.asked(op.Operation{}, time.Minute)
		elsewhere := w.asked(op.Operation{Channel: "C0MORN"}, time.Minute)
		w.asked(op.Operation{Verb: "caster.lock"}, time.Minute)
		o, err := w.db.Create(t.Context(), op.Operation{Key: "never", State: op.Pending, Channel: "C0SHOW",
			Verb: "caster.stop", Created: w.now, Expires: w.now.Add(time.Hour)}, op.Event{Name: op.EventReceived})
		if err != nil {
			t.Fatal(o, err)
		}
		day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
		for name, c := range map[string]struct {
			q    Question
			want []op.Operation
		}{
			"all":           {Question{}, []op.Operation{late, first, elsewhere}},
			"a channel":     {Question{Channel: "C0SHOW"}, []op.Operation{late, first}},
			"the day after": {Question{From: day(29), To: day(30)}, []op.Operation{late, first, elsewhere}},
			"the day":       {Question{From: day(28), To: day(29)}, nil},
			"since the one": {Question{From: first.Sent}, []op.Operation{first, elsewhere}},
			"up to the one": {Question{To: first.Sent}, []op.Operation{late}},
			"nowhere":       {Question{Channel: "C0NONE"}, nil},
		} {
			var got, want []string
			for _, r := range w.rows(c.q) {
				got = append(got, r.Ref())
			}
			for _, o := range c.want {
				want = append(want, o.Ref())
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
		}
	})
}

// The table says where its times are from, has them with their zone, and holds no formula.
func TestTable(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.ends(w.asked(op.Operation{Plan: op.Plan{OnAir: true}}, time.Minute), op.EventAnswered,
			op.Outcome{State: op.Succeeded, RequestID: "R-1"}, "")
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		q := Question{Channel: "C0SHOW", From: w.now.Add(-time.Hour)}
		table, err := NewTable(&b, q, zone)
		for _, r := range w.rows(q) {
			if err == nil {
				err = table.Write(r)
			}
		}
		if err == nil {
			err = table.Close()
		}
		reader := csv.NewReader(strings.NewReader(b.String()))
		reader.FieldsPerRecord = -1
		all, unread := reader.ReadAll()
		if err != nil || unread != nil || len(all) != 3 || len(all[1]) != len(all[2]) {
			t.Fatal(err, unread, b.String())
		}
		for _, want := range []string{"as-run", "C0SHOW", "Europe/Berlin", "2026-11-28 18:01:14 +01:00 to now",
			"not to a frame"} {
			if !strings.Contains(all[0][0], want) {
				t.Errorf("no %q in %s", want, all[0][0])
			}
		}
		got := strings.Join(all[2][:16], "|")
		want := "2026-11-28|C0SHOW|'=Evening News|c1|Restart studio Evening News|caster.restart|U0ANA|U0KEN|" +
			"2026-11-28 19:00:00 +01:00|2026-11-28 19:01:00 +01:00|2026-11-28 19:01:14 +01:00|14|aired|answer|R-1|"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}
