package render

import (
	"strings"
	"testing"

	"casterbot/internal/op"
)

func TestReferencesToMessagesBecomeLinks(t *testing.T) {
	a := op.Answer{
		Title: op.L("What was asked"), Lines: []op.Line{op.L("a ", op.Message("C0SHOW", "1795377600.000100", "card"))},
		Items: []op.Item{{Title: op.L("one"),
			Facts: []op.Line{op.L(op.Message("C0SHOW", "1.2", "card <1>")), op.L(op.Message("<bad>", "1.2", "no link"))}}},
	}
	got := mrkdwn(Linked(a, "https://show.slack.com/").Lines[0])
	if want := "a <https://show.slack.com/archives/C0SHOW/p1795377600000100|card>"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	facts := Linked(a, "https://show.slack.com").Items[0].Facts
	if got := mrkdwn(facts[0]); got != "<https://show.slack.com/archives/C0SHOW/p12|card &lt;1&gt;>" {
		t.Error(got)
	}
	if got := mrkdwn(facts[1]); got != "no link" {
		t.Error(got)
	}
	if got := mrkdwn(Linked(a, "").Lines[0]); got != "a card" || strings.Contains(notice(a.Lines[0]), "C0SHOW") {
		t.Errorf("without an address: %s, %s", got, notice(a.Lines[0]))
	}
	if a.Lines[0][1].Message == "" {
		t.Error("the answer itself was changed")
	}
}
