package live

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/quota"
)

// as makes looks for a class.
func as(t *testing.T, class quota.Class) context.Context {
	return quota.With(t.Context(), quota.Caller{Class: class, Person: "U1"})
}

// oneTurn is a client of which all turns for a look at scenes are taken until the test gives them back.
func oneTurn(t *testing.T, f *cloud) (*Client, func()) {
	t.Helper()
	c := f.client(t, within(1))
	p, err := c.config.Quota.Reserve(t.Context(), "DescribeCasterScenes", 0)
	if err != nil {
		t.Fatal(err)
	}
	return c, p.Return
}

// parts are those who take part in looks.
func (s *coalesce) parts() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.looks {
		n += l.parts
	}
	return n
}

func untilParts(c *Client, n int) {
	for c.shared.parts() != n {
		time.Sleep(time.Millisecond)
	}
}

// Looks at the same thing that wait for their turn are one call; one that comes after it has left is another.
func TestLooksThatWaitAreOne(t *testing.T) {
	f := newCloud(t, ok())
	c, turn := oneTurn(t, f)
	var all sync.WaitGroup
	look := func(class quota.Class) {
		all.Go(func() {
			if _, err := c.Scenes(as(t, class), "c1"); err != nil {
				t.Error(err)
			}
		})
	}
	look(quota.Asked)
	untilParts(c, 1)
	for range 19 {
		look(quota.Checked)
	}
	untilParts(c, 20)
	turn()
	all.Wait()
	wantSends(t, f, 1)
	look(quota.Asked)
	all.Wait()
	wantSends(t, f, 2)
}

// Nobody waits behind a look that is less urgent than theirs.
func TestAnUrgentLookDoesNotWaitBehindAnother(t *testing.T) {
	f := newCloud(t, ok())
	c, turn := oneTurn(t, f)
	var all sync.WaitGroup
	all.Go(func() { _, _ = c.Scenes(as(t, quota.Background), "c1") })
	untilParts(c, 1)
	all.Go(func() { _, _ = c.Scenes(as(t, quota.Asked), "c1") })
	for urgent := false; !urgent; time.Sleep(time.Millisecond) {
		c.shared.mu.Lock()
		for _, l := range c.shared.looks {
			urgent = l.class == quota.Asked
		}
		c.shared.mu.Unlock()
	}
	turn()
	all.Wait()
	wantSends(t, f, 2)
}

// What was asked a moment ago serves whoever asks now, unless a call rests on it or is to be seen by it, or something
// was changed.
func TestFreshLooksServeOthers(t *testing.T) {
	f := newCloud(t, ok())
	c := f.client(t, func(c *Config) { c.Fresh = time.Hour })
	sent := 0
	look := func(what string, class quota.Class, more int) {
		t.Helper()
		if _, err := c.Scenes(as(t, class), "c1"); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if sent += more; len(f.requests()) != sent {
			t.Fatalf("%s: %d requests, want %d", what, len(f.requests()), sent)
		}
	}
	look("the first", quota.Asked, 1)
	for _, class := range []quota.Class{quota.Asked, quota.Read, quota.Suggested, quota.Background} {
		look("a question", class, 0)
	}
	look("before a call", quota.Confirmed, 1)
	look("after a call", quota.Checked, 1)
	look("a question afterwards", quota.Read, 0)
	if _, err := c.RestartCaster(as(t, quota.Confirmed), permitted, "c1"); err != nil {
		t.Fatal(err)
	}
	sent++
	look("after a change", quota.Read, 1)
	if _, err := c.Scenes(as(t, quota.Read), "c2"); err != nil {
		t.Fatal(err)
	}
	sent++
	look("beside another thing", quota.Read, 0)
	c.config.Fresh = 0
	look("when nothing is kept", quota.Read, 1)
}

// A look that was under way while something was changed does not serve those who ask afterwards.
func TestALookFromBeforeAChangeServesNobody(t *testing.T) {
	turn := make(chan struct{})
	f := newCloud(t, slowly(turn), ok())
	c := f.client(t, func(c *Config) { c.Fresh = time.Hour })
	var all sync.WaitGroup
	all.Go(func() { _, _ = c.Scenes(as(t, quota.Read), "c1") })
	for len(f.requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := c.RestartCaster(t.Context(), permitted, "c1"); err != nil {
		t.Fatal(err)
	}
	close(turn)
	all.Wait()
	if _, err := c.Scenes(as(t, quota.Read), "c1"); err != nil {
		t.Fatal(err)
	}
	wantSends(t, f, 3)
}

// While a change is under way nothing from before it serves, and afterwards nothing from before its answer.
func TestLooksAroundAChange(t *testing.T) {
	turn := make(chan struct{})
	f := newCloud(t, ok(), slowly(turn), ok())
	c := f.client(t, func(c *Config) { c.Fresh = time.Hour })
	look := func(what string, sent int) {
		t.Helper()
		if _, err := c.Scenes(as(t, quota.Read), "c1"); err != nil || len(f.requests()) != sent {
			t.Errorf("%s: %d requests, want %d: %v", what, len(f.requests()), sent, err)
		}
	}
	look("before", 1)
	var all sync.WaitGroup
	all.Go(func() { _, _ = c.RestartCaster(t.Context(), permitted, "c1") })
	for len(f.requests()) < 2 {
		time.Sleep(time.Millisecond)
	}
	look("during", 3)
	look("still", 3)
	close(turn)
	all.Wait()
	look("after", 4)
}

// Failures are not kept, nor is what does not fit; what is kept is dropped when it is no longer fresh.
func TestWhatIsKept(t *testing.T) {
	f := newCloud(t, refuse(400, "InvalidX"), ok())
	c := f.client(t, func(c *Config) { c.Fresh = 50 * time.Millisecond })
	if _, err := c.Scenes(as(t, quota.Read), "c1"); err == nil {
		t.Fatal("want a refusal")
	}
	if _, err := c.Scenes(as(t, quota.Read), "c1"); err != nil {
		t.Errorf("a refusal is kept: %v", err)
	}
	for empty := false; !empty; time.Sleep(time.Millisecond) {
		c.shared.mu.Lock()
		empty = len(c.shared.looks) == 0 && c.shared.kept == 0
		c.shared.mu.Unlock()
	}
	f = newCloud(t, answer(200, `{"RequestId":"`+strings.Repeat("x", maxBody/2)+`"}`))
	c = f.client(t, func(c *Config) { c.Fresh = time.Hour })
	for _, id := range strings.Split(strings.Repeat("i", 20), "") {
		_, _ = c.look(as(t, quota.Read), find("DescribeCasterScenes"),
			params{{"CasterId", id + strings.Repeat("i", len(f.requests()))}})
	}
	if c.shared.kept > keptAtMost || len(c.shared.looks) == 0 || len(c.shared.looks) == 20 {
		t.Errorf("%d bytes of %d looks are kept", c.shared.kept, len(c.shared.looks))
	}
}

// Who began a look and gives up takes nobody else's; a look that nobody waits for does not leave.
func TestLooksOutliveWhoBeganThem(t *testing.T) {
	f := newCloud(t, ok())
	c, turn := oneTurn(t, f)
	first, leave := context.WithCancel(as(t, quota.Read))
	gone, seen := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := c.Scenes(first, "c1")
		gone <- err
	}()
	untilParts(c, 1)
	go func() {
		_, err := c.Scenes(as(t, quota.Read), "c1")
		seen <- err
	}()
	untilParts(c, 2)
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	turn()
	if err := <-seen; err != nil {
		t.Errorf("who stayed got %v", err)
	}
	wantSends(t, f, 1)

	c, turn = oneTurn(t, f)
	defer turn()
	alone, leave := context.WithCancel(as(t, quota.Read))
	go func() {
		_, err := c.Scenes(alone, "c1")
		gone <- err
	}()
	untilParts(c, 1)
	leave()
	if err := <-gone; ClassOf(err) != NotSent {
		t.Errorf("who gave up before it left got %v", err)
	}
	untilParts(c, 0)
	wantSends(t, f, 1)
}
