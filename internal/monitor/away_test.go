package monitor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/notify"
	"casterbot/internal/op"
)

// What becomes of an alert while the channel cannot be written to stands on it when it can: how it goes on, and that it
// is over.
func TestAnAlertWhileTheBotIsAway(t *testing.T) {
	s, _ := calledFor(t)
	away := func() {
		s.with(func() { s.chatFail["post"], s.chatFail["edit"] = notify.ErrNotInChannel, notify.ErrNotInChannel })
	}
	back := func() {
		s.with(func() { clear(s.chatFail) })
		s.w.ChannelRestored(t.Context(), show)
		s.pass(guardEvery)
	}
	away()
	s.stream(s.clock().Sub(noon))
	s.pass(guardEvery)
	s.pass(guardEvery)
	s.want("thrown out")
	if s.calls["failed edit"] != 1 {
		t.Errorf("%d tries where nothing can be written", s.calls["failed edit"])
	}
	back()
	s.want("back", "edit C0SHOW: 🔴 Recording of main ended", "is NOT being recorded")
	away()
	s.did("record.start", mainLine)
	s.pass(guardEvery)
	s.want("thrown out again")
	s.w = s.watcher("r2")
	back()
	s.want("back again", "edit C0SHOW: Over at")
	if all, err := s.w.alerts.List(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("left: %+v, %v", all, err)
	}
}

// An alert is kept for a bot that may come back, and not for ever.
func TestAnAlertIsNotKeptForEver(t *testing.T) {
	for name, away := range map[string]func(*fixture){
		"it cannot be written to":       func(s *fixture) { s.chatFail["edit"] = notify.ErrNotInChannel },
		"Slack does not show it at all": func(s *fixture) { s.tells[show] = errors.New("hidden") },
	} {
		s, _ := calledFor(t)
		s.with(func() { away(s) })
		s.did("record.stop", mainLine)
		for range 5 {
			s.pass(watchFor / 2)
		}
		if all, err := s.w.alerts.List(t.Context()); err != nil || len(all) > 0 {
			t.Errorf("%s: left: %+v, %v", name, all, err)
		}
	}
}

// An alert is over by what was done after it was said, and by nothing before that.
func TestWhatEndsAnAlert(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	before := s.did("record.stop", mainLine)
	s.watch[show] = []op.Target{mainLine} // it goes on by other hands
	for n := range 3 {
		s.recorded(time.Hour + time.Duration(n)*guardEvery)
		s.with(func() { s.now = noon.Add(time.Hour + time.Duration(n)*guardEvery) })
		s.pass(0)
	}
	s.cut()
	s.pass(guardEvery)
	s.want("broken", "its stream broke off")
	s.with(func() { s.watch = nil })
	s.pass(guardEvery)
	if got := s.heard(); !strings.Contains(got, "it is no longer watched") || strings.Contains(got, before.Ref()) {
		t.Errorf("over: %s", got)
	}
}

// That nothing stands wrong any more is not said to be mended when it is not: somebody has given it up, or a day has
// passed.
func TestWhatIsGivenUpIsNotMended(t *testing.T) {
	broken := func() *fixture {
		s := newFixture(t)
		s.watch[show] = []op.Target{mainLine, {Kind: "caster", Name: "Evening News"}}
		for n := range 2 {
			s.recorded(time.Duration(n) * guardEvery)
			s.pass(guardEvery)
		}
		s.cut()
		s.studio("c1", func(c *live.Caster) { c.OnAir = false })
		s.pass(guardEvery)
		s.want("wrong", "Recording of main ended", "Evening News went off air")
		return s
	}
	s := broken()
	by := s.did("record.finish", mainLine)
	s.pass(guardEvery)
	s.want("given up", "edit C0SHOW: Over at", "@U0ANA has ended it through casterbot (op "+by.Ref())
	s = broken()
	s.pass(watchFor)
	s.pass(guardEvery)
	got := s.heard()
	if strings.Count(got, "it is no longer watched: a day has passed") != 2 {
		t.Errorf("the day after: %s", got)
	}
}

// Nobody is asked why a studio is on air while something that its channel may touch is recorded: started anew in
// another channel, or by other hands.
func TestStudioOnForARecordingFromElsewhere(t *testing.T) {
	for name, goOn := range map[string]func(*fixture){
		"from another channel": func(s *fixture) { s.from = other; s.did("record.start", mainLine); s.from = show },
		"by other hands":       func(s *fixture) { s.recorded(2 * time.Hour) },
	} {
		s := newFixture(t)
		s.did("caster.start", news)
		s.did("record.start", mainLine)
		s.pass(time.Hour)
		s.did("record.stop", mainLine)
		s.pass(time.Minute)
		goOn(s)
		s.pass(stillOn)
		s.want(name)
	}
	s := newFixture(t)
	s.did("caster.start", news)
	s.did("record.start", mainLine)
	s.pass(time.Hour)
	s.did("record.stop", mainLine)
	s.with(func() { s.fail["material"] = true })
	s.pass(stillOn)
	s.want("whether it goes on could not be looked at")
	s.with(func() { clear(s.fail) })
	s.pass(guardEvery)
	s.want("it does not", "is still on air, over 15 min after recording of main ended")
	s.recorded(s.clock().Add(guardEvery).Sub(noon))
	s.pass(guardEvery)
	s.want("it goes on by other hands", "edit C0SHOW: Over at", "main is being recorded, as far as the cloud shows.")
}

// Who took care of an alert that is over takes none of the next, although a process died before it had forgotten that.
func TestCareOfAnAlertThatIsOver(t *testing.T) {
	s, ref := calledFor(t)
	if c, err := s.w.care.TakeCare(t.Context(), show, ref, "U0BO", s.clock()); err != nil || c.By != "U0BO" {
		t.Fatal(c, err)
	}
	all, err := s.w.alerts.List(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if _, err := s.w.alerts.Drop(t.Context(), all[0].key, all[0].version, op.Event{}); err != nil {
		t.Fatal(err)
	}
	s.w = s.watcher("r2")
	s.pass(guardEvery)
	if got := s.heard(); !strings.Contains(got, "[I take care of it") || strings.Contains(got, "takes care of it since") {
		t.Errorf("the next: %s", got)
	}
}

// A board that cannot be taken down, because the bot is out of the channel or that is archived, is not forgotten: it is
// taken down when it can be, or goes on.
func TestABoardThatCannotBeTakenDown(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.pass(time.Second)
	s.want("put up", "post C0SHOW: On air")
	s.with(func() { s.tells[show], s.chatFail["edit"] = nil, notify.ErrNotInChannel }) // archived
	for range 8 {
		s.pass(boardEvery)
	}
	if n := s.calls["failed edit"]; n != 1 {
		t.Errorf("tried %d times within %s", n, muteFor)
	}
	s.with(func() { delete(s.tells, show); clear(s.chatFail) })
	s.w.ChannelRestored(t.Context(), show)
	s.pass(boardEvery)
	s.want("it goes on", "edit C0SHOW: On air")
	s.board(show, false)
	s.with(func() { s.chatFail["edit"] = notify.ErrNotInChannel })
	s.pass(editApart)
	s.w.ChannelRestored(t.Context(), show)
	s.pass(guardEvery)
	s.want("thrown out")
	s.with(func() { clear(s.chatFail) })
	s.w.ChannelRestored(t.Context(), show)
	s.pass(guardEvery)
	s.want("back", "edit C0SHOW: The on-air board was taken down")
	s.pass(time.Hour)
	s.want("gone")
}
