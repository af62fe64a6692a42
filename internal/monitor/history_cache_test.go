package monitor

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// sent brings an operation as far as a changing call; to takes it on from there.
func (s *fixture) sent(verb string) op.Operation {
	s.t.Helper()
	s.keys++
	o, err := s.store.Create(s.t.Context(), op.Operation{
		Key: fmt.Sprint("k", s.keys), State: op.Queued, Command: verb, Verb: verb, Channel: show, Requester: "U0ANA",
		Plan: op.Plan{Target: op.Target{Kind: "caster", ID: fmt.Sprint("c", s.keys)},
			Args: op.Args{"scene": "s1", "text": "long"}}, Expires: s.clock().Add(time.Minute),
	}, op.Event{Name: "t"})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.to(o, op.Running, "")
}

func (s *fixture) to(o op.Operation, to op.State, closer string) op.Operation {
	s.t.Helper()
	o, err := s.store.Move(s.t.Context(),
		store.Move{ID: o.ID, From: o.State, To: to, Closer: closer, Send: to == op.Running, Event: op.Event{Name: "t"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// history cache is one that has read nothing yet.
func (s *fixture) ledger() *historyCache {
	l := newHistoryCache(s.w.Table)
	return &l
}

// reads lets a history cache read, and gives how many operations that took. Afterwards it must hold what a look at
// everything shows.
func (s *fixture) reads(l *historyCache) int {
	s.t.Helper()
	return s.readsSince(l, s.clock().Add(-watchFor))
}

func (s *fixture) readsSince(l *historyCache, since time.Time) int {
	s.t.Helper()
	n, err := l.read(s.t.Context(), s.store, since)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := s.store.List(s.t.Context(), store.Query{Since: since, Limit: 1 << 20})
	if err != nil {
		s.t.Fatal(err)
	}
	var want []op.Operation
	for _, o := range all {
		if l.commands[o.Verb] != nil && counts(o) {
			want = append(want, trim(o))
		}
	}
	slices.SortFunc(want, func(a, b op.Operation) int { return older(ownChange{Operation: a}, b) })
	if !slices.EqualFunc(l.history, want, func(a ownChange, b op.Operation) bool {
		return reflect.DeepEqual(a.Operation, b) && a.command.Verb == b.Verb
	}) {
		s.t.Fatalf("the ledger has %d deeds, the store %d:\n%+v\n%+v", len(l.history), len(want), l.history, want)
	}
	return n
}

// Whatever becomes of an operation between two turns, the history cache knows it, as does that of a process that has
// just begun.
func TestLedgerFollowsTheStore(t *testing.T) {
	s := newFixture(t)
	old, fresh := s.ledger(), s.ledger()
	turn := func() {
		t.Helper()
		s.with(func() { s.now = s.now.Add(10 * time.Minute) })
		s.reads(old)
	}
	done, other, bad, odd := s.sent("caster.start"), s.sent("caster.stop"), s.sent("record.start"), s.sent("caster.copy")
	if s.reads(old); len(old.history) != 3 {
		t.Fatalf("%d under way", len(old.history))
	}
	turn()
	other = s.to(other, op.Unknown, "")
	s.to(done, op.Succeeded, "")
	s.to(bad, op.Failed, "")
	s.to(odd, op.Succeeded, "")
	if turn(); len(old.history) != 2 {
		t.Fatalf("%d that may have done something", len(old.history))
	}
	turn()
	turn()
	s.to(other, op.Failed, "U0PIA") // hours after it was sent
	turn()
	failed := func(o ownChange) bool { return o.State == op.Failed }
	if len(old.history) != 2 || !slices.ContainsFunc(old.history, failed) || len(old.history.expectations()) != 1 {
		t.Fatalf("%+v", old.history)
	}
	s.reads(fresh)
	s.with(func() { s.now = s.now.Add(watchFor) })
	last := s.sent("record.stop")
	if s.reads(old); len(old.history) != 1 || old.history[0].ID != last.ID {
		t.Fatalf("a day later: %+v", old.history)
	}
	s.with(func() { s.now = s.now.Add(-watchFor) })
	if s.reads(old); len(old.history) != 3 {
		t.Fatalf("after the clock was set back: %+v", old.history)
	}
	s.to(last, op.Succeeded, "")
	s.reads(old)
}

// An end may be seen after a later one, when its transaction took longer, and long after when the store's clock was set
// back.
func TestLedgerFindsEarlierEnds(t *testing.T) {
	for _, back := range []time.Duration{overlap / 2, time.Hour} {
		s := newFixture(t)
		l, since := s.ledger(), noon.Add(-watchFor)
		first, second := s.sent("caster.start"), s.sent("caster.stop")
		s.with(func() { s.now = s.now.Add(2 * time.Hour) })
		s.to(second, op.Succeeded, "")
		s.readsSince(l, since)
		s.with(func() { s.now = s.now.Add(-back) })
		s.to(first, op.Succeeded, "")
		if back < overlap {
			s.with(func() { s.now = s.now.Add(back) })
		}
		s.readsSince(l, since)
	}
}

// A day of any length is read, and once.
func TestLedgerReadsADayOnce(t *testing.T) {
	s := newFixture(t)
	for i := range 3 * pageSize { // more than a page at one moment
		s.to(s.sent("caster.start"), op.Succeeded, "")
		if i > pageSize+pageSize/2 {
			s.with(func() { s.now = s.now.Add(2 * time.Second) })
		}
		if i%100 == 0 {
			s.sent("record.start")
		}
	}
	l := s.ledger()
	s.reads(l)
	s.with(func() { s.now = s.now.Add(2 * overlap) })
	s.sent("caster.stop")
	if n := s.reads(l); n > 60 {
		t.Errorf("%d operations were read again", n)
	}
}

// What was begun and ended again at one moment is not watched, in whichever order it was asked for.
func TestDeedsOfOneMomentAreInTheOrderOfSending(t *testing.T) {
	s := newFixture(t)
	for range 8 { // ids are random: one of them would be out of order
		start := s.did("caster.start", news)
		stop := s.did("caster.stop", news)
		l := s.ledger()
		if _, err := l.read(t.Context(), s.store, noon.Add(-watchFor)); err != nil {
			t.Fatal(err)
		}
		if last := l.history.ending(studio, news.Key(), ""); len(l.history.expectations()) > 0 || last.ID != stop.ID ||
			start.Turn >= stop.Turn {
			t.Fatalf("%+v", l.history)
		}
	}
}
