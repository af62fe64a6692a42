package store

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"casterbot/internal/op"
)

// chart is a walk over a handful of operations, and what must be true of them.
type chart struct {
	s     *Store
	clock *clock
	walk  string // tells the targets of one walk from those of another
	known map[string]op.Operation
	ids   []string
	line  []string // those that became queued, in that order
}

func (c *chart) create(t *rapid.T) {
	o := sample(0)
	o.Key = op.NewID()
	if o.Plan.Target.ID = rapid.SampledFrom([]string{"", "c1", "c2"}).Draw(t, "target"); o.Plan.Target.ID != "" {
		o.Plan.Target.ID += c.walk
	}
	o.Expires = c.clock.Now().Add(time.Duration(rapid.IntRange(-2, 5).Draw(t, "minutes")) * time.Minute)
	made, err := c.s.Create(t.Context(), o, received())
	if err != nil {
		t.Fatal(err)
	}
	c.known[made.ID] = made
	c.ids = append(c.ids, made.ID)
}

func (c *chart) pass(t *rapid.T) {
	c.clock.pass(time.Duration(rapid.IntRange(1, 90).Draw(t, "seconds")) * time.Second)
}

// one picks an operation, which there always is.
func (c *chart) one(t *rapid.T) op.Operation {
	if len(c.ids) == 0 {
		c.create(t)
	}
	return c.known[rapid.SampledFrom(c.ids).Draw(t, "operation")]
}

func (c *chart) move(t *rapid.T) {
	o, states := c.one(t), rapid.SampledFrom(op.States())
	m := Move{ID: o.ID, From: states.Draw(t, "from"), To: states.Draw(t, "to"), Event: op.Event{Name: "moved"}}
	m.Fresh, m.Send = rapid.Bool().Draw(t, "fresh"), rapid.Bool().Draw(t, "send")
	if rapid.Bool().Draw(t, "right") {
		m.From = o.State
	}
	now, err := c.s.Move(t.Context(), m)
	if want := c.expect(o, m); !errors.Is(err, want) || want == nil && (now.State != m.To || now.Version != o.Version+1) {
		t.Fatalf("%s from %s to %s: %v, want %v", o.State, m.From, m.To, err, want)
	}
	if err == nil {
		c.known[o.ID] = now
	}
	if err == nil && now.State == op.Queued {
		c.line = append(slices.DeleteFunc(c.line, func(id string) bool { return id == o.ID }), o.ID)
	}
}

// expect says what the store must answer.
func (c *chart) expect(o op.Operation, m Move) error {
	switch {
	case !op.CanMove(m.From, m.To):
		return ErrNoArrow
	case o.State != m.From || m.Fresh && !o.Expires.After(c.clock.Now()):
		return ErrLost
	case m.To == op.Running && c.busy(o):
		return ErrTargetBusy
	}
	return nil
}

// busy reports that another operation of the target runs, or was confirmed earlier and may yet start.
func (c *chart) busy(o op.Operation) bool {
	key := o.Plan.Target.Key()
	same := func(id string) bool { return id != o.ID && key != "" && c.known[id].Plan.Target.Key() == key }
	place := slices.Index(c.line, o.ID)
	for i, id := range c.line {
		other := c.known[id]
		if same(id) && i < place && other.State == op.Queued && other.Expires.After(c.clock.Now()) {
			return true
		}
	}
	return slices.ContainsFunc(c.ids, func(id string) bool { return same(id) && c.known[id].State == op.Running })
}

func (c *chart) note(t *rapid.T) {
	o := c.one(t)
	n := Note{From: rapid.SampledFrom(op.States()).Draw(t, "from"), Look: rapid.Bool().Draw(t, "look")}
	err := c.s.Note(t.Context(), o.ID, n, op.Event{Name: op.EventReconciled})
	if (err == nil) != (o.State == n.From) || err != nil && !errors.Is(err, ErrLost) {
		t.Fatalf("note on %s: %v", o.State, err)
	}
	if err == nil {
		o.Version++
		c.known[o.ID] = o
	}
}

func (c *chart) shown(t *rapid.T) {
	o := c.one(t)
	if err := c.s.Shown(t.Context(), o.ID, o.Version, fmt.Sprint(o.Version)); err != nil {
		t.Fatal(err)
	}
}

// check holds one operation against what is always true.
func (c *chart) check(t *rapid.T, id string) op.Operation {
	known := c.known[id]
	o, err := c.s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	events, err := c.s.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if o.State != known.State || o.Version != known.Version || int64(len(events)) != o.Version {
		t.Fatalf("%s at %d with %d events, want %s at %d", o.State, o.Version, len(events), known.State, known.Version)
	}
	if o.State.Final() == o.Ended.IsZero() || o.Shown > o.Version {
		t.Fatalf("%s ended %v, shown %d of %d", o.State, o.Ended, o.Shown, o.Version)
	}
	return o
}

// end checks all operations of the walk.
func (c *chart) end(t *rapid.T) {
	running := map[string]int{}
	for _, id := range c.ids {
		if o := c.check(t, id); o.State == op.Running {
			running[o.Plan.Target.Key()]++
		}
	}
	for key, n := range running {
		if key != "" && n > 1 {
			t.Fatalf("%d run on %s", n, key)
		}
	}
}

func TestRandomWalksOnTheChart(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "40"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", checks) })
	everywhere(t, testRandomWalksOnTheChart)
}

func testRandomWalksOnTheChart(t *testing.T, e engine) {
	s, clock := e.fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		c := &chart{s: s, clock: clock, walk: op.NewID(), known: map[string]op.Operation{}}
		t.Repeat(map[string]func(*rapid.T){
			"create": c.create, "move": c.move, "note": c.note, "shown": c.shown, "pass": c.pass,
		})
		c.end(t)
	})
}
