package monitor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
)

// renamed is a stage on which other hands have changed a studio that was started through the bot, of which people were
// called to take care.
func renamed(t *testing.T) (s *fixture, ref string) {
	s = newFixture(t)
	s.call = []string{"S0CREW"}
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.edited()
	_, ref, _ = strings.Cut(s.heard(), "[I take care of it: caster care ")
	ref, _, _ = strings.Cut(ref, "]")
	return s, ref
}

func (s *fixture) edited() {
	s.studio(news.ID, func(c *live.Caster) { c.Modified = s.clock() })
	s.pass(guardEvery)
}

func (s *fixture) restarted() {
	s.studio(news.ID, func(c *live.Caster) { c.Started, c.Modified = s.clock(), s.clock() })
	s.pass(guardEvery)
}

// Who takes care of a change takes none of a restart that comes after it: people are called anew.
func TestARestartAfterAChangeIsACauseOfItsOwn(t *testing.T) {
	s, ref := renamed(t)
	if c, err := s.w.care.TakeCare(t.Context(), show, ref, "U0BO", s.clock()); err != nil || c.By == "" {
		t.Fatal(c, err)
	}
	s.pass(guardEvery)
	s.want("taken", "🙋 @U0BO has been taking care of it since")
	s.pass(10 * time.Minute)
	s.restarted()
	s.wantWithout("u0bo", "restarted", "edit C0SHOW: Over at", "studio Evening News was changed again since.",
		"post C0SHOW: Studio Evening News was restarted. It was not done through casterbot. / 📣 @S0CREW / First seen at "+
			"2026-11-22 12:12:45 UTC.", "[I take care of it: caster care "+ref+"]")
	s.pass(callAfter)
	s.want("nobody takes care", "Nobody has taken care of this since 2026-11-22 12:12:45 UTC: / Studio Evening News was "+
		"restarted")
	if c, err := s.w.care.TakeCare(t.Context(), show, ref, "U0ANA", s.clock()); err != nil || c.By != "U0ANA" {
		t.Error(c, err)
	}
}

// Who takes care of a change takes none of what comes after the crew went on: that may have undone it.
func TestAChangeAfterTheCrewWentOnIsACauseOfItsOwn(t *testing.T) {
	s, ref := renamed(t)
	if c, err := s.w.care.TakeCare(t.Context(), show, ref, "U0BO", s.clock()); err != nil || c.By == "" {
		t.Fatal(c, err)
	}
	s.pass(guardEvery)
	s.heard()
	s.did("caster.standby", news)
	s.pass(2 * time.Minute)
	s.heard()
	s.edited()
	s.wantWithout("u0bo", "changed again", "post C0SHOW: Studio Evening News was changed. It was not done through casterbot. "+
		"/ 📣 @S0CREW")
}

// For how long nobody has taken care is counted from the restart, not from what was changed before.
func TestNobodyTakesCareSinceTheRestart(t *testing.T) {
	s, _ := renamed(t)
	s.pass(4 * time.Minute)
	s.restarted()
	s.want("restarted", "post C0SHOW: Studio Evening News was restarted")
	s.pass(callAfter - time.Second)
	s.want("not yet")
	s.pass(guardEvery)
	s.want("called", "Nobody has taken care of this since 2026-11-22 12:06:30 UTC: / Studio Evening News was restarted")
}

// What is changed again and again is one alert; what is changed much later is another.
func TestChangesThatFollowEachOther(t *testing.T) {
	s, _ := renamed(t)
	for range 3 {
		s.pass(2 * time.Minute)
		s.edited()
	}
	if said := s.heard(); strings.Count(said, "edit C0SHOW: Studio Evening News was changed") != 3 ||
		strings.Contains(said, "post C0SHOW: Studio") ||
		!strings.Contains(said, "First seen at 2026-11-22 12:02:15 UTC. The cloud says that it was last changed at "+
			"2026-11-22 12:08:45 UTC.") {
		t.Error(said)
	}
	s.pass(apart)
	s.heard()
	s.edited()
	s.want("much later", "edit C0SHOW: Over at", "post C0SHOW: Studio Evening News was changed")
	s.restarted()
	s.want("restarted", "post C0SHOW: Studio Evening News was restarted")
	s.edited()
	s.want("a change after it", "edit C0SHOW: Studio Evening News was restarted")
	s.pass(previewOpen)
	s.want("old", "edit C0SHOW: Over at", "was changed more than 30 min before")
}

// An alert whose end cannot be said gives way with the next look, and what it gives way to is said once.
func TestAnAlertThatCannotGiveWay(t *testing.T) {
	s, _ := renamed(t)
	s.chatFail["edit"] = errors.New("away")
	s.restarted()
	s.want("Slack does not answer")
	s.chatFail["edit"] = nil
	s.pass(guardEvery)
	if said := s.heard(); strings.Count(said, "post C0SHOW: Studio Evening News was restarted") != 1 ||
		!strings.Contains(said, "edit C0SHOW: Over at") {
		t.Error(said)
	}
	s.pass(guardEvery)
	s.want("once")
}
