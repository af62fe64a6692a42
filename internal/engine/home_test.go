package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// at opens the page of somebody.
func (g *gallery) at(person string) op.Answer {
	g.t.Helper()
	a, err := g.e.browse.Home(context.Background(),
		op.Request{Origin: op.Origin{PersonTeam: "T0", Team: "T0", Address: op.Address{Person: person}}})
	if err != nil {
		g.t.Fatal(err)
	}
	return a
}

// page is what stands on it, one line an item.
func pageOf(a op.Answer) string {
	var lines []string
	for _, l := range a.Lines[1:] {
		lines = append(lines, l.Plain())
	}
	for _, item := range a.Items {
		parts := []string{string(item.Mark) + " " + item.Title.Plain()}
		for _, fact := range item.Facts {
			parts = append(parts, fact.Plain())
		}
		for _, n := range item.Next {
			parts = append(parts, "["+n.Label+"="+n.Text+"@"+n.Channel+"]")
		}
		lines = append(lines, strings.Join(parts, " · "))
	}
	return strings.Join(lines, "\n")
}

func newHome(t *testing.T) *gallery {
	g := newGallery(t)
	g.e.table.Commands = append(g.e.table.Commands,
		op.Command{Usage: "caster show {caster}", Verb: "caster.show", Effect: op.Read,
			Read: func(_ context.Context, call op.Call) (op.Answer, error) {
				return op.Answer{Title: op.L("this is ", call.Args["caster"])}, nil
			}})
	g.rooms = map[string][]string{ana: {"C0"}, bo: {"C0"}, ken: {}}
	return g
}

func TestHome(t *testing.T) {
	g := newHome(t)
	o := g.asked("caster restart c1")
	ref := " · op " + o.Ref()
	things := `
 #C0 · [Open a form…=help@C0]
 Evening News · on air · Restart c1: waiting for a confirmation since 2026-11-22 20:00:00 UTC · [Show=caster show c1@C0]
 Evening Talk · idle · [Show=caster show c2@C0]
 Morning · idle · [Show=caster show c3@C0]`
	last := `
 Your last requests
wait Restart c1 · waiting for a confirmation since 2026-11-22 20:00:00 UTC · #C0 · Card` + ref
	mine := "wait Waits for you: Restart c1 · asked by @U0ANA · until 2026-11-22 20:05:00 UTC · #C0 · Card" + ref
	if got := pageOf(g.at(ana)); got != mine+things+last {
		t.Errorf("the asker sees\n%s\nwant\n%s", got, mine+things+last)
	}
	if got := pageOf(g.at(bo)); got != "You have not asked for anything yet."+things {
		t.Errorf("somebody else sees\n%s", got)
	}
	if got := pageOf(g.at(
		ken)); got != "You are in none of the channels that the policy names, so there is nothing to show yet.\nYou have not asked for anything yet." {
		t.Errorf("an outsider sees\n%s", got)
	}
	g.with(func() { g.forbid["caster.show"] = true })
	if got := pageOf(g.at(
		bo)); got != "You have not asked for anything yet.\ndenied #C0 · not allowed · [Open a form…=help@C0]" {
		t.Errorf("without rights they see\n%s", got)
	}
	if g.looks.Load() != 1 {
		t.Errorf("%d looks for four pages, want 1", g.looks.Load())
	}
	for _, item := range g.at(ana).Items {
		for _, n := range item.Next {
			if p, err := grammar.Parse(*g.e.table, n.Text); err != nil || !p.Help && p.Command.Effect != op.Read {
				t.Errorf("a button of the page decides something: %+v", n)
			}
		}
	}
	g.with(func() { g.deaf = true })
	if got := g.at(ana); !strings.Contains(got.Title.Plain(), "rights cannot be checked") || len(got.Items) > 0 {
		t.Errorf("with a silent directory: %+v", got)
	}
}

// TestHomeOfApprovers: what they may approve waits for them, what they asked for themselves does not.
func TestHomeOfApprovers(t *testing.T) {
	g := newHome(t)
	g.rooms[ken] = []string{"C0"}
	g.confirm = op.ConfirmOther
	g.asked("caster restart c1")
	waits := func(person string) bool { return strings.Contains(pageOf(g.at(person)), "Waits for you") }
	if waits(ana) || waits(bo) || !waits(ken) {
		t.Errorf("it waits for the asker: %t, for somebody: %t, for the approver: %t", waits(ana), waits(bo), waits(ken))
	}
	g.with(func() { g.rooms[ken] = nil })
	if waits(ken) {
		t.Error("a card waits for somebody who is not in its channel")
	}
}

// TestHomeLooksSeldom: what is remembered serves for 30 s, and a new round begins every ten seconds at most.
func TestHomeLooksSeldom(t *testing.T) {
	g := newHome(t)
	g.listErr.Store(op.Refuse(op.L("could not look at the studios.")))
	want := func(what string, words string, looks int32) {
		t.Helper()
		if got := pageOf(g.at(bo)); !strings.Contains(got, words) || g.looks.Load() != looks {
			t.Errorf("%s: after %d looks\n%s", what, g.looks.Load(), got)
		}
	}
	want("first", "unknown Studio · could not look at the studios.", 1)
	want("at once", "unknown Studio · Not looked at yet.", 1)
	g.listErr.Store(nil)
	g.advance(9 * time.Second)
	want("after 9 s", "Not looked at yet.", 1)
	g.advance(time.Second)
	want("after 10 s", "Evening News", 2)
	g.advance(30 * time.Second)
	want("after 30 s more", "Evening News", 2)
	g.advance(time.Second)
	want("and one", "Evening News", 3)
	g.e.browse.Expire(op.Target{})
	want("after a change", "Evening News", 3)
	g.advance(4 * time.Second)
	if seen := g.at(bo).Note.Plain(); seen != "As of 2026-11-22 20:00:41 UTC." {
		t.Errorf("the page is of another time: %s", seen)
	}
}

// TestAway: a button of the page is a command in the channel that it names, of whoever presses it, and only of those
// who are in it.
func TestAway(t *testing.T) {
	g := newHome(t)
	press := func(person, channel, text string) Accepted {
		return g.request(op.Request{Key: op.NewID(),
			Origin: ofTeam(op.Address{Channel: channel, Person: person, At: g.clock(), FromHome: true}), Text: text})
	}
	last := func() string { return g.told[len(g.told)-1] }
	if press(ana, "C0", "caster show c1"); last() != "this is c1" {
		t.Errorf("told %s", last())
	}
	for what, r := range map[string]struct{ person, channel, text string }{
		"not in the channel": {ken, "C0", "caster show c1"}, "another channel": {ana, "C9", "caster restart c1"},
		"no channel": {ana, "", "caster copy c1 ?"},
	} {
		if a := press(r.person, r.channel, r.text); a.Form != nil ||
			last() != "You are not in that channel, so nothing was done." {
			t.Errorf("%s: %+v, told %s", what, a.Form, last())
		}
	}
	q := asking("caster restart ?", "")
	q.Request.FromHome, q.Request.Channel = true, "C9"
	if got := labels(g.e.browse.Suggest(context.Background(), q)); strings.Contains(got, "c1") {
		t.Errorf("suggested for another channel: %s", got)
	}
	if form := press(ana, "C0", "caster copy ? ?").Form; form == nil || !form.FromHome || form.Channel != "C0" {
		t.Errorf("the form is %+v", form)
	}
	events, err := g.store.Recent(context.Background(), 100)
	mismatches := 0
	for _, e := range events {
		if e.Detail["mismatch"] != "" {
			mismatches++
		}
	}
	if err != nil || mismatches != 3 || len(g.all()) != 0 {
		t.Errorf("%d mismatches in the trail, %d operations, %v", mismatches, len(g.all()), err)
	}
}

// TestCardsCountWhereTheyAre: a card's button that is pressed anywhere else, so on the bot's own page, does
// nothing.
func TestCardsCountWhereTheyAre(t *testing.T) {
	g := newHome(t)
	o := g.asked("caster restart c1")
	for _, where := range []op.Click{{}, {Origin: op.Origin{Address: op.Address{Channel: "C0"}}},
		{Origin: op.Origin{Address: op.Address{Channel: "C0"}}, Message: "V1"}, {Message: "card-" + o.ID}} {
		c := g.press(ana, o, op.ActionConfirm)
		c.Channel, c.Message = where.Channel, where.Message
		accepted, err := g.e.Press(context.Background(), c)
		if err != nil || accepted.Reply == nil || !strings.Contains(accepted.Reply.Title.Plain(), "Nothing was done") {
			t.Errorf("%+v: %+v, %v", where, accepted, err)
		}
	}
	g.want(o, op.Pending, 0)
}
