package messages

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// clickedCard is a chat whose card was clicked.
func clickedCard(t *testing.T, w *world) (*Chat, string) {
	t.Helper()
	chat := w.listens()
	ts := w.card(slackworld.Operation(op.Pending))
	w.press(ts)
	return chat, ts
}

func (w *world) press(ts string) {
	w.t.Helper()
	w.Acknowledged(w.Click("U0ANA", "C0SHOW", ts, fakeslack.Press{Action: "op:confirm"}))
}

func (w *world) replaced() (n int) {
	for _, c := range w.Calls("response_url") {
		if c.Replaces() && c.Error == "" {
			n++
		}
	}
	return n
}

func card(state op.State, ts string) op.Operation {
	return slackworld.Operation(state, func(o *op.Operation) { o.Card, o.Version = ts, 7 })
}

// proved is an edit of which it is known as well that the card is there.
func proved(err error) error {
	if errors.Is(err, notify.ErrUnproven) {
		return nil
	}
	return err
}

// A card that was clicked is edited by the click's address: at once, though nothing may be written to the channel or
// edited in the workspace for a long time. Four of five uses are edits, the last one is for the clicker; then it goes
// on with chat.update.
func TestAClickEditsItsCard(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	chat.limits.HoldPosts("C0SHOW", time.Hour)
	chat.limits.HoldEdits(time.Hour)
	for n, state := range []op.State{op.Queued, op.Running, op.Succeeded, op.Succeeded} {
		if got, err := show(chat, card(state, ts)); proved(err) != nil || got != ts || w.replaced() != n+1 {
			t.Fatalf("edit %d: %q, %v, %d edits", n, got, err, w.replaced())
		}
	}
	m, _ := w.Message("C0SHOW", ts)
	if all := m.Text + string(m.Blocks) + string(m.Attachments); !strings.Contains(all, "Restart studio") ||
		strings.Contains(all, "op:confirm") {
		t.Errorf("the card is now %s", all)
	}
	if _, err := show(chat, card(op.Succeeded, ts)); !errors.Is(err, notify.ErrBusy) || w.replaced() != 4 {
		t.Errorf("a fifth edit: %v", err)
	}
	chat.limits = webapi.NewLimiter(nil, false)
	if _, err := show(chat, card(op.Succeeded, ts)); err != nil || len(w.Calls("chat.update")) != 1 {
		t.Errorf("chat.update does not take over: %v", err)
	}
}

// The private answers of a click count against its five uses, and one use is kept for them.
func TestAnswersCountAgainstTheAddress(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	to := <-w.clicks
	tell := func() string {
		if err := chat.Tell(context.Background(), to, op.Answer{Title: op.L("only for you")}); err != nil {
			t.Fatal(err)
		}
		calls := w.Log(0)
		return calls[len(calls)-1].Method
	}
	if by := tell(); by != "response_url" {
		t.Errorf("the first answer goes by %s", by)
	}
	for range 6 {
		if _, err := show(chat, card(op.Succeeded, ts)); proved(err) != nil {
			t.Fatal(err)
		}
	}
	if n := w.replaced(); n != 3 {
		t.Errorf("%d edits after an answer", n)
	}
	if by := tell(); by != "response_url" {
		t.Errorf("no use is kept for the clicker: told by %s", by)
	}
	if by := tell(); by != "chat.postEphemeral" {
		t.Errorf("a sixth use: told by %s", by)
	}
	for _, c := range w.Calls("response_url") {
		if c.Error != "" {
			t.Errorf("Slack refuses: %s", c.Error)
		}
	}
}

// Where the address does not work chat.update does, at once; without an answer the edit may land late, so the card is
// drawn again later, and no more by that address.
func TestWhereAnAddressDoesNotWork(t *testing.T) {
	for name, c := range map[string]struct {
		fault fakeslack.Fault
		want  error
	}{
		"used up":    {fakeslack.Fault{Error: "used_url"}, nil},
		"over":       {fakeslack.Fault{Error: "expired_url"}, nil},
		"404":        {fakeslack.Fault{Status: 404}, nil},
		"too fast":   {fakeslack.Fault{RetryAfter: time.Minute}, nil},
		"down":       {fakeslack.Fault{Status: 503}, notify.ErrNoAnswer},
		"done, down": {fakeslack.Fault{Status: 500, AfterEffect: true}, notify.ErrNoAnswer},
		"no answer":  {fakeslack.Fault{Silent: true, Times: 1}, notify.ErrNoAnswer},
	} {
		w := newWorld(t)
		w.Config.HTTP = &http.Client{Transport: w.Config.HTTP.Transport, Timeout: time.Second}
		chat, ts := clickedCard(t, w)
		w.Fail("response_url", c.fault)
		if _, err := show(chat, card(op.Running, ts)); !errors.Is(err, c.want) ||
			strings.Contains(errText(err), w.Server.URL) {
			t.Errorf("%s: %v", name, err)
		}
		w.Fail("response_url", fakeslack.Fault{})
		before := w.replaced()
		if _, err := show(chat, card(op.Succeeded, ts)); err != nil || w.replaced() != before {
			t.Errorf("%s: it is tried again by the address, or not at all: %v", name, err)
		}
		if n := len(w.Calls("chat.update")); n != 2 {
			t.Errorf("%s: %d times chat.update", name, n)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// What has come of an operation is to be drawn once more, by chat.update and without taking what new results need; what
// tells that one is under way is not.
func TestAnAddressProvesLittle(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	if _, err := show(chat, card(op.Running, ts)); err != nil {
		t.Errorf("under way: %v", err)
	}
	if got, err := show(chat, card(op.Succeeded, ts)); !errors.Is(err, notify.ErrUnproven) || got != ts {
		t.Errorf("a result: %q, %v", got, err)
	}
	later := time.Now().Add(hookEdits)
	chat.clicked.now = func() time.Time { return later }
	all := 20
	chat.limits = webapi.NewLimiter(func(_ context.Context, _ string, _ float64, burst int,
		_ time.Duration) (time.Duration, bool) {
		return 0, burst == all // who has to leave some gets none
	}, false)
	if _, err := show(chat, card(op.Running, ts)); !errors.Is(err, notify.ErrBusy) {
		t.Errorf("what is under way goes before results: %v", err)
	}
	if _, err := show(chat, card(op.Succeeded, ts)); !errors.Is(err, notify.ErrBusy) {
		t.Errorf("the proof goes before results: %v", err)
	}
	chat.clicked.spoil(chat.clicked.list[0])
	more := card(op.Succeeded, ts)
	more.Version++
	if _, err := show(chat, more); !errors.Is(err, notify.ErrBusy) {
		t.Errorf("what is added to an end that is shown goes before cards that have none: %v", err)
	}
	news := card(op.Failed, ts)
	news.Version += 2
	if _, err := show(chat, news); err != nil || len(w.Calls("chat.update")) != 1 {
		t.Errorf("a new result: %v", err)
	}
}

// What has come of an operation after more than some seconds waits for no turn of chat.update while that has none: the
// click's address stands in, but neither for what is soon outdated, nor to prove what it has drawn itself.
func TestAnAddressStandsIn(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	later := time.Now().Add(hookEdits)
	chat.clicked.now = func() time.Time { return later }
	if _, err := show(chat, card(op.Running, ts)); err != nil || w.replaced() != 0 {
		t.Errorf("chat.update has turns: %v, %d edits by the address", err, w.replaced())
	}
	chat.limits.HoldEdits(time.Hour)
	if _, err := show(chat, card(op.Running, ts)); !errors.Is(err, notify.ErrBusy) {
		t.Errorf("under way: %v", err)
	}
	got, err := show(chat, card(op.Succeeded, ts))
	if !errors.Is(err, notify.ErrUnproven) || got != ts || w.replaced() != 1 {
		t.Errorf("a result: %q, %v, %d edits by the address", got, err, w.replaced())
	}
	if _, err := show(chat, card(op.Succeeded, ts)); !errors.Is(err, notify.ErrBusy) || w.replaced() != 1 {
		t.Errorf("its proof: %v, %d edits by the address", err, w.replaced())
	}
}

// An edit without an answer may yet land, also where chat.update had no turn after it: whoever draws next has to know,
// or an old state would stay on top of a newer one.
func TestAnAddressWithoutAnAnswerIsNotForgotten(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	later := time.Now().Add(hookEdits)
	chat.clicked.now = func() time.Time { return later }
	chat.limits.HoldEdits(time.Hour)
	w.Fail("response_url", fakeslack.Fault{Status: 503})
	_, err := show(chat, card(op.Succeeded, ts))
	if !errors.Is(err, notify.ErrBusy) || !errors.Is(err, notify.ErrNoAnswer) {
		t.Errorf("no answer, and no turn: %v", err)
	}
}

// A second click gives its own five uses: the newest address goes first.
func TestTheNewestClickEdits(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	w.press(ts)
	for n := range 9 {
		if _, err := show(chat, card(op.Succeeded, ts)); proved(err) != nil {
			t.Fatal(err)
		}
		if n == 0 && chat.clicked.list[0].left != hookUses {
			t.Error("an older address goes first")
		}
	}
	if n := w.replaced(); n != 8 {
		t.Errorf("%d edits by two addresses", n)
	}
}

// Blocks that Slack refuses are replaced by plain ones at the address too.
func TestAClickedCardInPlainBlocks(t *testing.T) {
	w := newWorld(t)
	chat, ts := clickedCard(t, w)
	w.Fail("response_url", fakeslack.Fault{Error: "invalid_blocks", Times: 1})
	if _, err := show(chat, card(op.Succeeded, ts)); proved(err) != nil || w.replaced() != 1 ||
		len(w.Calls("chat.update")) != 0 {
		t.Fatalf("%v, %d edits", err, w.replaced())
	}
	m, _ := w.Message("C0SHOW", ts)
	if len(m.Attachments) > len("[]") || !strings.Contains(string(m.Blocks), "Restart studio") {
		t.Errorf("the plain card is %s %s", m.Blocks, m.Attachments)
	}
}

// Addresses are good for the message that was clicked, outside of threads, for less than half an hour, and few are
// kept.
func TestWhatIsKeptOfClicks(t *testing.T) {
	now := time.Unix(1000, 0)
	c := &clicked{now: func() time.Time { return now }}
	good := func(string) bool { return true }
	click := op.Click{Origin: op.Origin{Address: op.Address{Channel: "C1", ReplyTo: "https://hooks.slack.com/actions/1"}},
		Message: "1.1"}
	c.keep(click, func(string) bool { return false })
	inThread := click
	inThread.Thread = "1.0"
	c.keep(inThread, good)
	if c.canEdit("C1", "1.1", false) {
		t.Error("a foreign address, or one of a thread, is kept")
	}
	c.keep(click, good)
	if !c.canEdit("C1", "1.1", false) || c.canEdit("C2", "1.1", true) || c.canEdit("C1", "1.2", true) {
		t.Error("it is not good for its message alone")
	}
	if now = now.Add(hookEdits); c.canEdit("C1", "1.1", false) {
		t.Error("it comes first for too long")
	}
	if !c.canEdit("C1", "1.1", true) {
		t.Error("it does not stand in for chat.update")
	}
	if now = now.Add(hookLives); c.canEdit("C1", "1.1", true) {
		t.Error("it is used for too long")
	}
	for n := range 3 * maxClicked {
		click.Message = strconv.Itoa(n)
		c.keep(click, good)
	}
	if len(c.list) != maxClicked || c.canEdit("C1", "0", true) || !c.canEdit("C1", click.Message, false) {
		t.Errorf("%d addresses are kept", len(c.list))
	}
	now = now.Add(hookLives + time.Second)
	if c.keep(click, good); len(c.list) != 1 {
		t.Errorf("%d addresses are kept of which all but one are over", len(c.list))
	}
}

// The card of a thread is edited by chat.update.
func TestAClickInAThread(t *testing.T) {
	w := newWorld(t)
	chat, root := clickedCard(t, w)
	o := slackworld.Operation(op.Pending, func(o *op.Operation) { o.Thread = root })
	ts := w.card(o)
	w.press(ts)
	// one that does not say so
	chat.clicked.keep(op.Click{Origin: op.Origin{Address: op.Address{Channel: "C0SHOW", ReplyTo: w.Config.APIURL + "x"}},
		Message: ts}, chat.hooks.allowed)
	o.State, o.Card = op.Succeeded, ts
	if _, err := show(chat, o); err != nil || w.replaced() != 0 || len(w.Calls("chat.update")) != 1 {
		t.Errorf("%v, %d edits by an address", err, w.replaced())
	}
	if used := hookUses - chat.clicked.list[len(chat.clicked.list)-1].left; used > 0 {
		t.Errorf("an address was tried %d times", used)
	}
}
