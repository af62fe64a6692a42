package browse

import (
	"context"
	"errors"
	"testing"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// meant reads what was typed; usual is the studio of the channel.
func (g *fixture) meant(text, usual string) (grammar.Parsed, error) {
	p, err := grammar.Parse(*g.table, text)
	if err != nil && len(p.Others) > 0 {
		p.Unfit, err = err, nil
	}
	if err == nil && len(p.Missing) == 1 && usual != "" {
		p.Filled, p.Missing, p.Args["caster"] = "caster", nil, usual
	}
	if err != nil {
		return p, err
	}
	return g.Meant(context.Background(), op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}},
		p, op.Decision{Policy: "1"})
}

// Words without quotes are read by the names that there are; of several readings none is taken, and no word that
// could be
// a name is replaced by the channel's default.
func TestMeant(t *testing.T) {
	for _, c := range []struct {
		text, usual, more string
		want              string // the arguments, or what the refusal says
	}{
		{text: "caster open Evening News Preview 1", want: "Evening News|Preview 1"},
		{text: "caster open Morning Preview", want: "Morning|Preview"},
		{text: "caster open Preview 1", usual: "c1", want: "c1|Preview 1"},
		{text: "caster open Preview 1", want: "Preview|1"}, // refused by the command: there is no such studio
		{text: "caster open Evening News", usual: "c1", want: "Scene is missing. Nothing was done."},
		{text: "caster open Evening Tal", usual: "c1", want: "Evening|Tal"}, // nearly a studio: no scene of the usual one
		{text: "caster open News Wide", usual: "c1", more: "News", want: "News|Wide"},
		{text: "caster copy Evening News Late News", usual: "c1", want: "Evening News|Late News"},
		{text: "caster copy Evning News Late News", usual: "c1",
			want: "There is more here than /caster copy <studio> <name> takes."},
		{text: "caster lock Evening News until 22:00 late show", want: "Evening News|until 22:00 late show"},
		{text: "caster lock Evening News late show", want: "Evening News| late show"},
		{text: "caster lock until 22:00", usual: "c1", want: "c1|until 22:00 "},
		{text: "caster lock Until 22:00 Show", usual: "c1", more: "Until 22:00 Show", want: "Until 22:00 Show| "},
		{text: "caster lock Until 22:00 Show for 2h", usual: "c1", more: "Until 22:00 Show",
			want: "Until 22:00 Show|for 2h "},
		{text: "caster lock Until 22:00 Show", usual: "c1", want: "Until 22:00 Show could be a name. Nothing was done."},
		{text: `caster lock until 22:00 "Show"`, usual: "c1", want: "c1|until 22:00 Show"},
		{text: "caster lock Morning until 22:00", more: "Morning until 22:00",
			want: "These words can mean more than one thing. Nothing was done."},
		{text: `caster lock "Morning" until 22:00`, more: "Morning until 22:00", want: "Morning|until 22:00 "},
	} {
		g := newFixture(t)
		g.usual = op.Args{"caster": c.usual}
		if c.more != "" {
			g.more = []op.Option{{Label: c.more, Value: "c9"}}
		}
		p, err := g.meant(c.text, c.usual)
		got := p.Args["caster"] + "|" + p.Args["scene"] + p.Args["name"]
		if _, timed := p.Args["until"]; timed || p.Args["why"] != "" || p.Command.Verb == "caster.lock" {
			got = p.Args["caster"] + "|" + p.Args["until"] + " " + p.Args["why"]
		}
		if refusal, ok := errors.AsType[*op.Refusal](err); ok {
			got = refusal.Answer.Title.Plain()
		}
		if got != c.want {
			t.Errorf("%s (usual %s, besides %s): %q, want %q", c.text, c.usual, c.more, got, c.want)
		}
	}
}

// What a field cannot hold is told before the form closes, to those who may use the command.
func TestWrongFields(t *testing.T) {
	g := newFixture(t)
	r := op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}}
	form := g.form(`caster copy "Evening News" Morning`)
	if field, why := g.Wrong(context.Background(), r,
		form); field != "name" || why.Plain() != "It exists. Choose another." {
		t.Errorf("%q: %s", field, why.Plain())
	}
	g.forbid = true
	if field, _ := g.Wrong(context.Background(), r, form); field != "" {
		t.Errorf("told to somebody without rights: %s", field)
	}
	g.forbid = false
	if field, _ := g.Wrong(context.Background(), r, g.form(`caster copy "Evening News" Noon`)); field != "" {
		t.Errorf("%s is wrong", field)
	}
}

// What was typed in the place of a studio that there is not moves to the next field; what nearly is one stays, and is
// named.
func TestWhatWasTypedIsKept(t *testing.T) {
	for text, want := range map[string]string{
		`caster open "Preview of c1"`: "c1|s1|", `caster open "Evening Talk"`: "c2||",
		`caster open "Evening"`:   "||Evening is not the name of just one: choose.",
		`caster open "Preview 9"`: "c1||Preview 9 is not the name of just one: choose.",
		`caster copy "Noon"`:      "c1|Noon|",
	} {
		g := newFixture(t)
		g.usual = op.Args{"caster": "c1"}
		filled, err := g.Fill(context.Background(), fills(), g.form(text))
		got := filled.Fields[0].Value + "|" + filled.Fields[1].Value + "|" + filled.Problem.Plain()
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}

// Reading words waits for no look because something went on air or off; a name that a change has made is waited for.
func TestMeantByTheListAtHand(t *testing.T) {
	g := newFixture(t)
	read := func() int32 {
		t.Helper()
		before := g.looks.Load()
		p, err := g.meant("caster open Evening News Preview 1", "")
		if err != nil || p.Args["caster"] != "Evening News" {
			t.Fatalf("%v: %v", p.Args, err)
		}
		return g.looks.Load() - before
	}
	for _, c := range []struct {
		what  string
		event func()
		looks int32
	}{
		{"the first", func() {}, 1},
		{"a change on air", func() { g.Expire(op.Target{ID: "c1"}) }, 0},
		{"a copy", func() { g.later += time.Second; g.Expire(op.Target{NewName: "Late News"}) }, 1},
		{"thirty-one seconds", func() { g.later += 31 * time.Second }, 1},
	} {
		c.event()
		if n := read(); n != c.looks {
			t.Errorf("after %s: %d looks, want %d", c.what, n, c.looks)
		}
	}
}
