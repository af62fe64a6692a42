package monitor

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// added are commands that no version has: what they start and end is all that the guardian is told of them.
var added = []op.Command{
	{Verb: "caster.scrap", Sends: "ScrapCaster", Ends: []op.Condition{op.Exists}},
	{Verb: "caster.rename", Sends: "ModifyCaster", Ends: []op.Condition{op.StandbyShown}},
}

// A studio, and the recording of another one's programme.
var (
	talk   = op.Target{Kind: "caster", ID: "c2", Name: "Evening Talk"}
	output = op.Target{Kind: "stream", ID: "live.example.com/caster/b5447c", Name: "programme"}
)

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
	s.did("caster.scrap", news)
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
	s.want("stopped by hand", "went off air. It was not done through casterbot")
	s.did("caster.scrap", news)
	s.with(func() { delete(s.studios, news.ID) })
	s.pass(guardEvery)
	s.want("deleted", "Evening News was deleted through casterbot by @U0ANA")
}

// gone is a stage on which a studio that was started through the bot was stopped by hand, which was said.
func gone(t *testing.T) *fixture {
	s := newer(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.studio(news.ID, func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("stopped by hand", "went off air. It was not done through casterbot", "[Start studio: ")
	return s
}

// A studio that is not listed any more cannot be started: the alert says that it is gone, once.
func TestAStudioThatIsNotListedAnyMore(t *testing.T) {
	t.Parallel()
	s := gone(t)
	s.with(func() { delete(s.studios, news.ID) })
	s.pass(guardEvery)
	got := s.heard()
	if !strings.Contains(got, "edit C0SHOW: 🔴 Studio Evening News is gone. It was not done through casterbot. / "+
		"It is not listed any more. Last seen on air at 2026-11-22 12:02:00 UTC.") || strings.Contains(got, "Start studio") {
		t.Error(got)
	}
	s.pass(guardEvery)
	s.want("while it is gone")
	s.did("caster.scrap", news) // whatever it found
	s.pass(guardEvery)
	s.want("deleted", "was deleted through casterbot")
}

// While a delete is under way nobody says that a studio is gone by other hands; in doubt it is said who may have
// done it.
func TestAStudioThatIsGoneWhileADeleteIsUnderWay(t *testing.T) {
	t.Parallel()
	s := gone(t)
	s.came(op.Running, "caster.scrap", news)
	s.with(func() { delete(s.studios, news.ID) })
	s.pass(guardEvery)
	s.want("under way")

	s = gone(t)
	o := s.came(op.Unknown, "caster.scrap", news)
	s.with(func() { delete(s.studios, news.ID) })
	s.pass(guardEvery)
	s.want("in doubt", "is gone. It is not known whether through casterbot.", "Nobody knows what became of op "+o.Ref())
}

// Only an idle studio can be deleted: the recording of another one's programme goes on, and is watched on.
func TestADeletedStudioEndsNoRecordingOfAnother(t *testing.T) {
	t.Parallel()
	s := newer(t)
	s.did("record.start", output)
	s.with(func() { s.online[streamOf(output.ID)] = noon.Add(-time.Hour) })
	s.pass(time.Minute)
	s.did("caster.scrap", talk)
	s.with(func() { delete(s.studios, talk.ID) })
	s.pass(guardEvery)
	s.want("another studio is deleted")
	s.with(func() { delete(s.online, streamOf(output.ID)) })
	s.pass(guardEvery)
	s.want("its stream breaks off", "Recording of b5447c ended", "its stream broke off")
}

// An alert about the recording of a programme outlives that another studio is deleted.
func TestAnAlertAboutAProgrammeOutlivesADelete(t *testing.T) {
	t.Parallel()
	s := newer(t)
	s.did("record.start", output)
	s.pass(2 * time.Minute)
	s.want("broken off", "Recording of b5447c ended")
	s.did("caster.scrap", talk)
	s.with(func() { delete(s.studios, talk.ID) })
	s.pass(guardEvery)
	s.want("another studio is deleted")
}

// A delete of which nobody knows whether it happened has not taken a studio off air that is still there: it cannot.
func TestADeleteInDoubtTakesNothingOffAir(t *testing.T) {
	t.Parallel()
	s := newer(t)
	s.came(op.Unknown, "caster.scrap", news)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.studio(news.ID, func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("stopped by hand", "went off air. It was not done through casterbot")
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
		if last := h.endingOf(alert{Kind: studio, Target: news.Key()}); len(h.expectations()) > 0 || last.ID != stop.ID ||
			start.Turn >= stop.Turn {
			t.Fatalf("%+v", h)
		}
	}
}
