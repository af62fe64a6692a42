package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/records"
)

// lock has somebody take studio c1, or give it back when nobody does.
func (s *stage) lock(holder string) {
	s.t.Helper()
	target := op.Target{Kind: "caster", ID: "c1"}
	locks := records.NewLockBook(s.store)
	now, err := locks.Lock(context.Background(), target)
	if err != nil {
		s.t.Fatal(err)
	}
	if holder == "" {
		_, _, err = locks.Release(context.Background(), now, now.Holder, "")
	} else {
		_, _, err = locks.Hold(context.Background(),
			op.Lock{Target: target, Holder: holder, Until: s.clock().Add(time.Hour), Version: now.Version})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// ways has the table offer two ways past a lock, and gives the buttons of whatever is told from now on.
func (s *stage) ways() *[]string {
	var labels []string
	s.e.table.PastLock = func(op.Lock, op.Plan) []op.Next {
		return []op.Next{{Label: "copy", Text: "caster copy c1 x"}, {Label: "restart", Text: "caster restart c1"}}
	}
	s.tellAll = func(a op.Answer) {
		for _, n := range a.Next {
			labels = append(labels, n.Label)
		}
	}
	return &labels
}

func TestOthersAreRefusedWhileLocked(t *testing.T) {
	s := newStage(t)
	labels := s.ways()
	s.forbid["caster.copy"] = true
	s.lock(bo)
	s.typed(ana, "caster restart c1")
	if len(s.told) != 1 || !strings.Contains(s.told[0], "locked by @"+bo) || len(s.shown) > 0 {
		t.Fatalf("told %q, %d cards", s.told, len(s.shown))
	}
	if got := strings.Join(*labels, " "); got != "restart" { // the way that ana may not take is not offered
		t.Errorf("offered %q", got)
	}
	s.typed(ana, "caster restart c2")
	s.want(s.last(), op.Pending, 0)
	s.lock("")
	s.want(s.asked("caster restart c1"), op.Pending, 0)
}

func (s *stage) last() op.Operation { return s.shown[len(s.shown)-1] }

func TestTheHolderGoesOn(t *testing.T) {
	s := newStage(t)
	s.lock(ana)
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
}

func TestALockEndsByItself(t *testing.T) {
	s := newStage(t)
	s.lock(bo)
	s.advance(time.Hour)
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
}

func TestCardsFromBeforeALock(t *testing.T) {
	s := newStage(t)
	labels := s.ways()
	o := s.asked("caster restart c1")
	s.lock(bo)
	if told := s.click(ana, o, op.ActionConfirm); !strings.Contains(told, "locked by @"+bo) || len(*labels) != 2 {
		t.Errorf("told %q, offered %q", told, *labels)
	}
	s.want(o, op.Pending, 0)
	s.lock("")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
}

// The holder's own approval is a yes to what others ask for.
func TestTheHolderMayApprove(t *testing.T) {
	for holder, want := range map[string]op.State{ken: op.Succeeded, bo: op.Pending} {
		s := newStage(t)
		s.confirm = op.ConfirmOther
		o := s.asked("caster restart c1")
		s.lock(holder)
		s.click(ken, o, op.ActionApprove)
		s.want(o, want, map[op.State]int{op.Succeeded: 1}[want])
	}
}

func TestALockBetweenClickAndCall(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	locked := false
	s.with(func() { s.planned = func() { locked = true; s.lock(bo) } })
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Failed, 0)
	if now := s.get(o); now.Sends != 0 {
		t.Errorf("it was marked as sent %d times", now.Sends)
	}
	if text := s.get(o).Outcome.Text.Plain(); !locked || !strings.Contains(text, "locked by @"+bo) {
		t.Error(text)
	}

	s = newStage(t) // so late that the operation runs already
	o = s.asked("caster restart c1")
	s.lock(bo)
	command, _ := s.e.table.Find(o.Command)
	if outcome := s.e.send(context.Background(), o, command, turn{marked: time.Now()}); outcome.State != op.Failed ||
		len(s.applied) != 0 {
		t.Errorf("%+v after %d calls", outcome, len(s.applied))
	}
}

// What works on the lock itself, and what only copies the studio, goes on.
func TestWhatALockDoesNotStop(t *testing.T) {
	s := newStage(t)
	s.lock(bo)
	target := op.Target{Kind: "caster", ID: "c1"}
	copied := target
	copied.NewName = "c2"
	for _, c := range []struct {
		command op.Command
		plan    op.Plan
		free    bool
	}{
		{op.Command{}, op.Plan{Target: target}, false},
		{op.Command{PastLock: true}, op.Plan{Target: target}, true},
		{op.Command{}, op.Plan{Target: copied}, true},
		{op.Command{}, op.Plan{Target: op.Target{Kind: "stream", ID: "c1"}}, true},
	} {
		if err := s.e.authz.CheckLock(context.Background(), c.command, c.plan, ana, ""); (err == nil) != c.free {
			t.Errorf("%+v: %v", c, err)
		}
	}
	_ = s.store.Close()
	if err := s.e.authz.CheckLock(context.Background(), op.Command{}, op.Plan{Target: target}, bo, ""); err == nil {
		t.Error("a lock that cannot be read stops nothing")
	}
}

// A process that dies before it has told the holder leaves that to the sweep, which tells it once.
func TestTheHolderIsToldAfterACrash(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.lock(bo)
	o := s.asked("caster standby c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
	s.settle()
	told := func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return strings.Join(s.told, "; ")
	}
	if got := told(); strings.Count(got, "through your lock") != 1 {
		t.Fatalf("at once: %q", got)
	}
	s.forget(kindPassed + "/" + o.ID) // it never got there
	s.with(func() { s.told = nil })
	for range 3 {
		s.advance(tellEvery)
	}
	if got := told(); strings.Count(got, "through your lock") != 1 {
		t.Errorf("after a crash: %q", got)
	}
}

// forget is a crash before something that is said once was written down.
func (s *stage) forget(key string) {
	s.t.Helper()
	memo, err := s.store.Document(s.t.Context(), notify.KindTell+"/"+key)
	if err == nil {
		err = s.store.DropDocument(s.t.Context(), memo.Key, memo.Version, op.Event{})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
