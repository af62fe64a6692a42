package desk

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/store"
)

const rules = `version: 1
groups:
  operators: [U0ANA, S0CREW]
  leads: [U0KEN]
channels:
  C0SHOW:
    studios: ["Evening *"]
    grants:
      - who: [operators, leads]
        may: [caster.show]
      - who: [leads]
        may: [caster.restart]
        confirm: other
        approvers: [operators]
  C0MORN:
    studios: ["Evening News"]
    grants:
      - who: [operators]
        may: [caster.restart]
        confirm: none
`

var news = op.Target{Kind: "caster", ID: "c1", Name: "Evening News"}

// world is a desk over an empty store with a clock that stands.
type world struct {
	*Desk
	t     *testing.T
	store *store.Store
	mu    sync.Mutex
	now   time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)}
	var err error
	if w.store, err = store.Open(t.Context(), "sqlite::memory:", store.Options{Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	path := filepath.Join(t.TempDir(), "policy.yml")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	keeper, err := policy.NewKeeper(path, []string{"caster.show", "caster.restart"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w.Desk = New(w.store, keeper, people{})
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

// people are who their id says; U0GONE cannot be looked up.
type people struct{}

func (people) Person(_ context.Context, id, _ string, _ time.Time) (op.Person, error) {
	if id == "U0GONE" {
		return op.Person{}, errors.New("slack is silent")
	}
	return op.Person{ID: id, Team: "T0"}, nil
}

func (people) Channel(_ context.Context, id string, _ time.Time) (op.Channel, error) {
	return op.Channel{ID: id, Member: true}, nil
}

func (w *world) hold(holder string, version int64) (op.Lock, bool) {
	w.t.Helper()
	lock := op.Lock{Target: news, Holder: holder, Channel: "C0SHOW", Why: "election", Since: w.clock(), Until: w.clock().Add(time.Hour), Version: version}
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
		got = append([]string{strings.Join([]string{e.Name, e.Actor, e.Channel, e.Detail["target"], e.Detail["holder"], e.Detail["why"]}, "|")}, got...)
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
			if _, err := w.store.Move(t.Context(), store.Move{ID: o.ID, From: op.Pending, To: op.Cancelled, Event: op.Event{Name: op.EventVetoed}}); err != nil {
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
		{news, "", 5, "old new mid", false}, {news, "C0OTHER", 2, "old new", true}, {news, "", 3, "old new mid", false}, {news, "", 1, "old", true},
		{op.Target{}, "C0SHOW", 5, "old new mid", false}, {op.Target{}, "C0OTHER", 5, "", false}, {op.Target{Kind: "caster", ID: "c2"}, "C0SHOW", 5, "", false},
	} {
		list, more, err := w.History(t.Context(), c.target, c.channel, c.n)
		var got []string
		for _, o := range list {
			got = append(got, o.Text)
		}
		if err != nil || more != c.more || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, more %v, %v", c, got, more, err)
		}
	}
}

func plain(lines []op.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Plain())
	}
	return strings.Join(all, "\n")
}

func TestWhyDecidesForWhoIsMeant(t *testing.T) {
	w := newWorld(t)
	ana := op.Person{ID: "U0ANA", Team: "T0"}
	for person, allowed := range map[string]bool{"": false, "U0ANA": false, "U0KEN": true} {
		d, steps, err := w.Why(t.Context(), ana, person, "C0SHOW", "caster.restart", op.OnAir, news)
		if err != nil || d.Allowed != allowed || !strings.Contains(plain(steps), "policy.yml:") {
			t.Errorf("%q: %+v, %s, %v", person, d, plain(steps), err)
		}
	}
	stranger := op.Person{ID: "U0X", Team: "T9", External: true}
	if _, steps, err := w.Why(t.Context(), stranger, "", "C0SHOW", "caster.restart", op.OnAir, news); err != nil || len(steps) > 0 {
		t.Errorf("a stranger reads %s, %v", plain(steps), err)
	}
	if _, _, err := w.Why(t.Context(), ana, "U0GONE", "C0SHOW", "caster.restart", op.OnAir, news); err == nil {
		t.Error("nobody could be asked who that is")
	}
}

func TestWhoNamesEveryRule(t *testing.T) {
	w := newWorld(t)
	ana := op.Person{ID: "U0ANA"}
	here := "policy.yml:11, #C0SHOW: leads (@U0KEN). Another person approves: operators (@U0ANA, @S0CREW)."
	there := "policy.yml:18, #C0MORN: operators (@U0ANA, @S0CREW). Nobody has to confirm."
	if got := plain(w.Who(ana, "C0SHOW", "caster.restart", op.OnAir, news)); got != here+"\n"+there {
		t.Error(got)
	}
	if got := plain(w.Who(ana, "C0MORN", "caster.restart", op.OnAir, news)); got != there+"\n"+here {
		t.Error(got)
	}
	talk := op.Target{Kind: "caster", ID: "c2", Name: "Evening Talk"} // the other channel has no such studio
	if got := plain(w.Who(ana, "C0SHOW", "caster.restart", op.OnAir, talk)); got != here {
		t.Error(got)
	}
	if got := plain(w.Who(op.Person{ID: "U0GU", Guest: true}, "C0SHOW", "caster.restart", op.OnAir, news)); got != here {
		t.Errorf("a guest reads %s", got)
	}
	if got := plain(w.Who(op.Person{ID: "U0X", External: true}, "C0SHOW", "caster.restart", op.OnAir, news)); strings.Contains(got, "policy.yml") {
		t.Errorf("a stranger reads %s", got)
	}
	if got := plain(w.Who(ana, "C0SHOW", "caster.show", op.Read, op.Target{})); got != "policy.yml:9, #C0SHOW: operators (@U0ANA, @S0CREW), leads (@U0KEN)." {
		t.Error(got)
	}
}
