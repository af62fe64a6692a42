package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// membersOf are the members of an operation in the order of its parts.
func (s *stage) membersOf(o op.Operation) []op.Operation {
	s.t.Helper()
	all, err := s.e.notify.Members(context.Background(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// states are those of the members.
func (s *stage) states(o op.Operation) string {
	var all []string
	for _, m := range s.membersOf(o) {
		all = append(all, string(m.State))
	}
	return strings.Join(all, " ")
}

func (s *stage) wantStates(o op.Operation, state op.State, members string, calls int) {
	s.t.Helper()
	s.want(o, state, calls)
	if got := s.states(o); got != members {
		s.t.Fatalf("the members are %q, not %q", got, members)
	}
}

// One press: an operation for each, with a token, a mark and a trail of its own; one card.
func TestSeveralRunOnTheirOwn(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster start c1 c2 c3")
	s.wantStates(o, op.Pending, "", 0)
	s.click(ana, o, op.ActionConfirm)
	s.wantStates(o, op.Succeeded, "succeeded succeeded succeeded", 3)
	tokens := map[string]bool{}
	for i, m := range s.membersOf(o) {
		tokens[m.Token] = true
		if m.Text != fmt.Sprintf("caster start c%d", i+1) || m.DecidedBy != ana || m.Sends != 1 || m.Card != "" ||
			m.Shown != m.Version {
			t.Errorf("member %d: %+v", i, m)
		}
		events, _ := s.store.Events(context.Background(), m.ID)
		if len(events) < 3 || events[0].Name != op.EventBegun || events[0].Actor != ana || events[0].Detail["of"] != o.ID ||
			events[1].Name != op.EventSent {
			t.Errorf("the trail of member %d is %+v", i, events)
		}
	}
	if len(tokens) != 3 {
		t.Errorf("%d tokens", len(tokens))
	}
	for _, shown := range s.shown {
		if shown.Group != "" {
			t.Errorf("a member has a card: %+v", shown)
		}
	}
	if last := s.shown[len(s.shown)-1]; last.ID != o.ID || len(last.Members) != 3 || last.State != op.Succeeded {
		t.Errorf("the last card is %+v", last)
	}
}

// A second press, by whomever, begins nothing again.
func TestSeveralBeginOnce(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster start c1 c2")
	s.click(ana, o, op.ActionConfirm)
	if told := s.click(ana, o, op.ActionConfirm); !strings.Contains(told, "Already confirmed") {
		t.Errorf("told %q", told)
	}
	s.wantStates(o, op.Succeeded, "succeeded succeeded", 2)
	o.State = op.Queued
	if err := s.e.beginSeveral(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.wantStates(o, op.Succeeded, "succeeded succeeded", 2)
}

// Each has its place in the line of its target before what is pressed later, however long it takes to begin. An
// emergency waits for none of that.
func TestSeveralAreInLineBeforeWhatIsPressedLater(t *testing.T) {
	s := newStage(t)
	o, next := s.asked("caster start c1 c2"), s.asked("caster restart c1")
	looks, gate := make(chan struct{}), make(chan struct{})
	s.e.authz.Locks = slowLocks{s.e.authz.Locks, sync.OnceFunc(func() { close(looks); <-gate }),
		func() bool { return s.state(o) == op.Queued }}
	several, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	later, err := s.e.Press(context.Background(), s.press(ana, next, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() { several.Work(context.Background()) })
	s.happens(looks, "it is about to begin")
	s.e.arrivals.mu.Lock()
	if here := s.e.arrivals.here; len(here) != 2 || here[0].enters {
		t.Errorf("an emergency would wait for it, one of %d", len(here))
	}
	s.e.arrivals.mu.Unlock()
	done.Go(func() { later.Work(context.Background()) })
	time.Sleep(50 * time.Millisecond)
	close(gate)
	done.Wait()
	s.settle()
	if first := s.membersOf(o)[0]; first.Turn == 0 || first.Turn > s.get(next).Turn {
		t.Errorf("it has the turn %d, what was pressed later %d", first.Turn, s.get(next).Turn)
	}
}

// slowLocks are slow to tell once, at a moment.
type slowLocks struct {
	authz.Locks
	slow func()
	now  func() bool
}

func (l slowLocks) Lock(ctx context.Context, t op.Target) (op.Lock, error) {
	if l.now() {
		l.slow()
	}
	return l.Locks.Lock(ctx, t)
}

// The process dies at any step: what was to be done is done once, or is unknown, or expires; each for itself.
func TestSeveralSurviveACrash(t *testing.T) {
	t.Run("confirmed, not begun", func(t *testing.T) {
		s := newStage(t)
		o := s.asked("caster start c1 c2")
		s.force(o, op.Queued)
		s.restart()
		s.wantStates(o, op.Succeeded, "succeeded succeeded", 2)
	})
	t.Run("confirmed, and too late", func(t *testing.T) {
		s := newStage(t)
		o := s.asked("caster start c1 c2")
		s.force(o, op.Queued)
		s.with(func() { s.now = s.now.Add(startWithin + time.Second) })
		s.restart()
		s.advance(time.Second)
		s.wantStates(o, op.Expired, "", 0)
	})
	t.Run("begun, nothing sent", func(t *testing.T) {
		s := newStage(t)
		o := s.begun("caster start c1 c2")
		s.restart()
		s.wantStates(o, op.Succeeded, "succeeded succeeded", 2)
	})
	t.Run("one under way", func(t *testing.T) {
		s := newStage(t)
		s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
		o := s.begun("caster start c1 c2")
		first := s.membersOf(o)[0]
		if _, err := s.store.Move(context.Background(),
			store.Move{ID: first.ID, From: op.Queued, To: op.Running, Send: true,
				Event: op.Event{Name: op.EventSent}}); err != nil {
			t.Fatal(err)
		}
		s.restart()
		s.wantStates(o, op.Unknown, "unknown succeeded", 1)
		s.click(ken, first, op.ActionNot)
		s.wantStates(o, op.Unknown, "unknown succeeded", 1) // pressed in a message that is not the card
		c := s.press(ken, first, op.ActionNot)
		c.Message = "card-" + o.ID
		accepted, err := s.e.Press(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		s.do(accepted)
		s.wantStates(o, op.Succeeded, "failed succeeded", 1)
		if got := s.get(o).Outcome; got.Text.Plain() != "1 of 2 done" || len(got.Next) != 2 ||
			got.Next[0].Text != "caster start c1" || got.Next[1].Text != "caster restart c2" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("all done, the whole not told", func(t *testing.T) {
		s := newStage(t)
		o := s.begun("caster start c1 c2")
		for _, m := range s.membersOf(o) {
			done := op.Outcome{State: op.Succeeded, Text: op.L("done")}
			for _, move := range []store.Move{{From: op.Queued, To: op.Running, Send: true},
				{From: op.Running, To: op.Succeeded, Outcome: &done}} {
				move.ID, move.Event = m.ID, op.Event{Name: op.EventAnswered}
				if _, err := s.store.Move(context.Background(), move); err != nil {
					t.Fatal(err)
				}
			}
		}
		s.restart()
		s.wantStates(o, op.Succeeded, "succeeded succeeded", 0)
	})
}

// sent moves an operation to running, as a process does that dies right after.
func (s *stage) sent(o op.Operation) {
	s.t.Helper()
	move := store.Move{ID: o.ID, From: op.Queued, To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}}
	if _, err := s.store.Move(context.Background(), move); err != nil {
		s.t.Fatal(err)
	}
}

// Whatever was settled last of several, the whole is settled too, by whichever process draws its card.
func TestTheWholeIsSettledAfterACrash(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.begun("caster start c1 c2")
	first := s.membersOf(o)[0]
	s.sent(first)
	s.restart()
	s.wantStates(o, op.Unknown, "unknown succeeded", 1)
	for range 8 {
		s.advance(time.Minute)
	}
	// somebody settles it, and the process dies before it tells the whole
	done := op.Outcome{State: op.Succeeded, Text: op.L("done")}
	if _, err := s.store.Move(context.Background(), store.Move{ID: first.ID, From: op.Unknown, To: op.Succeeded,
		Closer: ken, Outcome: &done, Event: op.Event{Name: op.EventClosed}}); err != nil {
		t.Fatal(err)
	}
	s.restart()
	s.advance(time.Second)
	s.wantStates(o, op.Succeeded, "succeeded succeeded", 1)
}

// The looks at a whole of which not all is known are as far apart as those at one operation.
func TestTheWholeIsNotLookedAtEverySecond(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.begun("caster start c1 c2")
	first := s.membersOf(o)[0]
	s.sent(first)
	s.restart()
	before := len(s.shown)
	for range 4 {
		s.advance(time.Second)
	}
	if got := len(s.shown) - before; got > 1 {
		t.Errorf("%d edits in four seconds in which nothing changed; looks %d", got, s.get(o).Looks)
	}
}

// What is behind when the bot is back, or somebody presses an old button, is the card; a member has none.
func TestAMemberIsNeverBehind(t *testing.T) {
	s := newStage(t)
	s.verify = func() (op.Evidence, error) { return op.Evidence{}, nil }
	o := s.begun("caster start c1 c2")
	first := s.membersOf(o)[0]
	s.sent(first)
	s.restart()
	s.e.notify.ChannelRestored(context.Background(), "C0")
	s.settle()
	if behind, err := s.store.List(context.Background(), store.Query{Unshown: true}); err != nil || len(behind) > 0 {
		t.Errorf("behind are %+v, %v", behind, err)
	}
	c := s.press(ken, first, op.ActionNot)
	c.Message = "card-" + o.ID
	press := func() {
		c.Key = op.NewID()
		accepted, err := s.e.Press(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		s.do(accepted)
	}
	press()
	s.advance(time.Minute)
	c.At = s.clock()
	shown := len(s.shown)
	press() // on what another client still shows
	s.advance(time.Second)
	if len(s.shown) == shown || !strings.Contains(strings.Join(s.told, "\n"), "Already settled") {
		t.Errorf("the old card is not drawn anew; told %q", s.told)
	}
	if behind, err := s.store.List(context.Background(), store.Query{Unshown: true}); err != nil || len(behind) > 0 {
		t.Errorf("%d are behind for ever: %v", len(behind), err)
	}
}

// begun is an operation of several whose members are queued, by a process that went no further.
func (s *stage) begun(text string) op.Operation {
	s.t.Helper()
	o := s.asked(text)
	s.force(o, op.Queued)
	o = s.get(o)
	if _, err := s.store.Begin(context.Background(), store.Move{ID: o.ID, Event: s.e.event(op.EventBegun, ana, "T0", o)},
		s.e.membersOf(o)); err != nil {
		s.t.Fatal(err)
	}
	return s.get(o)
}

// What cannot be done is left out and named; when nothing is left, nothing is asked for.
func TestSeveralLeaveOut(t *testing.T) {
	s := newStage(t)
	s.planErrs = map[string]error{
		"c2": &op.Refusal{Answer: op.Answer{Title: op.L("c2 is on air, so it cannot be started.")},
			Brief: op.L("already on air")},
		"c3": op.Refuse(op.L("c3 has no domain.")),
	}
	o := s.asked("caster start c1 c2 c3")
	facts := ""
	for _, fact := range o.Plan.Facts {
		facts += fact.Plain() + "\n"
	}
	if len(o.Plan.Parts) != 1 || o.Plan.Title.Plain() != "Restart c1" ||
		!strings.Contains(facts, "Left out (already on air): c2") ||
		!strings.Contains(facts, "Left out (c3 has no domain.): c3") {
		t.Errorf("%d parts, %s\n%s", len(o.Plan.Parts), o.Plan.Title.Plain(), facts)
	}
	s.typed(ana, "caster start c2 c3")
	if list, _ := s.store.List(context.Background(), store.Query{}); len(list) != 1 ||
		!strings.Contains(s.told[len(s.told)-1], "None of these can be done") {
		t.Errorf("%d operations, told %q", len(list), s.told)
	}
}

// Who lost the right between question and press begins nothing, and who loses it between the press and a call sends no
// more.
func TestSeveralAskTheRightsAgain(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster start c1 c2")
	s.with(func() { s.forbid[ana] = true })
	if told := s.click(ana, o, op.ActionConfirm); told != "not allowed" {
		t.Errorf("told %q", told)
	}
	s.wantStates(o, op.Pending, "", 0)
	o2 := s.askedBy(bo, "caster start c1 c2")
	s.force(o2, op.Queued)
	o2 = s.get(o2)
	if _, err := s.store.Begin(context.Background(), store.Move{ID: o2.ID, Event: s.e.event(op.EventBegun, bo, "T0", o2)},
		s.e.membersOf(o2)); err != nil {
		t.Fatal(err)
	}
	s.with(func() { s.forbid[bo] = true })
	s.restart()
	s.wantStates(o2, op.Failed, "failed failed", 0)
}

// What one person may have open is counted by what it would change, however few cards that takes.
func TestSeveralCountEach(t *testing.T) {
	s := newStage(t)
	text := "caster start"
	for i := range op.MostAtOnce {
		text += fmt.Sprintf(" c%d", i)
	}
	for range changesPerPerson / op.MostAtOnce {
		s.asked(text)
	}
	for _, more := range []string{"caster start c1 c2", "caster restart c1"} {
		s.typed(ana, more)
		if told := s.told[len(s.told)-1]; !strings.Contains(told,
			"You have 100 changes open in this channel, of 100 at most") {
			t.Errorf("%s: told %q", more, told)
		}
	}
	s.askedBy(bo, "caster start c1 c2")
}

// No more than fifty with one press.
func TestSeveralAreFiftyAtMost(t *testing.T) {
	s := newStage(t)
	text := "caster start"
	for i := range op.MostAtOnce {
		text += fmt.Sprintf(" c%d", i)
	}
	o := s.asked(text)
	if len(o.Plan.Parts) != op.MostAtOnce {
		t.Errorf("%d parts", len(o.Plan.Parts))
	}
	s.typed(ana, text+" c50")
	if told := s.told[len(s.told)-1]; !strings.Contains(told, "51 at once; one press starts 50 at most") {
		t.Errorf("told %q", told)
	}
	s.click(ana, o, op.ActionConfirm)
	if members := s.membersOf(o); len(members) != op.MostAtOnce || len(s.applied) != op.MostAtOnce {
		t.Errorf("%d members, %d calls", len(members), len(s.applied))
	}
	s.want(o, op.Succeeded, op.MostAtOnce)
}

// Where nobody has to confirm, an outcome that is not known holds up its own target and no other: it is left out, with
// the reason. Asked for alone, or with others of its kind, it is confirmed.
func TestADoubtfulOneHoldsUpNoOther(t *testing.T) {
	s := newStage(t)
	doubtful := s.unknown("caster start c2")
	other := s.unknown("caster start c3")
	s.with(func() { s.confirm = op.ConfirmNone })
	s.typed(ana, "caster start c1 c2 c4")
	all, _ := s.store.List(context.Background(), store.Query{Alone: true, Newest: true, Limit: 1})
	o := all[0]
	s.wantStates(o, op.Succeeded, "succeeded succeeded", 4)
	if left := o.Plan.Left[0].Plain(); len(o.Plan.Left) != 1 || !strings.Contains(left, doubtful.Ref()) ||
		!strings.Contains(left, "c2") {
		t.Errorf("it says %q", left)
	}
	s.want(s.asked("caster start c2"), op.Pending, 4)
	both := s.asked("caster start c2 c3")
	s.want(both, op.Pending, 4)
	if parts := both.Plan.Parts; len(parts) != 2 || parts[1].Plan.Unknowns[0] != other.Ref() {
		t.Errorf("%+v", parts)
	}
}

// What the card of several says of one of them ends like any claim: it says so, and leads on only for the others.
func TestOneOfSeveralIsOver(t *testing.T) {
	s := newStage(t)
	for i := range s.e.table.Commands {
		switch c := &s.e.table.Commands[i]; c.Verb {
		case "caster.start":
			c.Starts = []op.Condition{op.IsOnAir}
		case "caster.restart":
			c.Ends = []op.Condition{op.IsOnAir}
		}
	}
	o := s.asked("caster start c1 c2")
	s.click(ana, o, op.ActionConfirm)
	s.wantStates(o, op.Succeeded, "succeeded succeeded", 2)
	s.with(func() { s.confirm = op.ConfirmNone })
	left := []string{"Restart caster restart c2", ""}
	for i, studio := range []string{"c1", "c2"} {
		s.advance(time.Minute)
		by := s.asked("caster restart " + studio)
		s.want(by, op.Succeeded, 3+i)
		s.settle()
		if got := s.over(s.membersOf(o)[i]); !strings.Contains(got, by.Ref()) {
			t.Errorf("%s: %q", studio, got)
		}
		next := ""
		for _, n := range s.get(o).Outcome.Next {
			next += n.Label + " " + n.Text
		}
		if next != left[i] {
			t.Errorf("after %s it leads on to %q", studio, next)
		}
		var now op.Tally
		for _, card := range s.shown {
			if card.ID == o.ID {
				now = op.Tallied(card.Members)
			}
		}
		if now.Over != i+1 {
			t.Errorf("after %s its card shows %+v", studio, now)
		}
	}
}
