package directory

import (
	"context"
	"testing"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// TestAcquaint: people, members of groups and channels are known before they ask anything, are not asked for again
// within hours, and stay known while Slack is away.
func TestAcquaint(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w, "S0CREW")
	paces := 0
	d.holds.pause = func(context.Context, time.Duration) error { paces++; return nil }
	who, channels := []string{"U0KEN", "S0CREW", "U0KEN", "U0NOBODY"}, []string{"C0SHOW", "C0SHOW"}
	asked := func() int { return len(w.Calls("users.info")) + len(w.Calls("conversations.info")) }
	d.Acquaint(context.Background(), who, channels)
	for _, id := range []string{"U0KEN", "U0ANA"} {
		if _, ok := d.Last(id, "T0SHOW", "C0SHOW"); !ok {
			t.Errorf("%s is not known", id)
		}
	}
	first := asked()
	if paces != first {
		t.Errorf("%d questions, %d pauses", first, paces)
	}
	clock.Advance(knownFor - time.Second)
	d.Acquaint(context.Background(), []string{"U0KEN", "S0CREW"}, channels)
	if n := asked(); n != first {
		t.Errorf("%d questions more of what is known", n-first)
	}
	clock.Advance(time.Second)
	w.Fail("users.info", fakeslack.Fault{Status: 500})
	d.Acquaint(context.Background(), []string{"U0KEN", "S0CREW"}, channels)
	if n := asked(); n == first {
		t.Error("what is old is not asked for anew")
	}
	if r, ok := d.Last("U0KEN", "T0SHOW", "C0SHOW"); !ok || clock.Now().Sub(r.Asked) < knownFor {
		t.Errorf("while Slack is away: %+v, %t", r, ok)
	}
}

// TestAcquaintAsksOnceForTheGroups: one answer tells all of them, and so does one that does not come. People are looked
// up all the same.
func TestAcquaintAsksOnceForTheGroups(t *testing.T) {
	for _, away := range []bool{false, true} {
		w := slackworld.New(t)
		d, _ := newTestDirectory(w, "S0CREW", "S0LEADS")
		d.holds.pause = func(context.Context, time.Duration) error { return nil }
		if away {
			w.Fail("usergroups.list", fakeslack.Fault{Status: 500})
		}
		d.Acquaint(context.Background(), []string{"S0CREW", "U0PIA", "S0LEADS"}, nil)
		want := map[bool]int{false: 6, true: 1}[away]
		if groups, people := len(w.Calls("usergroups.list")), len(w.Calls("users.info")); groups != 1 || people != want {
			t.Errorf("away %t: %d questions about groups, %d about people", away, groups, people)
		}
	}
}
