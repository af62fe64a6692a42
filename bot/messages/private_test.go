package messages

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"

	"github.com/slack-go/slack"
)

// patient gives a chat that waits for no time, and the times that it should have waited for.
func patient(w *world) (*Chat, *[]time.Duration) {
	c, waits := New(w.Config), &[]time.Duration{}
	c.pause = func(_ context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return nil
	}
	return c, waits
}

// TestTellPersists: while Slack is busy or down the answer is tried again where the person is; then it goes to them
// alone.
func TestTellPersists(t *testing.T) {
	const whisper, direct = "chat.postEphemeral", "chat.postMessage"
	for _, c := range []struct {
		name  string
		fault fakeslack.Fault
		tries int // to whisper
		waits []time.Duration
		by    string // what reached the person
	}{
		{"busy once", fakeslack.Fault{RetryAfter: 30 * time.Second, Times: 1}, 2, []time.Duration{30 * time.Second}, whisper},
		{"busy twice", fakeslack.Fault{RetryAfter: 7 * time.Second, Times: 2},
			3, []time.Duration{7 * time.Second, 7 * time.Second}, whisper},
		{"busy always", fakeslack.Fault{RetryAfter: time.Second}, 3, []time.Duration{time.Second, time.Second}, direct},
		{"busy for too long", fakeslack.Fault{RetryAfter: 2 * time.Minute}, 1, nil, direct},
		{"down once", fakeslack.Fault{Status: 503, Times: 1}, 2, []time.Duration{time.Second}, whisper},
		{"down", fakeslack.Fault{Status: 500}, 3, []time.Duration{time.Second, 2 * time.Second}, direct},
		{"broken once", fakeslack.Fault{Error: "internal_error", Times: 1}, 2, []time.Duration{time.Second}, whisper},
		{"not there", fakeslack.Fault{Error: "user_not_in_channel"}, 1, nil, direct},
		{"refused for another reason", fakeslack.Fault{Error: "msg_too_long"}, 1, nil, direct},
	} {
		w := newWorld(t)
		chat, waits := patient(w)
		w.Fail(whisper, c.fault)
		if err := chat.Tell(context.Background(), op.Address{Person: "U0ANA", Channel: "C0SHOW"},
			op.Answer{Title: op.L("only for you")}); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		calls := w.Log(0)
		if last := calls[len(calls)-1]; last.Method != c.by || last.Error != "" {
			t.Errorf("%s: told by %+v", c.name, last)
		}
		if n := len(w.Calls(whisper)); n != c.tries || !equal(*waits, c.waits) {
			t.Errorf("%s: %d tries with waits %v, want %d with %v", c.name, n, *waits, c.tries, c.waits)
		}
	}
}

func equal(a, b []time.Duration) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestTellFails only when the direct message fails too.
func TestTellFails(t *testing.T) {
	w := newWorld(t)
	chat, _ := patient(w)
	w.Fail("chat.postEphemeral", fakeslack.Fault{Status: 500})
	w.Fail("chat.postMessage", fakeslack.Fault{Error: "internal_error"})
	err := chat.Tell(context.Background(), op.Address{Person: "U0ANA", Channel: "C0SHOW"}, op.Answer{Title: op.L("x")})
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); !ok || said.Err != "internal_error" {
		t.Errorf("got %v", err)
	}
	if n := len(w.Calls("conversations.open")); n != 1 {
		t.Errorf("the conversation was opened %d times", n)
	}
}

// TestUnreachable: whether another try may help is told apart.
func TestUnreachable(t *testing.T) {
	for said, never := range map[string]bool{"user_disabled": true, "cannot_dm_bot": true, "messages_tab_disabled": true,
		"internal_error": false, "ratelimited": false} {
		w := newWorld(t)
		chat, _ := patient(w)
		w.Fail("conversations.open", fakeslack.Fault{Error: said})
		err := chat.Tell(context.Background(), op.Address{Person: "U0ANA"}, op.Answer{Title: op.L("x")})
		if err == nil || errors.Is(err, notify.ErrUnreachable) != never {
			t.Errorf("%s: %v", said, err)
		}
	}
}

// TestTellWithoutAnAnswer: silence counts like a refusal for the moment.
func TestTellWithoutAnAnswer(t *testing.T) {
	w := newWorld(t)
	w.Config.HTTP = &http.Client{Transport: w.Config.HTTP.Transport, Timeout: 300 * time.Millisecond}
	chat, waits := patient(w)
	w.Fail("chat.postEphemeral", fakeslack.Fault{Silent: true, Times: 1})
	err := chat.Tell(context.Background(), op.Address{Person: "U0ANA", Channel: "C0SHOW"},
		op.Answer{Title: op.L("after all")})
	if err != nil || len(*waits) != 1 || !w.Reads("U0ANA", "C0SHOW", "after all") {
		t.Errorf("%v, waits %v", err, *waits)
	}
}

// TestLastWords: what is to be told when the work's context has ended is told all the same, and so is what waits by
// then.
func TestLastWords(t *testing.T) {
	for name, waiting := range map[string]bool{"ended before": false, "ended while it waits": true} {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(context.Background())
		chat := New(w.Config)
		if waiting {
			w.Fail("chat.postEphemeral", fakeslack.Fault{RetryAfter: 50 * time.Second})
			chat.pause = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
		} else {
			cancel()
		}
		err := chat.Tell(ctx, op.Address{Person: "U0ANA", Channel: "C0SHOW"}, op.Answer{Title: op.L("the last words")})
		cancel()
		here, alone := w.Reads("U0ANA", "C0SHOW", "the last words"), w.Reads("U0ANA", "", "the last words")
		if err != nil || here == waiting || alone != waiting {
			t.Errorf("%s: in the channel %v, alone %v, %v", name, here, alone, err)
		}
	}
}

// TestTellInPlainBlocks: refused blocks are replaced at once, without a wait.
func TestTellInPlainBlocks(t *testing.T) {
	w := newWorld(t)
	chat, waits := patient(w)
	w.Fail("chat.postEphemeral", fakeslack.Fault{Error: "invalid_blocks", Times: 1})
	a := op.Answer{Title: op.L("choose"), Note: op.L("small print")}
	if err := chat.Tell(context.Background(), op.Address{Person: "U0ANA", Channel: "C0SHOW"}, a); err != nil ||
		len(*waits) != 0 {
		t.Fatalf("%v, waits %v", err, *waits)
	}
	calls := w.Calls("chat.postEphemeral")
	if last := calls[len(calls)-1]; strings.Contains(string(last.Blocks), `"context"`) {
		t.Errorf("the second try has the same blocks: %s", last.Blocks)
	}
}
