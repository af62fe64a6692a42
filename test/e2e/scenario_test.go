package e2e

import (
	"testing"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/scenarios"
)

// TestScenarios plays every evening of the sandbox to its end, the person's part as well, by what plays it beside a
// person.
func TestScenarios(t *testing.T) {
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if err := rehearse(t, s); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScenarioThatFails: an evening is not over when words that it waits for do not come.
func TestScenarioThatFails(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("never", []byte(`{title: Never, about: Nobody says this., steps: [
		{ask: List., do: ["ana #show-control> /caster list"], sees: [{says: [Evening News]}, {says: [Nonsense]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := rehearse(t, s); err == nil || err.Error() != `step 1 (List.): not seen within 2m0s: “Nonsense”` {
		t.Errorf("got %v", err)
	}
}

// pace is how far the clock is put on when nothing else happens.
const pace = 5 * time.Second

// rehearse plays an evening until it is over or something is missing. The clock moves only while the bot has nothing to
// do.
func rehearse(t *testing.T, s scenarios.Scenario) error {
	begin := start
	if !s.Begin.IsZero() {
		begin = s.Begin
	}
	f := openFixture(t, sandbox.Config{Patient: true, Now: func() time.Time { return begin }})
	w := f.world
	run := scenarios.New(s, scenarios.Config{Slack: w.Slack, Live: w.Live, Now: w.Clock.Now, Person: true})
	for run.Err() == nil && !run.Over() {
		moved := run.Step()
		calm(t, f)
		switch {
		case moved || run.Step():
		case run.Waits(): // for the bot to come back, which takes real time
			time.Sleep(10 * time.Millisecond)
		default:
			w.Clock.Advance(pace)
			calm(t, f)
		}
	}
	return run.Err()
}

// calm waits until the bot has nothing left to do.
func calm(t *testing.T, f *fixture) {
	for still := 0; still < 3; still++ {
		if f.Busy() || f.world.Slack.Waiting() > 0 {
			still = 0
		}
		if t.Context().Err() != nil {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}
