package store

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

func TestCreateGivesWhatGetGives(t *testing.T) { everywhere(t, testCreateGivesWhatGetGives) }

func testCreateGivesWhatGetGives(t *testing.T, e engine) {
	s, c := e.fresh(t)
	made := create(t, s, sample(1))
	want := sample(1)
	want.ID, want.Token, want.Version, want.Created = made.ID, made.Token, 1, c.Now()
	if made.ID == "" || made.Token == "" || made.ID == made.Token {
		t.Errorf("id %q, token %q", made.ID, made.Token)
	}
	if !reflect.DeepEqual(made, want) {
		t.Errorf("made %+v\nwant %+v", made, want)
	}
	got, err := s.Get(t.Context(), made.ID)
	if err != nil || !reflect.DeepEqual(got, made) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, made)
	}
	if _, err := s.Get(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestCreateQueuedIsConfirmed(t *testing.T) { everywhere(t, testCreateQueuedIsConfirmed) }

func testCreateQueuedIsConfirmed(t *testing.T, e engine) {
	s, c := e.fresh(t)
	o := sample(1)
	o.State = op.Queued
	if made := create(t, s, o); !made.Confirmed.Equal(c.Now()) {
		t.Errorf("confirmed %v", made.Confirmed)
	}
}

func TestCreateRefuses(t *testing.T) { everywhere(t, testCreateRefuses) }

func testCreateRefuses(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	first := create(t, s, sample(1))
	twin := sample(1)
	if held, err := s.Create(t.Context(), twin, received()); !errors.Is(err, ErrExists) || held.ID != first.ID {
		t.Errorf("same key: %v, %v", held.ID, err)
	}
	token, id := sample(2), sample(3)
	token.Token, id.ID = first.Token, first.ID
	for name, o := range map[string]op.Operation{"token": token, "id": id} {
		if _, err := s.Create(t.Context(), o, received()); !errors.Is(err, ErrExists) {
			t.Errorf("same %s: %v", name, err)
		}
	}
	keyless, long := sample(4), sample(5)
	keyless.Key, long.Token = "", strings.Repeat("x", 65)
	if _, err := s.Create(t.Context(), keyless, received()); !errors.Is(err, ErrIncomplete) {
		t.Errorf("without key: %v", err)
	}
	if _, err := s.Create(t.Context(), long, received()); err == nil {
		t.Error("a token of 65 characters")
	}
	if _, err := s.Create(t.Context(), sample(6), op.Event{}); !errors.Is(err, ErrIncomplete) {
		t.Errorf("without event: %v", err)
	}
	for _, state := range op.States() {
		o := sample(7)
		o.State = state
		if state == op.Pending || state == op.Queued {
			continue
		}
		if _, err := s.Create(t.Context(), o, received()); !errors.Is(err, ErrNoArrow) {
			t.Errorf("born %s: %v", state, err)
		}
	}
	if all, err := s.List(t.Context(), Query{}); err != nil || len(all) != 1 {
		t.Errorf("%d operations, %v", len(all), err)
	}
	if events, err := s.Recent(t.Context(), 10); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

func TestEveryArrowAndNoOther(t *testing.T) { everywhere(t, testEveryArrowAndNoOther) }

func testEveryArrowAndNoOther(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	n := 0
	for _, from := range op.States() {
		for _, to := range op.States() {
			n++
			o := bring(t, s, sample(n), from)
			got, err := s.Move(t.Context(), Move{ID: o.ID, From: from, To: to, Event: op.Event{Name: "moved"}})
			if op.CanMove(from, to) != (err == nil) || err != nil && !errors.Is(err, ErrNoArrow) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			want := o.Version
			if err == nil {
				want++
			}
			now, err := s.Get(t.Context(), o.ID)
			if err != nil || now.Version != want || (want > o.Version) != (now.State == to && got.State == to) {
				t.Errorf("%s to %s: now %s at %d, want version %d, %v", from, to, now.State, now.Version, want, err)
			}
			if now.State == op.Running {
				move(t, s, Move{ID: o.ID, From: op.Running, To: op.Failed})
			}
		}
	}
}

func TestTheDatabaseKnowsTheStates(t *testing.T) { everywhere(t, testTheDatabaseKnowsTheStates) }

func testTheDatabaseKnowsTheStates(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := create(t, s, sample(1))
	for _, state := range append(op.States(), "lost") {
		for ended := range 2 {
			_, err := s.writer.Exec("UPDATE operations SET state = $1, ended = $2 WHERE id = $3", string(state), ended, o.ID)
			if ok := state != "lost" && state.Final() == (ended == 1); ok != (err == nil) {
				t.Errorf("%s with ended=%d: %v", state, ended, err)
			}
		}
	}
}

func TestMoveWritesWhatItSays(t *testing.T) { everywhere(t, testMoveWritesWhatItSays) }

func testMoveWritesWhatItSays(t *testing.T, e engine) {
	s, c := e.fresh(t)
	o := create(t, s, sample(1))
	c.pass(time.Minute)
	plan := o.Plan
	plan.Fingerprint, plan.Target.ID = "f2", "other"
	decision := op.Decision{Allowed: true, Rule: "policy.yml:20"}
	o = move(t, s, Move{ID: o.ID, From: op.Pending, To: op.Queued, By: "U0KEN", Plan: &plan, Decision: &decision,
		Expires: c.Now().Add(30 * time.Second), Fresh: true})
	if o.DecidedBy != "U0KEN" || o.Plan.Fingerprint != "f2" || o.Decision.Rule != "policy.yml:20" ||
		!o.Confirmed.Equal(c.Now()) ||
		!o.Expires.Equal(c.Now().Add(30*time.Second)) || o.Sends != 0 || !o.Ended.IsZero() {
		t.Errorf("queued: %+v", o)
	}
	if found, err := s.List(t.Context(), Query{Target: "caster/other"}); err != nil || len(found) != 1 {
		t.Errorf("the target did not follow the plan: %d, %v", len(found), err)
	}
	confirmed := c.Now()
	c.pass(time.Second)
	o = move(t, s, Move{ID: o.ID, From: op.Queued, To: op.Running, Send: true})
	if o.Claim != "one" || !o.Sent.Equal(c.Now()) || o.Sends != 1 || o.DecidedBy != "U0KEN" ||
		!o.Confirmed.Equal(confirmed) {
		t.Errorf("running: %+v", o)
	}
	sent := c.Now()
	c.pass(time.Second)
	outcome := &op.Outcome{State: op.Unknown, Text: op.L("no answer"), RequestID: "r1"}
	o = move(t, s, Move{ID: o.ID, From: op.Running, To: op.Unknown, Outcome: outcome})
	if !reflect.DeepEqual(o.Outcome, outcome) || !o.Sent.Equal(sent) || !o.Ended.IsZero() {
		t.Errorf("unknown: %+v", o)
	}
	o = move(t, s, Move{ID: o.ID, From: op.Unknown, To: op.Succeeded, Closer: "U0BO"})
	if o.SettledBy != "U0BO" || !o.Ended.Equal(c.Now()) || !reflect.DeepEqual(o.Outcome, outcome) ||
		o.Plan.Fingerprint != "f2" {
		t.Errorf("succeeded: %+v", o)
	}
}

func TestMoveThatComesLateGetsTheRowAsItIs(t *testing.T) {
	everywhere(t, testMoveThatComesLateGetsTheRowAsItIs)
}

func testMoveThatComesLateGetsTheRowAsItIs(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := create(t, s, sample(1))
	move(t, s, Move{ID: o.ID, From: op.Pending, To: op.Cancelled, By: "U0BO"})
	now, err := s.Move(t.Context(),
		Move{ID: o.ID, From: op.Pending, To: op.Queued, By: "U0KEN", Event: op.Event{Name: "confirmed"}})
	if !errors.Is(err, ErrLost) || now.State != op.Cancelled || now.DecidedBy != "U0BO" || now.Version != 2 {
		t.Errorf("%+v, %v", now, err)
	}
	_, err = s.Move(t.Context(), Move{ID: "none", From: op.Pending, To: op.Queued, Event: op.Event{Name: "confirmed"}})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if events, err := s.Events(t.Context(), o.ID); err != nil || len(events) != 2 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

func TestFreshEndsWithTheExpiry(t *testing.T) { everywhere(t, testFreshEndsWithTheExpiry) }

func testFreshEndsWithTheExpiry(t *testing.T, e engine) {
	for _, c := range []struct {
		name    string
		passed  time.Duration
		fresh   bool
		expires bool
		lost    bool
	}{
		{"in time", 5*time.Minute - time.Millisecond, true, true, false},
		{"at the moment", 5 * time.Minute, true, true, true},
		{"a year late", 365 * 24 * time.Hour, true, true, true},
		{"late, but nobody asks", time.Hour, false, true, false},
		{"without a time", 0, true, false, true},
	} {
		s, clock := e.fresh(t)
		o := sample(1)
		if !c.expires {
			o.Expires = time.Time{}
		}
		o = create(t, s, o)
		clock.pass(c.passed)
		now, err := s.Move(t.Context(),
			Move{ID: o.ID, From: op.Pending, To: op.Queued, Fresh: c.fresh, Event: op.Event{Name: "confirmed"}})
		if errors.Is(err, ErrLost) != c.lost || !c.lost && err != nil || c.lost && now.State != op.Pending {
			t.Errorf("%s: %s, %v", c.name, now.State, err)
		}
	}
}

func TestOneRunsPerTarget(t *testing.T) { everywhere(t, testOneRunsPerTarget) }

func testOneRunsPerTarget(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	same := sample(2)
	same.Plan.Target = sample(1).Plan.Target
	first := bring(t, s, sample(1), op.Running)
	second := bring(t, s, same, op.Queued)
	run := Move{ID: second.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: op.EventSent}}
	if _, err := s.Move(t.Context(), run); !errors.Is(err, ErrTargetBusy) {
		t.Errorf("got %v", err)
	}
	if now, err := s.Get(t.Context(), second.ID); err != nil || now.State != op.Queued || now.Version != second.Version {
		t.Errorf("%+v, %v", now, err)
	}
	move(t, s, Move{ID: first.ID, From: op.Running, To: op.Unknown})
	if _, err := s.Move(t.Context(), run); err != nil {
		t.Errorf("the first one is over: %v", err)
	}
	for n := 3; n < 5; n++ {
		none := sample(n)
		none.Plan.Target = op.Target{}
		bring(t, s, none, op.Running)
	}
}

func TestNote(t *testing.T) { everywhere(t, testNote) }

func testNote(t *testing.T, e engine) {
	s, c := e.fresh(t)
	o := bring(t, s, sample(1), op.Unknown)
	sent := o.Sent
	c.pass(time.Minute)
	seen := &op.Outcome{State: op.Unknown, Evidence: op.L("streaming")}
	event := op.Event{Name: op.EventReconciled, Detail: map[string]string{"look": "1"}}
	if err := s.Note(t.Context(), o.ID, Note{Look: true, Outcome: seen}, event); err != nil {
		t.Fatal(err)
	}
	if err := s.Note(t.Context(), o.ID, Note{Send: true, Claim: "two", Version: o.Version + 1}, event); err != nil {
		t.Fatal(err)
	}
	now, err := s.Get(t.Context(), o.ID)
	if err != nil || now.Looks != 1 || !now.Looked.Equal(c.Now()) || now.Sends != 2 || !now.Sent.Equal(sent) ||
		now.Claim != "two" || !reflect.DeepEqual(now.Outcome, seen) || now.Version != o.Version+2 || now.State != op.Unknown {
		t.Errorf("%+v, %v", now, err)
	}
	for name, n := range map[string]Note{"state": {From: op.Running, Look: true},
		"version": {Version: o.Version, Send: true}} {
		if err := s.Note(t.Context(), o.ID, n, event); !errors.Is(err, ErrLost) {
			t.Errorf("other %s: %v", name, err)
		}
	}
	if err := s.Note(t.Context(), "none", Note{}, event); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

const unshown = -1

// What a card shows never goes back by itself; it may be unsure once, and then it is drawn again.
func TestShown(t *testing.T) { everywhere(t, testShown) }

func testShown(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := create(t, s, sample(1))
	for _, step := range []struct {
		version   int64
		card      string
		shown     int64
		wantsCard string
	}{{1, "17.1", 1, "17.1"}, {unshown, "", 0, "17.1"}, {unshown, "", 0, "17.1"}, {3, "", 3, "17.1"},
		{2, "17.2", 0, "17.2"}, {3, "", 3, "17.2"}, {unshown, "", 3, "17.2"}} {
		if step.version == unshown {
			if err := s.Unshown(t.Context(), o.ID); err != nil {
				t.Fatal(err)
			}
		} else if err := s.Shown(t.Context(), o.ID, step.version, step.card); err != nil {
			t.Fatal(err)
		}
		now, err := s.Get(t.Context(), o.ID)
		if err != nil || now.Shown != step.shown || now.Card != step.wantsCard || now.Version != 1 {
			t.Errorf("%+v: %+v, %v", step, now, err)
		}
	}
}
