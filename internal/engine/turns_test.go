package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	"casterbot/internal/op"
)

// onlyWoken makes whoever waits for a turn wait until something wakes them, and tells when somebody begins to.
func (s *stage) onlyWoken() (waits chan struct{}) {
	waits = make(chan struct{}, 100)
	s.e.pause = func(ctx context.Context, d time.Duration) bool {
		if d != targetRetry {
			return true
		}
		waits <- struct{}{}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			s.t.Error("nobody wakes it")
		}
		return false
	}
	return waits
}

// confirmed presses the button and waits for nothing that comes of it.
func (s *stage) confirmed(o op.Operation) {
	s.t.Helper()
	accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil {
		s.t.Fatal(err)
	}
	accepted.Work(context.Background())
}

func (s *stage) happens(c <-chan struct{}, what string) {
	s.t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		s.t.Fatalf("it does not come to this: %s", what)
	}
}

// The one confirmed second looks for long; the third, asked before it, waits all the same. Both look at their turn
// only, and each begins by the end of the one before.
func TestQueuedRunInTheOrderOfTheirConfirmations(t *testing.T) {
	s := newStage(t)
	third, second, first := s.asked("caster restart c1"), s.asked("caster restart c1"), s.asked("caster restart c1")
	gate, waits := make(chan struct{}), s.onlyWoken()
	s.with(func() { s.blocking = gate })
	s.confirmed(first)
	s.untilCalled()
	early := false
	s.with(func() { s.planned = func() { early = true } })
	for _, o := range []op.Operation{second, third} {
		s.confirmed(o)
		s.happens(waits, "it waits for the first")
	}
	if early {
		t.Error("one that waits has looked")
	}
	looks, goOn := make(chan struct{}), make(chan struct{})
	s.with(func() { s.planned = func() { close(looks); <-goOn } })
	close(gate)
	s.happens(looks, "the second looks")
	s.happens(waits, "the third waits for the second")
	close(goOn)
	s.settle()
	if want := []string{first.Token, second.Token, third.Token}; !slices.Equal(s.applied, want) {
		t.Errorf("they ran as %v, not as %v", s.applied, want)
	}
}

// What ends without having run does not stand before others either.
func TestTheNextBeginsWhenTheOneBeforeIsDropped(t *testing.T) {
	s := newStage(t)
	first, second, third := s.asked("caster restart c1"), s.asked("caster restart c1"), s.asked("caster restart c1")
	gate, waits := make(chan struct{}), s.onlyWoken()
	s.with(func() { s.blocking = gate })
	s.confirmed(first)
	s.untilCalled()
	for _, o := range []op.Operation{second, third} {
		s.confirmed(o)
		s.happens(waits, "it waits")
	}
	goOn := make(chan struct{})
	s.with(func() {
		s.planned = func() { <-goOn; s.with(func() { s.planErr = op.Refuse(op.L("not now")) }) }
	})
	close(gate)
	s.happens(waits, "the third waits for the second")
	close(goOn)
	s.settle()
	if s.state(second) != op.Failed || s.state(third) != op.Failed {
		t.Errorf("they are %s and %s", s.state(second), s.state(third))
	}
	s.want(first, op.Succeeded, 1)
}

func TestADeadReplicasOperationRunsAtItsTurn(t *testing.T) {
	s := newStage(t)
	first, second := s.asked("caster restart c1"), s.asked("caster restart c1")
	waits := s.onlyWoken()
	s.moved(first, "a replica that is dead", op.Queued)
	s.confirmed(second)
	s.happens(waits, "the second waits")
	s.e.sweep(context.Background())
	s.settle()
	s.want(second, op.Succeeded, 2)
	if want := []string{first.Token, second.Token}; !slices.Equal(s.applied, want) {
		t.Errorf("they ran as %v, not as %v", s.applied, want)
	}
}
