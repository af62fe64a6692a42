package records

import (
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

var news = op.Target{Kind: "caster", ID: "c1", Name: "Evening News"}

// world is a desk over an empty store with a clock that stands.
type world struct {
	*Records
	t     *testing.T
	store *store.Store
	mu    sync.Mutex
	now   time.Time
	keys  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)}
	var err error
	if w.store, err = store.Open(t.Context(), "sqlite::memory:", store.Options{Now: w.clock, Patient: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	w.Records = New(w.store, &op.Table{})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) hold(holder string, version int64) (op.Lock, bool) {
	w.t.Helper()
	lock := op.Lock{Target: news, Holder: holder, Channel: "C0SHOW", Why: "election", Since: w.clock(),
		Until: w.clock().Add(time.Hour), Version: version}
	now, held, err := w.Hold(w.t.Context(), lock)
	if err != nil {
		w.t.Fatal(err)
	}
	return now, held
}

func (w *world) held() op.Lock {
	w.t.Helper()
	lock, err := w.Lock(w.t.Context(), news)
	if err != nil {
		w.t.Fatal(err)
	}
	return lock
}

func TestALockHasOneHolder(t *testing.T) {
	w := newWorld(t)
	if w.held().Held() {
		t.Error("held by nobody")
	}
	first, held := w.hold("U0ANA", 0)
	if !held || w.held() != first || first.Holder != "U0ANA" || first.Why != "election" || first.Target != news {
		t.Fatalf("%+v %+v", first, w.held())
	}
	if now, held := w.hold("U0KEN", 0); held || now != first {
		t.Errorf("a second holder: %+v", now)
	}
	longer, held := w.hold("U0ANA", first.Version)
	if !held || longer.Version == first.Version {
		t.Errorf("not kept: %+v", longer)
	}
	if _, gone, err := w.Release(t.Context(), first, "U0ANA", ""); gone || err != nil {
		t.Errorf("released by an old version: %v", err)
	}
	if all, err := w.Locks(t.Context()); err != nil || len(all) != 1 || all[0] != longer {
		t.Errorf("%+v, %v", all, err)
	}
	if _, gone, err := w.Release(t.Context(), longer, "U0ANA", ""); !gone || err != nil || w.held().Held() {
		t.Errorf("gone %v, %v", gone, err)
	}
	if now, gone, err := w.Release(t.Context(), longer, "U0ANA", ""); !gone || err != nil || now.Held() {
		t.Errorf("released twice: %+v, %v, %v", now, gone, err)
	}
	if out, err := w.RanOut(t.Context(), news, longer.Until); out || err != nil {
		t.Errorf("what was given back has run out: %v", err)
	}
	if none, err := w.Lock(t.Context(), op.Target{}); err != nil || none.Held() {
		t.Errorf("%+v, %v", none, err)
	}
}

func TestALockEndsByTheStoresClock(t *testing.T) {
	w := newWorld(t)
	first, _ := w.hold("U0ANA", 0)
	w.pass(time.Hour)
	if w.held().Held() {
		t.Error("it does not end")
	}
	if out, err := w.RanOut(t.Context(), news, first.Until); !out || err != nil {
		t.Errorf("ended, but not run out: %v", err)
	}
	if now, held := w.hold("U0ANA", first.Version); held || now.Held() {
		t.Errorf("what has ended was made longer: %+v", now)
	}
	if _, held := w.hold("U0KEN", 0); !held {
		t.Error("the next one has no chance")
	}
}

func TestTheTrailKnowsEveryChangeOfALock(t *testing.T) {
	w := newWorld(t)
	lock, _ := w.hold("U0ANA", 0)
	_, _, _ = w.Release(t.Context(), lock, "U0KEN", "she is on a train")
	lock, _ = w.hold("U0ANA", 0)
	_, _, _ = w.Release(t.Context(), lock, "U0ANA", "")
	events, err := w.store.Recent(t.Context(), 10)
	var got []string
	for _, e := range events {
		got = append([]string{strings.Join([]string{e.Name, e.Actor, e.Channel, e.Detail["target"], e.Detail["holder"],
			e.Detail["why"]}, "|")}, got...)
	}
	want := []string{
		"locked|U0ANA|C0SHOW|caster/c1|U0ANA|election", "lock broken|U0KEN|C0SHOW|caster/c1|U0ANA|she is on a train",
		"locked|U0ANA|C0SHOW|caster/c1|U0ANA|election", "unlocked|U0ANA|C0SHOW|caster/c1|U0ANA|",
	}
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%v\n%s", err, strings.Join(got, "\n"))
	}
}

func TestHistoryBeginsWithWhatIsOpen(t *testing.T) {
	w := newWorld(t)
	for i, key := range []string{"old", "mid", "new"} {
		w.pass(time.Second)
		o, err := w.store.Create(t.Context(), op.Operation{
			Key: key, State: op.Pending, Command: "c", Verb: "caster.restart", Effect: op.OnAir, Team: "T0", Channel: "C0SHOW",
			Requester: "U0ANA", Text: key, Plan: op.Plan{Target: news}, Created: w.clock(), Expires: w.clock().Add(time.Hour),
		}, op.Event{Name: op.EventReceived})
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if _, err := w.store.Move(t.Context(),
				store.Move{ID: o.ID, From: op.Pending, To: op.Cancelled, Event: op.Event{Name: op.EventVetoed}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		target  op.Target
		channel string
		n       int
		want    string
		more    bool
	}{
		{news, "", 5, "old new mid", false}, {news, "C0OTHER", 2, "old new", true}, {news, "", 3, "old new mid", false},
		{news, "", 1, "old", true},
		{op.Target{}, "C0SHOW", 5, "old new mid", false}, {op.Target{}, "C0OTHER", 5, "", false},
		{op.Target{Kind: "caster", ID: "c2"}, "C0SHOW", 5, "", false},
	} {
		list, more, err := w.History(t.Context(), op.Past{Target: c.target, Channel: c.channel, Most: c.n})
		var got []string
		for _, o := range list {
			got = append(got, o.Text)
		}
		if err != nil || more != c.more || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, more %v, %v", c, got, more, err)
		}
	}
}
