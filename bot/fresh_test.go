package bot

import (
	"context"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
)

// TestGroupsServeForAll: the members of a group are asked for once in five seconds, whoever wants to know.
func TestGroupsServeForAll(t *testing.T) {
	w := newWorld(t)
	d, clock := newTestDirectory(w, "S0CREW", "S0LEADS")
	for range 2 {
		for _, id := range []string{"U0ANA", "U0KEN", "U0BO", "U0ANA"} {
			if p, err := d.Person(context.Background(), id, "T0SHOW", clock.now().Add(-freshFor)); err != nil || p.Stale {
				t.Fatalf("%s: %+v, %v", id, p, err)
			}
		}
		clock.advance(freshFor)
	}
	if groups, people := len(w.calls("usergroups.users.list")), len(w.calls("users.info")); groups != 4 || people != 6 {
		t.Errorf("%d questions about groups and %d about people, want 4 and 6", groups, people)
	}
}

// TestLeftAlone: a method is not called before Slack wants it to be. Older facts serve meanwhile, marked as stale.
func TestLeftAlone(t *testing.T) {
	w := newWorld(t)
	d, clock := newTestDirectory(w, "S0CREW")
	d.holds.now = clock.now
	look := func() op.Person {
		clock.advance(freshFor)
		p, err := d.Person(context.Background(), "U0ANA", "T0SHOW", clock.now().Add(-freshFor))
		if err != nil || len(p.Groups) != 1 {
			t.Errorf("she is %+v, %v", p, err)
		}
		return p
	}
	look()
	w.Fail("usergroups.users.list", fakeslack.Fault{RetryAfter: time.Minute, Times: 1})
	for range 3 {
		if !look().Stale {
			t.Error("what could not be asked does not count as stale")
		}
	}
	if n := len(w.calls("usergroups.users.list")); n != 2 {
		t.Errorf("asked %d times, want 2: once refused, then left alone", n)
	}
	clock.advance(time.Minute)
	if look().Stale {
		t.Error("after the time that Slack asked for she is still stale")
	}
}

// TestNoRightToLook: a channel that the token may not look at is not seen, which is no error.
func TestNoRightToLook(t *testing.T) {
	w := newWorld(t)
	d, clock := newTestDirectory(w)
	w.Fail("conversations.info", fakeslack.Fault{Error: "missing_scope"})
	if c, err := d.Channel(context.Background(), "D0ANA", clock.now().Add(-freshFor)); err != nil || c != (op.Channel{ID: "D0ANA", External: true}) {
		t.Errorf("%+v, %v", c, err)
	}
}
