package browse

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

const ana = "U0ANA"

// fixture is a browser over studios and scenes that can be picked. It is the directory and the policy as well.
type fixture struct {
	*Browser
	authz.Directory
	authz.Policy
	t            *testing.T
	work         sync.WaitGroup
	looks        atomic.Int32
	slow         chan struct{} // looks wait for it when set
	forbid, deaf bool
	later        time.Duration // how far the clock has gone
	more         []op.Option   // studios besides
	usual        op.Args       // the channel's defaults
}

var evening = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

// fills is what ana asks for now, in a channel that she is in.
func fills() op.Request {
	return op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0", At: evening}}}
}

func newFixture(t *testing.T) *fixture {
	g := &fixture{t: t}
	now := func() time.Time { return evening.Add(g.later) }
	table := &op.Table{
		Commands: []op.Command{
			{Usage: "caster restart {caster}", Verb: "caster.restart", Effect: op.OnAir},
			{Usage: "caster copy {caster} {name}", Verb: "caster.copy", Effect: op.Change},
			{Usage: "caster open {caster} {scene}", Verb: "caster.open", Effect: op.Preview},
			{Usage: "caster lock {caster} {until?} {why?}", Verb: "caster.lock", Effect: op.Change},
		},
		Kinds: []op.Kind{
			{Name: "caster", Label: "Studio", Options: g.casters},
			{Name: "scene", Label: "Scene", Needs: "caster", Options: g.scenes},
			{Name: "name", Label: "Name", Max: 64, Wrong: func(_ context.Context, call op.Call) error {
				if call.Args["name"] == "Morning" {
					return op.Refuse(op.L("It exists."), op.L("Choose another.")).About("name")
				}
				return nil
			}},
		},
	}
	g.Browser = New(Config{
		Table: table, Authz: authz.New(authz.Config{Table: table, Directory: g, Policy: g, Now: now}), Now: now,
		Spawn:  func(work func(context.Context)) { g.work.Go(func() { work(context.Background()) }) },
		Answer: func(err error, _ ...any) *op.Answer { return &op.Answer{Title: op.L(op.V(err.Error()))} },
	})
	return g
}

func (g *fixture) casters(context.Context, op.Call) ([]op.Option, error) {
	g.looks.Add(1)
	if g.slow != nil {
		<-g.slow
	}
	return append([]op.Option{
		{Label: "Evening News", Note: "on air", Value: "c1", Group: op.L("On air")},
		{Label: "Evening Talk", Note: "idle", Value: "c2", Group: op.L("Idle")},
		{Label: "Morning", Note: "idle", Value: "c3", Group: op.L("Idle")},
	}, g.more...), nil
}

func (g *fixture) scenes(_ context.Context, call op.Call) ([]op.Option, error) {
	return []op.Option{{Label: "Preview of " + call.Args["caster"], Value: "s1"}}, nil
}

func (g *fixture) Person(_ context.Context, id, team string, _ time.Time) (op.Person, error) {
	if g.deaf {
		return op.Person{}, errors.New("slack is silent")
	}
	return op.Person{ID: id, Team: team}, nil
}

func (g *fixture) Channel(_ context.Context, id string, _ time.Time) (op.Channel, error) {
	return op.Channel{ID: id, Member: true}, nil
}

func (g *fixture) Decide(op.Person, op.Channel, string, op.Effect, op.Target) op.Decision {
	return op.Decision{Allowed: !g.forbid, Why: []op.Line{op.L("not allowed")}, Policy: "1"}
}

func (g *fixture) Scope(string) (op.Scope, bool) { return op.Scope{Default: g.usual}, true }

// form is the form that a command opens.
func (g *fixture) form(text string) op.Form {
	g.t.Helper()
	parsed, err := grammar.Parse(*g.table, text)
	if err != nil {
		g.t.Fatal(err)
	}
	return g.Form(parsed, op.Request{Text: text, Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}})
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
	return op.Query{Request: op.Request{Text: text, Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}},
		Text: typed}
}

func filling(field, typed string, args op.Args) op.Query {
	return op.Query{Request: op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}},
		Command: "caster open {caster} {scene}", Args: args, Field: field, Text: typed}
}
