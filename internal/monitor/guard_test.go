package monitor

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/notify"
	"casterbot/internal/op"
)

// recorded lets the main stream's material be what a list shows: from noon on, up to some time after it.
func (s *fixture) recorded(upTo time.Duration) {
	s.with(func() { s.material[streamOf(main)] = []live.Content{{From: noon, To: noon.Add(upTo)}} })
}

func (s *fixture) stream(since time.Duration) {
	s.with(func() { s.online[streamOf(main)] = noon.Add(since) })
}

func (s *fixture) cut() { s.with(func() { delete(s.online, streamOf(main)) }) }

func TestBrokenStream(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.recorded(60 * time.Second)
	s.pass(time.Minute)
	s.want("while all is well")
	s.cut()
	s.pass(guardEvery)
	s.want("broken", "post C0SHOW: 🔴 Recording of main ended at 2026-11-22 12:01:00 UTC: its stream broke off.", "It is not live.",
		"by @U0ANA")
	for range 3 {
		s.pass(guardEvery)
	}
	s.w = s.watcher("r2") // another process
	s.pass(time.Minute)
	s.want("while it stands")
	s.stream(190 * time.Second)
	s.pass(guardEvery)
	s.want("back", "edit C0SHOW: 🔴 Recording of main ended at 2026-11-22 12:01:00 UTC: its stream broke off.",
		"live again since 2026-11-22 12:03:10 UTC and is NOT being recorded", "[Start recording: record start "+main+"]")
	s.pass(guardEvery)
	s.want("while that stands")
	for range 3 { // an encoder that comes and goes is one cause
		s.cut()
		s.pass(guardEvery)
		s.want("gone again", "edit C0SHOW: 🔴 Recording of main ended at 2026-11-22 12:01:00 UTC", "It is not live.")
		s.stream(s.clock().Sub(noon) + 2*time.Second)
		s.pass(guardEvery)
		s.want("back again", "edit C0SHOW: 🔴 Recording of main ended at 2026-11-22 12:01:00 UTC", "It has been live again since")
	}
	s.did("record.start", mainLine)
	s.pass(guardEvery)
	s.want("mended", "edit C0SHOW: Over at", "main has been live since 2026-11-22 12:04:47 UTC",
		"Before: 🔴 Recording of main ended")
	s.pass(time.Hour)
	s.want("afterwards")
}

// Once nothing is listed any more of a recording that was started through the bot, that is known to whoever does not
// look.
func TestTheEndOfARecordingIsKept(t *testing.T) {
	s := newFixture(t)
	o := s.did("record.start", mainLine)
	for _, step := range []struct {
		pass time.Duration
		ends bool
	}{{time.Minute, false}, {time.Minute, false}, {2 * time.Minute, true}} {
		s.recorded(30 * time.Second)
		s.pass(step.pass)
		h, err := s.changes().Read(t.Context())
		later := h.Standing(mainLine, op.IsRecorded).Later
		if err != nil || later.Ends() != step.ends ||
			step.ends && (later.Op != o.ID || !later.When.Equal(noon.Add(30*time.Second))) {
			t.Errorf("at %s: %+v, %v", s.clock(), later, err)
		}
	}
}

// An alert ends with the operation that stops what is watched, and says who did that.
func TestEndedThroughTheBot(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.cut()
	s.pass(time.Minute)
	s.want("broken", "its stream broke off")
	s.did("record.stop", mainLine)
	s.pass(guardEvery)
	s.want("stopped", "edit C0SHOW: Over at", "@U0ANA has ended it through casterbot", "): record stop on main.")
}

// Who stops a studio ends the recording of its programme, and no other.
func TestStoppedStudioEndsItsRecording(t *testing.T) {
	s := newFixture(t)
	output := op.Target{Kind: "stream", ID: "live.example.com/caster/b5447c", Name: "programme"}
	s.did("caster.start", news)
	s.did("record.start", output)
	s.did("record.start", mainLine)
	s.with(func() { s.online[streamOf(output.ID)] = noon.Add(-time.Hour) })
	s.pass(time.Minute)
	s.did("caster.stop", news)
	s.with(func() { delete(s.online, streamOf(output.ID)) })
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("its programme")
	s.cut()
	s.pass(guardEvery)
	s.want("another stream", "Recording of main ended")
}

// A break and a return between two looks are one alert.
func TestShortBreak(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.recorded(70 * time.Second)
	s.pass(time.Minute + guardEvery)
	s.want("while all is well")
	s.stream(80 * time.Second)
	s.pass(guardEvery)
	s.want("back", "post C0SHOW: 🔴 Recording of main ended", "live again since 2026-11-22 12:01:20 UTC and is NOT being recorded")
}

// A recording that had ended while its stream went on did not end when that breaks off.
func TestARecordingThatHadEnded(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.recorded(70 * time.Second)
	s.pass(80 * time.Second)
	for range 2 + quiet/guardEvery { // another console has paused it
		s.pass(guardEvery)
	}
	s.cut()
	s.pass(guardEvery)
	s.stream(s.clock().Sub(noon))
	s.pass(time.Minute)
	s.want("nothing ended with the stream")
	s.did("record.start", mainLine)
	now := s.clock()
	s.with(func() {
		s.material[streamOf(main)] = []live.Content{{From: now, To: now.Add(time.Minute)}}
	})
	s.pass(time.Minute)
	s.cut()
	s.pass(guardEvery)
	s.want("the next one did", "its stream broke off")
}

// A clock that leaps ahead makes no recording one that had ended, and one that is set back holds no look up.
func TestALeapOfTheClock(t *testing.T) {
	for name, back := range map[string]time.Duration{"ahead": 0, "and back": 10 * time.Minute} {
		s := newFixture(t)
		s.did("record.start", mainLine)
		s.recorded(70 * time.Second)
		s.pass(80 * time.Second)
		s.pass(10 * time.Minute) // nothing new is listed yet
		s.want(name + ", while all is well")
		s.cut()
		s.pass(guardEvery - back)
		s.want(name+", it breaks off", "its stream broke off")
	}
}

// A recording whose material grows from look to look goes on, however far the clock is ahead of the cloud's.
func TestAClockAheadOfTheCloud(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	for n := range 30 {
		s.recorded(time.Duration(n) * guardEvery)
		s.with(func() { s.now = noon.Add(10*time.Minute + time.Duration(n)*guardEvery) })
		s.pass(0)
	}
	s.want("while all is well")
	s.cut()
	s.pass(guardEvery)
	s.want("it breaks off", "its stream broke off")
}

// What a channel may not touch any more, by its name of now, is not named there.
func TestAStudioThatLeftTheScope(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.studio("c1", func(c *live.Caster) { c.Name, c.Modified = "Merger Announcement", s.clock() })
	for range 4 {
		s.pass(guardEvery)
	}
	s.want("renamed out of the channel")
}

// What the lists do not show yet is no alert: a recording that was just started, an automatic one that goes on.
func TestListsLag(t *testing.T) {
	s := newFixture(t)
	s.stream(-2 * time.Second)
	s.did("record.start", mainLine)
	s.pass(guardEvery)
	s.want("nothing is listed yet")
	s.stream(30 * time.Second)
	s.pass(30 * time.Second)
	s.recorded(2 * time.Minute)
	s.pass(time.Minute)
	s.want("it is listed after all")
}

func TestStudioByOtherHands(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.want("while all is well")
	s.studio("c1", func(c *live.Caster) { c.Modified = s.clock() })
	s.pass(guardEvery)
	s.want("changed", "post C0SHOW: Studio Evening News was changed. It was not done through casterbot.", "[Show studio: caster show c1]")
	s.studio("c1", func(c *live.Caster) { c.Started = s.clock() })
	s.pass(guardEvery)
	s.want("restarted", "post C0SHOW: Studio Evening News was restarted",
		"edit C0SHOW: Over at 2026-11-22 12:02:30 UTC: studio Evening News was changed again since. That is an alert of its own.")
	s.pass(guardEvery)
	s.want("while it stands")
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("stopped", "post C0SHOW: 🔴 Studio Evening News went off air",
		"Seen on air at 2026-11-22 12:02:45 UTC, idle at 2026-11-22 12:03:00 UTC", "[Start studio: caster start c1]",
		"edit C0SHOW: Over at 2026-11-22 12:03:00 UTC: studio Evening News is idle.",
		"Before: Studio Evening News was restarted. It was not done through casterbot.")
	s.studio("c1", func(c *live.Caster) { c.OnAir = true })
	s.pass(guardEvery)
	s.want("mended", "edit C0SHOW: Over at", "on air since")
	s.pass(time.Minute)
	s.studio("c1", func(c *live.Caster) { c.Modified = s.clock() })
	s.pass(guardEvery)
	s.want("changed again", "post C0SHOW: Studio Evening News was changed")
	s.pass(time.Hour)
	s.want("the news of a change grow old", "edit C0SHOW: Over at 2026-11-22 13:04:30 UTC: studio Evening News was changed more than "+
		"30 min before.", "Before: Studio Evening News was changed. It was not done through casterbot.")
}

// A studio that may switch to its standby slate by itself is not said to have been changed by others.
func TestAStudioThatSwitchesItself(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(2 * time.Minute)
	s.with(func() { s.itself["c1"] = true })
	s.studio("c1", func(c *live.Caster) { c.Modified = s.clock() })
	s.pass(guardEvery)
	s.want("changed", "Studio Evening News was changed. It is not known whether through casterbot.",
		"switches to its standby slate by itself when its input fails")
	s.pass(guardEvery)
	s.want("while it stands")
	if s.calls["config"] != 1 {
		t.Errorf("its settings were read %d times", s.calls["config"])
	}
}

// What the bot has done itself is no alert, even when it shows late.
func TestOwnDoingsAreNoNews(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(5 * time.Minute)
	for verb, change := range map[string]func(*live.Caster){
		"caster.scene.start": func(c *live.Caster) { c.Modified = s.clock() },
		"caster.restart":     func(c *live.Caster) { c.Started = s.clock() },
		"caster.standby":     func(c *live.Caster) { c.Modified = s.clock().Add(time.Second) },
	} {
		s.did(verb, news, "s9")
		s.pass(guardEvery)
		s.studio("c1", change)
		s.pass(guardEvery)
		s.want(verb)
		s.pass(5 * time.Minute)
	}
	s.did("caster.stop", news)
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("stopped through the bot")
}

// The policy's studios are watched from when they are first seen; being idle is nothing wrong with them.
func TestWatchedByPolicy(t *testing.T) {
	s := newFixture(t)
	s.watch[show] = []op.Target{{Kind: "caster", Name: "Evening News"}, {Kind: "caster", Name: "Evening Talk"}, mainLine}
	s.recorded(-time.Second)
	s.pass(guardEvery)
	s.recorded(guardEvery)
	s.pass(guardEvery)
	s.want("the first looks")
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.studio("c2", func(c *live.Caster) { c.OnAir = true })
	s.pass(guardEvery)
	s.want("changed", "Evening News went off air", "Evening Talk was put on air. It was not done through casterbot")
	s.pass(guardEvery)
	s.cut()
	s.pass(guardEvery)
	s.want("its recording was seen to grow", "Recording of main ended")
	s.with(func() { s.watch = nil })
	s.pass(guardEvery)
	s.want("no longer watched", "a day has passed, or this channel may not touch it any more")
	if got := s.heard(); strings.Contains(got, "post") {
		t.Error(got)
	}
}

// A stream of the policy that nobody was seen to record may come and go.
func TestUnrecordedStreamIsFree(t *testing.T) {
	s := newFixture(t)
	s.watch[show] = []op.Target{mainLine}
	s.recorded(-time.Hour)
	s.pass(guardEvery)
	s.pass(guardEvery)
	s.cut()
	s.pass(guardEvery)
	s.stream(time.Minute)
	s.pass(time.Minute)
	s.want("nobody records")
}

func TestForgottenPreview(t *testing.T) {
	s := newFixture(t)
	s.did("caster.scene.start", news, "s1")
	s.pass(previewOpen - time.Second)
	s.want("early")
	s.pass(time.Second)
	s.pass(guardEvery)
	s.want("late", "post C0SHOW: PREVIEW of Evening News / Preview 1 has been open for over 30 min",
		"[Close preview: caster scene stop c1 s1]")
	s.pass(previewOpen)
	s.want("while it stands")
	s.with(func() { s.scenes["c1"][1].Open = false })
	s.pass(guardEvery)
	s.want("mended", "edit C0SHOW: Over at", "Preview 1 is closed")
}

func TestStudioStillOn(t *testing.T) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.did("record.start", mainLine)
	s.pass(time.Hour)
	s.did("record.stop", mainLine)
	s.pass(stillOn - time.Second)
	s.want("early")
	s.pass(guardEvery)
	s.want("late", "post C0SHOW: Studio Evening News is still on air, over 15 min after recording of main ended",
		"[Stop studio…: caster stop c1]")
	s.did("record.start", mainLine)
	s.pass(guardEvery)
	s.want("it records again", "edit C0SHOW: Over at")
}

// What an alert about a studio that is still on air does not know it says: neither a board nor the policy's watch looks
// at the other streams of the channel.
func TestStudioStillOnSaysWhatWasNotLookedAt(t *testing.T) {
	const unlooked = "Whether another stream of this channel is being recorded was not looked at."
	backup := op.Target{Kind: "stream", ID: "live.example.com/show/backup", Name: "backup"}
	for name, c := range map[string]struct {
		watch []op.Target // besides, by the policy
		live  bool        // is backup
		want  bool
	}{
		"nobody looks":                   {nil, false, true},
		"another one is watched":         {[]op.Target{mainLine}, true, true},
		"that one is watched":            {[]op.Target{mainLine, backup}, true, false},
		"no other one of them all lives": {[]op.Target{mainLine}, false, false},
	} {
		s := newFixture(t)
		s.with(func() {
			if s.watch[show] = c.watch; c.live {
				s.online[streamOf(backup.ID)] = noon.Add(-time.Hour)
			}
		})
		s.did("caster.start", news)
		s.did("record.start", mainLine)
		s.pass(time.Hour)
		s.did("record.stop", mainLine)
		s.pass(stillOn)
		s.pass(guardEvery)
		if said := s.heard(); !strings.Contains(said, "is still on air") || strings.Contains(said, unlooked) != c.want {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// As long as another recording of the channel goes on nobody asks why the studio is still on air.
func TestStudioOnForAnotherRecording(t *testing.T) {
	s := newFixture(t)
	backup := op.Target{Kind: "stream", ID: "live.example.com/show/backup", Name: "backup"}
	s.with(func() { s.online[streamOf(backup.ID)] = noon.Add(-time.Hour) })
	s.did("caster.start", news)
	s.did("record.start", mainLine)
	s.did("record.start", backup)
	s.pass(time.Minute)
	s.did("record.stop", backup)
	s.pass(time.Hour)
	s.want("main is being recorded")
	s.did("record.stop", mainLine)
	s.pass(stillOn + time.Minute)
	s.want("now none is", "is still on air", "recording of main ended")
}

func TestADayIsEnough(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.history() // it is known for longer than it is watched
	s.pass(watchFor + time.Minute)
	if len(s.history()) != 1 {
		t.Errorf("known: %+v", s.history())
	}
	s.cut()
	s.pass(guardEvery)
	s.want("the day after")
	if s.calls["online"] > 0 {
		t.Errorf("calls: %v", s.calls)
	}
}

// A look that failed says nothing: no alert, and none is over.
func TestBlindLooks(t *testing.T) {
	for _, blind := range []string{"casters", "scenes", "online", "material"} {
		s := newFixture(t)
		s.watch[other] = []op.Target{{Kind: "caster", Name: "Morning Show"}}
		s.did("caster.start", news)
		s.did("caster.scene.start", news, "s1")
		s.did("record.start", mainLine)
		s.pass(time.Minute)
		s.with(func() { s.fail[blind] = true })
		s.pass(guardEvery)
		s.want(blind + " fails, all is well")
		s.with(func() { s.fail[blind] = false })
		s.cut()
		s.studio("c3", func(c *live.Caster) { c.OnAir = false })
		s.pass(previewOpen)
		s.want("now", "its stream broke off", "Morning Show went off air", "still needed")
		s.with(func() {
			s.fail["casters"], s.fail["scenes"], s.fail["online"], s.fail["material"] = true, true, true, true
		})
		s.pass(guardEvery)
		s.want("everything fails")
		s.with(func() { s.fail = map[string]bool{} })
		s.pass(guardEvery)
		s.want("all of it still stands")
	}
}

// Several replicas that look and say at the same moment say it once; the one that leads goes on, and another takes over
// when it is gone.
func TestReplicas(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	second := s.watcher("r2")
	s.pass(time.Minute)
	if err := second.turn(t.Context()); err != nil || second.leader.version > 0 {
		t.Fatalf("two replicas lead: %v", err)
	}
	before := s.calls["online"]
	s.cut()
	s.with(func() { s.now = s.now.Add(leaseFor - time.Second) })
	if err := second.turn(t.Context()); err != nil || s.calls["online"] != before {
		t.Fatalf("it looks without the lease: %v", err)
	}
	s.with(func() { s.now = s.now.Add(standIn) })
	if err := second.turn(t.Context()); err != nil || second.leader.version == 0 {
		t.Fatalf("nobody takes over: %v", err)
	}
	s.want("taken over", "its stream broke off")
	s.pass(standIn)
	s.want("the first one is back")
}

// The document is the guard, not the lease.
func TestDoublePost(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.cut()
	var all, looking sync.WaitGroup
	looking.Add(8)
	s.gate = func() { // all have read what stands before anyone says anything
		looking.Done()
		looking.Wait()
	}
	for n := range 8 {
		w := s.watcher(fmt.Sprint("r", n))
		w.leader.alone = true // as if every one led
		all.Go(func() {
			if err := w.turn(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := s.heard(); strings.Count(got, "post") != 1 {
		t.Errorf("said %d times:\n%s", strings.Count(got, "post"), got)
	}
}

// What could not be said is said later; what was claimed by a process that died is said by another after a minute.
func TestUnsaidAlerts(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.cut()
	s.chatFail["post"] = notify.ErrBusy
	s.pass(time.Minute)
	s.chatFail["post"] = nil
	s.pass(guardEvery)
	s.want("later", "post C0SHOW")

	s = newFixture(t)
	s.did("record.start", mainLine)
	x := expectation{kind: recording, channel: show, target: mainLine}
	if _, mine, err := s.w.put(t.Context(), alert{Channel: show, Claimed: noon, key: alertKey(broke, x)}); !mine ||
		err != nil {
		t.Fatal(err)
	}
	s.cut()
	s.pass(postWithin - time.Second)
	s.want("its process may be about to say it")
	s.pass(guardEvery)
	s.want("it is dead", "post C0SHOW")
	s.pass(guardEvery)
	s.want("once")

	s = newFixture(t)
	s.did("record.start", mainLine)
	s.cut()
	s.chatFail["post"] = notify.ErrNotInChannel
	s.pass(time.Minute)
	s.chatFail["post"] = nil
	s.pass(muteFor - time.Minute)
	s.want("the channel is left alone for a while")
	s.pass(3 * time.Minute)
	s.want("then it is tried again", "post C0SHOW")
}

// An edit that fails is made later; a message that was deleted is nobody's loss.
func TestUneditedAlerts(t *testing.T) {
	for failure, again := range map[error]bool{errors.New("away"): true, notify.ErrGone: false} {
		s := newFixture(t)
		s.did("record.start", mainLine)
		s.cut()
		s.pass(time.Minute)
		s.heard()
		s.did("record.stop", mainLine)
		s.chatFail["edit"] = failure
		s.pass(guardEvery)
		s.chatFail["edit"] = nil
		s.pass(guardEvery)
		if got := s.heard(); strings.Contains(got, "edit") != again {
			t.Errorf("%v: %s", failure, got)
		}
	}
}

// An alert that stands says how it goes on, also when an edit of it has failed.
func TestAnEditOfAnAlertThatFails(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.cut()
	s.pass(guardEvery)
	s.want("broken", "This alert will say when it is back")
	s.with(func() { s.online[streamOf(main)] = s.now })
	s.chatFail["edit"] = errors.New("away")
	s.pass(20 * time.Second)
	s.chatFail["edit"] = nil
	s.want("not yet")
	s.pass(guardEvery)
	s.want("later", "edit C0SHOW: 🔴 Recording of main ended", "It has been live again since")
	s.pass(guardEvery)
	s.want("once")
}
