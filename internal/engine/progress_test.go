package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// said lists what the card said while the call was under way, each text once.
func (s *stage) said() (words []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.shown {
		if o.State != op.Running {
			continue
		}
		text := ""
		if o.Outcome != nil {
			text = o.Outcome.Evidence.Plain()
		}
		if len(words) == 0 || words[len(words)-1] != text {
			words = append(words, text)
		}
	}
	return words
}

func (s *stage) untilSaid(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if words := s.said(); len(words) > 0 && strings.Contains(words[len(words)-1], text) &&
			(text != "" || words[len(words)-1] == "") {
			return
		}
	}
	s.t.Fatalf("the card never says %q, but %q", text, s.said())
}

// A call that waits for its turn says so, and no longer when the pause is over; the state does not change by it.
func TestTurnIsToldAndTakenBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.calling = func(_ context.Context, permit op.SendPermit) {
		permit.Wait(op.L("next in about 4 s"), 4*time.Second)
		s.untilSaid("about 4 s")
		permit.Wait(op.L("next in about 2 s"), 2*time.Second)
		s.untilSaid("about 2 s")
		s.untilSaid("")
	}
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
}

func TestWorthTelling(t *testing.T) {
	for _, c := range []struct {
		after, pause time.Duration
		want         bool
	}{
		{0, 1900 * time.Millisecond, false}, {0, noticeable, true}, {time.Second, shortestTold, true},
		{time.Minute, 900 * time.Millisecond, false},
	} {
		if got := worthTelling(c.after, c.pause); got != c.want {
			t.Errorf("%s after %s: %v", c.pause, c.after, got)
		}
	}
}

// Small pauses add up: what is held up for two seconds in all is told.
func TestPausesAddUp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	o := s.moved(s.asked("caster restart c1"), "", op.Queued, op.Running)
	p, stop := s.e.follow(context.Background(), o, op.Command{})
	p.began = p.began.Add(-time.Second)
	p.wait(op.L("next in about 1 s"), shortestTold)
	s.untilSaid("about 1 s")
	stop()
	s.settle()
}

func TestStillWaiting(t *testing.T) {
	for text, want := range map[string]string{
		"caster restart c1":  "Still waiting for an answer.",
		"caster copy c1 New": "Still waiting for an answer.",
	} {
		s := newStage(t)
		s.waited = make(chan struct{})
		close(s.waited)
		s.calling = func(context.Context, op.SendPermit) { s.untilSaid("Still waiting") }
		o := s.asked(text)
		s.click(ana, o, op.ActionConfirm)
		s.want(o, op.Succeeded, 1)
		if words := s.said(); words[len(words)-1] != want {
			t.Errorf("%s: %q", text, words)
		}
	}
}

// Nothing is told after the call: an outcome is never replaced by a wait.
func TestNothingIsToldAfterwards(t *testing.T) {
	s := newStage(t)
	o := s.moved(s.asked("caster restart c1"), "", op.Queued, op.Running)
	p, stop := s.e.follow(context.Background(), o, op.Command{})
	stop()
	before := s.get(o).Version
	p.sayTurn(p.pauses.Add(1), op.L("too late"))
	if now := s.get(o); now.Version != before {
		t.Errorf("%+v", now.Outcome)
	}
}

// Everything that is tried at once together takes no longer than one call may, so that an unknown outcome is told in
// time.
func TestRepeatsAtOnceShareOneDeadline(t *testing.T) {
	s := newStage(t)
	var ends []time.Time
	s.calling = func(ctx context.Context, _ op.SendPermit) {
		end, _ := ctx.Deadline()
		s.with(func() { ends = append(ends, end) })
	}
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	began := time.Now()
	o := s.asked("caster copy c1 New")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Unknown, repeatsAtOnce)
	for _, end := range ends {
		if end != ends[0] || end.Sub(began) > answerWithin+10*time.Second {
			t.Errorf("the calls end at %v", ends)
		}
	}
}
