package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// While nothing can be seen no look is used up, and they come ever more seldom; when the API is well again the next one
// finds what there is, however long that took. A look that a person asks for uses none up either.
func TestLooksThatSeeNothingAreNotUsedUp(t *testing.T) {
	for _, down := range []time.Duration{time.Minute, 20 * time.Minute, 23 * time.Hour} {
		s := newStage(t)
		s.withConditions()
		o := s.unknown("caster restart c1")
		looks := 0
		s.with(func() {
			s.verify = func() (op.Evidence, error) { looks++; return op.Evidence{}, errors.New("the API is down") }
		})
		began := s.clock()
		for s.clock().Sub(began) < down {
			s.advance(min(down/20, 10*time.Minute))
		}
		if most := 30 + int(down/lookRestMost); looks == 0 || looks > most || s.get(o).Looks != 0 {
			t.Errorf("down for %s: %d looks, at most %d, %d count", down, looks, most, s.get(o).Looks)
		}
		for range len(looksAfterSilence) {
			s.click(ana, o, op.ActionLook)
		}
		s.with(func() {
			s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: true, Own: true, Seen: op.L("it runs")}, nil }
		})
		s.advance(lookRestMost)
		s.want(o, op.Succeeded, 1)
	}
}

// A version that does not know the command sees nothing, as an older one during an update: it uses no look up.
func TestAVersionWithoutTheCommandUsesNoLookUp(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	o := s.unknown("caster open c1")
	all := s.e.table.Commands
	s.e.table.Commands = all[:len(all)-1]
	for range 20 {
		s.advance(time.Minute)
	}
	if now := s.get(o); now.Looks != 0 || !strings.Contains(now.Outcome.Evidence.Plain(), "cannot look") {
		t.Errorf("%d looks count: %s", now.Looks, now.Outcome.Evidence.Plain())
	}
	s.e.table.Commands = all
	s.with(func() {
		s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: true, Own: true, Seen: op.L("open")}, nil }
	})
	s.advance(lookRestMost)
	s.want(o, op.Succeeded, 1)
}

// What saw is spread over an hour, and not made up for all at once after an outage.
func TestLooksAreSpread(t *testing.T) {
	s := newStage(t)
	o := s.unknown("caster restart c1")
	var at []time.Duration
	began := s.clock()
	s.with(func() {
		s.verify = func() (op.Evidence, error) {
			at = append(at, s.now.Sub(began))
			return op.Evidence{Seen: op.L("idle")}, nil
		}
	})
	for range 400 / 10 {
		s.advance(10 * time.Second)
	}
	for range 400 / 10 {
		s.advance(90 * time.Second)
	}
	if len(at) != len(looksAfterSilence) || at[len(at)-1] < time.Hour {
		t.Errorf("looks at %v", at)
	}
	late := s.get(o)
	late.Looks, late.Looked = 1, began.Add(2*time.Hour)
	if lookDue(late, began.Add(2*time.Hour+lookRestMost-time.Second)) ||
		!lookDue(late, began.Add(2*time.Hour+lookRestMost)) || lookDue(late, began.Add(lookFor+2*time.Minute)) {
		t.Error("the looks that were missed come one after the other, or for ever")
	}
}

// An answer whose effect could not be looked at is confirmed when the API is well again; that it is not there so late
// is not said.
func TestAnEffectThatCouldNotBeSeenIsLookedAtAgain(t *testing.T) {
	for _, happened := range []bool{true, false} {
		s := newStage(t)
		looks := 0
		s.verify = func() (op.Evidence, error) { looks++; return op.Evidence{}, errors.New("the API is down") }
		o := s.asked("caster restart c1")
		s.click(ana, o, op.ActionConfirm)
		s.want(o, op.Succeeded, 1)
		for range 20 {
			s.advance(30 * time.Second)
		}
		if most := len(looksAfterAnswer) + 20; looks <= len(looksAfterAnswer) || looks > most {
			t.Errorf("%d looks, at most %d", looks, most)
		}
		s.with(func() {
			s.verify = func() (op.Evidence, error) {
				looks = -1
				return op.Evidence{Happened: happened, Seen: op.L("seen")}, nil
			}
		})
		s.restart()
		s.advance(time.Minute)
		if out := s.get(o).Outcome; looks != -1 || out.Checked != happened || (out.Evidence.Plain() == "seen") != happened {
			t.Errorf("%+v", out)
		}
		s.with(func() { looks = 0 })
		if s.advance(time.Hour); looks != 0 {
			t.Error("it is looked at again")
		}
	}
}

// What a look sees long after the call is told where the channel may be told it; as long as that is not known, the look
// does not count.
func TestWhatALookSeesIsJudged(t *testing.T) {
	s := newStage(t)
	s.with(func() { s.verify = func() (op.Evidence, error) { return op.Evidence{Seen: op.L("idle")}, nil } })
	o := s.unknown("caster restart c1")
	s.with(func() { s.hidden = true })
	s.advance(10 * time.Second)
	if now := s.get(o); len(now.Outcome.Evidence) > 0 || now.Looks != 0 {
		t.Errorf("hidden: %q, %d looks", now.Outcome.Evidence.Plain(), now.Looks)
	}
	s.with(func() { s.hidden, s.shared = false, true })
	s.advance(10 * time.Second)
	const hidden = "What is seen now is not told in this channel any more."
	if now := s.get(o); now.Looks == 0 || now.Outcome.Evidence.Plain() != hidden {
		t.Errorf("shared: %q, %d looks", now.Outcome.Evidence.Plain(), now.Looks)
	}
	s.with(func() {
		s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: true, Own: true, Seen: op.L("it runs")}, nil }
	})
	s.advance(time.Minute)
	s.want(o, op.Succeeded, 1)
	if now := s.get(o).Outcome; !now.Checked || len(now.Evidence) > 0 {
		t.Errorf("shared, and it happened: %q", now.Evidence.Plain())
	}
}

// The same of an effect that could not be seen at once.
func TestWhatIsConfirmedLateIsJudged(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, errors.New("the API is down") }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
	s.with(func() {
		s.shared = true
		s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: true, Seen: op.L("it runs")}, nil }
	})
	for range 3 {
		s.advance(followRetry)
	}
	if now := s.get(o).Outcome; !now.Checked || len(now.Evidence) > 0 {
		t.Errorf("%t, %q", now.Checked, now.Evidence.Plain())
	}
}
