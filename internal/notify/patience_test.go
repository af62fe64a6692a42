package notify

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// listener hears what a person is told while an answer takes time.
type listener struct {
	Chat
	mu    sync.Mutex
	heard []string
	took  time.Duration
}

func (l *listener) Hint(_ context.Context, _ op.Address, a op.Answer) error {
	time.Sleep(l.took)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, a.Title.Plain())
	return nil
}

// Who waits reads so once; who waits for a turn reads how many stand before them, in place of that; nothing is said
// after the answer, nor where a window shows it.
func TestPatience(t *testing.T) {
	const looking, turn = "Looking…", "7 before you, about 2 s."
	type told struct {
		at     time.Duration
		before int
	}
	here := op.Address{Person: "U0ANA", Channel: "C0"}
	for name, c := range map[string]struct {
		to       op.Address
		answered time.Duration
		waits    []told
		want     []string
	}{
		"at once": {here, time.Second, nil, nil},
		"slow":    {here, 9 * time.Second, nil, []string{looking}},
		"waits": {here, 9 * time.Second, []told{{1010 * time.Millisecond, 7}, {2 * time.Second, 6}},
			[]string{turn}},
		"waits later": {here, 9 * time.Second, []told{{3 * time.Second, 7}}, []string{looking, turn}},
		"is next": {here, 9 * time.Second, []told{{1010 * time.Millisecond, 0}},
			[]string{"You are next, in about 2 s."}},
		"waits, over":      {here, 900 * time.Millisecond, []told{{2 * time.Second, 7}}, nil},
		"in a window":      {op.Address{Person: "U0ANA", View: "V1"}, 9 * time.Second, []told{{2 * time.Second, 7}}, nil},
		"on the Home page": {op.Address{Person: "U0ANA", FromHome: true}, 9 * time.Second, nil, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &listener{}
			n := &Notifier{Config: Config{Chat: l, After: func(d time.Duration, do func()) func() bool {
				return time.AfterFunc(d, do).Stop
			}}}
			asked := quota.With(t.Context(), quota.Caller{Class: quota.Read, Person: "U0ANA"})
			ctx, answered := n.Patient(asked, c.to)
			caller := quota.Of(ctx)
			if caller.Class != quota.Read || caller.Person != "U0ANA" {
				t.Errorf("%s: the call is made for %+v", name, caller)
			}
			for _, w := range c.waits {
				time.AfterFunc(w.at, func() {
					if caller.Waiting != nil {
						caller.Waiting(w.before, 2*time.Second)
					}
				})
			}
			time.Sleep(c.answered)
			answered()
			time.Sleep(time.Minute)
			if !slices.Equal(l.heard, c.want) {
				t.Errorf("%s: %q, not %q", name, l.heard, c.want)
			}
		})
	}
}

// A hint that is on its way is waited for: it never comes after the answer.
func TestAHintComesBeforeTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listener{took: time.Second}
		n := &Notifier{Config: Config{Chat: l, After: func(d time.Duration, do func()) func() bool {
			return time.AfterFunc(d, do).Stop
		}}}
		_, answered := n.Patient(t.Context(), op.Address{Person: "U0ANA", Channel: "C0"})
		time.Sleep(hintAfter + time.Millisecond)
		answered()
		if len(l.heard) != 1 {
			t.Errorf("heard before the answer: %q", l.heard)
		}
	})
}
