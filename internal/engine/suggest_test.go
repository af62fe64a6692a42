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
		{Label: "Evening News", Note: "on air", Value: "c1", Group: op.L("On air")}, {Label: "Evening Talk", Note: "idle", Value: "c2", Group: op.L("Idle")},
		{Label: "Morning", Note: "idle", Value: "c3", Group: op.L("Idle")},
	})
	g.e.table.Commands = append(g.e.table.Commands,
		op.Command{Usage: "caster open {caster} {scene}", Verb: "caster.open", Effect: op.Preview, Plan: g.plan, Apply: g.call, Verify: g.stage.look})
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
	return op.Query{Request: op.Request{Person: ana, Channel: "C0", Text: text}, Text: typed}
}

func filling(field, typed string, args op.Args) op.Query {
	return op.Query{Request: op.Request{Person: ana, Channel: "C0"}, Command: "caster open {caster} {scene}", Args: args, Field: field, Text: typed}
}

func TestSuggestions(t *testing.T) {
	g := newGallery(t)
	all := "On air/Evening News · on air=c1; Idle/Evening Talk · idle=c2; Idle/Morning · idle=c3"
	like := asking("caster copy ? X", "")
	like.Typed = "talk"
	for name, c := range map[string]struct {
		query op.Query
		want  string
	}{
		"a message":              {asking("caster restart ?", ""), all},
		"every word counts":      {asking("caster restart ?", " TALK eve"), "Idle/Evening Talk · idle=c2"},
		"ids count":              {asking("caster restart ?", "C3"), "Idle/Morning · idle=c3"},
		"nothing fits":           {asking("caster restart ?", "zzz"), ""},
		"what stood there first": {like, "Like talk/Evening Talk · idle=c2; On air/Evening News · on air=c1; Idle/Morning · idle=c3"},
		"a field":                {filling("caster", "morn", nil), "Idle/Morning · idle=c3"},
		"a field of another":     {filling("scene", "", op.Args{"caster": "c2"}), "Preview of c2=s1"},
		"too early":              {filling("scene", "", nil), "Studio comes first.=?"},
		"free text":              {asking("caster copy c1 ?", ""), ""},
		"nothing is missing":     {asking("caster restart c1", ""), ""},
		"no command":             {asking("coffee ?", ""), ""},
		"no such field":          {filling("coffee", "", nil), ""},
	} {
		if got := labels(g.e.browse.Suggest(context.Background(), c.query)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if n := g.looks.Load(); n != 1 {
		t.Errorf("%d looks for all of it, want 1", n)
	}
}

// TestSuggestionsKnowThePolicy: who may not use a command is offered nothing, not even after others were; and without facts
// about the person there is a notice and no list.
func TestSuggestionsKnowThePolicy(t *testing.T) {
	g := newGallery(t)
	if got := g.e.browse.Suggest(context.Background(), asking("caster restart ?", "")); len(got) != 3 {
		t.Fatalf("offered %s", labels(got))
	}
	g.with(func() { g.forbid[ana] = true })
	if got := g.e.browse.Suggest(context.Background(), asking("caster restart ?", "")); len(got) != 0 {
		t.Errorf("without rights: %s", labels(got))
	}
	g.with(func() { g.forbid, g.deaf = map[string]bool{}, true })
	if got := labels(g.e.browse.Suggest(context.Background(), asking("caster restart ?", ""))); got != "I cannot check your rights now. Try again in a minute.=?" {
		t.Errorf("with a silent directory: %s", got)
	}
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
	g.click(ana, o, op.ActConfirm)
	g.want(o, op.Succeeded, 1)
	want("after a change", fresh, 3)
	g.listErr.Store(op.Refuse(op.L("I could not look at the studios.")))
	g.advance(40 * time.Second)
	want("while nobody can look", "On air · as of 40 s ago/Evening News · on air=c1", 4)
	g.advance(time.Hour)
	want("long after", "I could not look at the studios.=?", 5)
	g.listErr.Store(nil)
	g.studios.Store(&[]op.Option{})
	want("nothing there", "There is nothing to pick from in this channel.=?", 6)
}

// TestOneLookForAll who ask while it is under way, also for those who stopped waiting; what changed in between makes it old.
func TestOneLookForAll(t *testing.T) {
	g := newGallery(t)
	g.slow = make(chan struct{})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for range 50 {
		if got := labels(g.e.browse.Suggest(ended, asking("caster restart ?", ""))); got != "ApsaraVideo Live does not answer. Try again in a moment.=?" {
			t.Fatalf("without an answer: %s", got)
		}
	}
	close(g.slow)
	g.settle()
	if got := g.e.browse.Suggest(ended, asking("caster restart ?", "")); len(got) != 3 || g.looks.Load() != 1 {
		t.Errorf("%s after %d looks", labels(got), g.looks.Load())
	}
	g.e.browse.Expire()
	g.slow = make(chan struct{})
	g.e.browse.Suggest(ended, asking("caster restart ?", ""))
	g.e.browse.Expire() // the look under way may have seen what was before
	close(g.slow)
	g.settle()
	g.e.browse.Suggest(context.Background(), asking("caster restart ?", ""))
	if n := g.looks.Load(); n != 3 {
		t.Errorf("%d looks, want 3", n)
	}
}

// TestPicks: what somebody chooses beside a message is a command of theirs, judged like a typed one.
func TestPicks(t *testing.T) {
	g := newGallery(t)
	pick := func(person, text, value string) Accepted {
		return g.request(op.Request{Key: op.NewID(), Team: "T0", Channel: "C0", Person: person, PersonTeam: "T0", Text: text, Pick: value, At: g.clock()})
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
	if list := g.all(); len(list) != 1 || list[0].Text != "caster copy c2 X" || list[0].Asker != ana {
		t.Errorf("became %+v", list)
	}
	if form := pick(ana, "caster copy ? ?", "c2").Form; form == nil || form.Fields[0].Value != "c2" || form.Fields[1].Value != "" {
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

// TestFormsWithoutALook keep what was typed, because it is read again when the form is sent.
func TestFormsWithoutALook(t *testing.T) {
	g := newGallery(t)
	form := *g.typed(ana, `caster copy "Evening Talk" ?`).Form
	g.slow = make(chan struct{})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	filled, err := g.e.browse.Fill(ended, op.Request{Person: ana, Channel: "C0"}, form)
	if err != nil || filled.Fields[0].Value != "Evening Talk" || filled.Fields[0].Chosen[0].Label != "Evening Talk" || len(filled.Problem) > 0 {
		t.Errorf("while the look takes long: %+v, %v", filled, err)
	}
	close(g.slow)
	g.settle()
	filled, _ = g.e.browse.Fill(ended, op.Request{Person: ana, Channel: "C0"}, form)
	if filled.Fields[0].Value != "c2" {
		t.Errorf("with the list at hand: %+v", filled.Fields[0])
	}
	form.Fields[0].Value = "nobody"
	if filled, _ = g.e.browse.Fill(ended, op.Request{Person: ana, Channel: "C0"}, form); filled.Fields[0].Value != "" {
		t.Errorf("what means nothing stays: %+v", filled.Fields[0])
	}
}

// TestFormsOpenAgain: the command that stands on a button for a form asks for the same things again, whatever the defaults are.
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
