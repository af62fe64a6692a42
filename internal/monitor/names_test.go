package monitor

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Things of this channel as another one calls them: neither name may be read here.
var (
	merger    = op.Target{Kind: "caster", ID: news.ID, Name: "Morning Merger"}
	rehearsal = op.Target{Kind: "stream", ID: main, Name: "merger-rehearsal"}
)

// wantWithout is want, and says what nobody may read.
func (s *fixture) wantWithout(secret, when string, parts ...string) {
	s.t.Helper()
	got := s.heard()
	s.said = []string{got}
	if s.want(when, parts...); strings.Contains(strings.ToLower(got), secret) {
		s.t.Errorf("%s: %q may not be read in:\n%s", when, secret, got)
	}
}

// An alert is ended by something that was done in another channel: it is called as this one calls it, or not at all.
func TestWhatHasEndedAnAlertIsCalledAsTheChannelMay(t *testing.T) {
	s := newer(t)
	changedByHand := func() {
		s.studio(news.ID, func(c *live.Caster) { c.Name = news.Name })
		s.from = show
		s.did("caster.start", news)
		s.pass(2 * time.Minute)
		s.studio(news.ID, func(c *live.Caster) { c.Modified = s.clock() })
		s.pass(guardEvery)
		s.want("changed", "post C0SHOW: Studio Evening News was changed")
		s.studio(news.ID, func(c *live.Caster) { c.Name = merger.Name })
		s.from = other
	}
	changedByHand()
	s.did("caster.stop", merger)
	s.pass(guardEvery)
	s.wantWithout("merger", "stopped", "edit C0SHOW: Over at", "@U0ANA has ended it through casterbot", "): caster stop.")
	changedByHand()
	s.did("caster.scrap", merger)
	s.pass(guardEvery)
	s.wantWithout("merger", "deleted", "edit C0SHOW: Over at", ": it was deleted through casterbot by @U0ANA")

	s = newFixture(t)
	s.did("record.start", mainLine)
	s.cut()
	s.pass(time.Minute)
	s.want("broken", "its stream broke off")
	s.from = other
	s.did("record.stop", rehearsal)
	s.pass(guardEvery)
	s.wantWithout("merger", "paused", "edit C0SHOW: Over at", "): record stop on main.")
}

// A stream of which a board says what the bot did in another channel is called as this one calls it.
func TestAnUnseenStreamOnABoardHasTheChannelsName(t *testing.T) {
	s := newFixture(t)
	s.from = other
	s.did("record.start", op.Target{Kind: "stream", ID: "live.example.com/show/cam1", Name: "merger-rehearsal"})
	s.board(show, true)
	s.with(func() { s.fail["online"] = true })
	s.pass(time.Second)
	s.wantWithout("merger", "on the board", "cam1 · could not be looked at · recording started")
}

// The end of a recording that a channel may not touch any more is nothing to ask about there.
func TestTheEndOfARecordingThatLeftTheScope(t *testing.T) {
	for name, hidden := range map[string]string{"in scope": "", "not any more": main} {
		s := newFixture(t)
		s.did("caster.start", news)
		s.did("record.start", mainLine)
		s.pass(time.Hour)
		s.did("record.stop", mainLine)
		s.hidden = hidden
		s.pass(stillOn)
		if said := s.heard(); strings.Contains(said, "is still on air") != (hidden == "") {
			t.Errorf("%s: %s", name, said)
		}
		s.did("record.start", rehearsal)
		s.pass(guardEvery)
		if said := s.heard(); strings.Contains(said, "Over at") != (hidden == "") {
			t.Errorf("%s, recorded again: %s", name, said)
		}
	}
}
