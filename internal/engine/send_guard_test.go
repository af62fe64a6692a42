package engine

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

func TestGate(t *testing.T) {
	now := time.Now()
	long := sendWithin + time.Second
	for name, c := range map[string]struct {
		since time.Time
		do    func(*sendGuard)
		open  bool
	}{
		"at once":                          {now, nil, true},
		"after a halt":                     {now.Add(-long), nil, false},
		"a pause before anything has left": {now.Add(-long), func(g *sendGuard) { g.wait(time.Minute) }, false},
		"a pause after a request has left": {now, func(g *sendGuard) {
			_ = g.permit()
			g.wait(time.Minute)
			g.since = g.since.Add(-time.Minute)
		}, true},
		"a halt in such a pause": {now, func(g *sendGuard) {
			_ = g.permit()
			g.wait(time.Minute)
			g.since = g.since.Add(-time.Minute - long)
		}, false},
		"a halt after a request has left": {now, func(g *sendGuard) { _ = g.permit(); g.since = g.since.Add(-long) }, false},
	} {
		g := &sendGuard{since: c.since}
		if c.do != nil {
			c.do(g)
		}
		if err := g.permit(); (err == nil) != c.open {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A machine that sleeps stops its monotonic clock, one whose clock is set back hides it from the wall.
func TestHaltByEitherClock(t *testing.T) {
	long := sendWithin + 1
	for _, c := range []struct {
		monotonic, wall time.Duration
		want            bool
	}{{0, 0, false}, {sendWithin, sendWithin, false}, {0, long, true}, {long, 0, true}, {long, -time.Hour, true},
		{-time.Second, -time.Second, false}} {
		if got := halted(c.monotonic, c.wall); got != c.want {
			t.Errorf("%s by the monotonic and %s by the wall clock: %v", c.monotonic, c.wall, got)
		}
	}
}

// A process that stood still between the mark and the call must not make it: others may have taken over. That nothing
// was sent is certain, and is said.
func TestNoCallAfterAHalt(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	command, _ := s.e.table.Find(o.Command)
	nobody := func(op.Line, time.Duration) {}
	out := s.e.apply(context.Background(), o, command,
		&sendGuard{since: time.Now().Add(-sendWithin - time.Second)}, nobody)
	if out.State != op.Failed || !strings.Contains(out.Text.Plain(), "Nothing was sent") {
		t.Errorf("it is %s: %s", out.State, out.Text.Plain())
	}
	s.want(o, op.Pending, 0)
	if out := s.e.apply(context.Background(), o, command, &sendGuard{since: time.Now()},
		nobody); out.State != op.Succeeded {
		t.Errorf("without a halt it is %s", out.State)
	}
}

// The gate is asked again when the request is about to be out of hand, by whatever makes the call.
func TestGateTravelsWithTheCall(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	command, _ := s.e.table.Find(o.Command)
	var err error
	s.calling = func(_ context.Context, permit op.SendPermit) {
		time.Sleep(20 * time.Millisecond)
		err = permit.Leave()
	}
	almost := time.Now().Add(10*time.Millisecond - sendWithin)
	if s.e.apply(context.Background(), o, command, &sendGuard{since: almost},
		func(op.Line, time.Duration) {}); !errors.Is(err, errLate) {
		t.Errorf("it may leave: %v", err)
	}
}

// A halted copy says nothing about the first call, whose answer is missing.
func TestHaltedRepeatIsNoFailure(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.asked("caster copy c1 New")
	o = s.moved(o, "", op.Queued, op.Running, op.Unknown)
	refused := op.Outcome{State: op.Failed, Text: op.L("not sent")}
	if _, err := s.e.finish(context.Background(), s.running(o), refused); err != nil {
		t.Fatal(err)
	}
	s.want(o, op.Unknown, 0)
}

// running is the operation as a process still holds it that does not know yet that it was given up.
func (s *stage) running(o op.Operation) op.Operation {
	o.State = op.Running
	return o
}

// Nothing but the mark itself stands between the last look at somebody's rights and the call: what is slow to write
// down is written before.
func TestRightsAreLookedAtLast(t *testing.T) {
	s := newStage(t)
	s.e.table.Commands[0].Follow = func(context.Context, op.Attempt) (op.Followup, error) { return op.Followup{}, nil }
	o := s.asked("caster restart c1")
	var promised []store.Document
	s.planned = func() { promised, _ = s.store.Documents(context.Background(), kindFollow) }
	s.click(ana, o, op.ActionConfirm)
	if s.want(o, op.Succeeded, 1); len(promised) != 1 {
		t.Errorf("%d memos when it was looked at again", len(promised))
	}
}

// TestWhereTimeIsNotRealNobodyStandsStill: a story on a busy machine is no machine that was suspended.
func TestWhereTimeIsNotRealNobodyStandsStill(t *testing.T) {
	since := time.Now().Add(-sendWithin - time.Second)
	if err := (&sendGuard{patient: true, since: since}).permit(); err != nil {
		t.Error(err)
	}
	if !errors.Is((&sendGuard{since: since}).permit(), errLate) {
		t.Error("it leaves after a halt")
	}
}

// TestLimitsInRealTimeAreKept: how the engine waits says nothing about how patient those are who ask it.
func TestLimitsInRealTimeAreKept(t *testing.T) {
	for _, patient := range []bool{true, false} {
		for _, wait := range []func(context.Context, time.Duration) bool{nil, pause} {
			e := New(Config{Table: &op.Table{}, Now: time.Now, Pause: wait, Patient: patient})
			if got := reflect.ValueOf(e.browse).Elem().FieldByName("patient").Bool(); got != patient {
				t.Errorf("patient %v: lists of what can be picked are awaited patiently: %v", patient, got)
			}
		}
	}
}
