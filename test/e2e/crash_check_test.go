package e2e

import (
	"context"
	"strings"

	"casterbot/internal/op"
	"casterbot/internal/store"
	"casterbot/test/oracle"
)

// check holds the three against each other: what the database says, what the cards show, what the cloud has done.
func (c *crash) check() {
	db, err := store.Open(context.Background(), c.url, store.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	all, err := db.List(context.Background(), store.Query{})
	if err != nil {
		c.t.Fatal(err)
	}
	if len(all) < 20 {
		c.t.Errorf("%d operations, asked for 20", len(all))
	}
	effects := map[string]int{}
	for _, e := range c.world.Live.Effects() {
		effects[oracle.WordingOf(e.Action, e.Params)]++
	}
	count := map[op.State]int{}
	for _, o := range all {
		count[o.State]++
		n := effects[oracle.Wording(o)]
		switch {
		case n > 1, o.State == op.Succeeded && n != 1, o.State != op.Succeeded && o.State != op.Unknown && n != 0,
			!o.State.Final() && o.State != op.Unknown:
			c.t.Errorf("%s %s is %s after %d effects", o.Ref(), o.Text, o.State, n)
		}
		if m, ok := c.world.Slack.Message(o.Channel, o.Card); !ok ||
			!strings.HasPrefix(m.Text, faces[o.State]) && !strings.HasPrefix(m.Text, "⚪") {
			c.t.Errorf("%s is %s, its card says %q", o.Ref(), o.State, m.Text)
		} else if o.State == op.Unknown && !strings.Contains(string(m.Attachments), "op:happened") {
			c.t.Errorf("%s is unknown and its card has no buttons", o.Ref())
		}
	}
	c.t.Logf("%v, %d effects", count, len(c.world.Live.Effects()))
}

var faces = map[op.State]string{op.Succeeded: "✅", op.Failed: "❌", op.Unknown: "⚠️"}
