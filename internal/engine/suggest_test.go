package engine

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// gallery is a stage whose studios and scenes can be picked.
type gallery struct {
	*stage
	looks   atomic.Int32
	listErr atomic.Pointer[op.Refusal]
	slow    chan struct{} // looks wait for it when set
	studios atomic.Pointer[[]op.Option]
}

func newGallery(t *testing.T) *gallery {
	g := &gallery{stage: newStage(t)}
	g.studios.Store(&[]op.Option{
		{Label: "Evening News", Note: "on air", Value: "c1", Group: op.L("On air")},
		{Label: "Evening Talk", Note: "idle", Value: "c2", Group: op.L("Idle")},
		{Label: "Morning", Note: "idle", Value: "c3", Group: op.L("Idle")},
	})
	g.e.table.Commands = append(g.e.table.Commands,
		op.Command{Usage: "caster open {caster} {scene}", Verb: "caster.open", Effect: op.Preview, Plan: g.plan,
			Apply: g.call, Verify: g.stage.look})
	g.e.table.Kinds = []op.Kind{
		{Name: "caster", Label: "Studio", Options: g.casters},
		{Name: "scene", Label: "Scene", Needs: "caster", Options: g.scenes},
		{Name: "name", Label: "Name", Max: 64},
	}
	return g
}

func (g *gallery) casters(context.Context, op.Call) ([]op.Option, error) {
	g.looks.Add(1)
	if g.slow != nil {
		<-g.slow
	}
	if refusal := g.listErr.Load(); refusal != nil {
		return nil, refusal
	}
	return *g.studios.Load(), nil
}

func (g *gallery) scenes(_ context.Context, call op.Call) ([]op.Option, error) {
	return []op.Option{{Label: "Preview of " + call.Args["caster"], Value: "s1"}}, nil
}

// all are the operations there are.
func (g *gallery) all() []op.Operation {
	g.t.Helper()
	list, err := g.store.List(context.Background(), store.Query{})
	if err != nil {
		g.t.Fatal(err)
	}
	return list
}

// labels are what somebody is offered, by group.
func labels(options []op.Option) string {
	var parts []string
	for _, o := range options {
		text := o.Line().Plain() + "=" + o.Value
		if len(o.Group) > 0 {
			text = o.Group.Plain() + "/" + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func asking(text, typed string) op.Query {
	return op.Query{Request: op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}, Text: text},
		Text: typed}
}

// TestListsAreRemembered for 30 seconds, until the bot itself changes something, and longer when no new one can be had.
func TestListsAreRemembered(t *testing.T) {
	g := newGallery(t)
	offered := func() string {
		return labels(g.e.browse.Suggest(context.Background(), asking("caster restart ?", "news")))
	}
	want := func(what, options string, looks int32) {
		t.Helper()
		if got, n := offered(), g.looks.Load(); got != options || n != looks {
			t.Errorf("%s: %s after %d looks, want %s after %d", what, got, n, options, looks)
		}
	}
	const fresh = "On air/Evening News · on air=c1"
	want("first", fresh, 1)
	g.advance(30 * time.Second)
	want("after 30 s", fresh, 1)
	g.advance(time.Second)
	want("after 31 s", fresh, 2)
	o := g.asked("caster restart c1")
	g.click(ana, o, op.ActionConfirm)
	g.want(o, op.Succeeded, 1)
	want("after a change", fresh, 3)
	g.listErr.Store(op.Refuse(op.L("could not look at the studios.")))
	g.advance(40 * time.Second)
	want("while nobody can look", "On air · as of 40 s ago/Evening News · on air=c1", 4)
	g.advance(time.Hour)
	want("long after", "could not look at the studios.=?", 5)
	g.listErr.Store(nil)
	g.studios.Store(&[]op.Option{})
	want("nothing there", "There is nothing to pick from in this channel.=?", 6)
}

// TestPicks: what somebody chooses beside a message is a command of theirs, judged like a typed one.
func TestPicks(t *testing.T) {
	g := newGallery(t)
	pick := func(person, text, value string) Accepted {
		return g.request(op.Request{Key: op.NewID(), Origin: ofTeam(op.Address{Channel: "C0", Person: person, At: g.clock()}),
			Text: text, Pick: value})
	}
	last := func() string { return g.told[len(g.told)-1] }
	g.with(func() { g.planErr = &op.Refusal{Field: "caster", Answer: op.Answer{Title: op.L("which one?")}} })
	said := make(chan op.Answer, 1)
	g.with(func() { g.tellAll = func(a op.Answer) { said <- a } })
	g.typed(ana, "caster copy Evening X")
	asked := (<-said).Pick
	if asked == nil || *asked != (op.Pick{Label: "Studio", Text: "caster copy ? X", Typed: "Evening"}) {
		t.Fatalf("asked %+v", asked)
	}
	if g.looks.Load() != 1 {
		t.Error("the list is not looked up when the picker is shown")
	}
	g.with(func() { g.planErr, g.tellAll = nil, nil })
	pick(ana, asked.Text, "c2")
	if list := g.all(); len(list) != 1 || list[0].Text != "caster copy c2 X" || list[0].Requester != ana {
		t.Errorf("became %+v", list)
	}
	if form := pick(ana, "caster copy ? ?", "c2").Form; form == nil || form.Fields[0].Value != "c2" ||
		form.Fields[1].Value != "" {
		t.Errorf("what is still missing is not asked for: %+v", form)
	}
	if pick(ana, "caster restart ?", op.Ask); !strings.Contains(last(), "cannot be chosen") {
		t.Errorf("a notice was chosen: %s", last())
	}
	if pick(ana, "caster restart c1", "c2"); !strings.Contains(last(), "does not fit") {
		t.Errorf("a choice for nothing: %s", last())
	}
	g.with(func() { g.forbid[bo] = true })
	if pick(bo, asked.Text, "c2"); last() != "not allowed" {
		t.Errorf("told %s", last())
	}
	if len(g.all()) != 1 {
		t.Errorf("%d operations", len(g.all()))
	}
}

// TestFormsOpenAgain: the command that stands on a button for a form asks for the same things again, whatever the
// defaults are.
func TestFormsOpenAgain(t *testing.T) {
	g := newGallery(t)
	for typed, want := range map[string]string{
		"caster restart ?":                  "caster restart ?",
		"caster copy":                       "caster copy ? ?",
		`caster copy "Evening Talk"`:        `caster copy "Evening Talk" ?`,
		`caster copy ? "Evening Talk 3"`:    `caster copy ? "Evening Talk 3"`,
		`caster copy "Evening Talk" ?`:      `caster copy "Evening Talk" ?`,
		`caster open ? "Preview of a show"`: `caster open ? "Preview of a show"`,
	} {
		form := g.typed(ana, typed).Form
		if form == nil || form.Text != want {
			t.Errorf("%s opens %+v, want %s", typed, form, want)
			continue
		}
		if again := g.typed(ana, form.Text).Form; again == nil || again.Text != want {
			t.Errorf("%s opens %+v", want, again)
		}
	}
}
