package live

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// turnsIn gives turns only when the test does: each is asked for on asked and comes when turn is closed.
func turnsIn(asked chan<- string, turn <-chan struct{}) func(*Config) {
	return func(c *Config) {
		c.Reserve = func(ctx context.Context, family string, _ float64, _ int, _ time.Duration) (time.Duration, bool, error) {
			asked <- family
			select {
			case <-turn:
				return 0, true, nil
			case <-ctx.Done():
				return 0, false, ctx.Err()
			}
		}
	}
}

// Looks at the same thing that wait for their turn are one call; one that comes after it has left is another.
func TestLooksThatWaitAreOne(t *testing.T) {
	f, asked, turn := newCloud(t, ok()), make(chan string, 100), make(chan struct{})
	c := f.client(t, turnsIn(asked, turn))
	var all sync.WaitGroup
	look := func(id string) {
		all.Go(func() {
			if _, err := c.Scenes(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		look("c1")
	}
	look("c2")
	for parts := 0; parts < 21; time.Sleep(time.Millisecond) {
		c.shared.mu.Lock()
		parts = 0
		for _, l := range c.shared.waiting {
			parts += l.parts
		}
		c.shared.mu.Unlock()
	}
	time.AfterFunc(10*time.Millisecond, func() { close(turn) })
	all.Wait()
	wantSends(t, f, 2)
	look("c1")
	all.Wait()
	wantSends(t, f, 3)
}

// Who began a look and gives up takes nobody else's; a look that nobody waits for does not leave.
func TestLooksOutliveWhoBeganThem(t *testing.T) {
	f, asked, turn := newCloud(t, ok()), make(chan string, 100), make(chan struct{})
	c := f.client(t, turnsIn(asked, turn))
	first, leave := context.WithCancel(t.Context())
	gone, seen := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := c.Scenes(first, "c1")
		gone <- err
	}()
	<-asked
	go func() {
		_, err := c.Scenes(t.Context(), "c1")
		seen <- err
	}()
	for parts := 0; parts < 2; time.Sleep(time.Millisecond) {
		c.shared.mu.Lock()
		for _, l := range c.shared.waiting {
			parts = l.parts
		}
		c.shared.mu.Unlock()
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	close(turn)
	if err := <-seen; err != nil {
		t.Errorf("who stayed got %v", err)
	}
	wantSends(t, f, 1)

	asked, turn = make(chan string, 100), make(chan struct{})
	defer close(turn)
	c = f.client(t, turnsIn(asked, turn))
	alone, leave := context.WithCancel(t.Context())
	go func() {
		_, err := c.Scenes(alone, "c1")
		gone <- err
	}()
	<-asked
	leave()
	<-gone
	for waiting := 1; waiting > 0; time.Sleep(time.Millisecond) {
		c.shared.mu.Lock()
		waiting = len(c.shared.waiting)
		c.shared.mu.Unlock()
	}
	wantSends(t, f, 1)
}
