package render

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

func gridAnswer(names ...string) op.Answer {
	g := &op.Grid{Head: []op.Line{op.L("Sent"), op.L("What"), op.L("Asked by")}}
	for _, name := range names {
		g.Rows = append(g.Rows, []op.Line{op.L(op.At(time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC))),
			op.L("Restart studio ", op.B(name)), op.L(op.Who("U0ANA"))})
	}
	return op.Answer{Mark: op.MarkNeutral, Title: op.L("What was really done"), Grid: g}
}

// A table has people and times that Slack fills in, and an empty cell a sign.
func TestGrid(t *testing.T) {
	a := gridAnswer("Evening News")
	a.Grid.Rows = append(a.Grid.Rows, []op.Line{nil, op.L("aired"), op.L()})
	m := plain.Answer(a)
	lint(t, "grid", m)
	golden(t, "answer-grid", m)
}

// Whatever a name holds, it stays a name: in the table, and in the text for those who cannot see one.
func TestGridHoldsNoMarkup(t *testing.T) {
	hostile := []string{"<!channel>", "<@U0KEN>", "<https://example.com|ok>", "*bold* _x_ `y`", "a\nb", "\u202enews"}
	m := plain.Answer(gridAnswer(hostile...))
	lint(t, "hostile grid", m)
	got := slackworld.JSON(t, asSent(m))
	if strings.Contains(got, `"type":"broadcast"`) || strings.Contains(got, "U0KEN\",\"type\":\"user\"") ||
		strings.Contains(got, "\u202e") {
		t.Errorf("a name became more than text: %s", got)
	}
	simple := m.Simple()
	lint(t, "simple grid", simple)
	text := slackworld.JSON(t, asSent(simple))
	for _, active := range []string{"<!channel>", "<@U0KEN>", "|ok>"} {
		escaped := strings.NewReplacer("<", "\\u003c", ">", "\\u003e").Replace(active)
		if strings.Contains(text, active) || strings.Contains(text, escaped) {
			t.Errorf("the plain table has %s: %s", active, text)
		}
	}
	if !strings.Contains(text, "Evening") && !strings.Contains(text, "bold") {
		t.Errorf("the plain table lost its rows: %s", text)
	}
}

// A table has no more rows and columns than Slack takes.
func TestGridIsCut(t *testing.T) {
	a := gridAnswer(make([]string, 300)...)
	for range 30 {
		a.Grid.Head = append(a.Grid.Head, op.L("More"))
	}
	m := plain.Answer(a)
	lint(t, "large grid", m)
	for _, b := range m.Blocks {
		if table, ok := b.(*slack.TableBlock); ok && (len(table.Rows) != maxRows || len(table.Rows[0]) != maxColumns) {
			t.Errorf("%d rows of %d", len(table.Rows), len(table.Rows[0]))
		}
	}
}
