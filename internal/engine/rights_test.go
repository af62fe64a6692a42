package engine

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// memory is a directory with a memory: it counts what it has to ask for, and can make every question wait for others.
type memory struct {
	*people
	mu    sync.Mutex
	known map[string]time.Time
	asked []string
	meet  *sync.WaitGroup // every question waits until as many are under way
}

func (m *memory) ask(id string, since time.Time) {
	m.mu.Lock()
	at, ok := m.known[id]
	if now := (*stage)(m.people).clock(); !ok || now.Sub(at) >= time.Minute || !since.IsZero() && !at.After(since) {
		m.known[id] = now
		m.asked = append(m.asked, id)
		if m.meet != nil {
			defer m.meet.Wait()
			m.meet.Done()
		}
	}
	m.mu.Unlock()
}

func (m *memory) Person(ctx context.Context, id, team string, since time.Time) (op.Person, error) {
	m.ask(id, since)
	return m.people.Person(ctx, id, team, since)
}

func (m *memory) Channel(ctx context.Context, id string, since time.Time) (op.Channel, error) {
	m.ask(id, since)
	return m.people.Channel(ctx, id, since)
}

func (m *memory) Peek(person, team, channel string, since time.Time) (op.Person, op.Channel, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := (*stage)(m.people).clock()
	for _, id := range []string{person, channel} {
		if at, ok := m.known[id]; !ok || now.Sub(at) >= time.Minute || !since.IsZero() && !at.After(since) {
			return op.Person{}, op.Channel{}, false
		}
	}
	return op.Person{ID: person, Team: team}, op.Channel{ID: channel, Member: true}, true
}

// take gives what was asked for since the last time.
func (m *memory) take() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.asked)
	m.asked = nil
	return n
}

func newMemory(t *testing.T, confirm op.Confirm) (*stage, *memory) {
	s := newStage(t)
	s.confirm = confirm
	m := &memory{people: (*people)(s), known: map[string]time.Time{}}
	s.e.authz = s.judge(s.e.table, m)
	return s, m
}

// TestRefusalsCostNothing: whoever may not press costs at most one look in ten seconds; a right that was given
// meanwhile counts at the first click after that.
func TestRefusalsCostNothing(t *testing.T) {
	for name, c := range map[string]struct {
		person string
		act    op.Action
		first  int // questions at the first click: about the asker, the channel, whoever presses
	}{
		"approve": {bo, op.ActionApprove, 3}, "decline": {bo, op.ActionDecline, 3},
		"confirm another's": {bo, op.ActionConfirm, 0},
		"approve one's own": {ana, op.ActionApprove, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newMemory(t, op.ConfirmOther)
			o := s.asked("caster restart c1")
			s.advance(time.Minute)
			m.take()
			for i := range 25 {
				if s.click(c.person, o, c.act) == "" {
					t.Fatal("nobody was told")
				}
				if n := m.take(); i == 0 && n != c.first || i > 0 && n != 0 {
					t.Errorf("click %d costs %d questions", i, n)
				}
			}
			s.want(o, op.Pending, 0)
			if s.advance(authz.DenyWithin); c.first > 0 && (s.click(c.person, o, c.act) == "" || m.take() == 0) {
				t.Error("after ten seconds nobody looks whether it is still so")
			}
			s.click(ken, o, op.ActionApprove)
			s.want(o, op.Succeeded, 1)
		})
	}
}

// TestAskerWithoutRights: the asker has lost the right, and presses again and again.
func TestAskerWithoutRights(t *testing.T) {
	s, m := newMemory(t, op.ConfirmSelf)
	o := s.asked("caster restart c1")
	s.advance(3 * time.Second)
	s.with(func() { s.forbid[ana] = true })
	m.take()
	for range 25 {
		s.click(ana, o, op.ActionConfirm)
	}
	if n := m.take(); n != 0 {
		t.Errorf("%d questions", n)
	}
	s.want(o, op.Pending, 0)
	events, err := s.store.Recent(context.Background(), 100)
	denied, more := 0, "" // those that come too fast are one row
	for _, e := range events {
		switch e.Name {
		case op.EventDenied:
			denied++
		case op.EventDeniedMore:
			more += e.Detail[store.Count]
		}
	}
	if err != nil || denied != 20 || more != "5" {
		t.Errorf("%d refusals are recorded, %q counted: %v", denied, more, err)
	}
}

// TestFactsServeTwoSeconds: what is newer than two seconds before a click serves for it and for the call; older facts
// do not allow.
func TestFactsServeTwoSeconds(t *testing.T) {
	for after, want := range map[time.Duration]int{time.Second: 0, authz.ClickWithin: 2} {
		s, m := newMemory(t, op.ConfirmSelf)
		o := s.asked("caster restart c1")
		s.advance(after)
		m.take()
		s.click(ana, o, op.ActionConfirm)
		s.want(o, op.Succeeded, 1)
		if n := m.take(); n != want {
			t.Errorf("%s after they were looked up: %d questions, want %d", after, n, want)
		}
	}
}

// TestAskedSideBySide: an approval asks about the asker, the channel and the second person at once. Each question waits
// for the others here, so that the test hangs when they come one after another.
func TestAskedSideBySide(t *testing.T) {
	s, m := newMemory(t, op.ConfirmOther)
	o := s.asked("caster restart c1")
	s.advance(time.Minute)
	m.take()
	m.meet = &sync.WaitGroup{}
	m.meet.Add(3)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.click(ken, o, op.ActionApprove)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("they are asked one after another")
	}
	s.want(o, op.Succeeded, 1)
	if n := m.take(); n != 3 {
		t.Errorf("%d questions, want 3", n)
	}
}

// Somebody of another team with the asker's id is not the asker; the card stays as it is for them.
func TestTheAskersIDOfAnotherTeam(t *testing.T) {
	for _, act := range []op.Action{op.ActionConfirm, op.ActionCancel} {
		s := newStage(t)
		o := s.asked("caster restart c1")
		c := s.press(ana, o, act)
		c.PersonTeam = "T9"
		accepted, err := s.e.Press(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		s.do(accepted)
		s.want(o, op.Pending, 0)
		if said := s.told[len(s.told)-1]; !strings.Contains(said, "Only @"+ana) {
			t.Errorf("%s: told %q", act, said)
		}
		s.click(ana, o, op.ActionConfirm)
		s.want(o, op.Succeeded, 1)
	}
}

// A card of somebody who has left the channel since goes on for nobody.
func TestTheAskerHasLeftTheChannel(t *testing.T) {
	s := newStage(t)
	s.confirm = op.ConfirmOther
	o := s.asked("caster restart c1")
	s.with(func() { s.rooms = map[string][]string{ken: {"C0"}} })
	s.advance(2 * time.Minute)
	if said := s.click(ken, o, op.ActionApprove); !strings.Contains(said, "It cannot be confirmed that @"+ana) {
		t.Errorf("told %q", said)
	}
	s.want(o, op.Pending, 0)
	s.with(func() { s.rooms = nil })
	s.click(ken, o, op.ActionApprove)
	s.want(o, op.Succeeded, 1)
}
