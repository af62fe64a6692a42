package store

import (
	"errors"
	"maps"
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
			o.Channel, o.Requester = "C0MORN", "U0BO"
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
		{"expired by", Query{States: []op.State{op.Pending, op.Queued, op.Running}, ExpiredBy: start.Add(2 * time.Minute)},
			"pending queued"},
		{"since", Query{Since: start.Add(6 * time.Second)}, "expired cancelled"},
		{"until", Query{Rare: Rare{Until: start.Add(2 * time.Second)}}, "pending queued"},
		{"sent from", Query{Rare: Rare{SentFrom: start.Add(3 * time.Second)}}, "unknown succeeded"},
		{"sent by", Query{Rare: Rare{SentBy: start.Add(3 * time.Second)}}, "running unknown"},
		{"a page", Query{Rare: Rare{Paged: true, Skip: 2}, Newest: true, Limit: 2}, "failed succeeded"},
		{"skipped", Query{Rare: Rare{Skip: 2}, Limit: 2}, "running unknown"},
		{"came to nothing", Query{States: []op.State{op.Expired, op.Failed}, Newest: true}, "expired failed"},
		{"unshown", Query{Unshown: true}, "pending queued unknown succeeded expired cancelled"},
		{"target", Query{Target: "caster/c3"}, "unknown"},
		{"commands", Query{Commands: []string{"caster list", "caster restart {caster}"}, Limit: 1}, "pending"},
		{"other commands", Query{Commands: []string{"caster list"}}, ""},
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

// Of operations of one moment each is on one page, and no event is looked for of those that are skipped.
func TestListByPages(t *testing.T) { everywhere(t, testListByPages) }

func testListByPages(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	for i := range 7 {
		create(t, s, sample(i))
	}
	got := map[string]int{}
	for skip := 0; skip < 8; skip += 2 {
		q := Query{Newest: true, Limit: 2, Rare: Rare{Paged: true, Skip: skip}}
		found, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found {
			got[o.ID]++
		}
		text, _ := q.text()
		if ids, _, _ := strings.Cut(text, " LIMIT "); strings.Contains(ids, "events") {
			t.Errorf("%s looks for events", ids)
		}
	}
	if len(got) != 7 || slices.ContainsFunc(slices.Collect(maps.Values(got)), func(n int) bool { return n != 1 }) {
		t.Errorf("on pages: %v", got)
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
	denied.Detail = map[string]string{"rule": "policy.yml:14", "replica": "one"}
	trail, err := s.Events(t.Context(), first.ID)
	tells := func(state op.State) map[string]string {
		return map[string]string{"verb": "caster.restart", "target": "caster/c1", "params": first.Params(),
			"rule": "policy.yml:14", "policy": "hash", "state": string(state), "replica": "one"}
	}
	want := []op.Event{
		{Seq: 1, Operation: first.ID, At: newClock().Now(), Name: op.EventReceived, Actor: "U0ANA", Team: "T0",
			Channel: "C0SHOW", Detail: tells(op.Pending)},
		{Seq: 3, Operation: first.ID, At: c.Now(), Name: op.EventConfirmed, Actor: "U0KEN", Team: "T1", Channel: "C0SHOW",
			Detail: tells(op.Queued)},
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

func TestListOfWhatIsNotOver(t *testing.T) { everywhere(t, testListOfWhatIsNotOver) }

func testListOfWhatIsNotOver(t *testing.T, e engine) {
	s, c := e.fresh(t)
	start := c.Now()
	names := someNotOver(t, s, c)
	for _, test := range []struct {
		name string
		q    Query
		want string
	}{
		{"looks below 2", Query{LooksBelow: 2}, "new"},
		{"looks below 3", Query{LooksBelow: 3, Newest: true}, "seen new"},
		{"acted since the start", Query{ActedSince: start}, "board done new seen running"},
		{"acted since an end", Query{ActedSince: start.Add(4 * time.Second), Newest: true}, "running seen new done"},
		{"acted since after an end", Query{ActedSince: start.Add(4*time.Second + time.Millisecond)}, "new seen running"},
		{"acted on a target", Query{ActedSince: start, Target: "caster/c5"}, "done"},
		{"without a target", Query{Rare: Rare{Untargeted: true}, Channel: "C0SHOW"}, "board"},
		{"acted without a target", Query{Rare: Rare{Untargeted: true}, ActedSince: start.Add(time.Minute)}, ""},
	} {
		found, err := s.List(t.Context(), test.q)
		var got []string
		for _, o := range found {
			got = append(got, names[o.ID])
		}
		if err != nil || strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, %v, want %s", test.name, got, err, test.want)
		}
	}
}

// someNotOver makes operations, a second apart, and gives their names.
func someNotOver(t *testing.T, s *Store, c *clock) map[string]string {
	queued, sent, unknown := Move{To: op.Queued}, Move{To: op.Running, Send: true}, Move{To: op.Unknown}
	names := map[string]string{}
	for i, one := range []struct {
		name  string
		moves []Move
		looks int
	}{
		{"new", []Move{queued, sent, unknown}, 0},
		{"seen", []Move{queued, sent, unknown}, 2},
		{"board", []Move{queued, sent, {To: op.Succeeded}}, 0},
		{"refused", []Move{queued, {To: op.Failed}}, 0},
		{"done", []Move{queued, sent, {To: op.Succeeded}}, 0},
		{"running", []Move{queued, sent}, 0},
	} {
		o := sample(i + 1)
		if one.name == "board" {
			o.Plan.Target = op.Target{}
		}
		o = create(t, s, o)
		names[o.ID] = one.name
		for _, m := range one.moves {
			m.ID, m.From = o.ID, o.State
			o = move(t, s, m)
		}
		for range one.looks {
			if err := s.Note(t.Context(), o.ID, Note{Look: true}, op.Event{Name: op.EventReconciled}); err != nil {
				t.Fatal(err)
			}
		}
		c.pass(time.Second)
	}
	return names
}

// What was asked at one moment is listed as it was asked, and pages of any size have the same order.
func TestListOfOneMoment(t *testing.T) { everywhere(t, testListOfOneMoment) }

func testListOfOneMoment(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	var ids []string
	for i := range 12 {
		ids = append(ids, create(t, s, sample(i)).ID)
	}
	newest := slices.Clone(ids)
	slices.Reverse(newest)
	for limit := 1; limit <= len(ids); limit++ {
		for _, q := range []Query{{}, {Newest: true}, {Channel: "C0SHOW", Newest: true}} {
			want := map[bool][]string{false: ids, true: newest}[q.Newest]
			q.Limit = limit
			found, err := s.List(t.Context(), q)
			var got []string
			for _, o := range found {
				got = append(got, o.ID)
			}
			if err != nil || !slices.Equal(got, want[:limit]) {
				t.Errorf("%+v: %v, %v, want %v", q, got, err, want[:limit])
			}
		}
	}
}

// What has been ended by something later stands no more, whatever the words of an outcome are.
func TestListOfWhatStands(t *testing.T) { everywhere(t, testListOfWhatStands) }

func testListOfWhatStands(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	var want []string
	for i, outcome := range []*op.Outcome{nil, {}, {Text: op.L(`"over": no`)}, {Since: op.Since{Over: op.L("Ended")}}} {
		o := bring(t, s, sample(i), op.Running)
		if outcome != nil {
			outcome.State = op.Succeeded
		}
		move(t, s, Move{ID: o.ID, From: op.Running, To: op.Succeeded, Outcome: outcome})
		if i < 3 {
			want = append(want, o.ID)
		}
	}
	found, err := s.List(t.Context(), Query{States: []op.State{op.Succeeded}, Standing: true})
	var got []string
	for _, o := range found {
		got = append(got, o.ID)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}
