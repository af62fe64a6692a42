package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
	"casterbot/test/pgtest"
)

// typedSlate is an emergency as it arrives.
func (s *stage) typedSlate() op.Request {
	return op.Request{Key: "standby", Text: "caster standby c1",
		Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()})}
}

// TestAnEmergencyOfAProcessThatDied: what was acknowledged and not begun is sent after the restart when that comes
// soon; later, or when something that it would take back was done since, its card says that it was not.
func TestAnEmergencyOfAProcessThatDied(t *testing.T) {
	for name, c := range map[string]struct {
		before, since string // done before it was pressed, and after
		passed        time.Duration
		want          op.State
		says          string
	}{
		"soon":               {"", "", 20 * time.Second, op.Succeeded, ""},
		"in time":            {"", "", startWithin - time.Second, op.Succeeded, ""},
		"too late":           {"", "", startWithin + time.Second, op.Failed, "could not see to it within 30 s"},
		"the next day":       {"", "", 20 * time.Hour, op.Failed, "could not see to it within 30 s"},
		"after a restart":    {"caster restart c1", "", 5 * time.Second, op.Succeeded, ""},
		"before a restart":   {"", "caster restart c1", 5 * time.Second, op.Failed, "something else on it went first"},
		"before another one": {"", "caster standby c1", 5 * time.Second, op.Failed, "something else on it went first"},
		"before a preview":   {"", "caster open c1", 5 * time.Second, op.Succeeded, ""},
		"on another studio":  {"", "caster restart c2", 5 * time.Second, op.Succeeded, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.withConditions()
			s.with(func() { s.confirm = op.ConfirmNone })
			calls := 0
			do := func(text string) {
				if text != "" {
					s.want(s.asked(text), op.Succeeded, calls+1)
					calls++
					s.with(func() { s.now = s.now.Add(time.Second) })
				}
			}
			do(c.before)
			slate := s.typedSlate()
			if _, err := s.e.Accept(context.Background(), slate); err != nil {
				t.Fatal(err)
			}
			s.e.arrivals.leave(slate.Channel, slate.Key) // its process is as good as dead
			s.with(func() { s.now = s.now.Add(time.Second) })
			do(c.since)
			s.with(func() { s.now = slate.At.Add(c.passed) })
			s.restart(s.withConditions)
			if c.want == op.Succeeded {
				calls++
			}
			o, err := s.store.ByKey(context.Background(), slate.Key)
			if err != nil {
				t.Fatal(err)
			}
			s.want(o, c.want, calls)
			if o = s.get(o); c.says != "" && !strings.Contains(o.Outcome.Text.Plain(), c.says) {
				t.Errorf("its card says %q", o.Outcome.Text.Plain())
			}
		})
	}
}

// A confirmation of an emergency that comes to it too late leaves the card as it is.
func TestALateConfirmationOfAnEmergency(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	o := s.asked("caster standby c1")
	c := s.press(ana, o, op.ActionConfirm)
	if _, err := s.e.Press(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	s.e.arrivals.leave(c.Channel, c.Key)
	s.with(func() { s.confirm, s.now = op.ConfirmNone, s.now.Add(time.Second) })
	s.want(s.asked("caster restart c1"), op.Succeeded, 1)
	s.with(func() { s.confirm = op.ConfirmSelf })
	s.restart(s.withConditions)
	s.want(o, op.Pending, 1)
}

// TestAnEmergencyOfASilentReplica: another one goes on with it after seconds, and with nothing else of that one.
func TestAnEmergencyOfASilentReplica(t *testing.T) {
	server := &pgtest.Shared{}
	t.Cleanup(func() { _ = server.Close() })
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.confirm = op.ConfirmNone })
	url := server.Address(t)
	open := func(replica string) *store.Store {
		db, err := store.Open(context.Background(), url, store.Options{Now: s.clock, Replica: replica,
			Seal: auditKey().Seal})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	other, own := open("other"), open(s.e.replica)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	s.store, s.e.store = own, own
	slate := s.typedSlate()
	restart := slate
	restart.Key, restart.Text = "restart", "caster restart c2"
	for _, r := range []op.Request{restart, slate} {
		body, err := json.Marshal(r)
		if err == nil {
			_, err = other.Receive(context.Background(), r.Key, kindCommand, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Beat(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		passed time.Duration
		calls  int
	}{{4 * time.Second, 0}, {6 * time.Second, 1}, {14 * time.Second, 1}} {
		s.with(func() { s.now = slate.At.Add(step.passed) })
		if err := s.e.adoptEmergencies(context.Background()); err != nil {
			t.Fatal(err)
		}
		s.settle()
		if len(s.applied) != step.calls {
			t.Errorf("after %s: %d calls, want %d", step.passed, len(s.applied), step.calls)
		}
	}
	if rows, err := other.Unsettled(context.Background(), 10); err != nil || len(rows) != 1 || rows[0].Key != "restart" {
		t.Errorf("left: %v, %v", rows, err)
	}
}

// A button of the bot's own page that asks for an emergency is acknowledged without waiting for Slack to say who is
// where; whoever is not there is refused after that, and it is in the trail.
func TestAnEmergencyOfTheHomePage(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.confirm, s.rooms = op.ConfirmNone, map[string][]string{bo: {"C0"}} })
	for person, calls := range map[string]int{ana: 0, bo: 1} {
		r := s.typedSlate()
		r.Key, r.Person, r.FromHome = op.NewID(), person, true
		s.with(func() { s.deaf = true })
		accepted, err := s.e.Accept(context.Background(), r)
		if err != nil || accepted.Reply != nil || accepted.Work == nil || !accepted.Urgent {
			t.Fatalf("%s: %+v, %v", person, accepted, err)
		}
		s.with(func() { s.deaf, s.applied = false, nil })
		s.do(accepted)
		s.settle()
		if len(s.applied) != calls {
			t.Errorf("%s: %d calls, want %d", person, len(s.applied), calls)
		}
	}
	events, err := s.store.Recent(context.Background(), 20)
	events = slices.DeleteFunc(events, func(e op.Event) bool { return e.Detail["mismatch"] == "" })
	if err != nil || len(events) != 1 {
		t.Errorf("mismatches in the trail: %v, %v", events, err)
	}
}

// Whoever has left the channel learns nothing of what it allows, from the page that they still have open.
func TestAnEmergencyFromOutsideIsToldNothing(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.forbid[ana], s.rooms = true, map[string][]string{bo: {"C0"}} })
	r := s.typedSlate()
	r.FromHome = true
	accepted, err := s.e.Accept(context.Background(), r)
	if err != nil || accepted.Reply != nil || accepted.Work == nil {
		t.Fatalf("%+v, %v", accepted, err)
	}
	s.do(accepted)
	s.settle()
	if len(s.told) != 1 || !strings.Contains(s.told[0], "not in") {
		t.Errorf("told: %q", s.told)
	}
}
