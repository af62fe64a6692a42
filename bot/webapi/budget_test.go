package webapi

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// New messages of a channel leave in a burst of four and then one a second; what would take too long is refused and
// takes no turn.
func TestPosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, began := NewLimiter(nil, false), time.Now()
		for n := range 7 {
			if err := l.Post(t.Context(), "C1"); err != nil {
				t.Fatal(err)
			}
			want := time.Duration(max(0, n-postBurst+1)) * postEvery
			if at := time.Since(began); at != want || at < time.Duration(n-postBurst+1)*time.Second {
				t.Errorf("message %d leaves after %s, not %s", n, at, want)
			}
		}
		if err := l.Post(t.Context(), "C2"); err != nil || time.Since(began) != 3*postEvery {
			t.Errorf("another channel waits: %v", err)
		}
	})
}

func TestTooManyPostsAreRefusedAndCostNothing(t *testing.T) {
	l := NewLimiter(nil, false)
	now := time.Now()
	ask := posts("C1")
	var refused int
	for range 30 {
		if _, err := l.take(t.Context(), ask, now); errors.Is(err, ErrBusy) {
			refused++
		}
	}
	if fit := postBurst + int(maxWait/postEvery); refused != 30-fit {
		t.Errorf("%d of 30 are refused, not %d", refused, 30-fit)
	}
	if wait, err := l.take(t.Context(), ask, now.Add(postEvery)); err != nil || wait > maxWait {
		t.Errorf("a refused turn was taken: %s, %v", wait, err)
	}
}

// What goes first waits behind nothing else of its channel, but for what Slack asks for; what comes after it does.
func TestPostsThatGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, began := NewLimiter(nil, false), time.Now()
		for range postBurst {
			if err := l.Post(t.Context(), "C1"); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.PostFirst(t.Context(), "C1"); err != nil || time.Since(began) != 0 {
			t.Errorf("it leaves after %s: %v", time.Since(began), err)
		}
		if err := l.Post(t.Context(), "C1"); err != nil || time.Since(began) != 2*postEvery {
			t.Errorf("the next one of the others leaves after %s: %v", time.Since(began), err)
		}
		if err := l.PostFirst(t.Context(), "C1"); err != nil || time.Since(began) != 2*postEvery {
			t.Errorf("one more leaves after %s: %v", time.Since(began), err)
		}
		if err := l.PostFirst(t.Context(), "C1"); err != nil || time.Since(began) != 3*postEvery {
			t.Errorf("a third one leaves after %s: %v", time.Since(began), err)
		}
		l.HoldPosts("C1", 30*time.Second)
		if err := l.PostFirst(t.Context(), "C1"); !errors.Is(err, ErrBusy) {
			t.Errorf("what Slack asked for is not kept to: %v", err)
		}
	})
}

// Results use up all of the budget for edits, what tells of an operation under way leaves some of it, boards leave
// most. Only results wait.
func TestResultsBeforeProgressBeforeBoards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, began := NewLimiter(nil, false), time.Now()
		count := func(c Class) (n int) {
			for l.Edit(t.Context(), c) == nil && time.Since(began) == 0 {
				n++
			}
			return n
		}
		if n := count(Board); n != editBurst-left[Board] {
			t.Errorf("%d boards", n)
		}
		if n := count(Progress); n != left[Board]-left[Progress] {
			t.Errorf("%d intermediate states after the boards", n)
		}
		if n := count(Result); n != left[Progress] || time.Since(began) != editEvery {
			t.Errorf("%d results after all of that, the next one after %s", n, time.Since(began))
		}
	})
}

// In no minute more edits leave than Slack takes, but for the burst.
func TestEditsInAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, began, n := NewLimiter(nil, false), time.Now(), 0
		for time.Since(began) < time.Minute {
			if err := l.Edit(t.Context(), Result); err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n < 50 || n > 50+editBurst {
			t.Errorf("%d edits in a minute", n)
		}
	})
}

// What Slack asks for is kept to: for new messages in that channel alone, for edits everywhere.
func TestHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(nil, false)
		l.HoldPosts("C1", 30*time.Second)
		if err := l.Post(t.Context(), "C1"); !errors.Is(err, ErrBusy) {
			t.Errorf("the channel is not left alone: %v", err)
		}
		if err := l.Post(t.Context(), "C2"); err != nil {
			t.Errorf("another channel: %v", err)
		}
		if err := l.Edit(t.Context(), Progress); err != nil {
			t.Errorf("edits wait for a channel's new messages: %v", err)
		}
		l.HoldEdits(2 * time.Second)
		began := time.Now()
		if err := l.Edit(t.Context(), Result); err != nil || time.Since(began) != 2*time.Second {
			t.Errorf("an edit leaves after %s: %v", time.Since(began), err)
		}
		time.Sleep(28 * time.Second)
		if err := l.Post(t.Context(), "C1"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A turn that is waited for is not used while Slack has meanwhile asked to be left alone.
func TestAHoldWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(nil, false)
		for range postBurst {
			_ = l.Post(t.Context(), "C1")
		}
		began := time.Now()
		time.AfterFunc(time.Second, func() { l.HoldPosts("C1", 3*time.Second) })
		if err := l.Post(t.Context(), "C1"); err != nil || time.Since(began) != 4*time.Second {
			t.Errorf("it leaves after %s: %v", time.Since(began), err)
		}
	})
}

// All processes share one budget: its turns are waited for, and a class that has to leave some asks for a smaller
// burst. A turn that the others do not leave costs this process nothing.
func TestSharedBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		wait, free := 300*time.Millisecond, true
		l := NewLimiter(func(_ context.Context, budget string, perSecond float64, burst int,
			within time.Duration) (time.Duration, bool) {
			asked = append(asked, budget+"/"+strconv.Itoa(burst)+"/"+within.String())
			return wait, free
		}, false)
		began := time.Now()
		if err := l.Post(t.Context(), "C1"); err != nil || time.Since(began) != wait {
			t.Errorf("it leaves after %s: %v", time.Since(began), err)
		}
		_ = l.Edit(t.Context(), Result)
		_ = l.Edit(t.Context(), Board)
		if got := strings.Join(asked, " "); got != "chat/C1/4/5s chat.update/20/5s chat.update/6/0s" {
			t.Errorf("asked for %s", got)
		}
		free = false
		for range 3 * editBurst {
			if err := l.Edit(t.Context(), Result); !errors.Is(err, ErrBusy) {
				t.Fatalf("without a turn: %v", err)
			}
		}
		free, wait, began = true, 0, time.Now()
		if err := l.Edit(t.Context(), Result); err != nil || time.Since(began) != 0 {
			t.Errorf("after refusals it leaves after %s: %v", time.Since(began), err)
		}
	})
}

// Where time is not real nothing waits but for what Slack asks for; and no more channels are remembered than need be.
func TestFreeAndForgetful(t *testing.T) {
	free := NewLimiter(nil, true)
	for range 100 {
		if err := errors.Join(free.Post(t.Context(), "C1"), free.Edit(t.Context(), Board)); err != nil {
			t.Fatal(err)
		}
	}
	l, now := NewLimiter(nil, false), time.Now()
	for n := range 3 * maxStates {
		_, _ = l.take(t.Context(), posts(strconv.Itoa(n)),
			now.Add(time.Duration(n)*time.Minute))
	}
	if n := len(l.states); n > maxStates+1 {
		t.Errorf("%d budgets are remembered", n)
	}
}
