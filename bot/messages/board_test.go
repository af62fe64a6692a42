package messages

import (
	"errors"
	"strings"
	"testing"

	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
)

func TestPutPostsAndEdits(t *testing.T) {
	w := newWorld(t)
	c := New(w.Config)
	w.Fail("chat.postMessage", fakeslack.Fault{Error: "invalid_blocks", Times: 1}) // the first try: then in plain blocks
	ts, err := c.Put(t.Context(), "C0SHOW", "",
		op.Answer{Title: op.L("On air"), Next: []op.Next{{Label: "Show", Text: "caster show c1"}}})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Put(t.Context(), "C0SHOW", ts, op.Answer{Title: op.L("Off air")}); err != nil || again != ts {
		t.Fatalf("edited %s into %s: %v", ts, again, err)
	}
	if m, _ := w.Message("C0SHOW", ts); m.Text != "Off air" || strings.Contains(string(m.Blocks), "caster show") {
		t.Errorf("%s %s", m.Text, m.Blocks)
	}
	for fault, want := range map[string]error{"not_in_channel": notify.ErrNotInChannel,
		"message_not_found": notify.ErrGone, "ratelimited": notify.ErrBusy} {
		w.Fail("chat.update", fakeslack.Fault{Error: fault})
		if _, err := c.Put(t.Context(), "C0SHOW", ts, op.Answer{Title: op.L("On air")}); !errors.Is(err, want) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestPins(t *testing.T) {
	w := newWorld(t)
	c := New(w.Config)
	ts, err := c.Put(t.Context(), "C0SHOW", "", op.Answer{Title: op.L("On air")})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // that it is so already is no error
		if err := c.Pin(t.Context(), "C0SHOW", ts); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := c.Unpin(t.Context(), "C0SHOW", ts); err != nil {
			t.Fatal(err)
		}
	}
	if added, removed := w.Calls("pins.add"), w.Calls("pins.remove"); len(added) != 2 || len(removed) != 2 ||
		added[0].TS != ts {
		t.Errorf("pinned with %+v, unpinned with %+v", added, removed)
	}
	w.Fail("pins.add", fakeslack.Fault{Error: "missing_scope"})
	if c.Pin(t.Context(), "C0SHOW", ts) == nil {
		t.Error("a pin that Slack refuses is there")
	}
}
