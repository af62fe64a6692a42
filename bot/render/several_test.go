package render

import (
	"fmt"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// oneOf is a part of an operation of several, by what has become of it.
func oneOf(name string, state op.State, out *op.Outcome) op.Operation {
	return op.Operation{ID: "m" + name, State: state, Requester: "U0ANA",
		Plan:    op.Plan{Title: op.L("Start ", op.B(name)), Target: op.Target{Kind: "stream", ID: name, Name: name}},
		Outcome: out}
}

// A member that ended for another reason than time says that one.
func TestAnExpiredMemberSaysWhy(t *testing.T) {
	restored := op.L("Start recording: casterbot's records were restored from a backup. What became of it afterwards is not known; it will not be done now.")
	o := slackworld.Operation(op.Failed)
	o.Plan.Parts, o.Plan.Done = []op.Part{{}, {}}, op.L("Recording started on ")
	o.Members = []op.Operation{oneOf("main", op.Expired, &op.Outcome{State: op.Expired, Text: restored}),
		oneOf("backup", op.Expired, nil)}
	m := plain.Card(o, false)
	lint(t, "several", m)
	if title := slackworld.JSON(t, m.Blocks); !strings.Contains(title, "1 not · 1 unknown") {
		t.Error(title)
	}
	got := slackworld.JSON(t, m.body)
	if !strings.Contains(got, "not known; it will not be done now.") ||
		strings.Count(got, "its turn did not come in time") != 1 {
		t.Error(got)
	}
}

// The card of as many as one press can start names every one of them, and what is left out.
func TestTheCardOfManyNamesThemAll(t *testing.T) {
	o := slackworld.Operation(op.Pending, slackworld.Other)
	o.Plan.Facts = nil
	var names []op.Line
	line := op.Line{}
	for i := range op.MostAtOnce {
		name := fmt.Sprintf("晚间新闻直播间第%02d号机位主播台特写镜头备用信号", i)
		names = append(names, op.L(name))
		line = op.L(line, op.B(name), ", ")
		o.Plan.Parts = append(o.Plan.Parts, op.Part{})
	}
	o.Plan.Viewers, o.Plan.Warnings = op.L("Viewers lose the programme at once."), []op.Line{line}
	o.Plan.Facts = []op.Line{op.L("Left out (not live): ", op.B("friday"))}
	m := plain.Card(o, false)
	lint(t, "many", m)
	lint(t, "many, simple", m.Simple())
	got := slackworld.JSON(t, m.body)
	for _, must := range append(names, op.L("Viewers lose"), op.L("Left out"), op.L("Waiting for one approval")) {
		if !strings.Contains(got, must.Plain()) {
			t.Errorf("%s is not on the card", must.Plain())
		}
	}
}

// What a person said of a member stands on the card as that, and two of one name are told apart.
func TestWhatAPersonSaidOfAMember(t *testing.T) {
	said := op.L("Start ", op.B("Evening Talk"), ": no answer came. ", op.Who("U0KEN"), " says that it happened.")
	o := slackworld.Operation(op.Unknown)
	o.Plan.Parts, o.Plan.Done = []op.Part{{}, {}}, op.L("On air now: ")
	first, second := oneOf("Evening Talk", op.Succeeded, &op.Outcome{State: op.Succeeded, Text: said}),
		oneOf("Evening Talk", op.Unknown, nil)
	first.SettledBy, first.Plan.Target.ID, second.Plan.Target.ID = "U0KEN", "c1", "c2"
	o.Members = []op.Operation{first, second}
	m := plain.Card(o, false)
	lint(t, "several", m)
	got := slackworld.JSON(t, m.body)
	if !strings.Contains(got, "says that it happened") ||
		!strings.Contains(got, "The buttons are about *Evening Talk* `c2`") {
		t.Error(got)
	}
}

// Those of which what the card says is over are not counted with those that stand.
func TestWhatIsOverOfSeveral(t *testing.T) {
	o := slackworld.Operation(op.Succeeded)
	o.Plan.Parts, o.Plan.Done = []op.Part{{}, {}}, op.L("On air now: ")
	stands := &op.Outcome{State: op.Succeeded, Text: op.L("main is on air."), Checked: true}
	over := &op.Outcome{State: op.Succeeded, Text: op.L("it is on air."), Checked: true}
	over.Over = op.L("Ended by @bo.")
	o.Members = []op.Operation{oneOf("main", op.Succeeded, stands), oneOf("backup", op.Succeeded, over)}
	for want, last := range map[string]*op.Outcome{
		"✅ On air now: 1 of 2 (checked) · 1 over": stands, "⚪ On air now: 0 of 2 · 2 over": over,
	} {
		o.Members[0].Outcome = last
		m := plain.Card(o, false)
		lint(t, "several", m)
		if got := slackworld.JSON(t, m.Blocks) + slackworld.JSON(t, m.body); !strings.Contains(got, want) ||
			!strings.Contains(got, "*backup*: Ended by @bo.") {
			t.Errorf("%s: %s", want, got)
		}
	}
}
