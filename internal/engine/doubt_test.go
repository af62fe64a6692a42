package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// The first call of a copy is unknown and the second is refused: that says nothing about the first.
func TestRefusedRepeatIsNoFailure(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	s.apply = func(n int) op.Outcome {
		if n == 1 {
			return op.Outcome{State: op.Unknown}
		}
		return op.Outcome{State: op.Failed, Text: op.L("refused")}
	}
	o := s.asked("caster copy c1 New")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Unknown, repeatsAtOnce)
	s.advance(6 * time.Second)
	s.want(o, op.Unknown, repeatAtMost)
	if seen := s.get(o).Outcome.Evidence.Plain(); !strings.Contains(seen, "says nothing about the first call") {
		t.Error(seen)
	}
	s.advance(time.Hour)
	s.want(o, op.Unknown, repeatAtMost)
}

// The token is used for ten minutes after the first call; then a person is asked.
func TestOldTokenIsNotUsed(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.asked("caster copy c1 New")
	s.moved(o, "", op.Queued, op.Running, op.Unknown)
	s.advance(repeatWithin)
	s.want(o, op.Unknown, 0)
}

func TestRepeatNeedsTheRight(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	s.apply = func(int) op.Outcome {
		s.with(func() { s.forbid[ana] = true })
		return op.Outcome{State: op.Unknown}
	}
	o := s.asked("caster copy c1 New")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Unknown, 1)
	s.advance(6 * time.Second)
	s.want(o, op.Unknown, 1)
}

func TestOldClickDoesNothing(t *testing.T) {
	for _, act := range []op.Action{op.ActionConfirm, op.ActionApprove} {
		s := newStage(t)
		s.confirm = map[op.Action]op.Confirm{op.ActionConfirm: op.ConfirmSelf, op.ActionApprove: op.ConfirmOther}[act]
		person := map[op.Action]string{op.ActionConfirm: ana, op.ActionApprove: ken}[act]
		o := s.asked("caster restart c1")
		if _, err := s.e.Press(context.Background(), s.press(person, o, act)); err != nil {
			t.Fatal(err)
		}
		s.with(func() { s.now = s.now.Add(startWithin + time.Second) })
		s.restart()
		s.want(o, op.Pending, 0)
		if last := s.told[len(s.told)-1]; !strings.Contains(last, "too late") {
			t.Errorf("told %q", last)
		}
		s.click(person, o, act)
		s.want(o, op.Succeeded, 1)
	}
}

func TestDroppedWorkStaysDropped(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	click, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil || click.Drop == nil {
		t.Fatal(err)
	}
	click.Drop(context.Background())
	r := op.Request{Key: "k9", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c2"}
	request, err := s.e.Accept(context.Background(), r)
	if err != nil || request.Drop == nil {
		t.Fatal(err)
	}
	request.Drop(context.Background())
	s.restart()
	s.want(o, op.Pending, 0)
	if list, _ := s.store.List(context.Background(), store.Query{}); len(list) != 1 {
		t.Errorf("%d operations", len(list))
	}
}

// A click that was refused, and of which the person was told so, does not act after a restart.
func TestRefusedClickIsSettledFirst(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.with(func() { s.deaf = true })
	rows := -1
	s.tell = func() {
		left, _ := s.store.Unsettled(context.Background(), 10)
		rows = len(left)
	}
	s.click(ana, o, op.ActionConfirm)
	if rows != 0 {
		t.Errorf("%d rows are in the inbox while the person is told", rows)
	}
}

// While one outcome is unknown, a call on the same studio leaves only if its card named the open one.
func TestUnknownIsNamedBeforeTheNextCall(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	first, second := s.asked("caster restart c1"), s.asked("caster restart c1")
	s.with(func() { s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} } })
	s.click(ana, first, op.ActionConfirm)
	s.want(first, op.Unknown, 1)
	s.with(func() { s.apply = nil })
	s.click(ana, second, op.ActionConfirm)
	s.want(second, op.Failed, 1)
	if text := s.get(second).Outcome.Text.Plain(); !strings.Contains(text, first.Ref()) {
		t.Error(text)
	}
	s.with(func() { s.confirm = op.ConfirmNone })
	third := s.asked("caster restart c1")
	s.want(third, op.Pending, 1)
	if told := third.Plan.Warnings; len(told) != 1 || !strings.Contains(told[0].Plain(), first.Ref()) {
		t.Error(told)
	}
	s.click(ana, third, op.ActionConfirm)
	s.want(third, op.Succeeded, 2)
}

func TestStrangerToTheCommandSettlesNothing(t *testing.T) {
	s := newStage(t)
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.e.table.Commands = s.e.table.Commands[1:]
	s.with(func() { s.forbid[bo] = true })
	if told := s.click(bo, o, op.ActionHappened); told != "not allowed" {
		t.Errorf("told %q", told)
	}
	s.click(ana, o, op.ActionLook)
	s.want(o, op.Unknown, 1)
	if seen := s.get(o).Outcome.Evidence.Plain(); !strings.Contains(seen, "does not know the command") {
		t.Error(seen)
	}
}

func TestPanicsAreContained(t *testing.T) {
	s := newStage(t)
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	s.verify = func() (op.Evidence, error) { panic("boom") }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.advance(6 * time.Second)
	if now := s.get(o); now.State != op.Unknown || now.Looks != 0 || now.Looked.IsZero() {
		t.Errorf("%s after %d looks", now.State, now.Looks)
	}
	s.e.table.Commands[0].Plan = func(context.Context, op.Call) (op.Plan, error) { panic("boom") }
	s.typed(ana, "caster restart c2")
	if last := s.told[len(s.told)-1]; !strings.Contains(last, "Internal error") {
		t.Errorf("told %q", last)
	}
	if left, _ := s.store.Unsettled(context.Background(), 10); len(left) != 0 {
		t.Errorf("%d rows are left", len(left))
	}
}

func TestNoCallFromAChannelWithoutTheBot(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.with(func() { s.absent = true })
	if told := s.click(ana, o, op.ActionConfirm); !strings.Contains(told, "not in this channel") {
		t.Errorf("told %q", told)
	}
	s.want(o, op.Pending, 0)
}

func TestOpenRequestsAreLimited(t *testing.T) {
	s := newStage(t)
	for range openPerPerson {
		s.asked("caster restart c1")
	}
	s.typed(ana, "caster restart c1")
	if last := s.told[len(s.told)-1]; !strings.Contains(last, "You have 20 requests open") {
		t.Errorf("told %q", last)
	}
	if list, _ := s.store.List(context.Background(), store.Query{}); len(list) != openPerPerson {
		t.Errorf("%d operations", len(list))
	}
}

// A shutdown that does not wait any longer cuts the call off, and writes down that its outcome is not known.
func TestShutdownDuringACall(t *testing.T) {
	s := newStage(t)
	s.calling = func(ctx context.Context, _ op.SendPermit) { <-ctx.Done() }
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	o := s.asked("caster restart c1")
	accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	accepted.Work(context.Background())
	s.untilCalled()
	over, cancel := context.WithCancel(context.Background())
	cancel()
	s.e.Close(over)
	s.want(o, op.Unknown, 1)
}

// An answer that comes after a person has settled the operation changes nothing but is not lost.
func TestLateAnswerStandsBesideThePersonsWord(t *testing.T) {
	s := newStage(t)
	gate := make(chan struct{})
	s.with(func() { s.blocking = gate })
	o := s.asked("caster restart c1")
	accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	accepted.Work(context.Background())
	s.untilCalled()
	unknown := op.Outcome{State: op.Unknown}
	if _, err := s.store.Move(context.Background(),
		store.Move{ID: o.ID, From: op.Running, To: op.Unknown, Outcome: &unknown,
			Event: s.e.event("gave up", "", "", o)}); err != nil {
		t.Fatal(err)
	}
	click, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionNot))
	if err != nil {
		t.Fatal(err)
	}
	click.Work(context.Background())
	close(gate)
	s.settle()
	s.want(o, op.Failed, 1)
	if seen := s.get(o).Outcome.Evidence.Plain(); !strings.Contains(seen, "An answer came late: done") {
		t.Errorf("evidence %q", seen)
	}
}

// A command about the channel itself has no target: what is unknown about some studio is none of its business, and
// least of all another channel's.
func TestDoubtNeedsATarget(t *testing.T) {
	s := newStage(t)
	s.e.table.Commands = append(s.e.table.Commands, op.Command{
		Usage: "caster board", Verb: "caster.board", Effect: op.Change, Apply: s.call, Verify: s.look,
		Plan: func(_ context.Context, call op.Call) (op.Plan, error) {
			return op.Plan{Args: call.Args, Title: op.L("Put up the board"), Fingerprint: "off"}, nil
		},
	})
	s.e.table.Commands[0].Verify = nil
	s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown, Text: op.L("no answer")} }
	doubtful := s.asked("caster restart c1")
	s.click(ana, doubtful, op.ActionConfirm)
	s.want(doubtful, op.Unknown, 1)
	board := s.asked("caster board")
	if told := append(board.Plan.Warnings, board.Plan.Facts...); len(told) != 0 {
		t.Errorf("its card says %q", told[0].Plain())
	}
	s.click(ana, board, op.ActionConfirm)
	s.want(board, op.Unknown, 2)
	s.advance(looksAfterSilence[0])
	s.want(board, op.Succeeded, 2)
}
