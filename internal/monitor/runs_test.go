package monitor

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Whoever opens a preview again that was seen closed is not who opened it through the bot.
func TestAPreviewThatWasSeenClosed(t *testing.T) {
	s := newFixture(t)
	shown := func(open bool) { s.with(func() { s.scenes["c1"][1].Open = open }) }
	s.did("caster.scene.start", news, "s1")
	s.pass(5 * time.Minute)
	shown(false)
	s.pass(guardEvery)
	shown(true)
	s.w = s.watcher("r2")
	s.pass(previewOpen)
	s.want("opened by other hands")
	s.did("caster.scene.start", news, "s1")
	s.pass(previewOpen)
	s.want("opened through the bot", "PREVIEW of Evening News / Preview 1 has been open for over 30 min")
}

// A preview is not over because it does not show at once, or because its studio is restarted.
func TestAPreviewThatIsNotSeenForAMoment(t *testing.T) {
	s := newFixture(t)
	s.with(func() { s.scenes["c1"][1].Open = false })
	s.did("caster.scene.start", news, "s1")
	s.pass(guardEvery)
	s.with(func() { s.scenes["c1"][1].Open = true })
	s.pass(5 * time.Minute)
	s.did("caster.restart", news)
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.studio("c1", func(c *live.Caster) { c.OnAir = true })
	s.pass(previewOpen)
	s.want("open for long", "PREVIEW of Evening News / Preview 1 has been open for over 35 min")
}

// Who started a studio has nothing to do with a run that somebody else began.
func TestWhoStartedAStudioIsSaidOfThatRun(t *testing.T) {
	s := newFixture(t)
	onAir := func(on bool) {
		s.studio("c1", func(c *live.Caster) {
			if c.OnAir = on; on {
				c.Started = s.clock()
			}
		})
		s.pass(guardEvery)
	}
	const off = "went off air. It was not done through casterbot. / Seen on air at"
	s.did("caster.start", news)
	s.pass(10 * time.Minute)
	onAir(false)
	s.want("stopped elsewhere", off, "by @U0ANA")
	s.pass(2 * time.Minute)
	onAir(true)
	s.want("started elsewhere", "edit C0SHOW: Over at")
	s.pass(10 * time.Minute)
	onAir(false)
	s.wantWithout("by @u0ana", "stopped elsewhere again", off)
	onAir(true)
	s.heard()
	s.did("caster.stop", news)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	onAir(false)
	s.want("the bot had started it again", off, "by @U0ANA")
}

// A change is nothing to take care of once the studio is off air, by whomever; it is not said again of the next run.
func TestAChangeIsOverWithItsRun(t *testing.T) {
	for name, c := range map[string]struct {
		stop func(*fixture)
		want string
	}{
		"through the bot": {func(s *fixture) { s.did("caster.stop", talk) }, "@U0ANA has ended it through casterbot"},
		"elsewhere":       {func(*fixture) {}, "studio Evening Talk is idle."},
	} {
		s := newFixture(t)
		s.call, s.watch[show] = []string{"S0CREW"}, []op.Target{{Kind: "caster", Name: talk.Name}}
		s.pass(guardEvery)
		s.studio(talk.ID, func(c *live.Caster) { c.OnAir, c.Started = true, s.clock() })
		s.pass(guardEvery)
		s.want(name+": started", "Evening Talk was put on air. It was not done through casterbot.", "📣 @S0CREW")
		s.pass(2 * time.Minute)
		c.stop(s)
		s.studio(talk.ID, func(c *live.Caster) { c.OnAir = false })
		s.pass(guardEvery)
		s.want(name, "edit C0SHOW: Over at", c.want, "Before: Studio Evening Talk was put on air")
		s.did("caster.start", talk)
		s.studio(talk.ID, func(c *live.Caster) { c.OnAir, c.Started = true, s.clock() })
		s.pass(callAfter)
		if said := s.heard(); strings.Contains(said, "put on air") || strings.Contains(said, "Nobody has taken care") {
			t.Errorf("%s: said of a run that the bot started: %s", name, said)
		}
	}
}

// A studio that is idle within a restart through the bot is not off air.
func TestAChangeOutlivesARestart(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.studio("c1", func(c *live.Caster) { c.Modified = s.clock() })
	s.pass(guardEvery)
	s.want("changed", "post C0SHOW: Studio Evening News was changed")
	s.did("caster.restart", news)
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("under way")
}
