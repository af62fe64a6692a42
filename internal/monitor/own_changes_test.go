package monitor

import (
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// added are commands that no version has yet: what they start and end is all that the guardian is told of them.
var added = []op.Command{
	{Verb: "caster.delete", Sends: "DeleteCaster", Ends: []op.Condition{op.Exists}},
	{Verb: "caster.rename", Sends: "ModifyCaster", Ends: []op.Condition{op.StandbyShown}},
}

// newer is a stage whose command table has the added ones too.
func newer(t *testing.T) *fixture {
	s := newFixture(t)
	s.w.Changes = s.changes(added...)
	return s
}

// A studio that is deleted through the bot has not vanished, whoever watches it.
func TestAStudioThatIsDeletedThroughTheBot(t *testing.T) {
	t.Parallel()
	s := newer(t)
	s.watch[other] = []op.Target{{Kind: "caster", Name: "Evening News"}}
	s.did("caster.start", news)
	s.did("caster.scene.start", news, "s1")
	s.pass(guardEvery)
	s.did("caster.delete", news)
	s.with(func() { delete(s.studios, news.ID) })
	for range 10 {
		s.pass(guardEvery)
	}
	s.want("deleted through the bot")
	if x := s.history().expectations(); len(x) > 0 {
		t.Errorf("still watched: %+v", x)
	}
}

// What was said about a studio before is over when it is deleted, and by whom.
func TestAnAlertAboutAStudioThatIsDeleted(t *testing.T) {
	t.Parallel()
	s := newer(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.studio(news.ID, func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("stopped by hand", "went off air, and not through me")
	s.did("caster.delete", news)
	s.with(func() { delete(s.studios, news.ID) })
	s.pass(guardEvery)
	s.want("deleted", "has ended it through me")
}

// A change of a studio by a command that was added since is the bot's own.
func TestAChangeByAnAddedCommand(t *testing.T) {
	t.Parallel()
	s := newer(t)
	s.did("caster.start", news)
	s.pass(guardEvery)
	s.did("caster.rename", news)
	s.studio(news.ID, func(c *live.Caster) { c.Modified = s.clock() })
	s.pass(guardEvery)
	s.want("changed through the bot")
}

// What was begun and ended again at one moment is not watched, in whichever order it was asked for.
func TestChangesOfOneMomentAreInTheOrderOfSending(t *testing.T) {
	s := newFixture(t)
	for range 8 { // ids are random: one of them would be out of order
		start := s.did("caster.start", news)
		stop := s.did("caster.stop", news)
		h := s.history()
		if last := h.ending(studio, news.Key(), ""); len(h.expectations()) > 0 || last.ID != stop.ID ||
			start.Turn >= stop.Turn {
			t.Fatalf("%+v", h)
		}
	}
}
