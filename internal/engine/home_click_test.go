package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// pressHome presses a button of a card on somebody's page, which has shown this version of it, and gives what they are
// told.
func (g *gallery) pressHome(person string, shown op.Operation, act op.Action) string {
	g.t.Helper()
	c := g.press(person, shown, act)
	c.FromHome, c.Version = true, shown.Version
	before := len(g.told)
	accepted, err := g.e.Press(context.Background(), c)
	if err != nil {
		g.t.Fatal(err)
	}
	g.do(accepted)
	if len(g.told) == before {
		return ""
	}
	return g.told[len(g.told)-1]
}

// cards are the operations whose buttons stand on somebody's page.
func (g *gallery) cards(person string) []op.Operation {
	var all []op.Operation
	for _, item := range g.at(person).Items {
		if item.Card != nil {
			all = append(all, *item.Card)
		}
	}
	return all
}

// TestHomeAnswers: the card of one who may answer it stands on their page, and a click there counts like one on the
// card.
func TestHomeAnswers(t *testing.T) {
	g := newHome(t)
	g.rooms[ken] = []string{"C0"}
	g.with(func() { g.confirm = op.ConfirmOther })
	o := g.asked("caster restart c1")
	if n := len(g.cards(ana)) + len(g.cards(bo)); n > 0 {
		t.Fatalf("%d pages of people who may not answer it show it", n)
	}
	shown := g.cards(ken)
	if len(shown) != 1 || shown[0].ID != o.ID || shown[0].Card == "" {
		t.Fatalf("the approver's page shows %+v", shown)
	}
	for _, act := range []op.Action{op.ActionConfirm, op.ActionApprove} {
		if said := g.pressHome(bo, shown[0], act); said == "" {
			t.Errorf("somebody else's %s is not refused", act)
		}
	}
	g.want(o, op.Pending, 0)
	if said := g.pressHome(ken, shown[0], op.ActionApprove); said != "" {
		t.Errorf("told %s", said)
	}
	g.settle()
	g.want(o, op.Succeeded, 1)
	if said := g.pressHome(ken, shown[0], op.ActionDecline); !strings.Contains(said, "Already confirmed by you") {
		t.Errorf("a page that is older says %q", said)
	}
	if len(g.cards(ken)) > 0 {
		t.Error("it waits still")
	}
}

// TestHomeAsksWhoIsThere: who left the channel after their page was drawn decides nothing in it.
func TestHomeAsksWhoIsThere(t *testing.T) {
	g := newHome(t)
	o := g.asked("caster restart c1")
	shown := g.cards(ana)[0]
	g.with(func() { g.rooms[ana] = nil })
	for _, act := range []op.Action{op.ActionConfirm, op.ActionCancel} {
		if said := g.pressHome(ana, shown, act); said != "You are not in that channel, so nothing was done." {
			t.Errorf("%s: told %q", act, said)
		}
	}
	g.want(o, op.Pending, 0)
}

// TestHomeSettles: an unknown outcome is closed from the version that was shown; a look is always good.
func TestHomeSettles(t *testing.T) {
	g := newHome(t)
	o := g.unknown("caster restart c1")
	shown := g.cards(ana)
	if len(shown) != 1 || shown[0].State != op.Unknown {
		t.Fatalf("the page shows %+v", shown)
	}
	g.advance(time.Second)
	if said := g.pressHome(ana, shown[0], op.ActionLook); said != "" {
		t.Errorf("a look: told %s", said)
	}
	if said := g.pressHome(ana, shown[0], op.ActionNot); !strings.Contains(said, "Its outcome is not known yet") {
		t.Errorf("from before the look: told %q", said)
	}
	g.want(o, op.Unknown, 1)
	g.pressHome(ana, g.cards(ana)[0], op.ActionNot)
	g.want(o, op.Failed, 1)
}
