package monitor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/notify"
)

// An alert calls whom the policy names; if nobody takes care of it they are called once more, and only once.
func TestAnAlertCalls(t *testing.T) {
	s := newFixture(t)
	s.call = []string{"S0LEADS", "U0BO"}
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.cut()
	s.pass(guardEvery)
	s.want("broken", "📣 @S0LEADS, @U0BO", "[I take care of it: caster care ")
	s.pass(callAfter - guardEvery)
	s.want("not yet")
	s.w = s.watcher("r2")
	s.pass(guardEvery)
	s.want("nobody did", "post C0SHOW: 🔴 Nobody has taken care of this since ", "📣 @S0LEADS, @U0BO")
	s.pass(time.Hour)
	s.want("once more is enough")
}

// Who takes care of an alert stands in it; then nobody is called, and with the alert it is forgotten.
func TestSomebodyTakesCare(t *testing.T) {
	s := newFixture(t)
	s.call = []string{"S0LEADS"}
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.cut()
	s.pass(guardEvery)
	said := s.heard()
	ref, _, _ := strings.Cut(said[strings.Index(said, "caster care ")+len("caster care "):], "]")
	if c, err := s.w.care.TakeCare(t.Context(), other, ref, "U0BO", s.clock()); err != nil || c.By != "" {
		t.Errorf("from another channel: %+v, %v", c, err)
	}
	for _, person := range []string{"U0BO", "U0ANA"} {
		if c, err := s.w.care.TakeCare(t.Context(), show, ref, person, s.clock()); err != nil || c.By != "U0BO" {
			t.Errorf("%s: %+v, %v", person, c, err)
		}
	}
	s.w.Soon()
	s.pass(time.Second)
	s.want("taken", "edit C0SHOW: 🔴 Recording of main ended",
		"🙋 @U0BO has been taking care of it since 2026-11-22 12:01:15 UTC.")
	s.pass(time.Hour)
	s.want("nobody is called any more")
	s.did("record.stop", mainLine)
	s.pass(guardEvery)
	s.want("over", "edit C0SHOW: Over at")
	if all, err := s.w.care.Cares(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("left: %v, %v", all, err)
	}
}

// calledFor gives a fixture with an alert that calls people, and the alert's reference.
func calledFor(t *testing.T) (*fixture, string) {
	s := newFixture(t)
	s.call = []string{"S0LEADS", "U0BO"}
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.cut()
	s.pass(guardEvery)
	said := s.heard()
	ref, _, _ := strings.Cut(said[strings.Index(said, "caster care ")+len("caster care "):], "]")
	return s, ref
}

const nobody = "post C0SHOW: 🔴 Nobody has taken care of this since "

// A call that cannot be posted is made with the next look; in a channel that cannot be written to, when it can.
func TestACallThatFails(t *testing.T) {
	s, _ := calledFor(t)
	s.chatFail["post"] = errors.New("away")
	s.pass(callAfter)
	s.chatFail["post"] = nil
	s.pass(guardEvery)
	s.want("Slack is back", nobody)
	s.pass(time.Hour)
	s.want("once")

	for name, back := range map[string]func(){
		"after a while": func() { s.pass(muteFor - time.Second); s.want("left alone"); s.pass(guardEvery) },
		"told that the bot is back": func() {
			s.w.ChannelRestored(t.Context(), show)
			s.pass(guardEvery)
		},
	} {
		s, _ = calledFor(t)
		s.chatFail["post"] = notify.ErrNotInChannel
		s.pass(callAfter)
		s.chatFail["post"] = nil
		back()
		s.want(name, nobody)
	}
}

// A call that another replica is about to make is made by it alone, unless it has died.
func TestACallIsMadeByOne(t *testing.T) {
	s, _ := calledFor(t)
	all, err := s.w.alerts.List(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	a := all[0]
	a.Called, a.Claimed = true, s.clock().Add(callAfter)
	if _, _, err := s.w.put(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.pass(callAfter)
	s.pass(postWithin - time.Second)
	s.want("it is being posted")
	s.pass(guardEvery)
	s.want("it was not", nobody)
}

// What called people once more says who takes care, without a button, and when it is over.
func TestTheSecondCallIsEdited(t *testing.T) {
	s, ref := calledFor(t)
	s.pass(callAfter)
	s.want("second call", nobody, "[I take care of it: caster care "+ref+"]")
	if _, err := s.w.care.TakeCare(t.Context(), show, ref, "U0BO", s.clock()); err != nil {
		t.Fatal(err)
	}
	s.chatFail["edit"] = errors.New("away")
	s.pass(guardEvery)
	s.chatFail["edit"] = nil
	s.pass(guardEvery)
	got := s.heard()
	if !strings.Contains(got, "edit C0SHOW: 🙋 @U0BO has been taking care of it since 2026-11-22 12:06:15 UTC. / "+
		"🔴 Recording of main ended: its stream broke off. ()") || strings.Count(got, "edit") != 2 ||
		strings.Contains(got, "caster care") {
		t.Error(got)
	}
	s.pass(guardEvery)
	s.want("once")
	s.did("record.stop", mainLine)
	s.pass(guardEvery)
	if got := s.heard(); strings.Count(got, "edit C0SHOW: Over at") != 2 {
		t.Error(got)
	}
}

// A process that dies after an alert was posted leaves it to the next look to let people take care of it.
func TestCareAfterACrash(t *testing.T) {
	s := newFixture(t)
	s.did("record.start", mainLine)
	s.pass(time.Minute)
	s.cut()
	s.pass(guardEvery)
	s.want("broken", "[I take care of it: caster care ")
	all, err := s.w.care.Cares(t.Context())
	for _, c := range all {
		err = errors.Join(err, s.w.care.CloseCare(t.Context(), c)) // it was never opened
	}
	if len(all) != 1 || err != nil {
		t.Fatal(all, err)
	}
	s.pass(guardEvery)
	for ref := range all {
		if c, err := s.w.care.TakeCare(t.Context(), show, ref, "U0BO", s.clock()); err != nil || c.By != "U0BO" {
			t.Errorf("%+v, %v", c, err)
		}
	}
}

// Whoever takes care of an alert and is in its channel no more does not any more: the alert says so, people are called
// anew, and somebody else may take care.
func TestWhoTakesCareLeaves(t *testing.T) {
	s, ref := calledFor(t)
	take := func(person string) {
		t.Helper()
		if c, err := s.w.care.TakeCare(t.Context(), show, ref, person, s.clock()); err != nil || c.By != person {
			t.Fatalf("%+v, %v", c, err)
		}
		s.pass(guardEvery)
		s.want(person, "🙋 @"+person+" has been taking care of it since ")
	}
	take("U0BO")
	s.absent = map[string]error{"U0BO": errors.New("away")}
	s.pass(callAfter)
	s.want("Slack does not tell")
	const left = "🙋 Nobody takes care of it any more: @U0BO is not in this channel now."
	s.absent["U0BO"] = nil
	s.pass(guardEvery)
	s.want("left", "edit C0SHOW: 🔴 Recording of main ended", left, "[I take care of it: caster care "+ref+"]")
	s.pass(guardEvery)
	s.want("called anew", "post C0SHOW: "+left, "📣 @S0LEADS, @U0BO")
	s.pass(time.Hour)
	s.want("once")
	take("U0ANA")
	s.absent["U0ANA"] = nil
	s.pass(guardEvery)
	s.pass(guardEvery)
	s.want("and again", "post C0SHOW: 🙋 Nobody takes care of it any more: @U0ANA is not in this channel now.")
}
