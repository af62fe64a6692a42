package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// later is a Follow that is told what to say, and counts.
type later struct {
	looks atomic.Int64
	says  atomic.Pointer[func(n int64) (op.Followup, error)]
}

func (l *later) follow(context.Context, op.Attempt) (op.Followup, error) {
	return (*l.says.Load())(l.looks.Add(1))
}

func (l *later) say(f func(n int64) (op.Followup, error)) { l.says.Store(&f) }

// followed is a stage whose restarts are followed, and one of them that succeeded.
func followed(t *testing.T, l *later) (*stage, op.Operation) {
	s := newStage(t)
	s.e.table.Commands[0].Follow = l.follow
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
	return s, o
}

func (s *stage) after(o op.Operation) string { return s.get(o).Outcome.After.Plain() }

func TestWhatCameIsToldOnTheCard(t *testing.T) {
	l := &later{}
	l.say(func(n int64) (op.Followup, error) {
		if n == 1 {
			return op.Followup{Again: time.Date(2026, 11, 22, 20, 3, 0, 0, time.UTC)}, nil
		}
		return op.Followup{Text: op.L("the file is there"), Next: []op.Next{{Label: "Files", Text: "caster list"}}}, nil
	})
	s, o := followed(t, l)
	for _, step := range []struct {
		ahead time.Duration
		looks int64
		after string
	}{
		{followFirst - time.Second, 0, ""}, {time.Second, 1, ""}, {time.Minute, 1, ""},
		{2 * time.Minute, 2, "the file is there"}, {time.Hour, 2, "the file is there"},
	} {
		s.advance(step.ahead)
		if l.looks.Load() != step.looks || s.after(o) != step.after {
			t.Fatalf("after %s more: %d looks, %q; want %d, %q", step.ahead, l.looks.Load(), s.after(o), step.looks, step.after)
		}
	}
	now := s.get(o)
	if now.State != op.Succeeded || now.Shown != now.Version || now.Outcome.Next[0].Label != "Files" ||
		now.Outcome.Text.Plain() != "done" {
		t.Errorf("the card shows %d of %d, %+v", now.Shown, now.Version, now.Outcome)
	}
	events, err := s.store.Events(t.Context(), o.ID)
	if err != nil || events[len(events)-1].Name != op.EventFollowed {
		t.Errorf("the trail ends with %+v, %v", events[len(events)-1], err)
	}
}

// What was promised before the call is kept by another process, however often looks fail.
func TestWhatCameSurvivesARestart(t *testing.T) {
	l := &later{}
	l.say(func(int64) (op.Followup, error) { return op.Followup{}, errors.New("the cloud is away") })
	s, o := followed(t, l)
	s.advance(followFirst)
	s.advance(followRetry)
	s.restart()
	s.e.table.Commands[0].Follow = l.follow
	l.say(func(int64) (op.Followup, error) { return op.Followup{Text: op.L("there")}, nil })
	s.advance(time.Hour)
	if s.after(o) != "there" || l.looks.Load() != 3 {
		t.Errorf("%q after %d looks", s.after(o), l.looks.Load())
	}
	if left, err := s.store.Documents(t.Context(), kindFollow); err != nil || len(left) > 0 {
		t.Errorf("left behind: %+v, %v", left, err)
	}
}

// Two replicas that sweep at the same moment make one look.
func TestOneReplicaFollows(t *testing.T) {
	l := &later{}
	release := make(chan struct{})
	l.say(func(int64) (op.Followup, error) {
		<-release
		return op.Followup{Text: op.L("there")}, nil
	})
	s, o := followed(t, l)
	other := New(Config{Table: s.e.table, Store: s.store, Authz: s.e.authz, Chat: (*chat)(s), Now: s.clock,
		Replica: "other"})
	s.with(func() { s.now = s.now.Add(followFirst) })
	read, err := s.store.Documents(t.Context(), kindFollow)
	if err != nil || len(read) != 1 {
		t.Fatal(read, err)
	}
	stale := read[0]
	if err := s.e.reschedule(t.Context(), &read[0], s.clock()); err != nil {
		t.Fatal(err)
	}
	if err := other.reschedule(t.Context(), &stale, s.clock()); !errors.Is(err, store.ErrLost) {
		t.Fatalf("both replicas look: %v", err)
	}
	for _, e := range []*Engine{s.e, other, s.e, other} {
		if err := e.followUps(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	s.settle()
	other.work.all.Wait()
	if l.looks.Load() != 1 || s.after(o) != "there" {
		t.Errorf("%d looks, %q", l.looks.Load(), s.after(o))
	}
}

// An outcome that is not known is followed once it is, and a failure never.
func TestOnlySuccessIsFollowed(t *testing.T) {
	for state, looks := range map[op.State]int64{op.Unknown: 0, op.Failed: 0} {
		l := &later{}
		l.say(func(int64) (op.Followup, error) { return op.Followup{Text: op.L("there")}, nil })
		s := newStage(t)
		s.e.table.Commands[0].Follow = l.follow
		s.apply = func(int) op.Outcome { return op.Outcome{State: state} }
		s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
		o := s.asked("caster restart c1")
		s.click(ana, o, op.ActionConfirm)
		s.advance(time.Minute)
		if l.looks.Load() != looks {
			t.Errorf("%s: %d looks, want %d", state, l.looks.Load(), looks)
		}
		if state != op.Unknown {
			continue
		}
		s.click(ana, o, op.ActionHappened)
		s.advance(time.Minute)
		if l.looks.Load() != 1 || s.after(o) != "there" {
			t.Errorf("settled: %d looks, %q", l.looks.Load(), s.after(o))
		}
	}
}

// A look that saw while somebody else changed the operation overwrites nothing, and is made again.
func TestFollowupYieldsToOthers(t *testing.T) {
	l := &later{}
	s, o := followed(t, l)
	l.say(func(n int64) (op.Followup, error) {
		if n == 1 {
			other := op.Outcome{State: op.Succeeded, Text: op.L("changed meanwhile")}
			if err := s.store.Note(context.Background(), o.ID, store.Note{From: op.Succeeded, Outcome: &other},
				op.Event{Name: "test"}); err != nil {
				t.Error(err)
			}
		}
		return op.Followup{Text: op.L("there")}, nil
	})
	s.advance(followFirst)
	if got := s.get(o).Outcome; got.Text.Plain() != "changed meanwhile" || len(got.After) > 0 {
		t.Errorf("%+v", got)
	}
	s.advance(followRetry)
	if got := s.get(o).Outcome; got.Text.Plain() != "changed meanwhile" || got.After.Plain() != "there" {
		t.Errorf("%+v", got)
	}
}

// Whatever a command asks for, and however far apart the clocks are by which it does, a look has its distance from the
// one before.
func TestLooksHaveTheirDistance(t *testing.T) {
	l := &later{}
	l.say(func(int64) (op.Followup, error) {
		return op.Followup{Again: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
	})
	s, _ := followed(t, l)
	s.advance(followFirst)
	for _, step := range []struct {
		ahead time.Duration
		looks int64
	}{{time.Second, 1}, {followLeast - 2*time.Second, 1}, {time.Second, 2}, {followLeast - time.Second, 2},
		{time.Second, 3}} {
		if s.advance(step.ahead); l.looks.Load() != step.looks {
			t.Errorf("after %s more: %d looks, not %d", step.ahead, l.looks.Load(), step.looks)
		}
	}
}

// Nothing is looked at as long as it is not known whether the channel may be told of it; then it is told.
func TestWhatCameWaitsUntilItMayBeTold(t *testing.T) {
	l := &later{}
	l.say(func(int64) (op.Followup, error) { return op.Followup{Text: op.L("news.mp4")}, nil })
	s, o := followed(t, l)
	s.with(func() { s.hidden = true })
	for range 3 {
		s.advance(followRetry)
	}
	if n := l.looks.Load(); n > 0 || s.after(o) != "" {
		t.Errorf("%d looks, %q", n, s.after(o))
	}
	s.with(func() { s.hidden = false })
	s.advance(followRetry)
	if got := s.after(o); got != "news.mp4" {
		t.Errorf("%q", got)
	}
}

// A channel that has become shared with others is not told what came of it.
func TestASharedChannelIsNotToldWhatCame(t *testing.T) {
	l := &later{}
	l.say(func(int64) (op.Followup, error) {
		return op.Followup{Text: op.L("news.mp4"), Next: []op.Next{{Label: "Files", Text: "caster list"}}}, nil
	})
	s, o := followed(t, l)
	s.with(func() { s.shared = true })
	s.advance(followFirst)
	if got := s.get(o).Outcome; len(got.Next) > 0 ||
		s.after(o) != "What came of it is not told in this channel any more." {
		t.Errorf("%q, %+v", s.after(o), got.Next)
	}
}

// What stands is looked at for as long as looks want another, over restarts too.
func TestWhatStandsIsFollowedForLong(t *testing.T) {
	l := &later{}
	s, o := followed(t, l)
	l.say(func(int64) (op.Followup, error) { return op.Followup{Again: s.clock().Add(time.Hour)}, nil })
	for range 4 {
		s.advance(followWithin / 2)
	}
	l.say(func(int64) (op.Followup, error) { return op.Followup{Over: op.L("it is over")}, nil })
	s.advance(followWithin / 2)
	if got := s.over(o); got != "it is over" {
		t.Errorf("after %d looks the card says %q", l.looks.Load(), got)
	}
	looks := l.looks.Load()
	if s.advance(followWithin / 2); l.looks.Load() != looks {
		t.Error("it is looked at still")
	}
}

// While a call of the bot's own on the same target is under way nobody looks: what that would show may be its doing.
func TestNothingIsFollowedDuringAnOwnCall(t *testing.T) {
	l := &later{}
	l.say(func(int64) (op.Followup, error) { return op.Followup{Text: op.L("there")}, nil })
	s, o := followed(t, l)
	under, done := make(chan struct{}), make(chan struct{})
	s.with(func() { s.blocking, s.applied = under, nil })
	second := s.asked("caster restart c1")
	accepted, err := s.e.Press(t.Context(), s.press(ana, second, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(done)
		s.do(accepted)
	}()
	s.untilCalled()
	again, err := s.e.followed(t.Context(), o.ID)
	if err != nil || l.looks.Load() != 0 || !again.Equal(s.clock().Add(followLeast)) {
		t.Errorf("%d looks, again %s, %v", l.looks.Load(), again, err)
	}
	close(under)
	<-done
	if _, err := s.e.followed(t.Context(), o.ID); err != nil || s.after(o) != "there" {
		t.Errorf("after it: %q, %v", s.after(o), err)
	}
}

// Other ways on alone replace those of the card, and leave what it says.
func TestOtherWaysOnAreFollowed(t *testing.T) {
	l := &later{}
	l.say(func(n int64) (op.Followup, error) {
		if n == 1 {
			return op.Followup{Text: op.L("there"), Again: time.Date(2026, 11, 22, 20, 1, 0, 0, time.UTC)}, nil
		}
		return op.Followup{Next: []op.Next{{Label: "Take…", Text: "caster list"}}}, nil
	})
	s, o := followed(t, l)
	s.advance(followFirst)
	s.advance(time.Minute)
	if got := s.get(o).Outcome; got.After.Plain() != "there" || len(got.Next) != 1 || got.Next[0].Label != "Take…" {
		t.Errorf("%+v", got)
	}
}
