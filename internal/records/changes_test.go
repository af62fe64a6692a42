package records

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
func (s *world) sent(verb string) op.Operation { return s.sentTo(verb, fmt.Sprint("t", s.keys)) }

func (s *world) sentTo(verb, id string) op.Operation {
	s.t.Helper()
	s.keys++
	o, err := s.store.Create(s.t.Context(), op.Operation{
		Key: fmt.Sprint("k", s.keys), State: op.Queued, Command: verb, Verb: verb, Channel: "C0SHOW", Requester: "U0ANA",
		Plan: op.Plan{Target: op.Target{Kind: "caster", ID: id},
			Args: op.Args{"scene": "s1", "text": "long"}}, Expires: s.clock().Add(time.Minute),
	}, op.Event{Name: "t"})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.to(o, op.Running, "")
}

func (s *world) to(o op.Operation, to op.State, closer string) op.Operation {
	s.t.Helper()
	o, err := s.store.Move(s.t.Context(),
		store.Move{ID: o.ID, From: o.State, To: to, Closer: closer, Send: to == op.Running, Event: op.Event{Name: "t"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// changes are those of a process that has read nothing yet.
func (s *world) changes() *Changes {
	return NewChanges(s.store, &op.Table{Commands: []op.Command{
		{Usage: "caster.start", Verb: "caster.start", Sends: "StartCaster", Starts: []op.Condition{op.IsOnAir}},
		{Usage: "caster.stop", Verb: "caster.stop", Sends: "StopCaster",
			Ends: []op.Condition{op.IsOnAir, op.StandbyShown}},
		{Usage: "caster.standby", Verb: "caster.standby", Sends: "EffectCasterUrgent", Urgent: true,
			Starts: []op.Condition{op.StandbyShown}},
		{Usage: "caster.take", Verb: "caster.take", Sends: "CopyCasterSceneConfig",
			Starts: []op.Condition{op.PictureTaken}, Ends: []op.Condition{op.StandbyShown}},
		{Usage: "caster.copy", Verb: "caster.copy", Sends: "CopyCaster", Starts: []op.Condition{op.Exists}},
		{Usage: "record.start", Verb: "record.start", Sends: "RealTimeRecordCommand", Starts: []op.Condition{op.IsRecorded}},
		{Usage: "record.stop", Verb: "record.stop", Sends: "RealTimeRecordCommand", Starts: []op.Condition{op.IsPaused},
			Ends: []op.Condition{op.IsRecorded}},
	}})
}

// reads lets a cache read, and gives how many operations that took. Afterwards it must hold what a look at
// everything shows.
func (s *world) reads(l *Changes) int {
	s.t.Helper()
	return s.readsSince(l, s.clock().Add(-ChangesFor))
}

func (s *world) readsSince(l *Changes, since time.Time) int {
	s.t.Helper()
	n, err := l.read(s.t.Context(), since)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := s.store.List(s.t.Context(), store.Query{Since: since, Limit: 1 << 20})
	if err != nil {
		s.t.Fatal(err)
	}
	var want []op.Operation
	for _, o := range all {
		if l.commands()[o.Verb] != nil && counts(o) {
			want = append(want, trim(o))
		}
	}
	slices.SortFunc(want, func(a, b op.Operation) int { return older(Change{Operation: a}, b) })
	lately := l.history.Since(since) // what stands from before has tests of its own
	if !slices.EqualFunc(lately, want, func(a Change, b op.Operation) bool {
		return reflect.DeepEqual(a.Operation, b) && a.Command.Verb == b.Verb
	}) {
		s.t.Fatalf("there are %d changes, the store %d:\n%+v\n%+v", len(lately), len(want), lately, want)
	}
	return n
}

// Whatever becomes of an operation between two turns, the cache knows it, as does that of a process that has
// just begun.
func TestChangesFollowsTheStore(t *testing.T) {
	s := newWorld(t)
	old, fresh := s.changes(), s.changes()
	turn := func() {
		t.Helper()
		s.pass(10 * time.Minute)
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
	failed := func(o Change) bool { return o.State == op.Failed }
	if len(old.history) != 2 || !slices.ContainsFunc(old.history, failed) {
		t.Fatalf("%+v", old.history)
	}
	s.reads(fresh)
	s.pass(ChangesFor)
	last := s.sent("record.stop")
	if s.reads(old); len(old.history) != 2 || old.history[0].ID != done.ID || old.history[1].ID != last.ID {
		t.Fatalf("a day later: %+v", old.history)
	}
	s.pass(-ChangesFor)
	if s.reads(old); len(old.history) != 3 {
		t.Fatalf("after the clock was set back: %+v", old.history)
	}
	s.to(last, op.Succeeded, "")
	s.reads(old)
}

// An end may be seen after a later one, when its transaction took longer, and long after when the store's clock was set
// back.
func TestChangesFindsEarlierEnds(t *testing.T) {
	for _, back := range []time.Duration{overlap / 2, time.Hour} {
		s := newWorld(t)
		l, since := s.changes(), s.clock().Add(-ChangesFor)
		first, second := s.sent("caster.start"), s.sent("caster.stop")
		s.pass(2 * time.Hour)
		s.to(second, op.Succeeded, "")
		s.readsSince(l, since)
		s.pass(-back)
		s.to(first, op.Succeeded, "")
		if back < overlap {
			s.pass(back)
		}
		s.readsSince(l, since)
	}
}

// A day of any length is read, and once.
func TestChangesReadsADayOnce(t *testing.T) {
	s := newWorld(t)
	for i := range 3 * pageSize { // more than a page at one moment
		s.to(s.sent("caster.start"), op.Succeeded, "")
		if i > pageSize+pageSize/2 {
			s.pass(2 * time.Second)
		}
		if i%100 == 0 {
			s.sent("record.start")
		}
	}
	l := s.changes()
	s.reads(l)
	s.pass(2 * overlap)
	s.sent("caster.stop")
	if n := s.reads(l); n > 60 {
		t.Errorf("%d operations were read again", n)
	}
}

// A condition stands as the last change that is known to have said something about it left it.
func TestStanding(t *testing.T) {
	w := newWorld(t)
	c := w.changes()
	standing := func(x op.Condition) op.Standing {
		t.Helper()
		h, err := c.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h.Standing(op.Target{Kind: "caster", ID: "c1"}, x)
	}
	if s := standing(op.StandbyShown); !s.Since.IsZero() || s.Began() || s.Ended() {
		t.Errorf("nothing was done: %+v", s)
	}
	on := w.sentTo("caster.standby", "c1")
	if s := standing(op.StandbyShown); s.Began() || s.Doubt != on.Ref() {
		t.Errorf("under way: %+v", s)
	}
	w.to(on, op.Succeeded, "")
	w.pass(time.Second)
	w.to(w.sentTo("caster.take", "c2"), op.Succeeded, "") // another studio
	w.to(w.sentTo("caster.take", "c1"), op.Failed, "U0ANA")
	if s := standing(op.StandbyShown); !s.Began() || s.By != "U0ANA" || !s.Since.Equal(w.clock().Add(-time.Second)) {
		t.Errorf("a take that is known not to have happened ends nothing: %+v", s)
	}
	lost := w.to(w.sentTo("caster.take", "c1"), op.Unknown, "")
	if s := standing(op.StandbyShown); !s.Began() || s.Doubt != lost.Ref() {
		t.Errorf("a take that may have happened: %+v", s)
	}
	w.to(w.sentTo("caster.take", "c1"), op.Succeeded, "")
	if s := standing(op.StandbyShown); !s.Ended() || s.Doubt != "" {
		t.Errorf("after the take: %+v", s)
	}
	again := w.sentTo("caster.take", "c1")
	if s := standing(op.PictureTaken); !s.Began() || s.Doubt != again.Ref() {
		t.Errorf("another take that may have happened: %+v", s)
	}
	w.to(again, op.Failed, "U0ANA")
	w.to(w.sentTo("caster.start", "c1"), op.Succeeded, "")
	if s := standing(op.StandbyShown); !s.Ended() {
		t.Errorf("a start says nothing about it here: %+v", s)
	}
	w.pass(time.Second)
	restart := w.sentTo("caster.start", "c1")
	if s := standing(op.IsOnAir); !s.Began() || !s.Perhaps.Equal(w.clock()) || s.Since.Equal(w.clock()) {
		t.Errorf("a restart that is under way: %+v", s)
	}
	w.to(restart, op.Succeeded, "")
	if s := standing(op.IsOnAir); !s.Perhaps.IsZero() || !s.Since.Equal(w.clock()) {
		t.Errorf("after the restart: %+v", s)
	}
}

// What is known by the word of a person alone ends the slate until a look shows otherwise: another picture than the one
// taken, or a studio on air as it was before it was stopped. Of all else a look says nothing of the kind.
func TestTheWordOfAPerson(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		verb, by string
		x        op.Condition
		seen     op.Seen
		ends     bool
	}{
		"a take that came to nothing": {"caster.take", "U0ANA", op.PictureTaken, op.Seen{Cause: op.SeenChanged}, false},
		"a take":                      {"caster.take", "", op.PictureTaken, op.Seen{Cause: op.SeenChanged}, true},
		"its studio is off air":       {"caster.take", "U0ANA", op.PictureTaken, op.Seen{Cause: op.SeenIdle}, true},
		"a stop that came to nothing": {"caster.stop", "U0ANA", op.IsOnAir, op.Seen{Cause: op.SeenOnAir}, false},
		"a stop":                      {"caster.stop", "", op.IsOnAir, op.Seen{Cause: op.SeenOnAir}, true},
		"stopped, then started anew":  {"caster.stop", "U0ANA", op.IsOnAir, op.Seen{Cause: op.SeenOnAir, When: noon}, true},
	} {
		w := newWorld(t)
		changes := w.changes()
		w.to(w.sentTo("caster.standby", "c1"), op.Succeeded, "")
		w.pass(time.Second)
		ended := w.to(w.to(w.sentTo(c.verb, "c1"), op.Unknown, ""), op.Succeeded, c.by)
		target := op.Target{Kind: "caster", ID: "c1"}
		standing := func() op.Standing {
			t.Helper()
			h, err := changes.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return h.Standing(target, op.StandbyShown)
		}
		if s := standing(); !s.Ended() || s.Word != (c.by != "") {
			t.Errorf("%s: %+v", name, s)
		}
		c.seen.Op, c.seen.At = ended.ID, w.clock()
		if err := changes.Saw(t.Context(), target, c.x, c.seen); err != nil {
			t.Fatal(err)
		}
		if s := standing(); s.Ended() != c.ends || !c.ends && s.Doubt != ended.Ref() {
			t.Errorf("%s, seen otherwise: %+v", name, s)
		}
	}
}

// What the bot did stands for longer than a day, as long as nothing is known to have ended it: in a process that has
// seen it grow old, and in one that has just begun.
func TestWhatStandsIsKnownForLong(t *testing.T) {
	took := func(id string, to op.State, after time.Duration) func(*world, op.Operation) {
		return func(w *world, _ op.Operation) {
			w.pass(after)
			w.to(w.sentTo("caster.take", id), to, "")
		}
	}
	for name, c := range map[string]struct {
		later  func(w *world, on op.Operation)
		more   time.Duration
		stands bool
		doubt  bool
	}{
		"nothing came":     {func(*world, op.Operation) {}, 0, true, false},
		"for weeks":        {func(*world, op.Operation) {}, StandsFor - 2*ChangesFor, true, false},
		"for too long":     {func(*world, op.Operation) {}, StandsFor, false, false},
		"a take, that day": {took("c1", op.Succeeded, 0), 0, false, false},
		"a take, a day on": {func(w *world, _ op.Operation) {
			w.pass(ChangesFor)
			w.to(w.sentTo("caster.take", "c1"), op.Succeeded, "")
		}, 0, false, false},
		"a take elsewhere":   {took("c2", op.Succeeded, 0), 0, true, false},
		"a take without end": {took("c1", op.Unknown, 0), ChangesFor, true, true},
		"seen to be over": {func(w *world, on op.Operation) {
			w.saw(op.Seen{Op: on.ID, At: w.clock(), Cause: op.SeenIdle})
		}, 0, false, false},
		"its card says that it is over": {func(w *world, on op.Operation) { w.over(on) }, 0, false, false},
	} {
		w := newWorld(t)
		before := w.changes()
		on := w.to(w.sentTo("caster.standby", "c1"), op.Succeeded, "")
		w.pass(time.Minute)
		c.later(w, on)
		old := w.changes()
		for _, l := range []*Changes{before, old} {
			if _, err := l.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.pass(ChangesFor)
		w.pass(c.more)
		for process, l := range map[string]*Changes{"old": old, "older": before, "new": w.changes()} {
			if name == "its card says that it is over" && process != "new" {
				continue // what ended it is known to them
			}
			h, err := l.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s := h.Standing(op.Target{Kind: "caster", ID: "c1"}, op.StandbyShown)
			if s.Began() != c.stands || s.Began() && (s.Doubt != "") != c.doubt {
				t.Errorf("%s: for the %s process %+v", name, process, s)
			}
		}
	}
}

// over writes on an operation what its card says when it has ended.
func (s *world) over(o op.Operation) {
	s.t.Helper()
	err := s.store.Note(s.t.Context(), o.ID, store.Note{From: op.Succeeded,
		Outcome: &op.Outcome{State: op.Succeeded, Since: op.Since{Over: op.L("It has ended.")}}}, op.Event{Name: "t"})
	if err != nil {
		s.t.Fatal(err)
	}
}

// saw keeps what a look has shown of the standby picture of a studio.
func (s *world) saw(seen op.Seen) {
	s.t.Helper()
	if err := s.changes().Saw(s.t.Context(), op.Target{Kind: "caster", ID: "c1"}, op.StandbyShown, seen); err != nil {
		s.t.Fatal(err)
	}
}

// What one process has seen all know. Of one operation what was seen first counts, and of the next one it says nothing.
func TestWhatWasSeenIsKnownToAll(t *testing.T) {
	w := newWorld(t)
	reader := w.changes()
	standing := func() op.Standing {
		t.Helper()
		h, err := reader.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h.Standing(op.Target{Kind: "caster", ID: "c1"}, op.StandbyShown)
	}
	on := w.to(w.sentTo("caster.standby", "c1"), op.Succeeded, "")
	before := standing()
	if !before.Began() || before.Op != on.ID {
		t.Fatalf("up: %+v", before)
	}
	first := op.Seen{Op: on.ID, At: w.clock(), Cause: op.SeenStarted, When: w.clock()}
	w.saw(first)
	w.pass(time.Minute)
	w.saw(op.Seen{Op: on.ID, At: w.clock(), Cause: op.SeenIdle})
	if s := standing(); s.Began() || s.Later != first {
		t.Errorf("seen: %+v", s)
	}
	if !before.Began() {
		t.Error("what was given out has changed")
	}
	again := w.to(w.sentTo("caster.standby", "c1"), op.Succeeded, "")
	if s := standing(); !s.Began() || s.Op != again.ID || s.Later != (op.Seen{}) {
		t.Errorf("put up again: %+v", s)
	}
	w.saw(op.Seen{Op: again.ID, At: w.clock(), Cause: op.SeenIdle})
	if s := standing(); s.Began() || s.Later.Cause != op.SeenIdle {
		t.Errorf("seen of that one: %+v", s)
	}
}

// What was done about a condition before the last change is told as far as it may still come: back to what is known.
// TestOfAllThatIsUnsettledEachCommandIsTold: what came last hides no slate that may be up.
func TestOfAllThatIsUnsettledEachCommandIsTold(t *testing.T) {
	w := newWorld(t)
	for _, verb := range []string{"caster.standby", "caster.take", "caster.take", "caster.start"} {
		w.pass(time.Second)
		w.to(w.sentTo(verb, "c1"), op.Unknown, "")
	}
	w.to(w.sentTo("caster.stop", "c2"), op.Unknown, "")
	unsettled, err := w.changes().Unsettled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range unsettled(op.Target{Kind: "caster", ID: "c1"}) {
		got = append(got, o.Verb+o.Sent.Format(" 05"))
	}
	if want := []string{"caster.standby 01", "caster.start 04", "caster.take 03"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWhatWasDoneJustBefore(t *testing.T) {
	w := newWorld(t)
	w.to(w.sentTo("caster.take", "c1"), op.Succeeded, "")
	w.to(w.sentTo("caster.take", "c1"), op.Succeeded, "")
	w.to(w.sentTo("caster.take", "c1"), op.Failed, "U0ANA")
	w.to(w.sentTo("caster.take", "c1"), op.Unknown, "")
	w.to(w.sentTo("caster.take", "c2"), op.Unknown, "")
	w.pass(time.Second)
	w.to(w.sentTo("caster.standby", "c1"), op.Succeeded, "")
	h, err := w.changes().Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s := h.Standing(op.Target{Kind: "caster", ID: "c1"}, op.StandbyShown); !s.Began() || len(s.Before) != 2 {
		t.Errorf("%+v", s)
	}
}
