package monitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// put writes down what somebody wants of the board of a channel.
func (s *fixture) board(channel string, on bool) {
	s.t.Helper()
	b, err := s.w.boards.Board(s.t.Context(), channel)
	if err != nil {
		s.t.Fatal(err)
	}
	b.Off, b.By, b.Since = !on, "U0ANA", s.clock()
	if _, done, err := s.w.boards.PutBoard(s.t.Context(), b, "U0ANA"); err != nil || !done {
		s.t.Fatal(done, err)
	}
}

func TestBoard(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.recorded(-10 * time.Second)
	if _, held, err := s.w.locks.Hold(t.Context(),
		op.Lock{Target: news, Holder: "U0BO", Until: noon.Add(time.Hour)}); err != nil || !held {
		t.Fatal(held, err)
	}
	s.pass(time.Second)
	s.want("put up", "post C0SHOW: On air: 1 of 2 studios",
		"Evening News · on air since 2026-11-22 11:00:00 UTC · PROGRAM Main · 🟢 PREVIEW Preview 1 · 🔒 @U0BO until 2026-11-22 13:00:00 UTC\n",
		"Evening Talk · idle (",
		"main · live since 2026-11-22 11:00:00 UTC · recording since 2026-11-22 12:00:00 UTC, as far as the cloud shows", "updated 2026-11-22 12:00:01 UTC")
	if len(s.pinned) != 1 {
		t.Errorf("pinned: %v", s.pinned)
	}
	for range 9 {
		s.pass(boardEvery)
		s.recorded(s.clock().Sub(noon)) // the recording grows
	}
	s.want("nothing has changed")
	s.pass(boardEvery)
	s.want("the stamp", "edit C0SHOW", "updated 2026-11-22 12:05:01 UTC")
	s.studio("c2", func(c *live.Caster) { c.OnAir = true })
	s.pass(boardEvery)
	s.want("changed", "On air: 2 of 2", "Evening Talk · on air")
	s.board(show, false)
	s.pass(editApart)
	s.want("taken down", "edit C0SHOW: The on-air board was taken down", "by @U0ANA")
	s.pass(time.Hour)
	s.want("gone")
	if len(s.pinned) != 0 {
		t.Errorf("pinned: %v", s.pinned)
	}
}

// A recording that the bot has started stands there before the cloud lists it; that it never does is said.
func TestARecordingThatIsNotListedYet(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.did("record.start", mainLine)
	s.pass(time.Second)
	s.want("put up", "main · live since 2026-11-22 11:00:00 UTC · recording started 2026-11-22 12:00:00 UTC by @U0ANA, not listed yet")
	s.pass(2 * boardEvery)
	s.want("a minute later", "recording started 2026-11-22 12:00:00 UTC by @U0ANA, but nothing of it is listed")
	s.recorded(90 * time.Second)
	s.pass(boardEvery)
	s.want("listed", "main · live since 2026-11-22 11:00:00 UTC · recording since 2026-11-22 12:00:00 UTC")
}

// A board is edited at most once in ten seconds, whoever wants what.
func TestBoardIsEditedSeldom(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Second)
	last := s.clock()
	s.heard()
	for n := range 120 {
		s.studio("c2", func(c *live.Caster) { c.OnAir = n%2 == 0 })
		s.w.boardDue = time.Time{} // as if it were time
		s.pass(time.Second)
		if s.heard() == "" {
			continue
		}
		if now := s.clock(); now.Sub(last) < editApart {
			t.Fatalf("two edits within %s", now.Sub(last))
		}
		last = s.clock()
	}
	if s.clock().Sub(last) > 2*editApart {
		t.Error("it is not edited any more")
	}
}

func TestBoardWithoutPin(t *testing.T) {
	s := newFixture(t)
	s.chatFail["pin"] = errors.New("missing_scope")
	s.board(show, true)
	s.pass(time.Second)
	s.pass(boardEvery)
	s.want("said on it", "post", "edit", "did not let casterbot pin this")
	s.pass(boardEvery)
	s.want("once")
	s.board(show, false)
	s.pass(boardEvery)
	s.want("taken down", "was taken down")
}

func TestDeletedBoardIsOff(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Second)
	s.heard()
	s.chatFail["edit"] = notify.ErrGone
	s.pass(stampAfter)
	s.pass(boardEvery)
	s.want("deleted")
	if b, err := s.w.boards.Board(t.Context(), show); err != nil || b.On() {
		t.Errorf("%+v, %v", b, err)
	}
}

// A board that could not be edited is edited later; one in a channel that cannot be written to is left alone for a
// while.
func TestBoardLater(t *testing.T) {
	for failure, pause := range map[error]time.Duration{notify.ErrBusy: boardEvery, notify.ErrNotInChannel: muteFor} {
		s := newFixture(t)
		s.chatFail["post"] = failure
		s.board(show, true)
		s.pass(time.Second)
		s.chatFail["post"] = nil
		s.pass(pause - time.Second)
		early := s.heard()
		s.pass(boardEvery)
		if got := early + s.heard(); strings.Count(got, "post") != 1 || failure == notify.ErrNotInChannel && early != "" {
			t.Errorf("%v: early %q, then %q", failure, early, got)
		}
	}
}

// Two replicas draw a board once, and a new process goes on with the same message.
func TestBoardOfReplicas(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	second := s.watcher("r2")
	second.leader.alone = true // as if both led
	s.pass(time.Second)
	if err := second.turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.heard(); strings.Count(got, "C0SHOW") != 1 {
		t.Error(got)
	}
	s.studio("c2", func(c *live.Caster) { c.OnAir = true })
	s.w = second
	s.pass(boardEvery)
	s.want("the other one", "edit C0SHOW")
}

func TestBlindBoard(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.fail["scenes"], s.fail["online"] = true, true
	s.pass(time.Second)
	s.want("half blind", "its scenes could not be looked at", "main · could not be looked at")
	s.fail["casters"] = true
	s.pass(boardEvery)
	s.want("blind", "The studios could not be looked at.")
	s.fail = map[string]bool{"material": true}
	s.pass(boardEvery)
	s.want("its material", "its recordings could not be looked at")
}

// While looks fail a board shows what the bot itself did and keeps, and nothing of what is over or not the channel's.
func TestABlindBoardKnowsTheBotsOwn(t *testing.T) {
	s := newFixture(t)
	cam := op.Target{Kind: "stream", ID: "live.example.com/show/cam1", Name: "cam1"}
	cam2 := op.Target{Kind: "stream", ID: "live.example.com/show/cam2", Name: "cam2"}
	s.planned = map[string]string{tally.DelaySeen: "3m0s"}
	s.did("caster.start", news)
	s.did("caster.standby", news)
	s.did("caster.start", op.Target{Kind: "caster", ID: "c3", Name: "Morning Show"})
	s.did("caster.stop", op.Target{Kind: "caster", ID: "c5", Name: "Evening Sports"})
	s.came(op.Unknown, "caster.start", op.Target{Kind: "caster", ID: "c4", Name: "Evening Loop"})
	s.did("record.start", mainLine)
	s.did("record.stop", cam)
	s.did("record.start", cam2)
	if _, held, err := s.w.locks.Hold(t.Context(),
		op.Lock{Target: talk, Holder: "U0BO", Until: noon.Add(time.Hour)}); err != nil || !held {
		t.Fatal(held, err)
	}
	s.fail["casters"], s.fail["online"] = true, true
	s.board(show, true)
	s.pass(time.Second)
	const stands = "On air: not known / The studios could not be looked at.\n" +
		"  Evening News · ⚠️ STANDBY up since 2026-11-22 12:00:00 UTC by @U0ANA, unless changed elsewhere · " +
		"put on air 2026-11-22 12:00:00 UTC by @U0ANA · could not be looked at\n" +
		"  main · could not be looked at · recording started 2026-11-22 12:00:00 UTC by @U0ANA\n" +
		"  cam2 · could not be looked at · recording started 2026-11-22 12:00:00 UTC by @U0ANA\n"
	const rest = "  Evening Loop · could not be looked at · ⚠️ not known whether caster start happened, " +
		"sent 2026-11-22 12:00:00 UTC by @U0ANA\n" +
		"  Evening Talk · could not be looked at · 🔒 @U0BO until 2026-11-22 13:00:00 UTC (updated"
	s.want("blind", stands+"  cam1 · could not be looked at · paused 2026-11-22 12:00:00 UTC by @U0ANA, "+
		"file due 2026-11-22 12:03:00 UTC\n"+rest)
	s.pass(5 * time.Minute)
	s.want("its file was due", stands+rest)
}

// What a look has shown against what the bot did is known to a board that cannot look, and to one of another replica;
// so is the file of a pause that somebody has seen.
func TestABlindBoardKnowsWhatWasSeen(t *testing.T) {
	s := newFixture(t)
	s.planned = map[string]string{tally.DelaySeen: "3m0s"}
	s.did("caster.start", news)
	s.did("caster.standby", news)
	paused := s.did("record.stop", mainLine)
	s.pass(2 * time.Minute) // the guardian looks: the studio is watched
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.heard()
	written := op.Seen{Op: paused.ID, At: s.clock(), Cause: op.SeenWritten, From: noon.Add(-time.Hour), To: noon}
	if err := s.changes().Saw(t.Context(), mainLine, op.IsPaused, written); err != nil {
		t.Fatal(err)
	}
	s.fail["casters"], s.fail["online"] = true, true
	s.board(show, true)
	s.pass(time.Minute)
	s.want("blind", "Evening News · standby of 2026-11-22 12:00:00 UTC by @U0ANA has ended: the studio was off air at "+
		"2026-11-22 12:02:15 UTC · could not be looked at\n",
		"main · could not be looked at · file written: 2026-11-22 11:00:00 UTC to 2026-11-22 12:00:00 UTC")
	s.pass(tally.SaidFor)
	if got := s.heard(); strings.Contains(got, "standby of") || strings.Contains(got, "file written") {
		t.Errorf("an hour later:\n%s", got)
	}
}

// An idle bot makes no call; a board and the guardian share each look.
func TestCallsOfTenMinutes(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(s *fixture)
		want    map[string]int
	}{
		"nothing is watched": {func(*fixture) {}, map[string]int{}},
		"one board": {func(s *fixture) {
			s.board(show, true)
		}, map[string]int{"casters": 20, "scenes": 20, "online": 20, "material": 20}},
		"one recording": {func(s *fixture) {
			s.did("record.start", mainLine)
		}, map[string]int{"online": 40, "material": 40}},
		"one studio": {func(s *fixture) { s.did("caster.start", news) }, map[string]int{"casters": 40}},
		"one preview": {func(s *fixture) {
			s.did("caster.scene.start", news, "s1")
		}, map[string]int{"casters": 40, "scenes": 40}},
		"all of it, in two channels": {func(s *fixture) {
			s.board(show, true)
			s.board(other, true)
			s.did("record.start", mainLine)
			s.did("caster.start", news)
		}, map[string]int{"casters": 40, "scenes": 40, "online": 40, "material": 40}},
	} {
		s := newFixture(t)
		c.prepare(s)
		for range 600 {
			s.pass(time.Second)
		}
		for call, n := range s.calls {
			if n > c.want[call] {
				t.Errorf("%s: %d × %s, at most %d", name, n, call, c.want[call])
			}
		}
		for call, n := range c.want {
			if s.calls[call] < n*9/10 {
				t.Errorf("%s: %d × %s, want about %d", name, s.calls[call], call, n)
			}
		}
	}
}

// Between two calls of one kind there is the time that the share of the limit gives.
func TestShareOfTheLimits(t *testing.T) {
	s := newFixture(t)
	var waited []time.Duration
	s.w.limiter.pause = func(_ context.Context, d time.Duration) bool {
		waited = append(waited, d.Round(50*time.Millisecond))
		return true
	}
	for range 3 {
		if err := s.w.limiter.turn(t.Context(), "DescribeCasters"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.w.limiter.turn(t.Context(), "DescribeLiveStreamsOnlineList"); err != nil {
		t.Fatal(err)
	}
	if len(waited) != 2 || waited[0] != 650*time.Millisecond || waited[1] != 650*time.Millisecond {
		t.Errorf("waited %v; a tenth of 15 calls a second is one in 667 ms", waited)
	}
}

// A board that may not stand is taken down, whoever put it up; while that is not known nothing is drawn.
func TestABoardThatMayNotStand(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Second)
	s.want("put up", "C0SHOW: On air")
	s.with(func() { s.tells[show] = errors.New("Slack is away") })
	s.studio("c2", func(c *live.Caster) { c.OnAir = true })
	s.pass(boardEvery)
	s.want("nobody knows who reads it")
	s.with(func() { s.tells[show] = nil }) // shared with another organisation
	s.pass(boardEvery)
	s.want("taken down", "edit C0SHOW: The on-air board was taken down at 2026-11-22 12:01:01 UTC: casterbot may not show it")
	s.with(func() { delete(s.tells, show) })
	s.pass(time.Hour)
	s.want("it does not come back by itself")
}

// What is said unasked is not said where it may not be, and what stands there is not followed.
func TestAlertsWhereTheyMayNotBe(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.cut()
	s.with(func() { s.tells[show] = nil })
	s.pass(guardEvery)
	s.want("a shared channel")
	s.with(func() { delete(s.tells, show) })
	s.pass(guardEvery)
	s.want("its own again", "its stream broke off")
	s.with(func() { s.tells[show] = nil })
	s.stream(3 * time.Minute)
	s.pass(time.Minute)
	s.want("shared again", "edit C0SHOW: This is not followed in this channel any more.")
}

// A channel that is back is told at once what could not be said there, and its board is drawn.
func TestAChannelThatIsBack(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Second)
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.want("put up", "C0SHOW: On air")
	s.with(func() {
		s.chatFail["post"], s.chatFail["edit"] = notify.ErrNotInChannel, notify.ErrNotInChannel
	})
	s.cut()
	s.pass(boardEvery)
	s.want("thrown out")
	s.with(func() { clear(s.chatFail) })
	s.pass(standIn)
	s.want("not yet known to be back")
	s.w.ChannelRestored(t.Context(), other)
	s.w.ChannelRestored(t.Context(), show)
	s.pass(guardEvery)
	s.want("back", "its stream broke off", "edit C0SHOW: On air")
}

// What the bot has done is on the board as soon as that may be edited.
func TestOwnDoingsAreDrawnAtOnce(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Second)
	s.heard()
	s.pass(2 * time.Second)
	s.did("caster.standby", news)
	for range 7 {
		s.pass(time.Second)
		s.want("before it may be edited")
	}
	s.pass(time.Second)
	s.want("as soon as it may", "edit C0SHOW", "Evening News · ⚠️ STANDBY up since 2026-11-22 12:00:03 UTC by @U0ANA")
	s.pass(editApart)
	s.want("once")
	if _, held, err := s.w.locks.Hold(t.Context(),
		op.Lock{Target: news, Holder: "U0BO", Until: noon.Add(time.Hour)}); err != nil || !held {
		t.Fatal(held, err)
	}
	s.pass(time.Second)
	s.want("a lock", "🔒 @U0BO until")
}

// A board is ordered by what matters; what does not fit is counted, and gives way to recordings.
func TestBoardOfMany(t *testing.T) {
	s := newFixture(t)
	for n := range 40 {
		id := fmt.Sprint("w", n)
		s.with(func() { s.studios[id] = live.Caster{ID: id, Name: fmt.Sprintf("Evening Wall %02d", n), OnAir: true} })
	}
	s.studio("c2", func(c *live.Caster) { c.Name = "Evening Wall 39" }) // idle, and called like another one
	s.recorded(-10 * time.Second)
	s.did("caster.standby", op.Target{Kind: "caster", ID: "w33", Name: "Evening Wall 33"})
	s.came(op.Unknown, "caster.start", op.Target{Kind: "caster", ID: "c2", Name: "Evening Wall 39"})
	s.board(show, true)
	s.pass(time.Second)
	got := s.heard()
	rows := strings.Split(got, "\n")
	if len(rows) != 1+maxRows+1 {
		t.Fatalf("%d rows:\n%s", len(rows), got)
	}
	for i, part := range map[int]string{
		0: "On air: 41 of 42 studios", 1: "Evening Wall 33 · ⚠️ STANDBY", 2: "Evening News · on air",
		29: "main · live since 2026-11-22 11:00:00 UTC · recording since",
		30: "Evening Wall 39 …c2 · idle · ⚠️ not known whether caster start happened, sent 2026-11-22 12:00:00 UTC by @U0ANA",
		31: "…and 13 more: 13 on air",
	} {
		if !strings.Contains(rows[i], part) {
			t.Errorf("row %d: %q, want %q", i, rows[i], part)
		}
	}
	if n := strings.Count(got, "its scenes could not be looked at"); n > 0 {
		t.Errorf("%d studios that nobody tried to look into are said to be out of sight", n)
	}
	if !strings.Contains(got, "its scenes were not looked at") {
		t.Error("studios into which there was no room to look are not told from others")
	}
}

// A stream that has gone away stands there as long as its file is to come; one that only a pattern names as long as it
// is live.
func TestStreamsOfABoard(t *testing.T) {
	s := newFixture(t)
	s.recorded(-10 * time.Second)
	s.planned = map[string]string{tally.DelaySeen: "3m0s"}
	s.did("record.stop", mainLine)
	s.with(func() {
		s.online = map[live.Stream]time.Time{streamOf("live.example.com/show/cam1"): noon}
	})
	s.board(show, true)
	s.pass(time.Second)
	s.want("gone", "main · not live · paused 2026-11-22 12:00:00 UTC by @U0ANA, file due 2026-11-22 12:03:00 UTC\n  cam1 · live since")
	s.pass(3 * time.Minute)
	if got := s.heard(); strings.Contains(got, "main") || !strings.Contains(got, "cam1") {
		t.Error(got)
	}
}

// A clock that was set back holds no board up: neither how things stand, nor that it is taken down.
func TestABoardAfterTheClockWasSetBack(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Minute)
	s.want("put up", "post C0SHOW: On air: 1 of 2 studios")
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(-time.Hour)
	s.want("an hour back", "edit C0SHOW: On air: 0 of 2 studios", "updated 2026-11-22 11:01:00 UTC")
	s.pass(2 * time.Hour)
	s.heard()
	s.board(show, false)
	s.pass(-time.Hour)
	s.want("taken down, an hour back", "edit C0SHOW: The on-air board was taken down")
}
