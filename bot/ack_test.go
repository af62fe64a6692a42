package bot

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/internal/engine"
	"casterbot/internal/i18n"
	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// TestAckPayload: what is too long for an acknowledgement does not travel in one.
func TestAckPayload(t *testing.T) {
	d := dispatcher{chat: messages.New(NewWorld(t).Config)}
	for range 2 {
		if p := d.payload(true, op.Address{}, slackworld.Listing(2, true)); p == nil ||
			string(p.(json.RawMessage)) != Compact(t, plain.Answer(slackworld.Listing(2, true)).Reply()) {
			t.Errorf("a short answer travels as %v", p)
		}
	}
	if p := d.payload(false, op.Address{}, slackworld.Listing(2, true)); p != nil {
		t.Error("an answer travels in an acknowledgement that takes none")
	}
	long := op.Answer{Title: op.L("x")}
	for range 40 {
		long.Items = append(long.Items,
			op.Item{Title: op.L(strings.Repeat("long ", 100)), Next: []op.Next{{Label: "x", Text: "y"}}})
	}
	if p := d.payload(true, op.Address{}, long); p != nil {
		t.Errorf("%d bytes travel in an acknowledgement", len(p.(json.RawMessage)))
	}
}

func Compact(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func BenchmarkHelpReply(b *testing.B) {
	a, d := slackworld.Listing(12, true), dispatcher{chat: messages.New(NewWorld(b).Config)}
	b.ReportAllocs()
	for b.Loop() {
		if d.payload(true, op.Address{}, a) == nil {
			b.Fatal("no payload")
		}
	}
}

// TestLanguageOfQuickAnswers: Lin has never been looked up, so the first answer comes after the acknowledgement, and
// the next ones travel in it. Ana's are kept apart from Lin's.
func TestLanguageOfQuickAnswers(t *testing.T) {
	w := NewWorld(t)
	dir := directory.New(w.Config, func() []string { return nil })
	w.Config.Words, w.Config.Locale, w.Config.Meet = i18n.New(nil), dir.Locale, dir.Meet
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Reply: &op.Answer{Title: queueFull().Title}}, nil
	}
	w.start()
	english := queueFull().Title.Plain()
	for i, want := range []struct{ person, says string }{
		{"U0LIN", queueChinese}, {"U0LIN", queueChinese}, {"U0ANA", english}, {"U0ANA", english},
		{"U0LIN", queueChinese},
	} {
		ack := w.Types(want.person, "C0SHOW", "/caster x")
		if travels := i != 0 && i != 2; travels != strings.Contains(string(ack.Payload), want.says) {
			t.Errorf("answer %d for %s: the acknowledgement holds %s", i, want.person, ack.Payload)
		}
		w.Until(want.person+" is answered in their language", func() bool {
			return w.Reads(want.person, "C0SHOW", want.says)
		})
	}
	if asked := len(w.Calls("users.info")); asked != 2 {
		t.Errorf("%d questions about two people", asked)
	}
}

const queueChinese = "队列已满，未执行任何操作。"
