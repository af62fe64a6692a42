package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// withConditions gives a stage commands that tell what they start and end: an emergency, and a scene that is opened.
func (s *stage) withConditions() {
	s.e.table.Commands = append(s.e.table.Commands,
		op.Command{Usage: "caster standby {caster}", Verb: "caster.standby", Effect: op.OnAir, Sends: "EffectCasterUrgent",
			Starts: []op.Condition{op.StandbyShown}, Urgent: true, Plan: s.plan, Apply: s.call, Verify: s.look,
			Then: func(op.Plan) []op.Next { return []op.Next{{Label: "Back", Text: "caster list"}} }},
		op.Command{Usage: "caster open {caster}", Verb: "caster.open", Effect: op.Preview, Sends: "StartCasterScene",
			Starts: []op.Condition{op.PreviewOpen}, Plan: s.plan, Apply: s.call, Verify: s.look})
	for i := range s.e.table.Commands {
		if c := &s.e.table.Commands[i]; c.Verb == "caster.restart" {
			c.Ends, c.Starts = []op.Condition{op.IsOnAir, op.StandbyShown}, []op.Condition{op.IsOnAir}
		}
	}
}

// unknown is an operation without an answer.
func (s *stage) unknown(text string) op.Operation {
	s.t.Helper()
	s.with(func() {
		s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
		s.apply = func(int) op.Outcome { return op.Outcome{State: op.Unknown} }
	})
	o := s.asked(text)
	s.click(ana, o, op.ActionConfirm)
	if s.state(o) != op.Unknown {
		s.t.Fatalf("%s: %s", text, s.state(o))
	}
	s.with(func() { s.apply = nil })
	return o
}

// An unknown outcome holds up what it could make worse: it is named, and somebody has to confirm. Of anything else the
// card only tells; what was confirmed before it came up goes on.
func TestAnUnknownHoldsUpOnlyWhatItCouldMakeWorse(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	restart := s.asked("caster restart c1")
	opened := s.unknown("caster open c1")
	s.click(ana, restart, op.ActionConfirm)
	s.want(restart, op.Succeeded, 2)
	s.with(func() { s.confirm = op.ConfirmNone })
	again := s.asked("caster restart c1")
	s.want(again, op.Succeeded, 3)
	if told := again.Plan.Details[len(again.Plan.Details)-1].Plain(); !strings.Contains(told, opened.Ref()) ||
		strings.Contains(told, "Settle") || len(again.Plan.Unknowns) > 0 {
		t.Errorf("%q, named %v", told, again.Plan.Unknowns)
	}
	third := s.asked("caster open c1")
	s.want(third, op.Pending, 3)
	if told := third.Plan.Warnings[0].Plain(); !strings.Contains(told, "Settle that one first") ||
		!slices.Contains(third.Plan.Unknowns, opened.Ref()) {
		t.Errorf("%q, named %v", told, third.Plan.Unknowns)
	}
}

// Of many that it could make worse the card names each in one line, the first of them at least, and its details what
// each was.
func TestManyUnknownsAreOneWarning(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.more = []op.Line{op.L("two"), op.L("three")} })
	var refs []string
	for range unknownsTold + 2 {
		refs = append(refs, s.unknown("caster open c1").Ref())
	}
	o := s.asked("caster open c1")
	if len(o.Plan.Warnings) != 1 || len(o.Plan.Unknowns) != len(refs) {
		t.Fatalf("%v, named %v", o.Plan.Warnings, o.Plan.Unknowns)
	}
	told := o.Plan.Warnings[0].Plain()
	for _, ref := range refs[2:] { // the newest first
		if !strings.Contains(told, "op "+ref) {
			t.Errorf("%s is not named: %s", ref, told)
		}
	}
	if !strings.Contains(told, "…and 2 more. Settle these first if you can.") {
		t.Error(told)
	}
	shown, details := o.Plan.OnCard()
	if len(shown) != 3 || len(details) != 2+unknownsTold { // what viewers notice, the warning, one fact
		t.Errorf("%d lines on the card, %d behind it", len(shown), len(details))
	}
}

// Nothing that is not known holds up an emergency, be it of its own kind; hours later neither.
func TestNoUnknownHoldsUpAnEmergency(t *testing.T) {
	for _, text := range []string{"caster restart c1", "caster open c1", "caster standby c1"} {
		s := newStage(t)
		s.withConditions()
		before := s.asked("caster standby c1")
		s.unknown(text)
		s.click(ana, before, op.ActionConfirm)
		s.want(before, op.Succeeded, 2)
		s.advance(105 * time.Minute)
		s.with(func() { s.confirm = op.ConfirmNone })
		s.want(s.asked("caster standby c1"), op.Succeeded, 3)
	}
}

// An emergency goes through a lock: the card says so, the trail names the holder, and the holder is told, once.
func TestAnEmergencyPassesALock(t *testing.T) {
	for name, c := range map[string]struct {
		asked, sent string // who holds the lock at the question, and at the call
		confirm     op.Confirm
		answer      op.State
		passed      bool
		told        int
	}{
		"somebody else's":            {bo, bo, op.ConfirmNone, op.Succeeded, true, 1},
		"without an answer":          {bo, bo, op.ConfirmNone, op.Unknown, true, 1},
		"refused":                    {bo, bo, op.ConfirmNone, op.Failed, true, 0},
		"one's own":                  {ana, ana, op.ConfirmNone, op.Succeeded, false, 0},
		"by a card":                  {bo, bo, op.ConfirmSelf, op.Succeeded, true, 1},
		"the holder has approved":    {ken, ken, op.ConfirmOther, op.Succeeded, false, 0},
		"taken after the question":   {"", bo, op.ConfirmSelf, op.Succeeded, true, 1},
		"given back in the meantime": {bo, "", op.ConfirmSelf, op.Succeeded, false, 0},
	} {
		s := newStage(t)
		s.withConditions()
		s.with(func() {
			s.confirm = c.confirm
			s.apply = func(int) op.Outcome { return op.Outcome{State: c.answer, Text: op.L("answered")} }
			s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
		})
		if c.asked != "" {
			s.lock(c.asked)
		}
		o := s.asked("caster standby c1")
		if c.sent != c.asked {
			s.lock(c.sent)
		}
		switch c.confirm {
		case op.ConfirmSelf:
			s.click(ana, o, op.ActionConfirm)
		case op.ConfirmOther:
			s.click(ken, o, op.ActionApprove)
		}
		s.want(o, c.answer, 1)
		if passed := s.get(o).Plan.Passed; (passed != nil) != c.passed {
			t.Errorf("%s: passed %+v", name, passed)
		}
		told := slices.DeleteFunc(slices.Clone(s.told), func(said string) bool {
			return !strings.Contains(said, "through your lock")
		})
		if len(told) != c.told {
			t.Errorf("%s: the holder is told %q", name, told)
		}
		events, err := s.store.Events(context.Background(), o.ID)
		if named := slices.ContainsFunc(events, func(e op.Event) bool {
			return e.Name == op.EventSent && e.Detail["pastLockOf"] == bo
		}); err != nil || named != c.passed {
			t.Errorf("%s: the trail names the holder: %t, %v", name, named, err)
		}
		if now, err := s.e.authz.Lock(context.Background(), o.Plan.Target); err != nil || now.Holder != c.sent {
			t.Errorf("%s: afterwards %+v, %v", name, now, err)
		}
	}
}

// How much is open in a channel holds up no emergency.
func TestOpenRequestsHoldUpNoEmergency(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	for range openPerPerson {
		s.asked("caster restart c2")
	}
	s.with(func() { s.confirm = op.ConfirmNone })
	s.want(s.asked("caster standby c1"), op.Succeeded, 1)
}

// What was confirmed earlier and waits, for the account's limit or in its last look, holds up no emergency: nothing of
// it is sent any more, and its card says why.
func TestNothingThatWaitsHoldsUpAnEmergency(t *testing.T) {
	for name, hang := range map[string]func(*stage) (hangs func(op.Operation), goOn func()){
		"the limit": func(s *stage) (func(op.Operation), func()) {
			held := s.slowly()
			return func(first op.Operation) { s.confirms(first); s.untilQueued(first, "You are next") }, held.Return
		},
		"the last look": func(s *stage) (func(op.Operation), func()) {
			looks, gate := make(chan struct{}), make(chan struct{})
			s.with(func() { s.planned = func() { close(looks); <-gate } })
			return func(first op.Operation) {
				s.confirms(first)
				s.happens(looks, "it looks")
				s.with(func() { s.planned = nil })
			}, func() { close(gate) }
		},
	} {
		s := newStage(t)
		s.withConditions()
		first, standby, later := s.asked("caster restart c1"), s.asked("caster standby c1"), s.asked("caster open c1")
		hangs, goOn := hang(s)
		hangs(first)
		s.confirms(standby)
		for deadline := time.Now().Add(10 * time.Second); s.state(standby) != op.Succeeded; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the emergency is %s", name, s.state(standby))
			}
		}
		s.confirms(later)
		goOn()
		s.settle()
		now := s.get(first)
		if said := now.Outcome.Text.Plain(); now.State != op.Failed || now.Sends != 0 ||
			!strings.Contains(said, "an emergency went first: op "+standby.Ref()) ||
			!strings.Contains(said, "Nothing was sent") {
			t.Errorf("%s: what waited is %s, sent %d times: %s", name, now.State, now.Sends, said)
		}
		s.want(later, op.Succeeded, 2)
	}
}

// Which cards wait behind no other.
func TestWhichOperationsAreUrgent(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	urgent := Urgent(*s.e.table)
	for usage, want := range map[string]bool{"caster standby {caster}": true, "caster restart {caster}": false,
		"gone": false} {
		if urgent(op.Operation{Command: usage}) != want {
			t.Errorf("%s: urgent %t", usage, !want)
		}
	}
	for text, want := range map[string]bool{"caster standby c1": true, "caster standby": true,
		"help caster standby": false, "caster restart c1": false, "nonsense": false} {
		if s.e.Urgent(op.Request{Text: text, Origin: ofTeam(op.Address{Channel: "C0", Person: ana})}) != want {
			t.Errorf("%s: urgent %t", text, !want)
		}
	}
}

// Of two emergencies the one confirmed first goes first, and both go.
func TestAnEmergencyEndsNoOther(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	first, second := s.asked("caster standby c1"), s.asked("caster standby c1")
	looks, gate, waits := make(chan struct{}), make(chan struct{}), s.onlyWoken()
	s.with(func() { s.planned = func() { close(looks); <-gate } })
	s.confirms(first)
	s.happens(looks, "the first looks")
	s.with(func() { s.planned = nil })
	s.confirms(second)
	s.happens(waits, "the second waits")
	close(gate)
	s.settle()
	if want := []string{first.Token, second.Token}; !slices.Equal(s.applied, want) {
		t.Errorf("they ran as %v, not as %v", s.applied, want)
	}
}

// An emergency that does not get on, as one of a replica that has just died, holds up the next for some seconds only.
func TestAnEmergencyThatHangsHoldsUpNoOther(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	first, second := s.asked("caster standby c1"), s.asked("caster standby c1")
	s.moved(first, "a replica that has just died", op.Queued)
	s.confirmed(second)
	time.Sleep(20 * time.Millisecond)
	if s.state(first) != op.Queued || s.state(second) != op.Queued {
		t.Fatalf("%s, %s: at first it waits its turn", s.state(first), s.state(second))
	}
	s.with(func() { s.now = s.now.Add(giveUpAfter) })
	for deadline := time.Now().Add(10 * time.Second); s.state(second) != op.Succeeded; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.with(func() { s.now = s.now.Add(time.Hour) })
			t.Fatalf("%s", s.state(second))
		}
	}
	s.settle()
	if now := s.get(first); now.State != op.Failed || !strings.Contains(now.Outcome.Text.Plain(), "went first") {
		t.Errorf("what hangs is %s: %v", now.State, now.Outcome)
	}
}

// Several that are confirmed and have not begun yet stand in nobody's line: an emergency that goes meanwhile is taken
// back by none of them. The others go.
func TestSeveralTakeBackNoEmergency(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	before, standby, after := s.asked("caster start c1 c2"), s.asked("caster standby c1"), s.asked("caster start c1 c2")
	s.force(before, op.Queued)
	s.click(ana, standby, op.ActionConfirm)
	s.want(standby, op.Succeeded, 1)
	s.e.execute(context.Background(), before.ID)
	s.settle()
	s.wantStates(before, op.Succeeded, "failed succeeded", 2)
	if said := s.membersOf(before)[0].Outcome.Text.Plain(); !strings.Contains(said, "went first: op "+standby.Ref()) {
		t.Errorf("said %q", said)
	}
	s.click(ana, after, op.ActionConfirm)
	s.wantStates(after, op.Succeeded, "succeeded succeeded", 4)
}

// One that this process is working on, slowly, is not ended by those that are pressed after it: then none would go for
// as long as somebody presses.
func TestAnEmergencyThatIsSlowIsNotEndedByTheNext(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	first, second := s.asked("caster standby c1"), s.asked("caster standby c1")
	looks, gate, waits := make(chan struct{}), make(chan struct{}), s.onlyWoken()
	s.with(func() { s.planned = func() { close(looks); <-gate } })
	s.confirms(first)
	s.happens(looks, "the first looks")
	s.with(func() { s.now = s.now.Add(giveUpAfter) })
	s.confirms(second)
	s.happens(waits, "the second waits")
	close(gate)
	s.settle()
	if want := []string{first.Token, second.Token}; !slices.Equal(s.applied, want) {
		t.Errorf("they ran as %v, not as %v", s.applied, want)
	}
}

// How long something has hung is told by the clock that its times were written by. By this process's own, that of a
// call of which nobody knows yet whether it has left could be given up, and it would leave after the emergency.
func TestWhatHangsIsToldByTheStoresClock(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.e.now = func() time.Time { return s.clock().Add(2 * giveUpAfter) }
	hangs, standby, first := s.asked("caster restart c1"), s.asked("caster standby c1"), s.asked("caster standby c2")
	second := s.asked("caster standby c2")
	s.moved(hangs, "another replica", op.Queued, op.Running)
	s.moved(first, "another replica", op.Queued)
	s.confirmed(standby)
	s.confirmed(second)
	time.Sleep(20 * time.Millisecond)
	for o, want := range map[string]op.State{hangs.ID: op.Running, standby.ID: op.Queued, first.ID: op.Queued} {
		if now := s.get(op.Operation{ID: o}); now.State != want {
			t.Errorf("%s is %s", now.Text, now.State)
		}
	}
	s.with(func() { s.now = s.now.Add(time.Hour) })
	s.settle()

	s.with(func() { s.confirm = op.ConfirmNone })
	if o := s.asked("caster standby c3"); !o.Confirmed.Equal(s.clock()) {
		t.Errorf("it is in line since %s, now is %s", o.Confirmed, s.clock())
	}
}

// A call without an answer holds up an emergency for some seconds only; an answer that comes later still counts.
func TestACallThatHangsHoldsUpNoEmergency(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	hangs, standby := s.asked("caster restart c1"), s.asked("caster standby c1")
	gate := make(chan struct{})
	s.with(func() { s.blocking = gate })
	s.confirmed(hangs)
	s.untilCalled()
	s.with(func() { s.blocking = nil })
	s.confirmed(standby)
	time.Sleep(20 * time.Millisecond)
	if s.state(standby) != op.Queued || s.state(hangs) != op.Running {
		t.Fatalf("%s, %s: at first it waits its turn", s.state(standby), s.state(hangs))
	}
	s.with(func() { s.now = s.now.Add(giveUpAfter) })
	for deadline := time.Now().Add(10 * time.Second); s.state(standby) != op.Succeeded; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s", s.state(standby))
		}
	}
	if s.state(hangs) != op.Unknown {
		t.Errorf("what hangs is %s", s.state(hangs))
	}
	close(gate)
	s.settle()
	s.want(hangs, op.Succeeded, 2)
}

// What has nothing to do with the call goes on too, and its answer counts when it comes: a scene of the studio, or the
// bot's own records of it.
func TestACallThatHangsHoldsUpNothingElse(t *testing.T) {
	for _, text := range []string{"caster open c1", "caster note c1"} {
		s := newStage(t)
		s.withConditions()
		s.e.table.Commands = append(s.e.table.Commands, op.Command{Usage: "caster note {caster}", Verb: "caster.note",
			Effect: op.Change, Plan: s.plan, Apply: s.call, Verify: s.look})
		hangs, next := s.asked("caster restart c1"), s.asked(text)
		gate := make(chan struct{})
		s.with(func() { s.blocking = gate })
		s.confirmed(hangs)
		s.untilCalled()
		s.with(func() { s.blocking = nil; s.now = s.now.Add(giveUpAfter) })
		s.confirmed(next)
		for deadline := time.Now().Add(10 * time.Second); s.state(next) != op.Succeeded; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %s", text, s.state(next))
			}
		}
		if s.state(hangs) != op.Unknown {
			t.Errorf("what hangs is %s", s.state(hangs))
		}
		close(gate)
		s.settle()
		s.want(hangs, op.Succeeded, 2)
	}
}

// A call that was put off is no call that hangs: it is sent again, and the next one waits.
func TestACallThatWasPutOffIsNotGivenUp(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	putOff, next := s.asked("caster restart c1"), s.asked("caster open c1")
	gate := make(chan struct{})
	s.with(func() {
		s.calling = func(_ context.Context, permit op.SendPermit) {
			s.with(func() { s.calling = nil })
			if err := permit.Leave(); err != nil {
				t.Error(err)
			}
			permit.Wait(op.L("next in about 60 s"), time.Minute)
			<-gate
		}
	})
	s.confirmed(putOff)
	s.untilSaid("about 60 s")
	s.with(func() { s.now = s.now.Add(giveUpAfter) })
	s.confirmed(next)
	time.Sleep(20 * time.Millisecond)
	if s.state(putOff) != op.Running || s.state(next) != op.Queued {
		t.Errorf("%s, %s", s.state(putOff), s.state(next))
	}
	close(gate)
	s.settle()
	s.want(next, op.Succeeded, 2)
}

// What it could make worse waits for the answer.
func TestACallThatHangsHoldsUpTheNext(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	hangs, next := s.asked("caster restart c1"), s.asked("caster restart c1")
	gate := make(chan struct{})
	s.with(func() { s.blocking = gate })
	s.confirmed(hangs)
	s.untilCalled()
	s.confirmed(next)
	s.with(func() { s.now = s.now.Add(giveUpAfter) })
	time.Sleep(20 * time.Millisecond)
	if s.state(hangs) != op.Running || s.state(next) != op.Queued {
		t.Errorf("%s, %s", s.state(hangs), s.state(next))
	}
	close(gate)
	s.settle()
}

// The button of an emergency on a card is good for more than one: a double click is one, a press later is another.
func TestTheButtonOfAnEmergencyStays(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.confirm = op.ConfirmNone })
	s.apply = func(int) op.Outcome {
		return op.Outcome{State: op.Succeeded, Next: []op.Next{{Label: "Standby", Text: "caster standby c1"}}}
	}
	card := s.get(s.asked("caster restart c1"))
	press := func() string {
		c := s.press(ana, card, op.ActionNext)
		c.Next = card.Outcome.Next[0].ID()
		accepted, err := s.e.Press(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		before := len(s.told)
		s.do(accepted)
		return strings.Join(s.told[before:], " / ")
	}
	for n, c := range []struct {
		after  time.Duration
		answer op.State
		counts bool
	}{{0, op.Succeeded, true}, {time.Second, "", false}, {doubleClick, op.Unknown, true}, {time.Second, "", false},
		{doubleClick, op.Succeeded, true}} {
		s.advance(c.after)
		s.with(func() {
			s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
			s.apply = func(int) op.Outcome { return op.Outcome{State: c.answer} }
		})
		calls := len(s.applied)
		if said := press(); (len(s.applied) > calls) != c.counts || (said == "") != c.counts {
			t.Errorf("press %d: %d calls, told %q", n, len(s.applied)-calls, said)
		}
	}
}

// Nor does it stand for an emergency that is still under way after some seconds: its call may hang.
func TestTheButtonOfAnEmergencyThatHangsStays(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	for _, usage := range []string{"caster standby {caster}", "caster restart {caster}"} {
		for _, state := range []op.State{op.Queued, op.Running} {
			for age, want := range map[time.Duration]bool{time.Second: false, doubleClick: usage == "caster standby {caster}"} {
				asked := op.Operation{Command: usage, State: state, Created: s.clock().Add(-age)}
				if got := s.e.anew(op.Request{Button: op.Button{ID: "b", Card: true}}, asked); got != want {
					t.Errorf("%s, %s for %s: free again %t", usage, state, age, got)
				}
			}
		}
	}
	s.with(func() { s.confirm = op.ConfirmNone })
	press := func() {
		a, err := s.e.Accept(context.Background(), op.Request{Key: op.NewID(), Button: op.Button{ID: "say-1"},
			Text: "caster standby c1", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()})})
		if err != nil {
			t.Fatal(err)
		}
		a.Work(context.Background())
	}
	gate := make(chan struct{})
	s.with(func() { s.blocking = gate })
	press()
	s.untilCalled()
	s.with(func() { s.blocking, s.now = nil, s.now.Add(doubleClick) })
	press()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		n := len(s.applied)
		s.mu.Unlock()
		if n == 2 {
			break
		}
	}
	close(gate)
	s.settle()
	if len(s.applied) != 2 {
		t.Errorf("%d calls, told %q", len(s.applied), s.told)
	}
}

// A success offers what leads on from it, however it came to be known.
func TestEverySuccessLeadsOn(t *testing.T) {
	for name, known := range map[string]func(*stage, op.Operation){
		"by a look": func(s *stage, _ op.Operation) {
			s.with(func() { s.verify = nil })
			s.advance(6 * time.Second)
		},
		"by a person": func(s *stage, o op.Operation) { s.click(ana, o, op.ActionHappened) },
	} {
		s := newStage(t)
		s.withConditions()
		o := s.unknown("caster standby c1")
		known(s, o)
		if now := s.get(o); now.State != op.Succeeded || len(now.Outcome.Next) != 1 {
			t.Errorf("%s: %+v", name, now.Outcome)
		}
	}
}

// Slack tells nothing: an emergency goes by what it told before, its card and the trail say so, and nothing else goes.
func TestAnEmergencyGoesByWhatSlackTold(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	told := s.clock().Add(-2 * time.Hour)
	s.with(func() { s.confirm, s.deaf, s.remembers = op.ConfirmNone, true, told })
	s.typed(ana, "caster restart c2")
	if !slices.ContainsFunc(s.told, func(said string) bool { return strings.Contains(said, "rights cannot be checked") }) {
		t.Errorf("a restart is not refused: %q", s.told)
	}
	o := s.asked("caster standby c1")
	s.want(o, op.Succeeded, 1)
	if asOf := s.get(o).Plan.RightsAsOf; !asOf.Equal(told) {
		t.Errorf("the rights are as of %s, want %s", asOf, told)
	}
	events, err := s.store.Events(context.Background(), o.ID)
	if !slices.ContainsFunc(events, func(e op.Event) bool {
		return e.Name == op.EventSent && e.Detail["rightsAsOf"] == told.UTC().Format(time.RFC3339)
	}) {
		t.Errorf("the trail does not say so: %+v, %v", events, err)
	}
	s.with(func() { s.deaf = false })
	if o := s.asked("caster standby c2"); !s.get(o).Plan.RightsAsOf.IsZero() {
		t.Error("it says so when Slack tells")
	}
}
