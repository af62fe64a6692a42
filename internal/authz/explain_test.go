package authz

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/policy"
)

const rules = `version: 1
groups:
  operators: [U0ANA, S0CREW]
  leads: [U0KEN]
channels:
  C0SHOW:
    studios: ["Evening *"]
    grants:
      - who: [operators, leads]
        may: [caster.show]
      - who: [leads]
        may: [caster.restart]
        confirm: other
        approvers: [operators]
  C0MORN:
    studios: ["Evening News"]
    grants:
      - who: [operators]
        may: [caster.restart]
        confirm: none
`

var (
	news    = op.Target{Kind: "caster", ID: "c1", Name: "Evening News"}
	restart = op.Command{Usage: "caster restart {caster}", Verb: "caster.restart", Effect: op.OnAir}
)

// explaining is a judge over these rules.
func explaining(t *testing.T) *Judge {
	t.Helper()
	p, err := policy.Parse("policy.yml", []byte(rules), []string{"caster.show", "caster.restart"})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Policy: p, Directory: people{}})
}

// people are who their id says; U0GONE cannot be looked up.
type people struct{}

func (people) Person(_ context.Context, id, _ string, _ time.Time) (op.Person, error) {
	if id == "U0GONE" {
		return op.Person{}, errors.New("slack is silent")
	}
	return op.Person{ID: id, Team: "T0"}, nil
}

func (people) Rooms(context.Context, string, time.Time) ([]string, error) { return nil, nil }

func (people) Peek(string, string, string, time.Time) (op.Person, op.Channel, bool) {
	return op.Person{}, op.Channel{}, false
}

func (people) Last(string, string, string) (Remembered, bool) { return Remembered{}, false }

func (people) Channel(_ context.Context, id string, _ time.Time) (op.Channel, error) {
	return op.Channel{ID: id, Member: true}, nil
}

func plain(lines []op.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Plain())
	}
	return strings.Join(all, "\n")
}

func TestWhyDecidesForWhoIsMeant(t *testing.T) {
	j := explaining(t)
	ana := op.Person{ID: "U0ANA", Team: "T0"}
	for person, allowed := range map[string]bool{"": false, "U0ANA": false, "U0KEN": true} {
		d, steps, err := j.Why(t.Context(), ana, person, "C0SHOW", restart, news)
		if err != nil || d.Allowed != allowed || !strings.Contains(plain(steps), "policy.yml:") {
			t.Errorf("%q: %+v, %s, %v", person, d, plain(steps), err)
		}
	}
	stranger := op.Person{ID: "U0X", Team: "T9", External: true}
	if _, steps, err := j.Why(t.Context(), stranger, "", "C0SHOW", restart, news); err != nil || len(steps) > 0 {
		t.Errorf("a stranger reads %s, %v", plain(steps), err)
	}
	if _, _, err := j.Why(t.Context(), ana, "U0GONE", "C0SHOW", restart, news); err == nil {
		t.Error("nobody could be asked who that is")
	}
}

func TestWhoNamesEveryRule(t *testing.T) {
	j := explaining(t)
	ana := op.Person{ID: "U0ANA"}
	here := "policy.yml:11, #C0SHOW: leads (@U0KEN). Another person approves it: operators (@U0ANA, @S0CREW)."
	there := "policy.yml:18, #C0MORN: operators (@U0ANA, @S0CREW). Nobody has to confirm."
	if got := plain(j.Who(ana, "C0SHOW", restart, news)); got != here+"\n"+there {
		t.Error(got)
	}
	if got := plain(j.Who(ana, "C0MORN", restart, news)); got != there+"\n"+here {
		t.Error(got)
	}
	talk := op.Target{Kind: "caster", ID: "c2", Name: "Evening Talk"} // the other channel has no such studio
	if got := plain(j.Who(ana, "C0SHOW", restart, talk)); got != here {
		t.Error(got)
	}
	if got := plain(j.Who(op.Person{ID: "U0GU", Guest: true}, "C0SHOW", restart, news)); got != here {
		t.Errorf("a guest reads %s", got)
	}
	stranger := op.Person{ID: "U0X", External: true}
	if got := plain(j.Who(stranger, "C0SHOW", restart, news)); strings.Contains(got, "policy.yml") {
		t.Errorf("a stranger reads %s", got)
	}
	show := op.Command{Verb: "caster.show", Effect: op.Read}
	all := "policy.yml:9, #C0SHOW: operators (@U0ANA, @S0CREW), leads (@U0KEN)."
	if got := plain(j.Who(ana, "C0SHOW", show, op.Target{})); got != all {
		t.Error(got)
	}
}
