package monitor

import (
	"testing"
	"time"

	"casterbot/internal/live"
)

// What the cloud does not say is no news: neither that a studio went off air, nor that a preview was closed.
func TestNothingIsConcludedFromWhatIsNotTold(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.did("caster.scene.start", news, "s1")
	for range 6 {
		s.pass(time.Minute)
	}
	s.studio("c1", func(c *live.Caster) { c.OnAir, c.Untold = false, true })
	for range 6 {
		s.pass(time.Minute)
	}
	s.want("not told")
	s.studio("c1", func(c *live.Caster) { c.OnAir, c.Untold = true, false })
	for range 35 {
		s.pass(time.Minute)
	}
	s.want("open for long", "Preview 1")
	s.with(func() { s.scenes["c1"][1].Open, s.scenes["c1"][1].Untold = false, true })
	s.pass(time.Minute)
	s.want("not told either")
}

// A standby picture does not leave the board because the cloud does not tell whether its studio is on air.
func TestStandbyOfAStudioThatIsNotTold(t *testing.T) {
	s := newFixture(t)
	s.board(show, true)
	s.did("caster.standby", news)
	s.studio("c1", func(c *live.Caster) { c.OnAir, c.Untold = false, true })
	s.pass(time.Second)
	s.want("put up", "Evening News · ⚠️ STANDBY up since 2026-11-22 12:00:00 UTC by @U0ANA, unless changed elsewhere · "+
		"on air or idle, not told")
}
