package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// cloudTrail is the cloud's own record: what it says from some time after the send on.
type cloudTrail struct {
	s     *stage
	after time.Duration
	says  op.Recorded
	err   error
	asked []op.Trace
	times []time.Duration // after the send
}

func (c *cloudTrail) Called(_ context.Context, t op.Trace) (op.Recorded, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	age := c.s.now.Sub(t.Since)
	c.asked, c.times = append(c.asked, t), append(c.times, age)
	if c.err != nil || age < c.after {
		return op.Recorded{}, c.err
	}
	return c.says, nil
}

// withTrail gives the engine a role and the record.
func (s *stage) withTrail(c *cloudTrail) *[]string {
	c.s = s
	prepared := []string{}
	s.e.trail = c
	s.e.sessions = func(name string) { s.with(func() { prepared = append(prepared, name) }) }
	return &prepared
}

func (s *stage) minutes(n int) {
	for range 4 * n {
		s.advance(15 * time.Second)
	}
}

// What is found with success has succeeded, with a refusal failed; anything else leaves it open, and says so.
func TestUnknownIsLookedUpInTheCloudsRecord(t *testing.T) {
	at := time.Date(2026, 11, 22, 20, 0, 1, 0, time.UTC)
	for name, test := range map[string]struct {
		command string
		trail   cloudTrail
		shared  bool
		want    op.State
		says    string
		code    string
	}{
		"done": {"caster restart c1", cloudTrail{after: 5 * time.Minute,
			says: op.Recorded{Found: true, Done: true, RequestID: "R-1", At: at}}, false, op.Succeeded, "", ""},
		"refused": {"caster restart c1", cloudTrail{after: 5 * time.Minute,
			says: op.Recorded{Found: true, Refused: true, Code: "IncorrectCasterStatus.Idle", RequestID: "R-1", At: at}},
			false, op.Failed, "", "IncorrectCasterStatus.Idle"},
		"unclear": {"caster restart c1", cloudTrail{says: op.Recorded{Found: true, Code: "InternalError"}}, false, op.Unknown,
			"InternalError, which does not tell", ""},
		"a copy that was refused once": {"caster copy c1 New",
			cloudTrail{says: op.Recorded{Found: true, Refused: true, Code: "NoPermission"}}, false, op.Unknown,
			"NoPermission, which does not tell", ""},
		"not found":             {"caster restart c1", cloudTrail{}, false, op.Unknown, "shows nothing of this call", ""},
		"in the shared session": {"caster restart c1", cloudTrail{}, true, op.Unknown, "session that all calls share", ""},
		"away": {"caster restart c1", cloudTrail{err: errors.New("away")}, false, op.Unknown,
			"could not be asked", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			trail := test.trail
			s.withTrail(&trail)
			s.with(func() {
				s.calling = func(_ context.Context, p op.SendPermit) {
					_ = p.Leave()
					if used := p.Session().Name; test.shared {
						p.Session().Used("casterbot")
					} else {
						p.Session().Used(used)
					}
				}
			})
			o := s.unknown(test.command)
			s.with(func() { s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} } })
			s.minutes(14)
			now := s.get(o)
			if now.State != test.want {
				t.Fatalf("it is %s: %+v", now.State, now.Outcome)
			}
			if says := now.Outcome.Record.Says.Plain(); !strings.Contains(says, test.says) || test.says == "" && says != "" {
				t.Errorf("it says %q", says)
			}
			if test.want != op.Unknown && (now.Outcome.RequestID != "R-1" || now.Outcome.Code != test.code ||
				now.SettledBy != "" || !strings.Contains(now.Outcome.Evidence.Plain(), "ActionTrail shows the call")) {
				t.Errorf("%+v", now.Outcome)
			}
			if now.Outcome.Record.Found != (test.want != op.Unknown) {
				t.Errorf("found: %v", now.Outcome.Record.Found)
			}
			if test.want == op.Failed && !now.Outcome.NothingChanged {
				t.Error("nobody says that nothing was changed")
			}
		})
	}
}

// It is asked from 2 to 12 minutes after the send, and then no more, by the session of the operation.
func TestWhenTheCloudsRecordIsAsked(t *testing.T) {
	s := newStage(t)
	trail := &cloudTrail{}
	s.withTrail(trail)
	o := s.unknown("caster restart c1")
	s.minutes(30)
	if n := len(trail.times); n != len(trailLooks) || trail.times[0] < 2*time.Minute ||
		trail.times[n-1] > 12*time.Minute+15*time.Second {
		t.Errorf("asked after %v", trail.times)
	}
	want := op.Trace{Action: "RestartCaster", Session: "U0ANA." + o.Ref(), Since: s.get(o).Sent}
	if got := trail.asked[0]; got.Action != want.Action || got.Session != want.Session || !got.Since.Equal(want.Since) {
		t.Errorf("asked for %+v, want %+v", got, want)
	}
}

// A process that comes back late asks once, not once for each time that has passed, and after a day not at all.
func TestLateLookIsOne(t *testing.T) {
	for late, want := range map[time.Duration]int{40 * time.Minute: 1, lookFor + time.Minute: 0} {
		s := newStage(t)
		trail := &cloudTrail{}
		o := s.unknown("caster restart c1")
		s.advance(late)
		s.withTrail(trail)
		for range 10 {
			s.advance(time.Second)
		}
		if r := cloudRecord(s.get(o)); len(trail.asked) != want || r.Looks != want*len(trailLooks) {
			t.Errorf("after %s asked %d times", late, len(trail.asked))
		}
	}
}

// Without a session and without an id nothing tells the call from others: nothing is asked. With an id it is.
func TestRecordNeedsSomethingToGoBy(t *testing.T) {
	for _, id := range []string{"", "R-7"} {
		s := newStage(t)
		trail := &cloudTrail{says: op.Recorded{Found: true, Done: true, RequestID: id}}
		s.withTrail(trail)
		s.e.sessions = nil
		o := s.unknown("caster restart c1")
		if id != "" {
			now := s.get(o)
			if err := s.store.Note(context.Background(), o.ID, store.Note{From: op.Unknown, Version: now.Version,
				Outcome: &op.Outcome{State: op.Unknown, RequestID: id}}, op.Event{Name: "noted"}); err != nil {
				t.Fatal(err)
			}
		}
		s.minutes(14)
		if got := s.state(o); (got == op.Succeeded) != (id != "") || (len(trail.asked) > 0) != (id != "") {
			t.Errorf("id %q: %s after %d questions", id, got, len(trail.asked))
		}
	}
}

// The session of a change is prepared before it leaves, that of an emergency when it is asked for: by the time somebody
// has confirmed it, it is there.
func TestSessionsAreFetchedAhead(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	prepared := s.withTrail(&cloudTrail{})
	atCall := -1
	s.with(func() {
		s.calling = func(_ context.Context, p op.SendPermit) {
			_ = p.Leave()
			s.with(func() { atCall = len(*prepared) })
			if p.Session().AtOnce != strings.Contains(s.get(op.Operation{ID: s.lastID()}).Command, "standby") {
				t.Error("only an emergency waits for no session")
			}
		}
	})
	restart := s.asked("caster restart c1")
	if len(*prepared) != 0 {
		t.Errorf("prepared %v before anybody has confirmed", *prepared)
	}
	s.click(ana, restart, op.ActionConfirm)
	if want := []string{"U0ANA." + restart.Ref()}; !slices.Equal(*prepared, want) || atCall != 1 {
		t.Errorf("prepared %v, want %v; %d at the call", *prepared, want, atCall)
	}
	standby := s.asked("caster standby c1")
	if want := "U0ANA." + standby.Ref(); !slices.Contains(*prepared, want) {
		t.Errorf("prepared %v, want %s as well", *prepared, want)
	}
	s.click(ana, standby, op.ActionConfirm)
	s.want(standby, op.Succeeded, 2)
}

func (s *stage) lastID() string {
	list, _ := s.store.List(context.Background(), store.Query{Newest: true, Limit: 1})
	return list[0].ID
}

// Which session a change was made in stands in the trail, the one that all share too.
func TestSessionIsWrittenDown(t *testing.T) {
	for _, used := range []string{"", "casterbot"} {
		s := newStage(t)
		s.withTrail(&cloudTrail{})
		s.with(func() {
			s.calling = func(_ context.Context, p op.SendPermit) {
				_ = p.Leave()
				name := p.Session().Name
				if used != "" {
					name = used
				}
				p.Session().Used(name)
			}
		})
		o := s.asked("caster restart c1")
		s.click(ana, o, op.ActionConfirm)
		want := used
		if want == "" {
			want = "U0ANA." + o.Ref()
		}
		events, err := s.store.Events(context.Background(), o.ID)
		i := slices.IndexFunc(events, func(e op.Event) bool { return e.Name == op.EventAnswered })
		if err != nil || i < 0 || events[i].Detail["session"] != want {
			t.Errorf("%v: %+v, want %s", err, events, want)
		}
		if r := s.get(o).Outcome.Record; r == nil || r.Session != want || r.Shared != (used != "") {
			t.Errorf("%+v", r)
		}
	}
}
