package monitor

import (
	"context"
	"strings"
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
		"a restart that is not over": {"caster.restart", func(c *live.Caster) { c.OnAir = false },
			"went off air. It is not known whether through casterbot."},
		"another thing": {"caster.standby", func(c *live.Caster) { c.OnAir = false },
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
		if name == "another thing" {
			s.want(name, c.says)
			continue
		}
		s.want(name, c.says, "Nobody knows what became of op "+o.Ref()+", which @U0ANA asked for")
	}
}

// idleAfterRestart is a fixture in which a studio was restarted, and is seen idle.
func idleAfterRestart(t *testing.T, end op.State) (*fixture, op.Operation) {
	s := newFixture(t)
	s.did("caster.start", news)
	s.pass(time.Minute)
	s.pass(2 * time.Minute)
	o := s.came(end, "caster.restart", news)
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	for range 3 {
		s.pass(guardEvery)
	}
	s.want("idle for a moment after a restart that is " + string(end))
	return s, o
}

// back puts the studio of a fixture on air.
func (s *fixture) back() {
	s.studio("c1", func(c *live.Caster) { c.OnAir, c.Started = true, s.clock() })
	s.pass(guardEvery)
}

// A studio that is restarted through the bot is idle for a moment. That is the bot's doing.
func TestARestartTakesAMoment(t *testing.T) {
	for _, end := range []op.State{op.Succeeded, op.Unknown} {
		s, _ := idleAfterRestart(t, end)
		s.back()
		s.want("back")
		s.pass(time.Hour)
		s.want("later")
		s.studio("c1", func(c *live.Caster) { c.OnAir = false })
		s.pass(guardEvery)
		s.want("stopped elsewhere after that", "went off air. It ", "Seen on air at")
	}
}

// A studio that does not come back from a restart is no stranger's doing.
func TestARestartThatDoesNotComeBack(t *testing.T) {
	s, o := idleAfterRestart(t, op.Succeeded)
	s.pass(guardEvery)
	s.want("not back", "post C0SHOW: 🔴 Studio Evening News has not come back since the restart of @U0ANA (op "+o.Ref()+").",
		"Restarted at 2026-11-22 12:03:00 UTC, seen idle at 2026-11-22 12:04:00 UTC.", "[Start studio: caster start c1]")
	s.pass(10 * time.Minute)
	s.want("once")
	s.back()
	if got := s.heard(); !strings.Contains(got, "edit C0SHOW: Over at") || strings.Contains(got, "was put on air") {
		t.Errorf("back late: %s", got)
	}

	s, o = idleAfterRestart(t, op.Unknown)
	s.pass(guardEvery)
	s.want("in doubt", "went off air. It is not known whether through casterbot.",
		"Nobody knows what became of op "+o.Ref())

	s, _ = idleAfterRestart(t, op.Running)
	s.pass(10 * time.Minute)
	s.want("under way")
}

// A studio that is back from a restart and then goes off was taken off by others: said once that is over.
func TestOffAirAfterARestart(t *testing.T) {
	s := newFixture(t)
	s.watch[show] = []op.Target{{Kind: "caster", Name: "Evening News"}}
	s.pass(guardEvery)
	restart := s.did("caster.restart", news)
	s.with(func() { s.now = s.now.Add(5 * time.Second) })
	s.back()
	s.studio("c1", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("within a minute") // its restart may not be over
	s.pass(guardEvery)
	s.pass(guardEvery)
	if got := s.heard(); !strings.Contains(got, "went off air. It was not done through casterbot.") {
		t.Errorf("op %s: %s", restart.Ref(), got)
	}
}

// A channel that watches a studio by the policy alone is told likewise.
func TestARestartFromAnotherChannel(t *testing.T) {
	s := newFixture(t)
	s.watch[other] = []op.Target{{Kind: "caster", Name: "Morning Show"}}
	s.pass(guardEvery)
	s.pass(2 * time.Minute)
	s.did("caster.restart", op.Target{Kind: "caster", ID: "c3", Name: "Morning Show"})
	s.studio("c3", func(c *live.Caster) { c.OnAir = false })
	s.pass(guardEvery)
	s.want("idle for a moment")
	s.pass(time.Minute)
	s.want("not back", "post C0MORN: 🔴 Studio Morning Show has not come back since the restart of @U0ANA")
}
