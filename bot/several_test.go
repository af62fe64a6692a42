package bot

import (
	"strings"
	"testing"

	"casterbot/internal/op"
)

// oneOf is a part of an operation of several, by what has become of it.
func oneOf(name string, state op.State, out *op.Outcome) op.Operation {
	return op.Operation{ID: "m" + name, State: state, Asker: "U0ANA", Plan: op.Plan{Title: op.L("Start ", op.B(name)), Target: op.Target{Kind: "stream", ID: name, Name: name}}, Outcome: out}
}

// A member that ended for another reason than time says that one.
func TestAnExpiredMemberSaysWhy(t *testing.T) {
	restored := op.L("Start recording: my records were put back to a backup. What became of it after that I do not know; it will not be done now.")
	o := operation(op.Failed)
	o.Plan.Parts, o.Plan.Done = []op.Part{{}, {}}, op.L("Recording started on ")
	o.Members = []op.Operation{oneOf("main", op.Expired, &op.Outcome{State: op.Expired, Text: restored}), oneOf("backup", op.Expired, nil)}
	m := plain.card(o, false)
	lint(t, "several", m)
	got := mustJSON(t, m.body)
	if !strings.Contains(got, "I do not know; it will not be done now.") || strings.Count(got, "its turn did not come in time") != 1 {
		t.Error(got)
	}
}
