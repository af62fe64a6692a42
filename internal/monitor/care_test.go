package monitor

import (
	"strings"
	"testing"
	"time"
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
	s.want("nobody did", "post C0SHOW: 🔴 Nobody has taken care of this for 5 min:", "📣 @S0LEADS, @U0BO")
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
		"🙋 @U0BO takes care of it since 2026-11-22 12:01:15 UTC.")
	s.pass(time.Hour)
	s.want("nobody is called any more")
	s.did("record.stop", mainLine)
	s.pass(guardEvery)
	s.want("over", "edit C0SHOW: Over at")
	if all, err := s.w.care.Cares(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("left: %v, %v", all, err)
	}
}
