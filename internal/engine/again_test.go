package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// A request that was put off does not leave again when what was asked before the first one is no longer so.
func TestWhatWasPutOffIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		between func(*stage, op.Operation)
		leaves  bool
		want    op.State
		says    string
	}{
		"nothing has changed": {func(*stage, op.Operation) {}, true, op.Succeeded, "done"},
		"the right is gone": {func(s *stage, _ op.Operation) {
			s.with(func() { s.forbid[ana] = true })
		}, false, op.Failed, "was not tried again: "},
		"another replica gave it up": {func(s *stage, o op.Operation) { s.moved(s.get(o), "", op.Unknown) }, false, op.Failed,
			"somebody has taken it up or closed it meanwhile"},
		"given up, and closed by a person": {func(s *stage, o op.Operation) {
			o = s.moved(s.get(o), "", op.Unknown)
			if err := s.e.itDidNot(context.Background(), o, s.press(ana, o, op.ActionNot)); err != nil {
				s.t.Error(err)
			}
		}, false, op.Failed, "@U0ANA says that it did not happen"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			o := s.asked("caster restart c1")
			var err error
			s.with(func() {
				s.calling = func(_ context.Context, permit op.SendPermit) {
					if first := permit.Leave(); first != nil {
						t.Error(first)
					}
					c.between(s, o)
					permit.Wait(op.L("too many calls"), 10*time.Second)
					err = permit.Leave()
				}
				s.apply = func(int) op.Outcome {
					if err != nil {
						return op.Outcome{State: op.Failed, Text: op.L("not sent")}
					}
					return op.Outcome{State: op.Succeeded, Text: op.L("done")}
				}
			})
			s.click(ana, o, op.ActionConfirm)
			s.want(o, c.want, 1)
			if (err == nil) != c.leaves {
				t.Errorf("it leaves again: %v", err)
			}
			if text := s.get(o).Outcome.Text.Plain(); !strings.Contains(text, c.says) {
				t.Errorf("the card says %q", text)
			}
			events, _ := s.store.Events(context.Background(), o.ID)
			marks := 0
			for _, e := range events {
				if e.Name == op.EventSent {
					marks++
				}
			}
			if want := map[bool]int{true: 2, false: 1}[c.leaves]; marks != want {
				t.Errorf("%d sent marks, not %d", marks, want)
			}
		})
	}
}

// A copy is about to be sent again, and a person says that it did not happen.
func TestWhatWasClosedIsNotSentAgain(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.asked("caster copy c1 New")
	o = s.moved(o, "", op.Queued, op.Running, op.Unknown)
	asked := false
	s.with(func() {
		s.calling = func(_ context.Context, permit op.SendPermit) {
			if err := s.e.itDidNot(context.Background(), s.get(o), s.press(ana, o, op.ActionNot)); err != nil {
				t.Error(err)
			}
			if asked = true; permit.Leave() == nil {
				t.Errorf("it leaves though it is %s", s.get(o).State)
			}
		}
		s.apply = func(int) op.Outcome { return op.Outcome{State: op.Failed, Text: op.L("not sent")} }
	})
	command, _ := s.e.table.Find(o.Command)
	if err := s.e.repeat(context.Background(), o, command); err != nil || !asked {
		t.Errorf("asked: %t, %v", asked, err)
	}
	s.want(o, op.Failed, 1)
}

// The answer to a repetition comes when somebody has settled the operation: the id of what was made must not be lost.
func TestTheAnswerToARepetitionIsKept(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.asked("caster copy c1 New")
	o = s.moved(o, "", op.Queued, op.Running, op.Unknown)
	s.with(func() {
		s.apply = func(int) op.Outcome {
			if err := s.e.itDidNot(context.Background(), s.get(o), s.press(ana, o, op.ActionNot)); err != nil {
				t.Error(err)
			}
			return op.Outcome{State: op.Succeeded, Text: op.L("copied: id c9"), RequestID: "R9"}
		}
	})
	command, _ := s.e.table.Find(o.Command)
	if err := s.e.repeat(context.Background(), o, command); err != nil {
		t.Fatal(err)
	}
	now := s.get(o)
	if now.State != op.Failed || now.Outcome.RequestID != "R9" ||
		!strings.Contains(now.Outcome.Evidence.Plain(), "copied: id c9") {
		t.Errorf("%s, %+v", now.State, now.Outcome)
	}
}

// An answer that could not be written down is written down later, also when another replica has given the operation up
// by then.
func TestAnAnswerIsWrittenDownLater(t *testing.T) {
	for _, given := range [][]op.State{nil, {op.Unknown}, {op.Unknown, op.Succeeded}} {
		s := newStage(t)
		s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
		o := s.asked("caster restart c1")
		o = s.moved(o, "", op.Queued, op.Running)
		s.e.inflight.unwritten.Store(o.ID, op.Outcome{State: op.Succeeded, Text: op.L("done"), RequestID: "R1"})
		s.moved(o, "", given...)
		s.e.sweep(context.Background())
		s.settle()
		s.want(o, op.Succeeded, 0)
		if _, left := s.e.inflight.unwritten.Load(o.ID); left {
			t.Errorf("after %v it is kept in memory for ever", given)
		}
	}
}

// What the operation before has done may be listed late; unless it has been seen there, it is not this one's evidence.
func TestTheOneBeforeMayBeListedLate(t *testing.T) {
	for name, c := range map[string]struct {
		seen  bool
		later time.Duration
		want  op.State
	}{
		"not seen, just before": {false, time.Second, op.Unknown},
		"seen, just before":     {true, time.Second, op.Succeeded},
		"not seen, long before": {false, listsLag + time.Second, op.Succeeded},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: c.seen}, nil }
			first := s.asked("caster restart c1")
			s.click(ana, first, op.ActionConfirm)
			s.want(first, op.Succeeded, 1)
			s.with(func() {
				s.now = s.now.Add(c.later)
				s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
			})
			second := s.asked("caster restart c1")
			s.click(ana, second, op.ActionConfirm)
			s.want(second, op.Unknown, 2)
			s.with(func() {
				s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: true, Seen: op.L("started anew")}, nil }
			})
			s.advance(6 * time.Second)
			s.want(second, c.want, 2)
		})
	}
}
