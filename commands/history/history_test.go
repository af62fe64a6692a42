package history

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/past"
)

const usage = "caster history {caster?} {which?}"

// book is what was asked, with what was asked of it.
type book struct {
	list  []op.Operation
	asked op.Past
}

func (b *book) History(_ context.Context, p op.Past) ([]op.Operation, bool, error) {
	b.asked = p
	from := min(p.Skip, len(b.list))
	to := min(p.Skip+p.Most, len(b.list))
	return b.list[from:to], to < len(b.list), nil
}

func many(n int) (all []op.Operation) {
	for i := range n {
		target := op.Target{Kind: "caster", ID: fmt.Sprint("c", i), Name: "Evening News"}
		if i == 3 {
			target.Name = "Secret"
		}
		all = append(all, op.Operation{ID: fmt.Sprintf("abc%03d0", i), State: op.Succeeded, Requester: "U0ANA",
			Plan: op.Plan{Title: op.L("Restart"), Target: target}})
	}
	return all
}

func ask(t *testing.T, b *book, which string) op.Answer {
	t.Helper()
	w, err := past.Read(which, "Europe/Berlin", time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Which: w, Usage: usage, Args: op.Args{"caster": "c1"},
		Scope: op.Scope{Studio: func(_, name string) bool { return name != "Secret" }}}.Of(op.B("Evening News"))
	a, err := q.Answer(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A button leads through all pages, with what was asked for, and each shows what the channel may be told of.
func TestPages(t *testing.T) {
	b := &book{list: many(2*PerPage + 1)}
	table := op.Table{Commands: []op.Command{{Usage: usage}}}
	which, seen := "done by U0ANA", 0
	for page := 1; ; page++ {
		a := ask(t, b, which)
		seen += len(a.Items)
		if b.asked.Person != "U0ANA" || len(b.asked.States) != 1 || b.asked.Skip != (page-1)*PerPage {
			t.Errorf("page %d asks for %+v", page, b.asked)
		}
		if len(a.Next) == 0 {
			break
		}
		p, err := grammar.Parse(table, a.Next[0].Text)
		if err != nil || p.Args["caster"] != "c1" {
			t.Fatalf("%q: %+v, %v", a.Next[0].Text, p.Args, err)
		}
		which = p.Args["which"]
	}
	if seen != len(b.list)-1 {
		t.Errorf("%d of %d were shown", seen, len(b.list)-1)
	}
	if a := ask(t, b, "page 9"); len(a.Items) > 0 || !strings.Contains(a.Lines[1].Plain(), "no more") {
		t.Errorf("%+v", a)
	}
}

// What was asked for is said, and nothing found is another thing than nothing there.
func TestWhatWasAskedForIsSaid(t *testing.T) {
	a := ask(t, &book{}, "failed by U0ANA yesterday")
	var said []string
	for _, l := range a.Lines {
		said = append(said, l.Plain())
	}
	want := "Asked by @U0ANA.|Outcome: failed.|Asked on 2026-11-27.|There is nothing like it."
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a := ask(t, &book{}, ""); a.Title.Plain() != "Nothing was asked for Evening News yet." {
		t.Errorf("%s", a.Title.Plain())
	}
}
