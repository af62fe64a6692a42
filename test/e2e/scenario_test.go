package e2e

import (
	"errors"
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

// TestScenarioThatFails: an evening is not well when words that it waits for do not come, when somebody cannot act, or
// when the cloud was called more or less often.
func TestScenarioThatFails(t *testing.T) {
	const head = "{title: A, about: B, "
	for name, tt := range map[string]struct{ text, want string }{
		"words": {head + `steps: [{ask: List., do: ["ana #show-control> /caster list"], sees: [{says: [Evening News]},
			{says: [Nonsense]}]}]}`, `step 1 (List.): not seen within 2m0s: “Nonsense”`},
		"nobody": {head + `steps: [{tell: List., do: ["zoe #show-control> /caster list"], sees: []}]}`,
			"step 1: zoe #show-control> /caster list: nobody is called zoe"},
		"calls": {head + `steps: [{ask: List., do: ["ana #show-control> /caster list"], sees: [{says: [Evening News]}]}],
			calls: {StopCaster: 1}}`, "the cloud was asked for map[], not for map[StopCaster:1]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Parse(name, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := rehearse(t, s); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
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
	waiting := time.Now()
	for run.Err() == nil && !run.Over() {
		moved := run.Step()
		calm(t, f)
		if !run.Waits() {
			waiting = time.Now()
		} else if time.Since(waiting) > time.Minute {
			return errors.New("the bot is not back within a minute")
		}
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
	deadline := time.Now().Add(time.Minute)
	for still := 0; still < 3; still++ {
		if f.Busy() || f.world.Slack.Waiting() > 0 {
			still = 0
		}
		if time.Now().After(deadline) {
			t.Fatal("the bot is busy for more than a minute")
		}
		time.Sleep(2 * time.Millisecond)
	}
}
