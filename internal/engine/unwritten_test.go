package engine

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// rename takes a table away, or puts it back.
func (s *stage) rename(from, to string) {
	s.t.Helper()
	s.alter("ALTER TABLE " + from + " RENAME TO " + to)
}

// whileWriterIsTaken does something while the store can write nothing.
func (s *stage) whileWriterIsTaken(do func()) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	do()
}

// alter does something to the database behind the store's back.
func (s *stage) alter(statement string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		s.t.Fatal(err)
	}
}

// Where nobody knows whether it was written down, nobody is told that nothing was done.
func TestWhatMayBeWrittenDownIsNotCalledUndone(t *testing.T) {
	for _, c := range []struct {
		err  error
		mark op.Mark
		says string
	}{
		{errors.Join(store.ErrUnwritten, errLost), op.MarkFailed, "nothing was done"},
		{errors.Join(store.ErrUnsure, store.ErrUnwritten, errLost), op.MarkUnknown,
			"not known whether this was written down"},
	} {
		s := newStage(t)
		if a := s.e.answerFor(c.err); a.Mark != c.mark || !strings.Contains(a.Title.Plain(), c.says) {
			t.Errorf("%v is told as %q %s", c.err, a.Mark, a.Title.Plain())
		}
	}
}

// As long as the trail cannot be written nothing is sent, at whatever step; looking works; when it can be written
// again the same card goes on.
func TestNothingIsSentWithoutTheTrail(t *testing.T) {
	s := newStage(t)
	clicked, queued := s.asked("caster restart c1"), s.asked("caster restart c2")
	s.force(queued, op.Queued)
	s.rename("events", "away")
	s.click(ana, clicked, op.ActionConfirm)
	s.e.sweep(context.Background())
	s.settle()
	if last := s.told[len(s.told)-1]; !strings.Contains(last, "cannot be written down, so nothing was done") {
		t.Errorf("the click is answered with %q", last)
	}
	s.typed(ana, "caster list")
	if last := s.told[len(s.told)-1]; last != "two studios" {
		t.Errorf("looking is answered with %q", last)
	}
	s.want(clicked, op.Pending, 0)
	s.want(queued, op.Queued, 0)
	s.rename("away", "events")
	s.e.sweep(context.Background())
	s.settle()
	s.want(queued, op.Succeeded, 1)
	s.click(ana, clicked, op.ActionConfirm)
	s.want(clicked, op.Succeeded, 2)
}

// Who was told that nothing was done stays right after a restart, even when the click could not be taken off the inbox
// at once.
func TestWhatWasToldStaysTrue(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	accepted, err := s.e.Press(context.Background(), s.press(bo, o, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	s.rename("inbox", "away")
	accepted.Work(context.Background())
	s.rename("away", "inbox")
	if left, err := s.store.Unsettled(context.Background(), 10); err != nil || len(left) != 1 {
		t.Fatalf("%v, %v", left, err)
	}
	s.e.sweep(context.Background())
	if left, err := s.store.Unsettled(context.Background(), 10); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A look that was acknowledged is answered after a restart, once, and when nothing can be written it is answered all
// the same.
func TestLooksAreKept(t *testing.T) {
	s := newStage(t)
	ask := func(key string) Accepted {
		a, err := s.e.Accept(context.Background(), op.Request{
			Key:    key,
			Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
			Text:   "caster list",
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	answers := func() (n int) {
		for _, said := range s.told {
			if said == "two studios" {
				n++
			}
		}
		return n
	}
	ask("l1") // and the process dies
	if again := ask("l1"); again.Work != nil {
		t.Error("the same look is taken twice")
	}
	s.restart()
	s.settle()
	if n := answers(); n != 1 {
		t.Errorf("answered %d times after the restart", n)
	}
	s.do(ask("l2"))
	s.restart()
	s.settle()
	if n := answers(); n != 2 {
		t.Errorf("two looks have %d answers", n)
	}
	s.rename("inbox", "away")
	s.do(ask("l3"))
	s.rename("away", "inbox")
	if n := answers(); n != 3 {
		t.Errorf("three looks have %d answers", n)
	}
}

// What was refused because it could not be written down, and got into the inbox all the same, is not worked off later.
func TestARefusalHoldsThoughItArrived(t *testing.T) {
	s := newStage(t)
	r := op.Request{Key: "k1", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c1"}
	s.rename("inbox", "away")
	if _, err := s.e.Accept(context.Background(), r); err == nil {
		t.Fatal("it was taken")
	}
	s.rename("away", "inbox")
	s.e.sweep(context.Background())
	// the commit comes through now
	if _, err := s.store.Receive(context.Background(), r.Key, kindCommand, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	s.e.sweep(context.Background())
	if left, err := s.store.Unsettled(context.Background(), 10); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
	s.advance(lateAfter)
	s.e.sweep(context.Background())
	if _, still := s.e.inflight.unsettled.Load(r.Key); still {
		t.Error("it is remembered for ever")
	}
}

// A form whose command was refused because it could not be written down is sent again under the same key. Then it
// counts like any other: it is worked off after a crash, or refused like the first, but never dropped without a word.
func TestWhatWasRefusedMayComeAgain(t *testing.T) {
	s := newStage(t)
	r := op.Request{Key: "form-1", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c1"}
	refused := func() {
		t.Helper()
		s.rename("inbox", "away")
		_, err := s.e.Accept(context.Background(), r)
		s.rename("away", "inbox")
		if err == nil {
			t.Fatal("it was taken")
		}
	}
	refused()
	if a, err := s.e.Accept(context.Background(), r); err != nil || a.Work == nil {
		t.Fatalf("the second one is not taken: %v", err)
	}
	s.e.sweep(context.Background())
	s.restart()
	if list, err := s.store.List(context.Background(), store.Query{}); err != nil || len(list) != 1 {
		t.Errorf("%d operations after the restart, %v", len(list), err)
	}
	r.Key = "form-2"
	refused()
	// the commit comes through now
	if _, err := s.store.Receive(context.Background(), r.Key, kindCommand, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.e.Accept(context.Background(), r); err == nil {
		t.Error("it is dropped without a word")
	}
}
