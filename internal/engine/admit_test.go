package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// slowly gives the engine one restart in a second, and takes it away until the test returns it.
func (s *stage) slowly() *quota.Permit {
	s.t.Helper()
	s.e.quota = quota.New(quota.Config{Share: 10})
	p, err := s.e.quota.Reserve(s.t.Context(), "RestartCaster", 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// confirms presses without waiting for what comes of it.
func (s *stage) confirms(o op.Operation) {
	s.t.Helper()
	accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
	if err != nil {
		s.t.Fatal(err)
	}
	accepted.Work(context.Background())
}

// untilQueued waits until the card of a queued operation says something.
func (s *stage) untilQueued(o op.Operation, words string) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if now := s.get(o); now.State == op.Queued && now.Outcome != nil &&
			strings.Contains(now.Outcome.Evidence.Plain(), words) {
			return
		}
	}
	s.t.Fatalf("the card never says %q, but %+v", words, s.get(o).Outcome)
}

// A change that waits for the account's limit says how many come first, and no longer once it runs.
func TestWaitingForTheLimitIsOnTheCard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	held := s.slowly()
	first, second := s.asked("caster restart c1"), s.asked("caster restart c2")
	s.confirms(first)
	s.untilQueued(first, "You are next")
	s.confirms(second)
	s.untilQueued(second, "1 before you, about")
	s.calling = func(ctx context.Context, _ op.SendPermit) {
		if p, ok := quota.Carried(ctx, "RestartCaster"); !ok || p.Wait(ctx) != nil || p.Left() != nil {
			t.Error("the call does not have its turn")
		} else {
			p.Answered(false)
		}
	}
	held.Return()
	s.settle()
	s.want(first, op.Succeeded, 2)
	s.want(second, op.Succeeded, 2)
	for _, o := range s.shown {
		if o.State == op.Running && o.Outcome != nil && len(o.Outcome.Evidence) > 0 {
			t.Errorf("while it ran the card said %q", o.Outcome.Evidence.Plain())
		}
	}
}

// Waiting for the account's limit does not use up the time to start; after two minutes nobody reckons with it any more,
// and then nothing is sent.
func TestWaitingForTheLimitDoesNotExpire(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	held := s.slowly()
	o := s.asked("caster restart c1")
	s.confirms(o)
	s.untilQueued(o, "You are next")
	for range 4 {
		before := s.get(o).Expires
		s.with(func() { s.now = before.Add(-time.Second) })
		s.e.sweep(context.Background())
		last := o.Created.Add(admitWithin)
		for deadline := time.Now().Add(10 * time.Second); !s.get(o).Expires.After(before) &&
			before.Before(last); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("it still expires at %v", before)
			}
		}
	}
	if now := s.get(o); now.State != op.Queued || now.Expires.Sub(o.Created) < time.Minute ||
		now.Expires.Sub(o.Created) > admitWithin+time.Second {
		t.Errorf("it is %s and expires %v after the question", now.State, now.Expires.Sub(o.Created))
	}
	s.with(func() { s.now = s.now.Add(admitWithin) })
	s.e.sweep(context.Background())
	held.Return()
	s.settle()
	s.want(o, op.Expired, 0)
	s.free()
}

// What expired before it could be begun, as in a process that died, gets no more time in the line for the account's
// limit: it was confirmed too long ago.
func TestWhatHasExpiredDoesNotStandInLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	held := s.slowly()
	defer held.Return()
	o := s.asked("caster restart c1")
	_, err := s.store.Move(context.Background(), store.Move{ID: o.ID, From: op.Pending, To: op.Queued, By: ana,
		Expires: s.now.Add(startWithin), Event: op.Event{Name: op.EventConfirmed}})
	if err != nil {
		t.Fatal(err)
	}
	s.with(func() { s.now = s.now.Add(startWithin + time.Second) })
	if err := s.e.recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); s.e.Underway() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it waits for its turn, and expires at %v", s.get(o).Expires)
		}
	}
	held.Return()
	s.settle()
	s.want(o, op.Failed, 0)
}

// free demands that all turns have been given back.
func (s *stage) free() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	if _, err := s.e.quota.Reserve(ctx, "RestartCaster", 0); err != nil {
		s.t.Errorf("a turn is lost: %v", err)
	}
}

// What is not sent gives its turn back: after another look, while another operation of the target runs, and when
// nothing is left of it.
func TestATurnThatIsNotUsedIsGivenBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.slowly().Return()
	o := s.asked("caster restart c1")
	s.with(func() { s.seen = "on air" })
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Failed, 0)
	s.free()
}

// A command that panics at its last look ends its operation, and keeps no turn.
func TestAPanicAtTheLastLookKeepsNoTurn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.slowly().Return()
	o := s.asked("caster restart c1")
	s.with(func() { s.planned = func() { panic("a bug") } })
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Failed, 0)
	s.free()
}

// Without the turns that replicas share nothing is changed, and nothing is lost: it goes on when they can be asked for.
func TestWithoutSharedTurnsAChangeWaits(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	q := quota.New(quota.Config{Book: away{}})
	t.Cleanup(q.Close)
	s.e.quota = q
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Queued, 0)
	s.e.quota = nil
	s.advance(time.Second)
	s.want(o, op.Succeeded, 1)
}

type away struct{}

func (away) Page(context.Context, string) (string, int64, time.Time, error) {
	return "", 0, time.Time{}, errors.New("away")
}

func (away) SetPage(context.Context, string, string, int64) (bool, error) {
	return false, errors.New("away")
}

// Every look and call says for whom it is made.
func TestCallers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var seen []string
	heard := func(ctx context.Context, what string) {
		c := quota.Of(ctx)
		s.with(func() { seen = append(seen, fmt.Sprint(what, " ", c.Class, " ", c.Person, " ", c.OnAir)) })
	}
	restart, list := &s.e.table.Commands[0], &s.e.table.Commands[2]
	plan, verify, read, options := restart.Plan, restart.Verify, list.Read, s.e.table.Kinds[0].Options
	restart.Plan = func(ctx context.Context, c op.Call) (op.Plan, error) { heard(ctx, "plan"); return plan(ctx, c) }
	restart.Verify = func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		heard(ctx, "verify")
		return verify(ctx, a)
	}
	list.Read = func(ctx context.Context, c op.Call) (op.Answer, error) { heard(ctx, "read"); return read(ctx, c) }
	s.e.table.Kinds[0].Options = func(ctx context.Context, c op.Call) ([]op.Option, error) {
		heard(ctx, "options")
		return options(ctx, c)
	}
	s.calling = func(ctx context.Context, _ op.SendPermit) { heard(ctx, "apply") }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.typed(bo, "caster list")
	_, _ = s.e.browse.Fill(context.Background(),
		op.Request{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Person: bo, Channel: "C0"}}},
		op.Form{Command: restart.Usage, Fields: []op.Field{{Name: "caster"}}})
	s.settle()
	want := []string{
		fmt.Sprint("plan ", quota.Asked, " ", ana, " false"), fmt.Sprint("plan ", quota.Confirmed, " ", ana, " true"),
		fmt.Sprint("apply ", quota.Confirmed, " ", ana, " true"), fmt.Sprint("verify ", quota.Checked, " ", ana, " false"),
		fmt.Sprint("read ", quota.Read, " ", bo, " false"), fmt.Sprint("options ", quota.Suggested, " C0 false"),
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}

// A person has at most twenty questions open that only look; the next one is answered at once and not asked.
func TestOpenQuestions(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ask := func(person string) Accepted {
		r := op.Request{Key: op.NewID(), Origin: ofTeam(op.Address{Channel: "C0", Person: person, At: s.clock()}),
			Text: "caster list"}
		a, err := s.e.Accept(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	var open []Accepted
	for range questionsPerPerson {
		a := ask(ana)
		if a.Reply != nil {
			t.Fatalf("refused: %s", a.Reply.Title.Plain())
		}
		open = append(open, a)
	}
	before, err := s.store.Unsettled(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	a := ask(ana)
	if a.Reply == nil || a.Work != nil || a.Reply.Title.Plain() != "You have 20 questions open; this one was not asked." {
		t.Fatalf("%+v", a)
	}
	if after, err := s.store.Unsettled(context.Background(), 100); err != nil || len(after) != len(before) {
		t.Errorf("it is kept all the same: %v", err)
	}
	if a := ask(bo); a.Reply != nil {
		t.Error("somebody else is refused too")
	}
	open[0].Work(context.Background())
	open[1].Drop(context.Background())
	for range 2 {
		if a := ask(ana); a.Reply != nil {
			t.Error("an answered one counts")
		}
	}
	if a := ask(ana); a.Reply == nil {
		t.Error("a dropped one counts twice")
	}
}
