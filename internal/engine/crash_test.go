package engine

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"

	"pgregory.net/rapid"
)

func TestPendingSurvivesRestart(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.restart()
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
}

// The process dies between the durable mark and the answer.
func TestRunningBecomesUnknown(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.force(o, op.Queued, op.Running)
	s.restart()
	s.want(o, op.Unknown, 0)
	s.advance(creditWithin)
	s.want(o, op.Succeeded, 0)
	if text := s.get(o).Outcome.Text.Plain(); !strings.Contains(text, "did not say so") {
		t.Error(text)
	}
}

// written is the event with which an engine would have come to a state, as far as the record has to vouch for it.
func written(to op.State) string {
	if to == op.Queued {
		return op.EventConfirmed
	}
	return "forced"
}

func (s *stage) force(o op.Operation, states ...op.State) {
	s.t.Helper()
	from := o.State
	for _, to := range states {
		m := store.Move{ID: o.ID, From: from, To: to, By: ana, Expires: s.clock().Add(startWithin), Send: to == op.Running,
			Event: s.e.event(written(to), ana, "", o)}
		if _, err := s.store.Move(context.Background(), m); err != nil {
			s.t.Fatal(err)
		}
		from = to
	}
}

func TestQueuedGoesOnWithinItsDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		state op.State
		calls int
	}{"in time": {10 * time.Second, op.Succeeded, 1}, "too late": {31 * time.Second, op.Failed, 0}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			o := s.asked("caster restart c1")
			s.force(o, op.Queued)
			s.with(func() { s.now = s.now.Add(c.after) })
			s.restart()
			s.want(o, c.state, c.calls)
		})
	}
}

func TestAckedRequestAndClickAreWorkedOff(t *testing.T) {
	s := newStage(t)
	r := op.Request{Key: "k1", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c1"}
	if _, err := s.e.Accept(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	s.restart()
	list, _ := s.store.List(context.Background(), store.Query{})
	if len(list) != 1 {
		t.Fatalf("%d operations", len(list))
	}
	if _, err := s.e.Press(context.Background(), s.press(ana, list[0], op.ActionConfirm)); err != nil {
		t.Fatal(err)
	}
	s.restart()
	s.want(list[0], op.Succeeded, 1)
	s.restart()
	s.want(list[0], op.Succeeded, 1)
	if left, _ := s.store.Unsettled(context.Background(), 10); len(left) != 0 {
		t.Errorf("%d rows are left", len(left))
	}
}

func TestInboxKeepsNoCapability(t *testing.T) {
	s := newStage(t)
	r := op.Request{Key: "k1", Origin: op.Origin{Team: "T0", PersonTeam: "T0", Trigger: "canary",
		Address: op.Address{Channel: "C0", Person: ana, At: s.clock(), ReplyTo: "canary"}}, Text: "caster restart c1"}
	if _, err := s.e.Accept(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	left, _ := s.store.Unsettled(context.Background(), 10)
	if len(left) != 1 || strings.Contains(string(left[0].Body), "canary") || !json.Valid(left[0].Body) {
		t.Errorf("%s", left[0].Body)
	}
	s.restart()
}

func TestUnknownIsLookedAtAndNeverFailed(t *testing.T) {
	s := newStage(t)
	looks, happened := 0, false
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	s.verify = func() (op.Evidence, error) { looks++; return op.Evidence{Happened: happened, Seen: op.L("idle")}, nil }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	for i, step := range []time.Duration{4, 2, 10, 30, 26, 140, 420, 1200, 1800, 10_000} {
		s.advance(step * time.Second)
		if want := min(i, 8); looks != want {
			t.Fatalf("%d looks after step %d, not %d", looks, i, want)
		}
	}
	s.want(o, op.Unknown, 1)
}

// People who read "unknown" do by hand what they wanted. What is seen long after the call is told, and credited to it
// only when nothing else can explain it.
func TestWhatIsSeenLateIsNotCredited(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		seen  op.Evidence
		want  op.State
	}{
		{creditWithin, op.Evidence{}, op.Succeeded}, {creditWithin + time.Second, op.Evidence{}, op.Unknown},
		{time.Hour, op.Evidence{}, op.Unknown},
		{time.Hour, op.Evidence{Own: true}, op.Succeeded}, {time.Hour, op.Evidence{Dated: true}, op.Succeeded},
	} {
		for _, by := range []string{"the sweep", "a person"} {
			s := newStage(t)
			s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
			s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
			o := s.asked("caster restart c1")
			s.click(ana, o, op.ActionConfirm)
			happened := func() {
				s.verify = func() (op.Evidence, error) {
					return op.Evidence{Happened: true, Own: c.seen.Own, Dated: c.seen.Dated, Seen: op.L("it is on air")}, nil
				}
			}
			if by == "the sweep" {
				s.with(happened)
				s.advance(c.after)
			} else {
				s.with(func() { s.now = s.now.Add(c.after); happened() })
				s.click(bo, o, op.ActionLook)
			}
			s.want(o, c.want, 1)
			if seen := s.get(o).Outcome.Evidence.Plain(); !strings.Contains(seen, "it is on air") {
				t.Errorf("after %s %s tells %q", c.after, by, seen)
			}
		}
	}
}

func TestPersonSettlesUnknown(t *testing.T) {
	for act, state := range map[op.Action]op.State{op.ActionHappened: op.Succeeded, op.ActionNot: op.Failed} {
		s := newStage(t)
		s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
		o := s.asked("caster restart c1")
		s.click(ana, o, op.ActionConfirm)
		s.with(func() { s.forbid[bo] = true })
		if told := s.click(bo, o, act); told != "not allowed" {
			t.Errorf("a person without rights is told %q", told)
		}
		s.want(o, op.Unknown, 1)
		s.click(ken, o, act)
		s.want(o, state, 1)
		if now := s.get(o); now.SettledBy != ken || !strings.Contains(now.Outcome.Text.Plain(), "@U0KEN says") {
			t.Errorf("%+v", now)
		}
		events, _ := s.store.Events(context.Background(), o.ID)
		if last := events[len(events)-1]; last.Name != op.EventClosed || last.Actor != ken ||
			last.Detail["outcome"] != string(state) {
			t.Errorf("the trail ends in %+v", last)
		}
		if told := s.click(ana, o, op.ActionNot); !strings.Contains(told, "settled by @U0KEN") {
			t.Errorf("told %q", told)
		}
	}
}

func TestCopyIsSentAgainWithItsToken(t *testing.T) {
	s := newStage(t)
	s.apply = func(n int) op.Outcome {
		if n < 3 {
			return op.Outcome{State: op.Unknown}
		}
		return op.Outcome{State: op.Succeeded, Text: op.L("copied")}
	}
	o := s.asked("caster copy c1 New")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 3)
	for _, token := range s.applied {
		if token != o.Token || len(token) == 0 || len(token) > 64 {
			t.Errorf("token %q, not %q", token, o.Token)
		}
	}
}

func TestCopyIsNotSentForEver(t *testing.T) {
	s := newStage(t)
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.asked("caster copy c1 New")
	s.click(ana, o, op.ActionConfirm)
	for range 10 {
		s.advance(time.Minute)
	}
	s.want(o, op.Unknown, repeatAtMost)
}

func TestCopyAfterCrashIsSentWithItsToken(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster copy c1 New")
	s.force(o, op.Queued, op.Running)
	s.restart()
	s.advance(6 * time.Second)
	s.want(o, op.Succeeded, 1)
	if s.applied[0] != o.Token {
		t.Error("another token")
	}
}

// Whatever people do, in whatever order, with crashes in between: one call at most, and no state that is not so.
func TestAnyOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t)
		defer s.close()
		s.confirm = rapid.SampledFrom([]op.Confirm{op.ConfirmSelf, op.ConfirmOther}).Draw(r, "confirm")
		result := rapid.SampledFrom([]op.State{op.Succeeded, op.Failed, op.Unknown}).Draw(r, "result")
		s.apply = func(int) op.Outcome { return op.Outcome{State: result} }
		s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: result == op.Succeeded}, nil }
		o := s.asked("caster restart c1")
		acts := []op.Action{op.ActionConfirm, op.ActionApprove, op.ActionCancel, op.ActionDecline, op.ActionLook}
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0:
				s.advance(time.Duration(rapid.IntRange(0, 400).Draw(r, "seconds")) * time.Second)
			case 1:
				s.restart()
			default:
				s.click(rapid.SampledFrom([]string{ana, bo, ken}).Draw(r, "who"), o, rapid.SampledFrom(acts).Draw(r, "act"))
			}
		}
		now := s.get(o)
		calls := len(s.applied)
		sent := map[op.State]bool{op.Succeeded: true, op.Failed: true, op.Unknown: true}[now.State]
		switch {
		case calls > 1:
			r.Fatalf("%d calls", calls)
		case sent != (calls == 1):
			r.Fatalf("%s after %d calls", now.State, calls)
		case sent && now.State != result:
			r.Fatalf("%s although the call gave %s", now.State, result)
		case sent && s.confirm == op.ConfirmOther && now.DecidedBy != ken:
			r.Fatalf("sent by %s", now.DecidedBy)
		case sent && s.confirm == op.ConfirmSelf && now.DecidedBy != ana:
			r.Fatalf("sent by %s", now.DecidedBy)
		}
	})
}
