package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
)

func TestForm(t *testing.T) {
	w := NewWorld(t)
	asked := op.Form{Command: "caster copy {caster} {name}", Title: "/caster copy", Channel: "C0SHOW", Fields: []op.Field{
		{Name: "caster", Label: "Studio", Redraw: true}, {Name: "name", Label: "New name", Max: 64},
	}}
	accepted := make(chan op.Request, 4)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		accepted <- r
		if r.Text == "caster copy" {
			return engine.Accepted{Form: &asked}, nil
		}
		return engine.Accepted{Reply: &op.Answer{Title: op.L("taken")}}, nil
	}
	fills := make(chan op.Args, 4)
	w.engine.fill = func(_ context.Context, r op.Request, f op.Form) (op.Form, error) {
		fills <- f.Values()
		f.Fields = append([]op.Field{}, f.Fields...)
		f.Fields[0].Chosen = []op.Option{{Label: "Evening News", Value: "id1"}}
		return f, nil
	}
	w.engine.submitted = func(f op.Form) string { return fmt.Sprint(f.Command, f.Values()) }
	queries := make(chan op.Query, 4)
	w.engine.suggest = func(_ context.Context, q op.Query) []op.Option {
		queries <- q
		return []op.Option{{Label: "Evening Sports", Value: "id2", Group: op.L("Idle")},
			{Label: "Evening Talk", Value: "id3", Group: op.L("Idle")}}
	}
	w.start()
	w.Types("U0ANA", "C0SHOW", "/caster copy")
	<-accepted
	<-fills
	view := w.view("U0ANA", "Evening News")
	ack := w.Acknowledged(w.Suggest("U0ANA", fakeslack.Place{View: view.ID},
		fakeslack.Press{Action: "field", Block: "caster"}, "sports"))
	q := <-queries
	if q.Command != "caster copy {caster} {name}" || q.Field != "caster" || q.Text != "sports" ||
		q.Request.Person != "U0ANA" || q.Request.Channel != "C0SHOW" {
		t.Errorf("the engine was asked %+v", q)
	}
	if groups := ack.Groups(); len(groups) != 1 || groups[0].Label.Text != "Idle" || len(groups[0].Options) != 2 ||
		groups[0].Options[0].Value != "id2" {
		t.Errorf("offered %s", ack.Payload)
	}
	chosen := fakeslack.State{SelectedOption: &ack.Options()[0]}
	w.Acknowledged(w.ClickView("U0ANA", view.ID, fakeslack.Press{Action: "field", Block: "caster", State: chosen}))
	if v := <-fills; v["caster"] != "id2" {
		t.Errorf("filled again with %v", v)
	}
	w.Until("it is drawn again", func() bool { return len(w.Calls("views.update")) == 2 })
	w.Acknowledged(w.Submit("U0ANA", view.ID,
		map[string]map[string]fakeslack.State{"name": {"field": fakeslack.Typed("Copy <1>")}}))
	r := <-accepted
	if want := "caster copy {caster} {name}map[caster:id2 name:Copy <1>]"; r.Text != want || r.Channel != "C0SHOW" ||
		r.Key == "" {
		t.Errorf("the engine got %+v", r)
	}
	w.Until("the asker is told", func() bool { return w.Reads("U0ANA", "C0SHOW", "taken") })
}

// What a field cannot hold is said beside it: the form stays open, nothing is taken, and it can be sent again.
func TestAWrongFieldKeepsTheFormOpen(t *testing.T) {
	w := NewWorld(t)
	asked := op.Form{Command: "caster copy {caster} {name}", Title: "/caster copy", Channel: "C0SHOW",
		Fields: []op.Field{{Name: "name", Label: "New name", Max: 64}}}
	var taken atomic.Int32
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		if r.Text == "caster copy" {
			return engine.Accepted{Form: &asked}, nil
		}
		taken.Add(1)
		return engine.Accepted{Reply: &op.Answer{Title: op.L("taken")}}, nil
	}
	w.engine.fill = func(_ context.Context, _ op.Request, f op.Form) (op.Form, error) { return f, nil }
	w.engine.submitted = func(f op.Form) string { return "caster copy x " + f.Fields[0].Value }
	w.engine.wrong = func(f op.Form) (string, op.Line) {
		if f.Fields[0].Value == "Evening News" {
			return "name", op.L("It exists already.")
		}
		return "", nil
	}
	w.start()
	w.Types("U0ANA", "C0SHOW", "/caster copy")
	view := w.view("U0ANA", "New name")
	w.Until("it is drawn", func() bool { return len(w.Calls("views.update")) == 1 })
	send := func(name string) fakeslack.Ack {
		return w.Acknowledged(w.Submit("U0ANA", view.ID,
			map[string]map[string]fakeslack.State{"name": {"field": fakeslack.Typed(name)}}))
	}
	if ack := send("Evening News"); !strings.Contains(string(ack.Payload), `"name":"It exists already."`) ||
		taken.Load() != 0 {
		t.Errorf("acknowledged with %s, %d taken", ack.Payload, taken.Load())
	}
	send("Evening News 47")
	w.Until("it is taken", func() bool { return taken.Load() == 1 })
}

// view waits until a person's form shows these words.
func (w *World) view(user, words string) fakeslack.View {
	w.t.Helper()
	var found fakeslack.View
	w.Until("a form with "+words, func() bool {
		s, err := w.Snapshot(user)
		if err != nil || len(s.Views) == 0 {
			return false
		}
		found = s.Views[len(s.Views)-1]
		return strings.Contains(string(found.Blocks), words)
	})
	return found
}

// TestFormsThatCannotOpen: without a trigger a button offers the form; a failing fill is said in it.
func TestFormsThatCannotOpen(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Form: &op.Form{Command: "record stop {stream}", Title: "/record stop",
			Fields: []op.Field{{Name: "stream", Label: "Stream"}}}}, nil
	}
	w.engine.fill = func(_ context.Context, _ op.Request, f op.Form) (op.Form, error) {
		return f, errors.New("secret detail")
	}
	w.start()
	w.Acknowledged(w.Type("U0ANA", "C0SHOW", "<@U0BOT> record stop", ""))
	w.Until("a button is offered", func() bool { return w.Reads("U0ANA", "C0SHOW", "Something is missing") })
	w.Fail("views.open", fakeslack.Fault{Error: "expired_trigger_id", Times: 1})
	w.Types("U0BO", "C0SHOW", "/record stop")
	w.Until("it is said that it did not open", func() bool {
		return w.Reads("U0BO", "C0SHOW", "Slack did not open the form for")
	})
	w.Types("U0KEN", "C0SHOW", "/record stop")
	if v := w.view("U0KEN", "Internal error, reference"); strings.Contains(string(v.Blocks), "secret detail") {
		t.Error("the form shows the inside of an error")
	}
}

// TestFormsThatCannotBeUsed stay open and say so: one that came while the log could not be written can be sent again.
func TestFormsThatCannotBeUsed(t *testing.T) {
	w := NewWorld(t)
	asked := op.Form{Command: "caster copy {name}", Title: "/caster copy", Channel: "C0SHOW",
		Fields: []op.Field{{Name: "name", Label: "New name", Max: 64}}}
	var broken atomic.Bool
	broken.Store(true)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		switch {
		case r.Text == "caster copy":
			return engine.Accepted{Form: &asked}, nil
		case broken.Load():
			return engine.Accepted{}, errDisk
		}
		return engine.Accepted{Reply: &op.Answer{Title: op.L("taken")}}, nil
	}
	w.engine.fill = func(_ context.Context, _ op.Request, f op.Form) (op.Form, error) { return f, nil }
	w.engine.submitted = func(f op.Form) string { return f.Command }
	w.start()
	w.Types("U0ANA", "C0SHOW", "/caster copy")
	view := w.view("U0ANA", "New name")
	typed := map[string]map[string]fakeslack.State{"name": {"field": fakeslack.Typed("Copy")}}
	w.Acknowledged(w.Submit("U0ANA", view.ID, typed))
	if said := w.view("U0ANA", "New name").Errors["name"]; said != "This cannot be written down, so nothing was done." {
		t.Errorf("the form says %q", said)
	}
	broken.Store(false)
	w.Acknowledged(w.Submit("U0ANA", view.ID, typed))
	w.Until("it is taken", func() bool { return w.Reads("U0ANA", "C0SHOW", "taken") })
}

// TestFormsThatSlackRefuses: instead of "Loading…" for ever the form says that it cannot be drawn, or the person is
// told.
func TestFormsThatSlackRefuses(t *testing.T) {
	w := NewWorld(t)
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Form: &op.Form{Command: "record stop {stream}", Title: "/record stop", Channel: "C0SHOW"}}, nil
	}
	w.engine.fill = func(_ context.Context, _ op.Request, f op.Form) (op.Form, error) { return f, nil }
	w.start()
	w.Fail("views.update", fakeslack.Fault{Error: "invalid_arguments", Times: 1})
	w.Types("U0ANA", "C0SHOW", "/record stop")
	w.view("U0ANA", "This form could not be drawn, so nothing was done.")
	w.Fail("views.update", fakeslack.Fault{Status: 500})
	w.Types("U0BO", "C0SHOW", "/record stop")
	w.Until("he is told", func() bool {
		return w.Reads("U0BO", "C0SHOW", "This form could not be drawn, so nothing was done.")
	})
}
