package engine

import (
	"context"
	"errors"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// moved writes a state behind the engine's back, as a process would that has ended since or that has lost its store.
func (s *stage) moved(o op.Operation, claim string, states ...op.State) op.Operation {
	s.t.Helper()
	for _, to := range states {
		now, err := s.store.Move(context.Background(), store.Move{
			ID: o.ID, From: o.State, To: to, Claim: claim, By: ana, Expires: s.clock().Add(startWithin), Send: to == op.Running,
			Event: op.Event{Name: written(to), Actor: ana},
		})
		if err != nil {
			s.t.Fatal(err)
		}
		o = now
	}
	return o
}

func TestWhatNobodyWorksOnIsTakenOver(t *testing.T) {
	for name, c := range map[string]struct {
		states    []op.State
		own       bool
		unwritten *op.Outcome
		want      op.State
		calls     int
	}{
		"queued by a dead replica":                       {[]op.State{op.Queued}, false, nil, op.Succeeded, 1},
		"running at a dead replica":                      {[]op.State{op.Queued, op.Running}, false, nil, op.Unknown, 0},
		"queued here, and the answer of the store lost":  {[]op.State{op.Queued}, true, nil, op.Succeeded, 1},
		"running here, and the answer of the store lost": {[]op.State{op.Queued, op.Running}, true, nil, op.Unknown, 0},
		"done here, and not written down": {[]op.State{op.Queued, op.Running}, true,
			&op.Outcome{State: op.Succeeded, Text: op.L("done")}, op.Succeeded, 0},
		"refused here, and not written down": {[]op.State{op.Queued, op.Running}, true,
			&op.Outcome{State: op.Failed, Text: op.L("refused")}, op.Failed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			o := s.asked("caster restart c1")
			claim := "a replica that is dead"
			if c.own {
				claim = s.e.replica
			}
			o = s.moved(o, claim, c.states...)
			if c.unwritten != nil {
				s.e.inflight.unwritten.Store(o.ID, *c.unwritten)
			}
			for range 3 {
				s.e.sweep(context.Background())
				s.settle()
			}
			s.want(o, c.want, c.calls)
		})
	}
}

func TestWhatIsUnderWayIsNotTakenOver(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	gate := make(chan struct{})
	s.with(func() { s.blocking = gate })
	accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	accepted.Work(context.Background())
	for s.state(o) != op.Running {
		time.Sleep(time.Millisecond)
	}
	for range 3 {
		s.e.sweep(context.Background())
	}
	if s.state(o) != op.Running {
		t.Errorf("it is %s while the call is under way", s.state(o))
	}
	close(gate)
	s.settle()
	s.want(o, op.Succeeded, 1)
}

// Another replica has given this one up, and then its answer comes after all.
func TestTheAnswerComesAfterTheOthersGaveUp(t *testing.T) {
	for _, state := range []op.State{op.Succeeded, op.Failed, op.Unknown} {
		s := newStage(t)
		o := s.asked("caster restart c1")
		s.with(func() {
			s.apply = func(int) op.Outcome {
				s.moved(s.get(o), "", op.Unknown)
				return op.Outcome{State: state, Text: op.L("the answer")}
			}
		})
		s.click(ana, o, op.ActionConfirm)
		s.want(o, state, 1)
	}
}

func TestOfTwoReplicasOneSendsAgain(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster copy c1 New")
	o = s.moved(o, "", op.Queued, op.Running, op.Unknown)
	command, _ := s.e.table.Find(o.Command)
	s.with(func() { s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} } })
	for range 2 { // both have read the same row
		if err := s.e.repeat(context.Background(), o, command); err != nil && !errors.Is(err, store.ErrLost) {
			t.Fatal(err)
		}
	}
	s.want(o, op.Unknown, 1)
	if now := s.get(o); now.Sends != 2 || !now.Looked.Equal(s.clock()) {
		t.Errorf("%d sends, looked at %s", now.Sends, now.Looked)
	}
}

// What another replica has taken up is neither sent nor ended by one that comes to it later: at once, or after it has
// waited for what runs on the target.
func TestWhatAnotherReplicaRunsIsLeftAlone(t *testing.T) {
	for name, waits := range map[string]bool{"from the beginning": false, "meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			first := s.moved(s.askedBy(bo, "caster restart c1"), "a third", op.Queued, op.Running)
			o := s.moved(s.asked("caster restart c1"), "another replica", op.Queued)
			taken := func(context.Context, time.Duration) bool {
				s.moved(first, "a third", op.Succeeded)
				s.moved(o, "another replica", op.Running)
				return true
			}
			if s.e.pause = taken; !waits {
				taken(t.Context(), 0)
			}
			s.e.execute(context.Background(), o.ID)
			s.want(o, op.Running, 0)
		})
	}
}
