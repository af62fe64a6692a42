package op

import "slices"

// Use is a command with what it would do, or may have done.
type Use struct {
	Command Command
	Plan    Plan
}

// Crosses reports whether a call of which nobody knows what became of it, and another one that may leave now, can get
// into each other's way: the late one would undo the other, or do the same twice. That needs one thing that both start
// or end. What changes only the bot's own records is guarded by their versions and crosses nothing. A command that is
// not known, or does not tell what it starts or ends, may cross whatever else there is of the target.
func (u Use) Crosses(other Use) bool {
	if u.Plan.Target.Key() == "" || u.Plan.Target.Key() != other.Plan.Target.Key() {
		return false
	}
	if u.Command.own() || other.Command.own() {
		return false
	}
	if !u.Command.tellsWhat() || !other.Command.tellsWhat() {
		return true
	}
	return slices.ContainsFunc(u.Command.conditions(), func(x Condition) bool {
		return slices.Contains(other.Command.conditions(), x) && same(x, u.Plan, other.Plan)
	})
}

// own reports a command that calls nothing.
func (c Command) own() bool { return c.Usage != "" && c.Sends == "" }

func (c Command) conditions() []Condition { return slices.Concat(c.Starts, c.Ends) }

func (c Command) tellsWhat() bool { return len(c.Starts)+len(c.Ends) > 0 }

// same reports whether a condition of two plans for one target is that of one thing: a scene is meant where one is
// named, and a new studio by its name.
func same(x Condition, p, q Plan) bool {
	switch one, other := p.Args["scene"], q.Args["scene"]; x {
	case PreviewOpen:
		return one == "" || other == "" || one == other
	case Exists:
		return p.Target.NewName == q.Target.NewName
	}
	return true
}
