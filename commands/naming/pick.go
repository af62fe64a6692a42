package naming

import (
	"cmp"
	"slices"

	"casterbot/internal/op"
)

// optionGroups says in which group of a picker a thing with this note stands, and how it is marked. The groups come in
// this order.
var optionGroups = []struct {
	note, group op.Text
	mark        op.Mark
}{
	{"on air", "On air", op.MarkProgram},
	{"PREVIEW · open", "Preview open", op.MarkPreview},
	{"live", "Live", op.MarkNeutral},
	{"PREVIEW · closed", "Preview closed", op.MarkIdle},
	{"on air or idle, not told", "Not told", op.MarkUnknown},
	{"idle", "Idle", op.MarkIdle},
	{"could not be looked at", "Not seen", op.MarkUnknown},
	{"not live", "Not live", op.MarkIdle},
}

// Pick turns things into options: "Evening News · on air", by group. Names that are not unique carry the end of their
// id, and the whole of it as a hint.
func Pick(things []Thing) []op.Option {
	doubles, ids := doubles(things), idsOf(things)
	rank := func(t Thing) int {
		for i, s := range optionGroups {
			if s.note == t.Note {
				return i
			}
		}
		return len(optionGroups)
	}
	sorted := slices.SortedStableFunc(slices.Values(things), func(a, b Thing) int { return cmp.Compare(rank(a), rank(b)) })
	var options []op.Option
	for _, t := range sorted {
		o := op.Option{Label: op.Visible(t.Name), Note: t.Note, Value: t.ID}
		if doubles(t.Name) {
			o.Label, o.Hint = op.Visible(t.Name)+" "+op.ShortID(t.ID, ids), t.ID
		}
		if i := rank(t); i < len(optionGroups) {
			o.Group, o.Mark = op.L(optionGroups[i].group), optionGroups[i].mark
		}
		options = append(options, o)
	}
	return options
}
