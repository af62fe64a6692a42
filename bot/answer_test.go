package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"casterbot/bot/messages"
	"casterbot/bot/render"
	"casterbot/bot/webapi"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
)

func listing(n int, buttons bool) op.Answer {
	a := op.Answer{Mark: op.MarkNeutral, Title: op.L("Studios here"), Note: op.L("as of ", op.At(T0))}
	for i := range n {
		item := op.Item{Mark: op.MarkProgram, Title: op.L(op.B(fmt.Sprintf("Evening %d", i))),
			Facts: []op.Line{op.L("ON AIR since ", op.At(T0)), nil}}
		if buttons {
			item.Next = []op.Next{{Label: "Show", Text: fmt.Sprintf("caster show %d", i)}, {Label: "Hidden", Text: "x"}}
		}
		a.Items = append(a.Items, item)
	}
	return a
}

func TestAnswers(t *testing.T) {
	denial := op.Answer{
		Mark: op.MarkDenied, Title: op.L("You can't restart ", op.B("Evening News"), " from ", op.In("C0RAND"), "."),
		Lines: []op.Line{op.L("policy.yml:14 allows it in ", op.In("C0SHOW"), " for ", op.Group("S0CREW"), ".")},
		Next: []op.Next{{Label: "Why?", Text: "caster why restart"}, {Label: "Empty"},
			{Label: "Too long", Text: strings.Repeat("x", render.MaxValue+1)}},
	}
	for name, a := range map[string]op.Answer{
		"denial": denial, "list": listing(3, true), "list-plain": listing(3, false), "full": listing(60, true),
		"full-plain": listing(60, false), "empty": {},
	} {
		m := plain.Answer(a)
		lint(t, name, m)
		if p := blockkit.Lint("home", json.RawMessage(mustJSON(t, plain.Home(a).Blocks))); len(p) > 0 {
			t.Errorf("%s as home: %v", name, p)
		}
		if name != "full" && name != "full-plain" {
			golden(t, "answer-"+name, m)
		}
	}
	for _, buttons := range []bool{true, false} {
		if got := mustJSON(t, plain.Answer(listing(60, buttons))); !strings.Contains(got, "…and 20 more") ||
			strings.Contains(got, "Evening 40*") {
			t.Error("a long list is not cut, or does not say so")
		}
	}
}

// TestEveryMarkHasASign fails when a mark is added that no person would see.
func TestEveryMarkHasASign(t *testing.T) {
	seen := map[string]op.Mark{}
	for _, m := range []op.Mark{
		op.MarkProgram, op.MarkPreview, op.MarkIdle, op.MarkRecording, op.MarkPaused, op.MarkOK, op.MarkWait, op.MarkFailed,
		op.MarkUnknown, op.MarkDenied, op.MarkNeutral,
	} {
		if render.Marks[m] == "" || seen[render.Marks[m]] != "" {
			t.Errorf("%s has no sign of its own", m)
		}
		seen[render.Marks[m]] = m
	}
}

// TestAckPayload: what is too long for an acknowledgement does not travel in one.
func TestAckPayload(t *testing.T) {
	d := dispatcher{chat: messages.New(webapi.Config{})}
	for range 2 {
		if p := d.payload(true, op.Address{}, listing(2, true)); p == nil ||
			string(p.(json.RawMessage)) != Compact(t, plain.Answer(listing(2, true)).Reply()) {
			t.Errorf("a short answer travels as %v", p)
		}
	}
	if p := d.payload(false, op.Address{}, listing(2, true)); p != nil {
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
	a, d := listing(12, true), dispatcher{chat: messages.New(webapi.Config{})}
	b.ReportAllocs()
	for b.Loop() {
		if d.payload(true, op.Address{}, a) == nil {
			b.Fatal("no payload")
		}
	}
}
