package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
)

// timers are what an engine does later, which happens when a test says so.
type timers struct {
	mu   sync.Mutex
	list []*timer
}

type timer struct {
	after time.Duration
	do    func()
	over  bool
}

// timed gives a stage real time that a test moves.
func timed(s *stage) *timers {
	t := &timers{}
	s.e.notify.After = func(d time.Duration, do func()) func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		one := &timer{after: d, do: do}
		t.list = append(t.list, one)
		return func() bool { return t.end(one) }
	}
	s.t.Cleanup(func() {
		for _, d := range []time.Duration{notify.ButtonsWithin, notify.CheckWithin} {
			t.fire(d)
		}
	})
	return t
}

func (t *timers) end(one *timer) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := one.over
	one.over = true
	return !before
}

// fire lets the time of all pass that wait for so long.
func (t *timers) fire(d time.Duration) (n int) {
	t.mu.Lock()
	list := slices.Clone(t.list)
	t.mu.Unlock()
	for _, one := range list {
		if one.after == d && t.end(one) {
			one.do()
			n++
		}
	}
	return n
}

// pictures are what a card has shown, in short.
func (s *stage) pictures(o op.Operation) (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.shown {
		if p.ID != o.ID {
			continue
		}
		picture := string(p.State)
		if p.Outcome != nil && p.Outcome.Checked {
			picture += " checked"
		}
		list = append(list, picture)
	}
	return list
}

// waitDrawn waits until no card is being drawn; those that are put off stay so.
func (s *stage) waitDrawn() {
	for s.e.notify.Drawing() > 0 {
		time.Sleep(time.Millisecond)
	}
}

func (s *stage) untilShown(o op.Operation, n int) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if len(s.pictures(o)) >= n {
			return
		}
	}
	s.t.Fatalf("the card shows %v", s.pictures(o))
}

// A result that comes quickly is drawn at once, together with the look that confirms it; a slow one after an hourglass,
// without which the card would have live buttons for long; what a look does not confirm in time is drawn without it,
// and once more when it does.
func TestWhenACardIsDrawn(t *testing.T) {
	nothing := func(*stage, *timers, op.Operation) {}
	hourglass := func(s *stage, after *timers, o op.Operation) {
		after.fire(notify.ButtonsWithin)
		s.untilShown(o, 2)
	}
	for name, c := range map[string]struct {
		calling, first func(*stage, *timers, op.Operation) // while the call is made, at the first look
		seen           int                                 // the look that confirms, 1 the first one
		want           []string
	}{
		"all quick": {nothing, nothing, 1, []string{"pending", "succeeded checked"}},
		"slow call": {hourglass, nothing, 1, []string{"pending", "running", "succeeded checked"}},
		"slow look": {nothing, func(s *stage, after *timers, o op.Operation) {
			after.fire(notify.ButtonsWithin)
			s.untilShown(o, 2)
		}, 1, []string{"pending", "succeeded", "succeeded checked"}},
		"both slow": {hourglass, func(s *stage, after *timers, o op.Operation) {
			after.fire(notify.CheckWithin)
			s.untilShown(o, 3)
		}, 1, []string{"pending", "running", "succeeded", "succeeded checked"}},
		"not seen at once": {nothing, nothing, 2, []string{"pending", "succeeded", "succeeded checked"}},
	} {
		s := newStage(t)
		after, looks := timed(s), 0
		o := s.asked("caster restart c1")
		s.calling = func(context.Context, op.SendPermit) { c.calling(s, after, o) }
		s.verify = func() (op.Evidence, error) {
			if looks++; looks == 1 {
				c.first(s, after, o)
			}
			if looks == 2 {
				s.untilShown(o, 2)
			}
			return op.Evidence{Happened: looks >= c.seen, Seen: op.L("it runs")}, nil
		}
		s.click(ana, o, op.ActionConfirm)
		if got := s.pictures(o); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// What needs no call is drawn at once: nothing better will come.
func TestWhatIsDecidedIsDrawnAtOnce(t *testing.T) {
	s := newStage(t)
	after := timed(s)
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionCancel)
	other := s.asked("caster restart c2")
	s.with(func() { s.seen = "on air" })
	s.click(ana, other, op.ActionConfirm)
	for _, got := range [][]string{s.pictures(o), s.pictures(other)} {
		if !slices.Equal(got, []string{"pending", "cancelled"}) && !slices.Equal(got, []string{"pending", "failed"}) {
			t.Errorf("drawn: %v", got)
		}
	}
	if n := after.fire(notify.ButtonsWithin); n > 0 {
		t.Errorf("%d cards are still put off", n)
	}
}

// A card that is put off once is not put off further, and the sweep leaves it alone; whoever owes it has it drawn at
// once.
func TestACardIsPutOffOnce(t *testing.T) {
	s := newStage(t)
	after := timed(s)
	o := s.moved(s.asked("caster restart c1"), "", op.Queued)
	for range 3 {
		s.e.notify.EnqueueCardWithin(o.ID, time.Second)
	}
	if err := s.e.notify.DrawBehind(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.waitDrawn()
	if got := s.pictures(o); len(got) != 1 || s.e.Underway() == 0 {
		t.Fatalf("it is drawn early: %v", got)
	}
	if n := after.fire(time.Second); n != 1 {
		t.Errorf("it is put off %d times", n)
	}
	s.untilShown(o, 2)
	s.settle()
	s.moved(o, "", op.Running)
	s.e.notify.EnqueueCardWithin(o.ID, time.Second)
	s.e.notify.EnqueueCard(o.ID)
	if s.settle(); len(s.pictures(o)) != 3 || after.fire(time.Second) != 0 || s.e.Underway() > 0 {
		t.Errorf("drawn: %v", s.pictures(o))
	}
}

// What is put off when the process ends is drawn before it does.
func TestWhatIsPutOffIsDrawnAtTheEnd(t *testing.T) {
	s := newStage(t)
	timed(s)
	o := s.moved(s.asked("caster restart c1"), "", op.Queued)
	s.e.notify.EnqueueCardWithin(o.ID, time.Second)
	s.e.Close(context.Background())
	if got := s.pictures(o); len(got) != 2 {
		t.Errorf("drawn: %v", got)
	}
}

// A card that rests because there was no turn for it is drawn at once when something happens to its operation; the
// sweep waits.
func TestNewsEndTheRestOfACard(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.with(func() { s.showErr = []error{notify.ErrBusy} })
	s.moved(o, "", op.Queued)
	s.e.notify.EnqueueCard(o.ID)
	s.settle()
	s.e.notify.DrawSoon(o.ID)
	if s.settle(); len(s.pictures(o)) != 1 {
		t.Fatalf("it does not rest: %v", s.pictures(o))
	}
	s.e.notify.EnqueueCard(o.ID)
	if s.settle(); len(s.pictures(o)) != 2 {
		t.Errorf("it rests in spite of news: %v", s.pictures(o))
	}
}

// What the chat took without a proof is shown once more, and then found gone if it is; what was proved meanwhile is
// not.
func TestWhatIsUnprovenIsShownOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		next []error
		want int // pictures after the one without a proof
	}{
		"it is there": {nil, 1}, "it is gone": {[]error{notify.ErrGone, notify.ErrGone}, 1},
		"Slack is busy": {[]error{notify.ErrBusy}, 1}, "proved meanwhile": {nil, 1},
	} {
		s := newStage(t)
		o := s.asked("caster restart c1")
		s.with(func() { s.showErr = append([]error{errors.Join(notify.ErrUnproven)}, c.next...) })
		s.force(o, op.Expired)
		s.e.notify.EnqueueCard(o.ID)
		s.settle()
		if name == "proved meanwhile" {
			s.e.notify.Redraw(o)
			s.e.notify.EnqueueCard(o.ID)
			s.settle()
		}
		before := len(s.pictures(o))
		for _, wait := range []time.Duration{notify.ProveAfter - time.Second, time.Second, time.Hour} {
			s.with(func() { s.now = s.now.Add(wait) })
			if err := s.e.notify.DrawBehind(context.Background()); err != nil {
				t.Fatal(err)
			}
			s.settle()
			if wait > time.Second && wait < time.Hour && len(s.pictures(o)) != before {
				t.Errorf("%s: too early: %v", name, s.pictures(o))
			}
		}
		if got := s.pictures(o); len(got) != 2+c.want {
			t.Errorf("%s: %v", name, got)
		}
		last := s.shown[len(s.shown)-1]
		if gone := last.Card == ""; gone != (name == "it is gone") {
			t.Errorf("%s: the card is %q", name, last.Card)
		}
	}
}
