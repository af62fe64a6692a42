package op

import "testing"

// Whatever an operation would do otherwise gives it other params: the record compares them before a call leaves.
func TestParams(t *testing.T) {
	asked := func() Operation {
		part := func(id string) Part {
			return Part{Plan: Plan{Target: Target{Kind: "caster", ID: id}, Args: Args{"caster": id}}}
		}
		one := part("c1").Plan
		one.Parts = []Part{part("c1"), part("c2")}
		return Operation{Command: "caster restart {caster}", Verb: "caster.restart", Plan: one}
	}
	if same := asked(); same.Params() != asked().Params() {
		t.Error("the same is not the same")
	}
	for name, change := range map[string]func(o *Operation){
		"the command":          func(o *Operation) { o.Command = "caster stop {caster}" },
		"the verb":             func(o *Operation) { o.Verb = "caster.stop" },
		"the target":           func(o *Operation) { o.Plan.Target.ID = "c3" },
		"an argument":          func(o *Operation) { o.Plan.Args = Args{"caster": "c3"} },
		"the target of a part": func(o *Operation) { o.Plan.Parts[1].Plan.Target.ID = "c3" },
		"an argument of one":   func(o *Operation) { o.Plan.Parts[1].Plan.Args["caster"] = "c3" },
		"a part less":          func(o *Operation) { o.Plan.Parts = o.Plan.Parts[:1] },
	} {
		o := asked()
		change(&o)
		if o.Params() == asked().Params() {
			t.Errorf("%s may be another one", name)
		}
	}
}
