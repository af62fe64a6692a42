package monitor

import (
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// What stays as it is for days is known to have been seen within the hour, also by a process that has just begun: what
// other hands do meanwhile is told, and as of when.
func TestWhatStaysAsItIsWasSeenLately(t *testing.T) {
	s := newFixture(t)
	s.watch[show] = []op.Target{news}
	for range 30 {
		s.pass(time.Hour)
	}
	s.want("for a day and more")
	s.w.leader.release(t.Context())
	s.w = s.watcher("r2")
	s.studio(news.ID, func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("while the process began", "Studio Evening News went off air", "Seen on air at 2026-11-23 18:00:00 UTC")
}

// Of a studio that was renamed out of what the channel may touch nothing is said there when it is deleted, not by its
// former name either.
func TestARenamedStudioThatIsDeleted(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.studio(news.ID, func(c *live.Caster) { c.Name = merger.Name })
	s.pass(guardEvery)
	s.with(func() { delete(s.studios, news.ID) })
	s.pass(2 * time.Minute)
	s.want("deleted")
}
