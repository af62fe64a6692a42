package monitor

import (
	"context"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// during is a cloud in which something happens while it is looked at.
type during struct {
	*cloud
	once func()
}

func (d *during) Casters(ctx context.Context) ([]live.Caster, error) {
	if d.once != nil {
		once := d.once
		d.once = nil
		once()
	}
	return d.cloud.Casters(ctx)
}

// What is done through the bot while a look goes on is the bot's own, whether it has ended or is under way.
func TestWhatIsDoneDuringALookIsTheBots(t *testing.T) {
	for _, end := range []op.State{op.Succeeded, op.Running} {
		s := newFixture(t)
		d := &during{cloud: (*cloud)(s)}
		s.w = New(Config{Store: s.store, Cloud: d, Policy: (*rules)(s), Chat: (*chat)(s), Now: s.clock, Replica: "r1",
			Pause: func(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil }})
		s.w.leader.alone = false
		s.did("caster.start", news)
		for range 6 {
			s.pass(guardEvery)
		}
		s.want("before")
		d.once = func() {
			s.came(end, "caster.stop", news)
			s.studio("c1", func(c *live.Caster) { c.OnAir = false })
		}
		s.pass(guardEvery)
		s.want("stopped during the look, now " + string(end))
	}
}

// While nobody knows what became of an operation, nobody can say that a change is not its doing, however late it comes.
func TestAnUnknownOperationMayHaveDoneIt(t *testing.T) {
	for name, c := range map[string]struct {
		verb   string
		change func(*live.Caster)
		says   string
	}{
		"a stop": {"caster.stop", func(c *live.Caster) {
			c.OnAir = false
		}, "went off air. It is not known whether through casterbot."},
		"a restart": {"caster.restart", func(c *live.Caster) {
			c.Started = c.Started.Add(time.Hour)
		}, "was restarted. It is not known whether through casterbot."},
		"another thing": {"caster.restart", func(c *live.Caster) { c.OnAir = false },
			"went off air. It was not done through casterbot."},
	} {
		s := newFixture(t)
		s.did("caster.start", news)
		for range 6 {
			s.pass(guardEvery)
		}
		o := s.came(op.Unknown, c.verb, news)
		for range 12 {
			s.pass(guardEvery)
		}
		s.want(name + ", before")
		s.studio("c1", c.change)
		s.pass(guardEvery)
		if c.verb == "caster.restart" && name != "a restart" {
			s.want(name, c.says)
			continue
		}
		s.want(name, c.says, "Nobody knows what became of op "+o.Ref()+", which @U0ANA asked for")
	}
}
