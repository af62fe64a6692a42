package monitor

import (
	"testing"
	"time"

	"casterbot/internal/live"
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
