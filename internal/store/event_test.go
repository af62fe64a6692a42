package store

import (
	"maps"
	"testing"

	"casterbot/internal/op"
)

// An event tells what came of its operation, by whom it was written, and is sealed as it stands there.
func TestAnEventTellsWhatCameOfIt(t *testing.T) { everywhere(t, testAnEventTellsWhatCameOfIt) }

func testAnEventTellsWhatCameOfIt(t *testing.T, e engine) {
	address := e.memory
	if address == "" {
		address = e.address(t)
	}
	seal := func(e op.Event) string {
		return e.Name + " of " + e.Operation + " at " + e.At.String() + e.Detail["state"]
	}
	s, err := Open(t.Context(), address, Options{Now: newClock().Now, Replica: "one", Version: "v7", Seal: seal})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	o := sample(1)
	o.Decision.Role = "operators"
	o = bring(t, s, o, op.Running)
	o, err = s.Move(t.Context(), Move{ID: o.ID, From: op.Running, To: op.Failed, Event: op.Event{
		Name: op.EventAnswered}, Outcome: &op.Outcome{State: op.Failed, Code: "NoPermission", RequestID: "R-1"}})
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.Events(t.Context(), o.ID)
	if err != nil || len(events) != 4 {
		t.Fatalf("%+v, %v", events, err)
	}
	for _, e := range events {
		by, want := e.Detail["replica"]+" "+e.Detail["version"]+" "+e.Detail["role"], "one v7 "
		if e.Actor == "U0ANA" { // the role is hers
			want += "operators"
		}
		if e.Seal != seal(e) || by != want {
			t.Errorf("%+v", e)
		}
	}
	last := maps.Clone(events[3].Detail)
	if last["state"]+last["code"]+last["requestId"]+last["attempt"] != "failedNoPermissionR-11" {
		t.Errorf("%v", last)
	}
	if _, there := events[2].Detail["code"]; there {
		t.Errorf("%v", events[2].Detail)
	}
}

// Another target, verb or argument is another request.
func TestParamsTellRequestsApart(t *testing.T) {
	o := sample(1)
	for name, change := range map[string]func(*op.Operation){
		"verb":     func(o *op.Operation) { o.Verb = "caster.stop" },
		"target":   func(o *op.Operation) { o.Plan.Target.ID = "c2" },
		"argument": func(o *op.Operation) { o.Plan.Args = op.Args{"caster": "c1", "layout": "2"} },
	} {
		other := sample(1)
		if change(&other); other.Params() == o.Params() {
			t.Errorf("another %s is the same", name)
		}
	}
	if o.Params() != sample(1).Params() {
		t.Error("the same is not")
	}
}
