package engine

import (
	"context"
	"errors"
	"testing"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
)

// What a card shows is what the operation has come to when the channel's turn is there, not when it was asked for; a
// card that is up to date takes no turn.
func TestNewestStateAtTheTurn(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	turns := 0
	s.turn = func() {
		turns++
		if now := s.get(o); now.State == op.Queued {
			s.moved(now, "", op.Running, op.Unknown)
		}
	}
	s.moved(o, "", op.Queued)
	for range 3 {
		if err := s.e.notify.Draw(context.Background(), o.ID); err != nil {
			t.Fatal(err)
		}
	}
	if last := s.shown[len(s.shown)-1]; last.State != op.Unknown || len(s.shown) != 2 || turns != 1 {
		t.Errorf("after %d turns the %d. picture is %s", turns, len(s.shown), last.State)
	}
}

var errLost = errors.New("no answer")

// An edit without an answer may land on top of a newer one, so the card is drawn once more when it must have landed; a
// refused one, and a first message, cannot.
func TestAnEditThatMayLandLateIsDrawnOver(t *testing.T) {
	for name, c := range map[string]struct {
		failed error
		more   int // pictures after the one that follows the failure
	}{
		"no answer": {errors.Join(notify.ErrNoAnswer, errLost), 1}, "refused": {errLost, 0}, "busy": {notify.ErrBusy, 0},
	} {
		s := newStage(t)
		o := s.asked("caster restart c1")
		s.with(func() { s.showErr = []error{c.failed} })
		s.force(o, op.Expired)
		for range 2 {
			_ = s.e.notify.Draw(context.Background(), o.ID)
		}
		before := len(s.shown)
		for _, step := range []struct {
			wait time.Duration
			more int
		}{{notify.LandsWithin - time.Second, 0}, {time.Second, c.more}, {notify.LandsWithin, c.more}} {
			s.with(func() { s.now = s.now.Add(step.wait) })
			if err := s.e.notify.DrawBehind(context.Background()); err != nil {
				t.Fatal(err)
			}
			s.settle()
			if more := len(s.shown) - before; more != step.more {
				t.Errorf("%s: after %s more it was drawn %d times more, not %d", name, step.wait, more, step.more)
			}
		}
		if now := s.get(o); now.Shown != now.Version {
			t.Errorf("%s: shows %d of %d", name, now.Shown, now.Version)
		}
	}
}

// The answer to the posting of a card was lost, and somebody presses what they see: that is the card from then on.
func TestThePressedCardIsTheCard(t *testing.T) {
	s := newStage(t)
	s.showErr = []error{notify.ErrNoAnswer, notify.ErrNoAnswer}
	o := s.asked("caster restart c1")
	if o = s.get(o); o.Card != "" {
		t.Fatalf("the card is %q", o.Card)
	}
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
	for range 2 {
		_ = s.e.notify.Draw(context.Background(), o.ID)
	}
	for _, drawn := range s.shown {
		if drawn.Card != "card-"+o.ID {
			t.Errorf("%s is posted as a second card", drawn.State)
		}
	}
}

// The bot is thrown out while operations go on, and invited again: the cards of the channel say what has come of them.
func TestCardsAreDrawnAnewInAChannelThatIsBack(t *testing.T) {
	for _, by := range []string{"Slack's word", "another card"} {
		t.Run(by, func(t *testing.T) { testAChannelThatIsBack(t, by) })
	}
}

func testAChannelThatIsBack(t *testing.T, by string) {
	s := newStage(t)
	done, waits := s.asked("caster restart c1"), s.asked("caster restart c2")
	s.with(func() {
		s.showErr = []error{notify.ErrNotInChannel, notify.ErrNotInChannel, notify.ErrNotInChannel, notify.ErrNotInChannel,
			notify.ErrNotInChannel}
	})
	s.click(ana, done, op.ActionConfirm)
	s.want(done, op.Succeeded, 1)
	s.settle()
	s.with(func() { s.showErr = nil })
	before := len(s.shown)
	s.e.notify.ChannelRestored(context.Background(), "C1")
	if s.settle(); len(s.shown) != before {
		t.Error("cards of another channel are drawn")
	}
	if by == "Slack's word" {
		s.e.notify.ChannelRestored(context.Background(), "C0")
	} else {
		s.asked("caster restart c3")
		s.settle()
		if err := s.e.notify.DrawBehind(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	drawn := map[string]op.State{}
	for _, o := range s.shown[before:] {
		drawn[o.ID] = o.State
	}
	if drawn[done.ID] != op.Succeeded || drawn[waits.ID] != op.Pending {
		t.Errorf("drawn: %v", drawn)
	}
}
