package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// pressedMeanwhile is a change that was typed in a channel and is looked at until seen is closed, and a click on a card
// about the same studio that came after it.
func pressedMeanwhile(t *testing.T, channel string) (s *stage, card op.Operation, click Accepted, seen chan struct{}) {
	t.Helper()
	s = newStage(t)
	card = s.asked("caster restart c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	looking, seen := make(chan struct{}), make(chan struct{})
	s.with(func() { s.planned = func() { close(looking); <-seen } })
	typed, err := s.e.Accept(context.Background(),
		op.Request{Key: "typed", Origin: ofTeam(op.Address{Channel: channel, Person: bo, At: s.clock()}),
			Text: "caster restart c1"})
	if err != nil {
		t.Fatal(err)
	}
	s.work.Go(func() { typed.Work(context.Background()) })
	<-looking
	if click, err = s.e.Press(context.Background(), s.press(ana, card, op.ActionConfirm)); err != nil {
		t.Fatal(err)
	}
	return s, card, click, seen
}

// What is typed and needs no confirmation is looked at before it is in line. A click that comes meanwhile gets in line
// behind it, or the panic slate would be undone by a take that was pressed before it was, and that was sent later.
func TestWhatWasPressedFirstIsInLineFirst(t *testing.T) {
	s, card, click, seen := pressedMeanwhile(t, "C0")
	if before := s.e.arrivals.before("C0", "typed", "", nil); len(before) != 0 {
		t.Errorf("the first one waits for %d others", len(before))
	}
	inLine := make(chan struct{})
	s.work.Go(func() { defer close(inLine); click.Work(context.Background()) })
	select {
	case <-inLine:
		t.Error("the click is in line before what was typed earlier")
	case <-time.After(100 * time.Millisecond): // it waits
	}
	close(seen)
	s.settle()
	s.settle()
	if len(s.applied) != 2 || s.applied[1] != card.Token {
		t.Errorf("sent %q; the card's is %q", s.applied, card.Token)
	}
	if len(s.e.arrivals.here) != 0 {
		t.Errorf("somebody is left: %v", s.e.arrivals.here)
	}
}

// A click on another studio waits for no click, and what needs a confirmation holds nobody up. What was pressed in
// another channel counts where it may be about the same.
func TestWhoNeedNotWaitDoesNot(t *testing.T) {
	s := newStage(t)
	list := []struct{ channel, key, target string }{
		{"C0", "one", "caster/c1"}, {"C0", "two", "caster/c2"}, {"C0", "three", "caster/c1"}, {"C0", "four", ""},
		{"C1", "five", ""}, {"C1", "six", "caster/c1"}, {"C2", "seven", "caster/c1"}, {"C2", "eight", "caster/c3"},
	}
	var got []int
	for _, x := range list {
		s.e.arrivals.enter(x.channel, x.key, x.target)
		got = append(got, len(s.e.arrivals.before(x.channel, x.key, x.target,
			func(channel string) bool { return channel == "C0" })))
	}
	// six: one, three, and four, which may be about it, and five of its own channel
	if !slices.Equal(got, []int{0, 0, 1, 3, 0, 4, 4, 1}) {
		t.Errorf("they wait for %v", got)
	}
	for _, x := range list {
		s.e.arrivals.leave(x.channel, x.key)
	}
	command, _ := s.e.table.Find("caster restart {caster}")
	s.e.arrives(op.Request{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Channel: "C2", Person: ana}},
		Key: "six"}, command)
	if len(s.e.arrivals.here) != 0 {
		t.Error("what is still to be confirmed holds others up")
	}
}

// What is typed in one channel comes before a click in another one, when both are about one studio.
func TestWhatWasPressedFirstElsewhereIsInLineFirst(t *testing.T) {
	s, card, click, seen := pressedMeanwhile(t, "C1")
	s.work.Go(func() { click.Work(context.Background()) })
	time.Sleep(50 * time.Millisecond)
	close(seen)
	s.settle()
	s.settle()
	if len(s.applied) != 2 || s.applied[1] != card.Token {
		t.Errorf("sent %q; the card's is %q", s.applied, card.Token)
	}
}

// An emergency waits for nothing that was pressed before it and is not in line yet: that does not get there any more,
// as it would take the emergency back. What is about another studio does.
func TestAnEmergencyPassesWhatIsNotInLine(t *testing.T) {
	for studio, calls := range map[string]int{"c1": 1, "c2": 2} {
		s := newStage(t)
		s.withConditions()
		s.with(func() { s.confirm = op.ConfirmNone })
		looks, seen := make(chan struct{}), make(chan struct{})
		s.with(func() { s.planned = func() { close(looks); <-seen } })
		first, err := s.e.Accept(context.Background(), op.Request{Key: "first", Text: "caster restart " + studio,
			Origin: ofTeam(op.Address{Channel: "C0", Person: bo, At: s.clock()})})
		if err != nil {
			t.Fatal(err)
		}
		s.work.Go(func() { first.Work(context.Background()) })
		s.happens(looks, "the first is looked at")
		standby, err := s.e.Accept(context.Background(), op.Request{Key: "standby", Text: "caster standby c1",
			Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()})})
		if err != nil || !standby.Urgent {
			t.Fatal(standby.Urgent, err)
		}
		standby.Work(context.Background())
		close(seen)
		s.settle()
		s.settle()
		made := s.made(op.Operation{})
		if len(made) != calls || len(s.applied) != calls || made[0].Command != "caster standby {caster}" {
			t.Errorf("%s: %d operations, %d calls", studio, len(made), len(s.applied))
		}
		told := slices.ContainsFunc(s.told, func(said string) bool {
			return strings.HasPrefix(said, "An emergency went first: op "+made[0].Ref()) &&
				strings.HasSuffix(said, ". Nothing was done.")
		})
		if told != (studio == "c1") {
			t.Errorf("%s: told %q", studio, s.told)
		}
	}
}

// A click that an emergency has passed counts for nothing: its card stays, and can be pressed again.
func TestAnEmergencyPassesAClick(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	card, standby := s.asked("caster restart c1"), s.asked("caster standby c1")
	click, err := s.e.Press(context.Background(), s.press(ana, card, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	s.confirms(standby)
	click.Work(context.Background())
	s.settle()
	s.want(card, op.Pending, 1)
	s.click(ana, card, op.ActionConfirm)
	s.want(card, op.Succeeded, 2)
}

// What gets in line at this moment is not stopped any more: the emergency gets in line behind it.
func TestAnEmergencyComesAfterWhatGetsInLine(t *testing.T) {
	a, any, none := arrivals{}, func(op.Operation) bool { return true }, func(op.Operation) bool { return false }
	for _, key := range []string{"one", "two", "three", "standby"} {
		a.enter("C0", key, "caster/c1")
	}
	if _, passed := a.passedBy("C0", "one", any); passed {
		t.Error("the first is passed by nothing")
	}
	enter := a.pass(a.before("C0", "standby", "caster/c1", nil), op.Operation{ID: "e"})
	if len(enter) != 1 || enter[0].key != "one" {
		t.Errorf("it waits for %v", enter)
	}
	if _, passed := a.passedBy("C0", "two", none); passed {
		t.Error("the second would not take it back")
	}
	if by, passed := a.passedBy("C0", "three", any); !passed || by.ID != "e" {
		t.Errorf("the third would: %t", passed)
	}
}

// Of several one is enough that would take the emergency back; what starts and ends something else takes nothing back.
func TestWhatTakesAnEmergencyBack(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	on := func(id string) op.Plan { return op.Plan{Target: op.Target{Kind: "caster", ID: id}} }
	emergency := op.Operation{Command: "caster standby {caster}", Plan: on("c1")}
	for name, c := range map[string]struct {
		o    op.Operation
		want bool
	}{
		"a restart":            {op.Operation{Command: "caster restart {caster}", Plan: on("c1")}, true},
		"of another":           {op.Operation{Command: "caster restart {caster}", Plan: on("c2")}, false},
		"a scene that is open": {op.Operation{Command: "caster open {caster}", Plan: on("c1")}, false},
		"several": {op.Operation{Command: "caster restart {caster}",
			Plan: op.Plan{Parts: []op.Part{{Plan: on("c2")}, {Plan: on("c1")}}}}, true},
		"several others": {op.Operation{Command: "caster restart {caster}",
			Plan: op.Plan{Parts: []op.Part{{Plan: on("c2")}, {Plan: on("c3")}}}}, false},
	} {
		if got := s.e.takenBackBy(c.o)(emergency); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// What an earlier process had taken and not worked off gets in line in the order in which it was pressed.
func TestWhatWasTakenBeforeARestartIsInOrder(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	card := s.asked("caster restart c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	for _, text := range []string{"caster standby c1", "caster open c1"} {
		r := op.Request{Key: text, Text: text, Origin: ofTeam(op.Address{Channel: "C0", Person: bo, At: s.clock()})}
		if _, err := s.e.Accept(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		s.with(func() { s.now = s.now.Add(time.Millisecond) })
	}
	s.with(func() { s.confirm = op.ConfirmSelf })
	if _, err := s.e.Press(context.Background(), s.press(ana, card, op.ActionConfirm)); err != nil {
		t.Fatal(err)
	}
	s.close()
	s.open()
	s.withConditions()
	s.with(func() { s.confirm = op.ConfirmNone })
	for i := range s.e.table.Commands { // the first one takes longest
		if c := &s.e.table.Commands[i]; c.Urgent {
			c.Plan = func(ctx context.Context, call op.Call) (op.Plan, error) {
				time.Sleep(50 * time.Millisecond)
				return s.plan(ctx, call)
			}
		}
	}
	if err := s.e.recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.settle()
	made := s.made(op.Operation{})
	slices.SortFunc(made, func(a, b op.Operation) int { return cmp.Compare(a.Turn, b.Turn) })
	order := op.Each(made, func(o op.Operation) string { return o.Text })
	if want := []string{"caster standby c1", "caster open c1", "caster restart c1"}; !slices.Equal(order, want) {
		t.Errorf("in line: %q, want %q", order, want)
	}
	if len(s.e.arrivals.here) != 0 {
		t.Errorf("somebody is left: %v", s.e.arrivals.here)
	}
}

// An emergency that another replica, or an earlier process, has put in line after something was pressed here goes
// before that too: of the two nobody knows which was pressed first. One that was refused does not.
func TestAnEmergencyOfAnotherProcessGoesFirst(t *testing.T) {
	for name, c := range map[string]struct {
		before bool       // it was in line before the press
		states []op.State // what has become of it
		studio string
		behind time.Duration // this process's clock, that of the store
		goes   bool
	}{
		"it waits":            {false, []op.State{op.Queued}, "c1", 0, false},
		"it is done":          {false, []op.State{op.Queued, op.Running, op.Succeeded}, "c1", 0, false},
		"it was refused":      {false, []op.State{op.Queued, op.Running, op.Failed}, "c1", 0, true},
		"it was there before": {true, []op.State{op.Queued, op.Running, op.Succeeded}, "c1", 0, true},
		"by another clock":    {true, []op.State{op.Queued, op.Running, op.Succeeded}, "c1", 5 * time.Second, true},
		"of another studio":   {false, []op.State{op.Queued, op.Running, op.Succeeded}, "c2", 0, true},
	} {
		s := newStage(t)
		s.withConditions()
		s.e.now = func() time.Time { return s.clock().Add(-c.behind) }
		card, standby := s.asked("caster restart c1"), s.asked("caster standby "+c.studio)
		if c.before {
			s.moved(standby, "another replica", c.states...)
		}
		s.with(func() { s.now = s.now.Add(time.Second) })
		pressed := s.press(ana, card, op.ActionConfirm)
		pressed.At = s.e.now()
		click, err := s.e.Press(context.Background(), pressed)
		if err != nil {
			t.Fatal(err)
		}
		s.with(func() { s.now = s.now.Add(time.Second) })
		if !c.before {
			s.moved(standby, "another replica", c.states...)
		}
		click.Work(context.Background())
		if inLine := s.state(card) != op.Pending; inLine != c.goes || inLine == (len(s.told) > 0) {
			t.Errorf("%s: in line %t, told %q", name, inLine, s.told)
			s.with(func() { s.now = s.now.Add(time.Hour) }) // nobody else works on what may be before it
		}
		s.settle()
	}
}

// The same after a crash: what was still looked at when the emergency went is not done after it.
func TestAnEmergencyBeforeACrashGoesFirst(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	standby := s.asked("caster standby c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	if _, err := s.e.Accept(context.Background(), op.Request{Key: "typed", Text: "caster restart c1",
		Origin: ofTeam(op.Address{Channel: "C0", Person: bo, At: s.clock()})}); err != nil {
		t.Fatal(err)
	}
	s.with(func() { s.confirm, s.now = op.ConfirmSelf, s.now.Add(time.Second) })
	s.click(ana, standby, op.ActionConfirm)
	s.want(standby, op.Succeeded, 1)
	s.with(func() { s.confirm = op.ConfirmNone })
	s.restart(s.withConditions)
	s.want(standby, op.Succeeded, 1)
}

// The same where the emergency was brought up by the process that takes over what a dead one had left: it was pressed
// later. What was left behind has its place before what is pressed here.
func TestAnEmergencyBeforeATakeoverGoesFirst(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	standby := s.asked("caster standby c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	if _, err := s.e.Accept(context.Background(), op.Request{Key: "typed", Text: "caster restart c1",
		Origin: ofTeam(op.Address{Channel: "C0", Person: bo, At: s.clock()})}); err != nil {
		t.Fatal(err)
	}
	s.with(func() { s.confirm = op.ConfirmSelf })
	s.close()
	s.open()
	s.withConditions()
	s.with(func() { s.now = s.now.Add(time.Second) })
	s.click(ana, standby, op.ActionConfirm)
	s.want(standby, op.Succeeded, 1)
	s.with(func() { s.confirm, s.now = op.ConfirmNone, s.now.Add(time.Second) })
	if err := s.e.recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.want(standby, op.Succeeded, 1)

	a := &arrivals{}
	a.enter("C0", "pressed here", "")
	for _, key := range []string{"left first", "left then"} {
		a.resume(a.enter("C0", key, ""), s.clock())
	}
	keys := op.Each(a.here, func(x *arrival) string { return x.key })
	if want := []string{"left first", "left then", "pressed here"}; !slices.Equal(keys, want) {
		t.Errorf("in the order %q", keys)
	}
}

// Which emergency counts is when it got in line, not when it was asked for.
func TestAnOlderCardOfAnEmergencyGoesFirst(t *testing.T) {
	s := newStage(t)
	s.withConditions()
	card, older, newer := s.asked("caster restart c1"), s.asked("caster standby c1"), s.asked("caster standby c1")
	s.moved(newer, "another replica", op.Queued, op.Running, op.Succeeded)
	s.with(func() { s.now = s.now.Add(time.Second) })
	click, err := s.e.Press(context.Background(), s.press(ana, card, op.ActionConfirm))
	if err != nil {
		t.Fatal(err)
	}
	s.with(func() { s.now = s.now.Add(time.Second) })
	s.moved(older, "another replica", op.Queued, op.Running, op.Succeeded)
	click.Work(context.Background())
	s.settle()
	s.want(card, op.Pending, 0)
}

// What is pressed has its place before it is written down, however slow the database is; what is not taken has none,
// and a copy takes nobody's.
func TestAPlaceIsTakenBeforeTheStoreAnswers(t *testing.T) {
	s := newStage(t)
	card := s.asked("caster restart c1")
	s.with(func() { s.confirm = op.ConfirmNone })
	typed := func(key string) (Accepted, error) {
		return s.e.Accept(context.Background(), op.Request{Key: key, Text: "caster restart c1",
			Origin: ofTeam(op.Address{Channel: "C0", Person: bo, At: s.clock()})})
	}
	click := s.press(ana, card, op.ActionConfirm)
	places := func() int {
		s.e.arrivals.mu.Lock()
		defer s.e.arrivals.mu.Unlock()
		return len(s.e.arrivals.here)
	}
	s.whileWriterIsTaken(func() {
		s.work.Go(func() { _, _ = typed("one") })
		s.work.Go(func() { _, _ = s.e.Press(context.Background(), click) })
		for deadline := time.Now().Add(4 * time.Second); places() < 2; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d places", places())
			}
		}
	})
	s.work.Wait()
	if a, err := typed("one"); a.Work != nil || err != nil || places() != 2 {
		t.Errorf("after a copy of the first %d places, %v", places(), err)
	}
	if a, err := s.e.Press(context.Background(), click); a.Work != nil || err != nil || places() != 2 {
		t.Errorf("after a copy of the click %d places, %v", places(), err)
	}
	s.rename("inbox", "away")
	defer s.rename("away", "inbox")
	if _, err := typed("two"); err == nil || places() != 2 {
		t.Errorf("what cannot be written down: %v, %d places", err, places())
	}
}
