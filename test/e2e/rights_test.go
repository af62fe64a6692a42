package e2e

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/test/scenario"
)

// TestClicksWithoutRightsCostNothing: whoever may not approve presses a card twenty-five times, as a guest and as
// somebody who asked for it. Slack is asked about the groups once, for all of them and for the lead, who approves after
// that.
func TestClicksWithoutRightsCostNothing(t *testing.T) {
	for _, person := range []string{"gus", "ana"} {
		t.Run(person, func(t *testing.T) {
			s := &counting{fixture: openFixture(t, sandbox.Config{Patient: true, Now: func() time.Time { return start }})}
			s.plays(`ana #show-control> /caster restart "Evening News"`, "clock> +70s", count,
				strings.Repeat(person+" #show-control> [Approve] op1\n", 25), "ken #show-control> [Approve] op1", count)
			if n := s.asked("usergroups.list", 0); n != 1 {
				t.Errorf("%d questions about groups, want 1", n)
			}
			if n := s.asked("users.info", 0); n > 3 {
				t.Errorf("%d questions about people, want at most one for each", n)
			}
			if !s.called("RestartCaster") {
				t.Error("the approval of the lead did not count")
			}
		})
	}
}

// TestOneAnswerForTwoSeconds: two people press two cards within two seconds, and Slack is asked about the groups once;
// six seconds later it is asked anew.
func TestOneAnswerForTwoSeconds(t *testing.T) {
	s := &counting{fixture: openFixture(t, sandbox.Config{Patient: true, Now: func() time.Time { return start }})}
	s.plays("ana #show-control> /record start main", "bo #show-control> /record start backup", "clock> +70s", count,
		"ana #show-control> [Start recording] op1", "clock> +1s", "bo #show-control> [Start recording] op2", count,
		"ana #show-control> /record stop main", "clock> +6s", count, "ana #show-control> [Pause recording] op3", count)
	if first, third := s.asked("usergroups.list", 0), s.asked("usergroups.list", 2); first != 1 || third != 1 {
		t.Errorf("%d questions about groups at two clicks, %d at a later one, want 1 and 1", first, third)
	}
}

// counting is a stage that counts the calls of the Web API where a story says so.
type counting struct {
	*fixture
	marks []map[string]int
}

const count = `policy> "count" becomes "now"`

func (s *counting) Policy(string, string) error {
	n := map[string]int{}
	for _, c := range s.world.Slack.Log(0) {
		n[c.Method]++
	}
	s.marks = append(s.marks, n)
	return nil
}

// asked is how often a method was called between a mark and the next one.
func (s *counting) asked(method string, mark int) int {
	return s.marks[mark+1][method] - s.marks[mark][method]
}

// plays lets people act; what the bot says to it does not matter here.
func (s *counting) plays(lines ...string) {
	s.t.Helper()
	want, err := scenario.Parse("rights", "# People press.\n"+strings.Join(lines, "\n")+"\n")
	if err != nil {
		s.t.Fatal(err)
	}
	got, err := scenario.Play(s.t.Context(), want, s)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, got.Text())
	}
}

// called reports whether the cloud was asked to do something.
func (s *counting) called(action string) bool {
	for _, c := range s.world.Live.Snapshot().Calls {
		if c.Action == action {
			return true
		}
	}
	return false
}
