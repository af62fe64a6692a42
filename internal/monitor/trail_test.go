package monitor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// cloudTrail is the cloud's own record: what it has of the studio, and from when on it shows that.
type cloudTrail struct {
	mu     sync.Mutex
	events []live.TrailEvent
	shows  func() bool
	err    error
	asked  int
	gate   chan struct{} // every answer waits for it, if there is one
}

func (c *cloudTrail) Touched(_ context.Context, caster string, from, to time.Time) ([]live.TrailEvent, error) {
	if c.gate != nil {
		<-c.gate
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if c.err != nil || !c.shows() {
		return nil, c.err
	}
	return slices.DeleteFunc(slices.Clone(c.events), func(e live.TrailEvent) bool {
		return caster != "c1" || e.At.Before(from) || e.At.After(to)
	}), nil
}

// has puts events before those that are there; somebody may be asking meanwhile.
func (c *cloudTrail) has(events ...live.TrailEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(events, c.events...)
}

// followed lets the guardian look for some minutes, as often as it does.
func (s *fixture) followed(minutes int) {
	s.t.Helper()
	for range 4 * minutes {
		s.pass(guardEvery)
		s.w.inquiries.work.Wait()
	}
	s.pass(time.Millisecond)
}

func (s *fixture) withTrail() *cloudTrail {
	c := &cloudTrail{}
	began := s.clock()
	c.shows = func() bool { return s.clock().Sub(began) > 6*time.Minute }
	s.w.Trail = c
	return c
}

var byKen = live.TrailEvent{Name: "StopCaster", Type: "ram-user", User: "ken", Address: "203.0.113.24"}

// Who took a studio off air, and from where, stands on the alert once the cloud's own record knows; the alert does not
// wait for it, and is not posted again.
func TestWhoTookAStudioOffAir(t *testing.T) {
	s := newFixture(t)
	trail := s.withTrail()
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.pass(guardEvery)
	s.heard()
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	event := byKen
	event.At = s.clock().Add(5 * time.Second)
	own := live.TrailEvent{Name: "StopCaster", Type: "assumed-role", User: "casterbot", RequestID: "R-own", At: event.At}
	failed := live.TrailEvent{Name: "StopCaster", User: "mio", Code: "NoPermission", At: event.At}
	another := live.TrailEvent{Name: "SetCasterConfig", User: "aya", At: event.At}
	trail.has(failed, another, own, event)
	s.ran("R-own")
	s.pass(guardEvery)
	s.want("at once", "post C0SHOW: 🔴 Studio Evening News went off air")
	s.followed(3)
	s.want("before it is known")
	s.followed(5)
	s.want("then", "edit C0SHOW: 🔴 Studio Evening News went off air",
		"ActionTrail shows StopCaster at ", " by the RAM user ken, from 203.0.113.24.")
	asked := trail.asked
	s.followed(20)
	s.want("later")
	if trail.asked != asked || asked > 6 {
		t.Errorf("asked %d times, then %d", asked, trail.asked)
	}
	s.studio("c1", func(c *live.Caster) { c.OnAir, c.Started = true, s.clock() })
	s.pass(guardEvery)
	s.want("it is back", "Over at")
}

// ran is a change of the bot whose call got an id.
func (s *fixture) ran(id string) {
	s.t.Helper()
	o := s.came(op.Running, "caster.scene.stop", news, "s1")
	if _, err := s.store.Move(s.t.Context(), store.Move{ID: o.ID, From: op.Running, To: op.Succeeded,
		Outcome: &op.Outcome{State: op.Succeeded, RequestID: id}, Event: op.Event{Name: "t"}}); err != nil {
		s.t.Fatal(err)
	}
}

// Who changed a studio in other ways is told too, by whatever kind of key.
func TestWhoChangedAStudio(t *testing.T) {
	for want, event := range map[string]live.TrailEvent{
		"the RAM user ken, from 203.0.113.24.": byKen,
		"the role show-tool, session nightly.": {Type: "assumed-role", User: "show-tool", Session: "nightly"},
		"the account itself.":                  {Type: "root-account", User: "root"},
		"somebody whom it does not name.":      {},
	} {
		s := newFixture(t)
		trail := s.withTrail()
		s.did("caster.start", news)
		s.pass(2 * time.Minute)
		s.pass(guardEvery)
		s.heard()
		s.pass(time.Minute)
		event.Name, event.At = "SetCasterConfig", s.clock()
		s.studio("c1", func(c *live.Caster) { c.Modified = s.clock() })
		trail.has(event)
		s.pass(guardEvery)
		s.want("at once", "Evening News was changed. It was not done through casterbot")
		s.followed(9)
		s.want("then", "edit C0SHOW", "ActionTrail shows SetCasterConfig at ", want)
	}
}

// What is not found is asked for until twelve minutes have passed, and nothing more is said.
func TestNobodyIsFound(t *testing.T) {
	for _, err := range []error{nil, errors.New("away")} {
		s := newFixture(t)
		trail := s.withTrail()
		trail.err = err
		s.did("caster.start", news)
		s.pass(2 * time.Minute)
		s.pass(guardEvery)
		s.studio("c1", func(c *live.Caster) { c.OnAir = false })
		s.pass(guardEvery)
		s.heard()
		s.followed(40)
		s.want("nothing")
		if trail.asked < 5 || trail.asked > 7 {
			t.Errorf("asked %d times", trail.asked)
		}
	}
}

// The guardian does not wait for an answer: it goes on looking.
func TestGuardianDoesNotWaitForTheRecord(t *testing.T) {
	s := newFixture(t)
	trail := s.withTrail()
	trail.gate = make(chan struct{})
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.pass(guardEvery)
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.pass(3 * time.Minute)
	s.heard()
	if s.w.Underway() == 0 {
		t.Error("nothing was asked")
	}
	s.studio("c1", func(c *live.Caster) { c.OnAir, c.Started = true, s.clock() })
	s.pass(guardEvery)
	s.want("it is back", "Over at")
	close(trail.gate)
	s.w.inquiries.work.Wait()
}

// Another replica, or this one after a restart, has what was found.
func TestWhatWasFoundIsKept(t *testing.T) {
	s := newFixture(t)
	trail := s.withTrail()
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.pass(guardEvery)
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	event := byKen
	event.At = s.clock()
	trail.has(event)
	s.pass(guardEvery)
	s.followed(9)
	s.want("found", "by the RAM user ken")
	s.w.leader.release(t.Context())
	s.w = s.watcher("r2")
	s.followed(1)
	if got := s.heard(); strings.Contains(got, "edit") {
		t.Errorf("the next replica said:\n%s", got)
	}
}

// Of several changes that are told as one the alert names who made the last, as soon as that is known.
func TestWhoChangedAStudioLast(t *testing.T) {
	s := newFixture(t)
	trail := s.withTrail()
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.pass(guardEvery)
	s.heard()
	for _, user := range []string{"ken", "mio"} {
		s.pass(4 * time.Minute)
		s.studio("c1", func(c *live.Caster) { c.Modified = s.clock() })
		trail.has(live.TrailEvent{Name: "SetCasterConfig", Type: "ram-user", User: user, At: s.clock()})
		s.pass(guardEvery)
	}
	s.heard()
	s.followed(9)
	s.want("then", "edit C0SHOW", "by the RAM user mio.")
}
