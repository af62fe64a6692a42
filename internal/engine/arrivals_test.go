package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	"casterbot/internal/op"
)

// pressedMeanwhile is a change that was typed in a channel and is looked at until seen is closed, and a click on a card
// about the same studio that came after it.
func pressedMeanwhile(t *testing.T, channel string) (s *stage, card op.Operation, click Accepted, seen chan struct{}) {
	t.Helper()
	s = newStage(t)
	card = s.asked("caster restart c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	looking, seen := make(chan struct{}), make(chan struct{})
	s.with(func() { s.planned = func() { close(looking); <-seen } })
	typed, err := s.e.Accept(context.Background(),
		op.Request{Key: "typed", Origin: ofTeam(op.Address{Channel: channel, Person: bo, At: s.clock()}),
			Text: "caster restart c1"})
	if err != nil {
		t.Fatal(err)
	}
	s.work.Go(func() { typed.Work(context.Background()) })
	<-looking
	if click, err = s.e.Press(context.Background(), s.press(ana, card, op.ActionConfirm)); err != nil {
		t.Fatal(err)
	}
	return s, card, click, seen
}

// What is typed and needs no confirmation is looked at before it is in line. A click that comes meanwhile gets in line
// behind it, or the panic slate would be undone by a take that was pressed before it was, and that was sent later.
func TestWhatWasPressedFirstIsInLineFirst(t *testing.T) {
	s, card, click, seen := pressedMeanwhile(t, "C0")
	if before := s.e.arrivals.before("C0", "typed", "", nil); len(before) != 0 {
		t.Errorf("the first one waits for %d others", len(before))
	}
	inLine := make(chan struct{})
	s.work.Go(func() { defer close(inLine); click.Work(context.Background()) })
	select {
	case <-inLine:
		t.Error("the click is in line before what was typed earlier")
	case <-time.After(100 * time.Millisecond): // it waits
	}
	close(seen)
	s.settle()
	s.settle()
	if len(s.applied) != 2 || s.applied[1] != card.Token {
		t.Errorf("sent %q; the card's is %q", s.applied, card.Token)
	}
	if len(s.e.arrivals.here) != 0 {
		t.Errorf("somebody is left: %v", s.e.arrivals.here)
	}
}

// A click on another studio waits for no click, and what needs a confirmation holds nobody up. What was pressed in
// another channel counts where it may be about the same.
func TestWhoNeedNotWaitDoesNot(t *testing.T) {
	s := newStage(t)
	list := []struct{ channel, key, target string }{
		{"C0", "one", "caster/c1"}, {"C0", "two", "caster/c2"}, {"C0", "three", "caster/c1"}, {"C0", "four", ""},
		{"C1", "five", ""}, {"C1", "six", "caster/c1"}, {"C2", "seven", "caster/c1"}, {"C2", "eight", "caster/c3"},
	}
	var got []int
	for _, x := range list {
		s.e.arrivals.enter(x.channel, x.key, x.target)
		got = append(got, len(s.e.arrivals.before(x.channel, x.key, x.target,
			func(channel string) bool { return channel == "C0" })))
	}
	// six: one, three, and four, which may be about it, and five of its own channel
	if !slices.Equal(got, []int{0, 0, 1, 3, 0, 4, 4, 1}) {
		t.Errorf("they wait for %v", got)
	}
	for _, x := range list {
		s.e.arrivals.leave(x.channel, x.key)
	}
	command, _ := s.e.table.Find("caster restart {caster}")
	s.e.arrives(op.Request{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Channel: "C2", Person: ana}},
		Key: "six"}, command)
	if len(s.e.arrivals.here) != 0 {
		t.Error("what is still to be confirmed holds others up")
	}
}

// What is typed in one channel comes before a click in another one, when both are about one studio.
func TestWhatWasPressedFirstElsewhereIsInLineFirst(t *testing.T) {
	s, card, click, seen := pressedMeanwhile(t, "C1")
	s.work.Go(func() { click.Work(context.Background()) })
	time.Sleep(50 * time.Millisecond)
	close(seen)
	s.settle()
	s.settle()
	if len(s.applied) != 2 || s.applied[1] != card.Token {
		t.Errorf("sent %q; the card's is %q", s.applied, card.Token)
	}
}
