package bot

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestOneQuestion: many who ask at once share one question; after five seconds a fresh one is asked anew; a caller who gives up
// does not take the answer away from the others.
func TestOneQuestion(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	clock := &watch{}
	c := newCache(clock.now, func(context.Context, string) (int, error) {
		n := asked.Add(1)
		<-release
		return int(n), nil
	})
	var started, ended sync.WaitGroup
	ended.Go(func() {
		started.Add(1)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, _, err := c.get(ctx, "U1", time.Time{}); !errors.Is(err, context.Canceled) {
			t.Errorf("giving up gives %v", err)
		}
		started.Done()
	})
	ended.Wait()
	for asked.Load() < 1 {
		time.Sleep(time.Millisecond)
	}
	for range 50 {
		started.Add(1)
		ended.Go(func() {
			started.Done()
			if v, stale, err := c.get(context.Background(), "U1", time.Time{}); v < 1 || v > 2 || stale || err != nil {
				t.Errorf("got %d %v %v", v, stale, err)
			}
		})
	}
	started.Wait()
	clock.advance(freshFor)
	ended.Go(func() {
		if v, _, err := c.get(context.Background(), "U1", clock.now().Add(-freshFor)); v != 2 || err != nil {
			t.Errorf("fresh: %d %v", v, err)
		}
	})
	for asked.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	ended.Wait()
	if n := asked.Load(); n != 2 {
		t.Errorf("%d questions, want 2", n)
	}
}

// TestForgottenInFlight: an answer to a question that was asked before a change is not kept.
func TestForgottenInFlight(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	c := newCache(time.Now, func(context.Context, string) (int, error) {
		close(asked)
		<-release
		return 1, nil
	})
	done := make(chan struct{})
	go func() {
		_, _, _ = c.get(context.Background(), "U1", time.Time{})
		close(done)
	}()
	<-asked
	c.forget("U1")
	close(release)
	<-done
	if _, ok := c.glance("U1"); ok {
		t.Error("the old answer is kept")
	}
}

// TestGone: "no such person" is an answer; an older fact does not stand in for it.
func TestGone(t *testing.T) {
	var answer error
	clock := &watch{}
	c := newCache(clock.now, func(context.Context, string) (int, error) { return 1, answer })
	if _, _, err := c.get(context.Background(), "U1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	clock.advance(freshFor)
	answer = slack.SlackErrorResponse{Err: "user_not_found"}
	if v, stale, err := c.get(context.Background(), "U1", clock.now().Add(-freshFor)); err == nil || stale {
		t.Errorf("got %d, stale %v", v, stale)
	}
	if _, ok := c.glance("U1"); ok {
		t.Error("the older fact is kept")
	}
	for i := range maxFacts + 5 {
		c.keep(time.Duration(i).String(), fact[int]{})
	}
	if len(c.facts) > maxFacts {
		t.Errorf("%d facts are kept", len(c.facts))
	}
}
