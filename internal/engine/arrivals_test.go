package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	"casterbot/internal/op"
)

// What is typed and needs no confirmation is looked at before it is in line. A click that comes meanwhile gets in line
// behind it, or the panic slate would be undone by a take that was pressed before it was, and that was sent later.
func TestWhatWasPressedFirstIsInLineFirst(t *testing.T) {
	s := newStage(t)
	card := s.asked("caster restart c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	looking, seen := make(chan struct{}), make(chan struct{})
	s.with(func() { s.planned = func() { close(looking); <-seen } })
	typed, err := s.e.Accept(context.Background(),
		op.Request{Key: "typed", Origin: ofTeam(op.Address{Channel: "C0", Person: bo, At: s.clock()}),
			Text: "caster restart c1"})
	if err != nil {
		t.Fatal(err)
	}
	s.work.Go(func() { typed.Work(context.Background()) })
	<-looking
	click, err := s.e.Press(context.Background(), s.press(ana, card, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	if before := s.e.arrivals.before("C0", "typed"); len(before) != 0 {
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

// A click on another studio waits for no click, and what needs a confirmation holds nobody up.
func TestWhoNeedNotWaitDoesNot(t *testing.T) {
	s := newStage(t)
	s.e.arrivals.enter("C0", "one", "caster/c1")
	s.e.arrivals.enter("C0", "two", "caster/c2")
	s.e.arrivals.enter("C0", "three", "caster/c1")
	s.e.arrivals.enter("C0", "four", "")
	s.e.arrivals.enter("C1", "five", "")
	var got []int
	for _, key := range []string{"one", "two", "three", "four"} {
		got = append(got, len(s.e.arrivals.before("C0", key)))
	}
	if got = append(got, len(s.e.arrivals.before("C1", "five"))); !slices.Equal(got, []int{0, 0, 1, 3, 0}) {
		t.Errorf("they wait for %v", got)
	}
	command, _ := s.e.table.Find("caster restart {caster}")
	s.e.arrives(op.Request{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Channel: "C2", Person: ana}},
		Key: "six"}, command)
	if len(s.e.arrivals.here["C2"]) != 0 {
		t.Error("what is still to be confirmed holds others up")
	}
}
