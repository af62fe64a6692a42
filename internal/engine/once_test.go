package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// again is a card that offers to ask again.
func (s *stage) again() op.Operation {
	s.t.Helper()
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionCancel)
	return s.get(o)
}

// made gives the operations beside one, the oldest first.
func (s *stage) made(beside op.Operation) (others []op.Operation) {
	s.t.Helper()
	all, err := s.store.List(context.Background(), store.Query{})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range all {
		if o.ID != beside.ID {
			others = append(others, o)
		}
	}
	return others
}

func TestAPressOnACardCountsOnce(t *testing.T) {
	s := newStage(t)
	card := s.again()
	if said := s.click(ana, card, op.ActionAgain); said != "" {
		t.Errorf("the first press is told %q", said)
	}
	for clicker, who := range map[string]string{ana: "you", bo: "@" + ana} {
		said := s.click(clicker, card, op.ActionAgain)
		if list := s.made(card); len(list) != 1 ||
			said != "Already asked by "+who+": op "+list[0].Ref()+". Your click changed nothing." {
			t.Errorf("%d operations, and %s is told %q", len(list), clicker, said)
		}
	}
	s.restart()
	if s.click(bo, card, op.ActionAgain); len(s.made(card)) != 1 {
		t.Error("after a restart it counts again")
	}
	if left, err := s.store.Unsettled(context.Background(), 10); err != nil || len(left) > 0 {
		t.Errorf("left in the inbox: %v, %v", left, err)
	}
}

// Two replicas plan at the same time; the second one is faster.
func TestAPressCountsOnceOverReplicas(t *testing.T) {
	s := newStage(t)
	card, second := s.again(), New(Config{Table: s.e.table, Store: s.store, Authz: s.e.authz, Chat: (*chat)(s),
		Now: s.clock, Replica: "two", Pause: s.e.pause})
	s.with(func() {
		s.planned = func() {
			accepted, err := second.Press(context.Background(), s.press(bo, card, op.ActionAgain))
			if err != nil {
				t.Error(err)
				return
			}
			accepted.Work(context.Background())
		}
	})
	said := s.click(ana, card, op.ActionAgain)
	second.work.all.Wait()
	second.notify.Wait()
	if list := s.made(card); len(list) != 1 || list[0].Requester != bo ||
		!strings.HasPrefix(said, "Already asked by @"+bo) {
		t.Errorf("%d operations, ana is told %q", len(list), said)
	}
}

// In one process the second press does not even look.
func TestASecondPressWaitsForTheFirst(t *testing.T) {
	s := newStage(t)
	card := s.again()
	looks, goOn := make(chan struct{}), make(chan struct{})
	s.with(func() { s.planned = func() { close(looks); <-goOn } })
	press := func(person string) {
		accepted, err := s.e.Press(context.Background(), s.press(person, card, op.ActionAgain))
		if err != nil {
			t.Error(err)
			return
		}
		s.work.Go(func() { accepted.Work(context.Background()) })
	}
	press(ana)
	s.happens(looks, "the first press looks")
	early := false
	s.with(func() { s.planned = func() { early = true } })
	press(bo)
	close(goOn)
	s.settle()
	if list := s.made(card); early || len(list) != 1 || list[0].Requester != ana {
		t.Errorf("the second looks: %t; %d operations", early, len(list))
	}
}

func TestAPressThatCameToNothingIsFreeAgain(t *testing.T) {
	for name, c := range map[string]struct {
		first func(*stage, op.Operation)
		want  int
	}{
		"the cloud cannot be seen": {func(s *stage, card op.Operation) {
			s.with(func() { s.planErr = op.Refuse(op.L("I cannot look")) })
			s.click(ana, card, op.ActionAgain)
			s.with(func() { s.planErr = nil })
		}, 1},
		"denied": {func(s *stage, card op.Operation) {
			s.with(func() { s.forbid[ana] = true })
			s.click(ana, card, op.ActionAgain)
			s.with(func() { s.forbid[ana] = false })
		}, 1},
		"cancelled": {func(s *stage, card op.Operation) {
			s.click(ana, card, op.ActionAgain)
			s.click(ana, s.made(card)[0], op.ActionCancel)
		}, 2},
		"expired": {func(s *stage, card op.Operation) {
			s.click(ana, card, op.ActionAgain)
			s.advance(6 * time.Minute)
		}, 2},
		"refused by the cloud a moment ago": {func(s *stage, card op.Operation) {
			s.refusedByCloud(card)
			s.advance(doubleClick - time.Second)
		}, 1},
		"refused by the cloud": {func(s *stage, card op.Operation) {
			s.refusedByCloud(card)
			s.advance(doubleClick)
		}, 2},
		"done": {func(s *stage, card op.Operation) {
			s.click(ana, card, op.ActionAgain)
			s.click(ana, s.made(card)[0], op.ActionConfirm)
			s.advance(time.Hour)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			card := s.again()
			c.first(s, card)
			s.click(bo, card, op.ActionAgain)
			said := s.click(bo, card, op.ActionAgain)
			if list := s.made(card); len(list) != c.want || !strings.HasPrefix(said, "Already asked by ") {
				t.Errorf("%d operations, not %d, and then %q", len(list), c.want, said)
			}
		})
	}
}

func (s *stage) refusedByCloud(card op.Operation) {
	s.click(ana, card, op.ActionAgain)
	s.with(func() { s.apply = func(int) op.Outcome { return op.Outcome{State: op.Failed, Text: op.L("refused")} } })
	s.click(ana, s.made(card)[0], op.ActionConfirm)
}

// A button of an answer may ask again, but not at once and not while what it asked for is open.
func TestAButtonOfAnAnswerCountsOnceForAWhile(t *testing.T) {
	s := newStage(t)
	say := func(key string) {
		s.request(op.Request{
			Key: key, Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
			Text: "caster restart c1", Button: op.Button{ID: "say-1"},
		})
	}
	want := func(n int, why string) {
		t.Helper()
		if list := s.made(op.Operation{}); len(list) != n {
			t.Fatalf("%s: %d operations, not %d", why, len(list), n)
		}
	}
	say("one")
	s.advance(time.Minute)
	say("two")
	want(1, "while the first is open")
	s.click(ana, s.made(op.Operation{})[0], op.ActionConfirm)
	say("three")
	want(2, "when it is over")
	s.click(ana, s.made(op.Operation{})[1], op.ActionConfirm)
	say("four")
	want(2, "within ten seconds")
	s.typed(ana, "caster restart c1")
	want(3, "who types asks anew")
}

// A press that another replica has worked off meanwhile makes nothing, and nobody is told.
func TestAPressWorkedOffElsewhereMakesNothing(t *testing.T) {
	s := newStage(t)
	card := s.again()
	s.with(func() {
		s.planned = func() {
			left, err := s.store.Unsettled(context.Background(), 10)
			if err == nil && len(left) == 1 {
				err = s.store.Done(context.Background(), left[0].Key)
			}
			if err != nil || len(left) != 1 {
				t.Errorf("%d rows, %v", len(left), err)
			}
		}
	})
	if said := s.click(ana, card, op.ActionAgain); said != "" || len(s.made(card)) != 0 {
		t.Errorf("%d operations, told %q", len(s.made(card)), said)
	}
}

// Only what is over and came to nothing frees its button, and in an answer what is done: never what may still happen.
func TestWhichStatesFreeAButton(t *testing.T) {
	s := newStage(t)
	for _, state := range op.States() {
		for _, onCard := range []bool{true, false} {
			for _, old := range []bool{true, false} {
				asked := op.Operation{State: state, Created: s.clock()}
				if old {
					asked.Created = asked.Created.Add(-doubleClick)
				}
				want := false
				switch state {
				case op.Cancelled, op.Expired:
					want = true
				case op.Failed:
					want = old
				case op.Succeeded:
					want = old && !onCard
				}
				if got := s.e.anew(op.Request{Button: op.Button{ID: "b", Card: onCard}}, asked); got != want {
					t.Errorf("%s, on a card %t, old %t: free again %t", state, onCard, old, got)
				}
			}
		}
	}
}

// A press is as old as it is, however late it is worked off: one that was made while what the button had asked for was
// under way, or just after, is no new one.
func TestAPressCountsByWhenItWasMade(t *testing.T) {
	s := newStage(t)
	now := s.clock()
	for _, c := range []struct {
		state          op.State
		created, ended time.Duration // ago
		pressed        time.Duration
		want           bool
	}{
		{op.Succeeded, time.Minute, time.Second, 2 * time.Second, false},
		{op.Succeeded, time.Minute, 2 * time.Second, time.Second, true},
		{op.Succeeded, 15 * time.Second, 14 * time.Second, 6 * time.Second, false},
		{op.Failed, time.Minute, time.Second, 2 * time.Second, false},
		{op.Failed, 15 * time.Second, 14 * time.Second, 4 * time.Second, true},
		{op.Cancelled, time.Minute, time.Second, 2 * time.Second, false},
		{op.Cancelled, time.Minute, 2 * time.Second, time.Second, true},
	} {
		for _, behind := range []time.Duration{0, time.Minute} { // this process's clock, that of the store
			s.e.now = func() time.Time { return s.clock().Add(-behind) }
			asked := op.Operation{State: c.state, Created: s.e.now().Add(-c.created), Ended: now.Add(-c.ended)}
			r := op.Request{Button: op.Button{ID: "b"}, Origin: ofTeam(op.Address{At: s.e.now().Add(-c.pressed)})}
			if got := s.e.anew(r, asked); got != c.want {
				t.Errorf("%+v, %s behind: free again %t", c, behind, got)
			}
		}
	}
}

// A card that only its asker can answer keeps nobody else from an emergency that the same button asks for.
func TestAWaitingCardHoldsUpNobodysEmergency(t *testing.T) {
	for confirm, want := range map[op.Confirm]int{op.ConfirmSelf: 2, op.ConfirmOther: 1} {
		s := newStage(t)
		s.withConditions()
		s.with(func() { s.confirm = confirm })
		for n, person := range []string{ana, bo, bo, ana} {
			s.request(op.Request{Key: op.NewID(), Button: op.Button{ID: "say-1"}, Text: "caster standby c1",
				Origin: ofTeam(op.Address{Channel: "C0", Person: person, At: s.clock().Add(time.Duration(n))})})
		}
		if made := s.made(op.Operation{}); len(made) != want || made[want-1].Requester != []string{ana, bo}[want-1] {
			t.Errorf("%s: %d cards", confirm, len(made))
		}
	}
}

// Somebody else's press on the same button, which takes long, holds up no emergency; it is still one.
func TestAPressOfAnEmergencyWaitsForNoOther(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	s.with(func() { s.confirm = op.ConfirmNone })
	looks, goOn := make(chan struct{}), make(chan struct{})
	s.with(func() { s.planned = func() { close(looks); <-goOn } })
	press := func(person string) func() {
		accepted, err := s.e.Accept(context.Background(), op.Request{Key: person, Button: op.Button{ID: "say-1"},
			Text: "caster standby c1", Origin: ofTeam(op.Address{Channel: "C0", Person: person, At: s.clock()})})
		if err != nil {
			t.Fatal(err)
		}
		return func() { accepted.Work(context.Background()) }
	}
	s.work.Go(press(ana))
	s.happens(looks, "the first press looks")
	done := make(chan struct{})
	second := press(bo)
	s.work.Go(func() { defer close(done); second() })
	s.happens(done, "the second goes on")
	close(goOn)
	s.settle()
	if list := s.made(op.Operation{}); len(list) != 1 || list[0].Requester != bo || len(s.applied) != 1 {
		t.Errorf("%d operations, %d calls", len(list), len(s.applied))
	}
}
