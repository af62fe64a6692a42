package engine

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
)

// silent is a stage on which nothing can be told for the moment. It counts the tries, and keeps what the last one was
// to say.
type silent struct {
	*stage
	mine  sync.Mutex
	tries int
	last  op.Answer
	to    op.Address
}

func newSilent(t *testing.T) *silent {
	s := &silent{stage: newStage(t)}
	s.mute = true
	s.tellAll = func(a op.Answer) {
		s.mine.Lock()
		defer s.mine.Unlock()
		s.tries++
		s.last = a
	}
	s.tellTo = func(to op.Address) {
		s.mine.Lock()
		defer s.mine.Unlock()
		s.to = to
	}
	return s
}

func (s *silent) speak() { s.with(func() { s.mute = false }) }

// said are the answers that reached somebody, joined.
func (s *silent) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.told, "; ")
}

// memos is how many answers are owed in the store.
func (s *silent) memos() int {
	s.t.Helper()
	left, err := s.store.Documents(context.Background(), notify.KindTell)
	if err != nil {
		s.t.Fatal(err)
	}
	return len(left)
}

func words(lines []op.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Plain())
	}
	return strings.Join(all, " ")
}

// Whatever was asked, by a command or a click, its answer comes when Slack takes it again; a late one says so.
func TestAnAnswerIsOwed(t *testing.T) {
	const late = "Asked at 2026-11-22 20:00:00 UTC; Slack did not take the answer until now."
	for name, c := range map[string]struct {
		ask  func(s *silent)
		away time.Duration
		told string
		late bool
	}{
		"a look": {func(s *silent) { s.typed(ana, "caster list") }, 2 * time.Second, "two studios", false},
		"help": {func(s *silent) {
			s.deaf = true
			s.typed(ana, "help")
		}, time.Second, "Your rights cannot be checked now, so nothing was done.", false},
		"a refusal": {func(s *silent) { s.absent = true; s.typed(ana, "caster restart c1") }, time.Minute,
			"casterbot is not in this channel, so nobody would see what happens. Nothing was done.", true},
		"long ago":     {func(s *silent) { s.typed(ana, "caster list") }, 10 * time.Minute, "two studios", true},
		"too long ago": {func(s *silent) { s.typed(ana, "caster list") }, notify.TellFor, "", false},
		"not to be told": {func(s *silent) { s.mute, s.lost = false, true; s.typed(ana, "caster list"); s.lost = false },
			time.Minute, "", false},
		"a click": {func(s *silent) { s.click(bo, s.asked("caster restart c1"), op.ActionConfirm) }, time.Minute,
			"Only @U0ANA can answer this card. Nothing was done.", true},
		"what bot answers": {func(s *silent) {
			s.e.notify.Reply(context.Background(), op.Address{Person: ana}, op.Answer{Title: op.L("hello")})
		}, time.Minute, "hello", true},
	} {
		s := newSilent(t)
		c.ask(s)
		s.advance(c.away)
		if got := s.said(); got != "" {
			t.Errorf("%s: %q is told while nothing can be", name, got)
		}
		s.speak()
		for _, step := range []time.Duration{5 * time.Second, notify.LongestBackoff, notify.LongestBackoff} {
			s.advance(step)
		}
		says := strings.Contains(words(s.last.Lines), late)
		if s.said() != c.told || s.memos() != 0 || c.told != "" && says != c.late {
			t.Errorf("%s: told %q, %d owed, the last one says %q", name, s.said(), s.memos(), words(s.last.Lines))
		}
	}
}

// An answer that comes late is given to those who are in the channel still.
func TestAnOwedAnswerIsForThoseWhoAreThere(t *testing.T) {
	s := newSilent(t)
	s.typed(ana, "caster list")
	s.advance(2 * time.Minute)
	s.with(func() { s.rooms = map[string][]string{ana: {"C0OTHER"}} })
	s.speak()
	s.advance(notify.LongestBackoff)
	if got := s.said(); got != "You are not in that channel, so nothing was done." {
		t.Errorf("told %q", got)
	}
}

// Help is decided anew like any other answer: where it is owed, and where it was asked of a process that is gone.
func TestHelpIsForThoseWhoAreThere(t *testing.T) {
	for name, ask := range map[string]func(s *silent){
		"owed": func(s *silent) {
			s.typed(ana, "help")
			s.advance(2 * time.Minute)
		},
		"after a restart": func(s *silent) {
			r := op.Request{Key: "h", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}), Text: "help"}
			if _, err := s.e.Accept(context.Background(), r); err != nil {
				t.Fatal(err)
			}
			s.with(func() { s.now = s.now.Add(90 * time.Second) })
		},
	} {
		for told, rooms := range map[string]map[string][]string{
			"You are not in that channel, so nothing was done.": {ana: {"C0OTHER"}}, "What you can do here": nil,
		} {
			s := newSilent(t)
			s.deaf = true // so that it is not answered within the acknowledgement
			ask(s)
			s.with(func() { s.deaf, s.rooms = false, rooms })
			s.speak()
			s.restart()
			s.advance(notify.LongestBackoff)
			s.advance(notify.LongestBackoff)
			if got := s.said(); got != told {
				t.Errorf("%s: told %q, not %q", name, got, told)
			}
		}
	}
}

// Tries are further and further apart, up to a limit, and end after a quarter of an hour.
func TestTriesGrowRare(t *testing.T) {
	s := newSilent(t)
	s.typed(ana, "caster list")
	var at []int
	for second, step := 2, 2; second <= int(notify.TellFor/time.Second)+60; second += step {
		before := s.tries
		s.advance(time.Duration(step) * time.Second)
		if second == 100 { // from here on every 20 s
			step = 10
		}
		if s.tries > before {
			at = append(at, second)
		}
	}
	want := []int{2, 6, 14, 30, 50, 70}
	for i, second := range want {
		if at[i] != second {
			t.Fatalf("tries at %v, want them at %v first", at[:len(want)], want)
		}
	}
	if last := at[len(at)-1]; last > int(notify.TellFor/time.Second) ||
		last < int((notify.TellFor-notify.LongestBackoff)/time.Second) {
		t.Errorf("the last try was after %d s", last)
	}
	if s.e.notify.Kept() > 0 {
		t.Errorf("still in memory: %d", s.e.notify.Kept())
	}
}

// Another process gives the answer after a restart, though not by the address that was only good for this one.
func TestAnAnswerSurvivesARestart(t *testing.T) {
	s := newSilent(t)
	r := op.Request{Key: "r",
		Origin: ofTeam(op.Address{Channel: "C0", Thread: "7.1", Person: ana, At: s.clock(), ReplyTo: "https://canary"}),
		Text:   "caster list"}
	s.request(r)
	if s.to != r.Address {
		t.Errorf("it is tried with %+v, not %+v", s.to, r.Address)
	}
	s.advance(notify.ShortestBackoff)
	if s.to != r.Address {
		t.Errorf("it is tried again with %+v, not %+v", s.to, r.Address)
	}
	memos, err := s.store.Documents(t.Context(), notify.KindTell)
	if err != nil || len(memos) != 1 || strings.Contains(memos[0].Body, "canary") {
		t.Fatalf("%+v, %v", memos, err)
	}
	s.restart()
	s.speak()
	s.advance(notify.LongestBackoff)
	r.ReplyTo = ""
	if s.said() != "two studios" || s.memos() != 0 || !s.to.At.Equal(r.At) || s.to.Thread != "7.1" || s.to.ReplyTo != "" {
		t.Errorf("told %q by %+v, %d owed", s.said(), s.to, s.memos())
	}
}

// Two replicas that sweep at the same moment make one try, and when it succeeds neither makes another.
func TestOneReplicaTells(t *testing.T) {
	s := newSilent(t)
	s.typed(ana, "caster list")
	s.speak()
	other := New(Config{Table: s.e.table, Store: s.store, Authz: s.e.authz, Chat: (*chat)(s.stage), Now: s.clock,
		Replica: "other"})
	release := make(chan struct{})
	s.tell = func() { <-release }
	s.with(func() { s.now = s.now.Add(notify.ShortestBackoff) })
	for _, e := range []*Engine{s.e, other, s.e, other} {
		if err := e.notify.DeliverDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); e == s.e &&
			time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			s.mine.Lock()
			tries := s.tries
			s.mine.Unlock()
			if tries == 2 {
				break
			}
		}
	}
	close(release)
	s.settle()
	other.work.all.Wait()
	s.advance(time.Minute)
	if err := other.notify.DeliverDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	other.work.all.Wait()
	if s.said() != "two studios" || s.tries != 2 || s.e.notify.Kept()+other.notify.Kept() > 0 {
		t.Errorf("told %q after %d tries", s.said(), s.tries)
	}
}

// Of many answers the newest reach their reader, who is told of the others; and they do not come all at once.
func TestOnlyTheNewestAnswersAreOwed(t *testing.T) {
	s := newSilent(t)
	for range notify.TellEach + 3 {
		s.with(func() { s.now = s.now.Add(time.Millisecond) })
		s.typed(ana, "caster list")
	}
	s.typed(bo, "caster list")
	s.advance(time.Second)
	if n := s.memos(); n != notify.TellEach+1 {
		t.Errorf("%d answers are owed", n)
	}
	s.speak()
	counted := 0
	s.tellAll = func(a op.Answer) {
		if strings.Contains(words(a.Lines), "Earlier answers left out: 3.") {
			counted++
		}
	}
	for before := -1; before < len(s.told); s.advance(notify.LongestBackoff) {
		if before = len(s.told); s.memos() > 0 {
			s.advance(time.Second)
		}
		if more := len(s.told) - before; more > notify.TellAtOnce {
			t.Errorf("%d answers at once", more)
		}
	}
	if len(s.told) != notify.TellEach+1 || s.memos() != 0 || counted != 1 {
		t.Errorf("%d were told, %d are owed, %d of them speak of those left out", len(s.told), s.memos(), counted)
	}
}

// What cannot be written down is owed in memory, and given once.
func TestAnAnswerIsOwedWithoutTheStore(t *testing.T) {
	for name, step := range map[string]func(s *silent, full func()){
		"full before": func(s *silent, full func()) { full(); s.typed(ana, "caster list") },
		"full after":  func(s *silent, full func()) { s.typed(ana, "caster list"); full() },
	} {
		s := newSilent(t)
		step(s, func() {
			for _, change := range []string{"INSERT", "UPDATE"} {
				s.alter("CREATE TRIGGER full_" + change + " BEFORE " + change + " ON memos BEGIN SELECT RAISE(ABORT, 'full'); END")
			}
		})
		s.advance(notify.ShortestBackoff)
		tries := s.tries
		if s.advance(time.Second); s.tries != tries || tries != 2 {
			t.Errorf("%s: %d tries, then %d", name, tries, s.tries)
		}
		s.speak()
		for range 4 {
			s.advance(notify.LongestBackoff)
		}
		if s.said() != "two studios" {
			t.Errorf("%s: told %q", name, s.said())
		}
		for _, change := range []string{"INSERT", "UPDATE"} {
			s.alter("DROP TRIGGER full_" + change)
		}
		s.advance(notify.LongestBackoff)
		s.advance(notify.LongestBackoff)
		if s.said() != "two studios" || s.memos() != 0 || s.e.notify.Kept() > 0 {
			t.Errorf("%s: afterwards told %q, %d owed", name, s.said(), s.memos())
		}
	}
}

// An answer that is owed is decided again when it is given: by the rights of then, with what is seen then. Its memo
// holds the question, so no address for playback is ever written down.
func TestAnOwedAnswerIsDecidedAnew(t *testing.T) {
	s := newSilent(t)
	s.typed(ana, "caster list")
	left, err := s.store.Documents(t.Context(), notify.KindTell)
	if err != nil || len(left) != 1 {
		t.Fatal(left, err)
	}
	if body := left[0].Body; strings.Contains(body, "two studios") || !strings.Contains(body, "caster list") {
		t.Errorf("the memo holds %s", body)
	}
	s.with(func() { s.forbid[ana] = true })
	s.speak()
	s.advance(10 * time.Minute)
	if got := s.said(); strings.Contains(got, "two studios") || !strings.Contains(got, "not allowed") {
		t.Errorf("told: %s", got)
	}
}
